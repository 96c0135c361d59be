package jobs

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Session is what a job works with.
type Session interface {
	// Close lets go of the session. The scheduler calls it once, when it has no more work for the endpoint or was stopped:
	// ctx is then still good, for ten seconds. An error is logged, and changes nothing of the jobs' outcomes.
	Close(ctx context.Context) error
}

// Func is the work of a job. What it gives is the job's value.
type Func func(ctx context.Context, session Session) (any, error)

// State is what has become of a job.
type State string

// The states. A job that is done, failed or cancelled stays so.
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
	// Timeout bounds how long the function runs; 0 means no bound.
	Timeout time.Duration
	// OfflineWait bounds how long the job waits for its endpoint to come online; 0 means the scheduler's.
	OfflineWait time.Duration
	// Retries is how often the function is called again when it fails. It must be safe to repeat.
	Retries int
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

	mu        sync.Mutex
	state     State
	value     any
	err       error
	tries     int // calls of the function
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

// Done is closed when the job has come to its end.
func (j *Job) Done() <-chan struct{} { return j.done }

// Result waits for the job's end, calls the functions that wait for it, and gives the job's value or its error.
func (j *Job) Result(ctx context.Context) (any, error) {
	if err := j.Settle(ctx); err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.observed = true
	return j.value, j.err
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
	case j.state.Ended():
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

// unobserved reports a failure that nobody has looked at.
func (j *Job) unobserved() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.state == Failed && !j.observed
}

// finish ends the job, once.
func (j *Job) finish(value any, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state.Ended() {
		return
	}
	j.value, j.err = value, err
	switch {
	case errors.Is(err, ErrCancelled):
		j.move(Cancelled)
	case err != nil:
		j.move(Failed)
	default:
		j.move(Done)
	}
	close(j.done)
}

// set changes the state of a job that has not ended.
func (j *Job) set(s State) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.state.Ended() {
		j.move(s)
	}
}

// move changes the state and the counts. It needs the lock.
func (j *Job) move(s State) {
	j.scheduler.tally.move(j.state, s)
	j.state = s
}
