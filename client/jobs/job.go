package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"
)

// Session is what a job works with. One that has a method Host() string is asked for the name of its endpoint.
type Session interface {
	Close(ctx context.Context) error
}

// Func is the work of a job. What it gives is the job's value.
type Func func(ctx context.Context, session Session) (any, error)

// State is what has become of a job.
type State string

// The states. A job that is done, failed, cancelled or not run stays so.
const (
	Waiting   State = "waiting" // for a free session
	Offline   State = "offline" // for its endpoint to come online
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	NotRun    State = "not run" // it was not begun, because the run came to a limit or its store failed
)

// Ended reports a state that stays.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled || s == NotRun }

// ErrCancelled is the error of a job that was cancelled before it came to its end.
var ErrCancelled = errors.New("the job was cancelled")

// Options of a job.
type Options struct {
	// Key names the job in the place of the function's name and of how many such jobs there were: see [Key]. Empty: these.
	Key string
	// Host is the name of the endpoint, as far as it is known beforehand.
	Host string
	// Timeout bounds how long the function runs; 0 means no bound.
	Timeout time.Duration
	// OfflineWait bounds how long the job waits for its endpoint to come online; 0 means until the time of the plan, and
	// without one the scheduler's.
	OfflineWait time.Duration
	// Retries is how often the function is called again when it fails. It must be safe to repeat. It is then also called
	// again when a run ended in the middle of it.
	Retries int
	// Keep gives the value of the function as JSON, so that a later run has it; an error says why that cannot be. Nil keeps
	// no value.
	Keep func(value any) (json.RawMessage, error)
	// Recall gives the value that Keep was given. Nil recalls none.
	Recall func(kept json.RawMessage) (any, error)
}

// Job is a piece of work on one endpoint. It is safe for concurrent use.
type Job struct {
	Number   int   // of the scheduler's jobs, from 1
	Endpoint int64 // where it runs
	Name     string

	f         Func
	o         Options
	submitted time.Time
	scheduler *Scheduler
	ctx       context.Context // what the work's own context carries, without its end
	done      chan struct{}
	recall    func() (any, error) // gives the value of an earlier run; nil for a job of this one
	doubtful  bool                // an earlier run may have changed something, and it was asked to do it all the same
	announced sync.Mutex          // held while it is saved that the job changes something

	mu        sync.Mutex
	state     State
	ending    bool // its end is being saved
	value     any
	err       error
	record    Record
	observed  bool
	cancel    context.CancelCauseFunc // while it runs
	callbacks []func(context.Context) error
}

// State gives what has become of the job.
func (j *Job) State() State {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state
}

// Record gives what is known of the job.
func (j *Job) Record() Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.record
}

// Done is closed when the job has come to its end.
func (j *Job) Done() <-chan struct{} { return j.done }

// Result waits for the job's end, calls the functions that wait for it, and gives the job's value or its error. The value
// of an earlier run that was not kept is a [*ValueLostError].
func (j *Job) Result(ctx context.Context) (any, error) {
	if err := j.Err(ctx); err != nil {
		return nil, err
	}
	if j.recall != nil {
		return j.recall()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.value, nil
}

// Err waits for the job's end, calls the functions that wait for it, and gives the job's error: nil when it is done.
func (j *Job) Err(ctx context.Context) error {
	if err := j.Settle(ctx); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.observed = true
	return j.err
}

// Settle waits for the job's end and calls the functions that wait for it. Its error is that of ctx, or of such a
// function.
func (j *Job) Settle(ctx context.Context) error {
	select {
	case <-j.done:
	default:
		select {
		case <-j.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for {
		j.mu.Lock()
		if len(j.callbacks) == 0 {
			j.mu.Unlock()
			return nil
		}
		f := j.callbacks[0]
		j.callbacks = j.callbacks[1:]
		j.observed = true
		j.mu.Unlock()
		if err := f(ctx); err != nil {
			return err
		}
	}
}

// OnEnd has f called when the job has come to its end, by whoever waits for the job then: never by the job itself. The
// first to wait calls it.
func (j *Job) OnEnd(f func(context.Context) error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.callbacks = append(j.callbacks, f)
}

// Cancel ends the job: one that waits is not begun, one that runs is told to stop. It is false when the job has come to
// its end already.
func (j *Job) Cancel() bool {
	j.mu.Lock()
	switch {
	case j.state.Ended() || j.ending:
		j.mu.Unlock()
		return false
	case j.state == Running:
		j.cancel(ErrCancelled)
		j.mu.Unlock()
		return true
	}
	j.mu.Unlock()
	return j.scheduler.remove(j)
}

// unobserved reports a job that was not done and that nobody has looked at.
func (j *Job) unobserved() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return (j.state == Failed || j.state == NotRun) && !j.observed
}

// set changes the state of a job that has not ended.
func (j *Job) set(s State) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.state.Ended() && !j.ending {
		j.move(s)
	}
}

// move changes the state and the counts. It needs the lock.
func (j *Job) move(s State) {
	j.scheduler.tally.move(j.state, s)
	j.scheduler.c.Plan.tally.move(j.state, s)
	j.state, j.record.State = s, s
}

// deadline is until when the job waits for its endpoint. planned says that this is the time of the plan.
func (j *Job) deadline() (at time.Time, planned bool) {
	until := j.scheduler.c.Plan.Until
	switch {
	case j.o.OfflineWait > 0:
		return j.submitted.Add(j.o.OfflineWait), false
	case !until.IsZero():
		return until, true
	}
	return j.submitted.Add(j.scheduler.c.OfflineWait), false
}

// named notes the name of the endpoint, unless it is empty.
func (j *Job) named(host string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if host != "" {
		j.record.Host = bounded(host)
	}
}
