package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Presence is how an endpoint is.
type Presence struct {
	Online bool
	Host   string    // its name; empty when not known
	Seen   time.Time // when it last checked in; zero when not known
	Next   time.Time // when it should check in next; zero when not known
}

// Config says how jobs reach endpoints. Open is required.
type Config struct {
	// Open opens a session. It is called for one endpoint at a time never twice at once.
	Open func(ctx context.Context, endpoint int64) (Session, error)
	// Look says how an endpoint is, before a session with it is opened. Nil takes all for online.
	Look func(ctx context.Context, endpoint int64) (Presence, error)
	// Hopeless reports an error of Open or Look that stays the same however often it is tried. Nil: none does.
	Hopeless func(error) bool
	// Full reports an error of Open that says that the server has no room: it is tried ten times as often. Nil: none does.
	Full func(error) bool

	// Server names the server in the keys of its jobs: see [Key].
	Server string
	// Plan is what the jobs of several schedulers have in common. Nil means a plan of its own, which limits nothing.
	Plan *Plan

	Slots       int           // sessions at once; 0 means 10, what servers have room for
	OfflineWait time.Duration // how long a job waits for its endpoint to come online; 0 means 2 minutes
	// Recheck is how often an endpoint that is offline is looked for; 0 means 30 seconds. One that has been offline for
	// long is looked for less often, at least every ten times as much.
	Recheck time.Duration
	// Attempts is how often a session is tried to be opened before the endpoint's jobs fail; 0 means 5. Jobs that wait until
	// the time of a plan do not fail before that.
	Attempts int
	Log      *slog.Logger // nil means no log
}

// The defaults of Config.
const (
	DefaultSlots       = 10
	DefaultOfflineWait = 2 * time.Minute
	defaultRecheck     = 30 * time.Second
	defaultAttempts    = 5
	firstBackoff       = time.Second
	longestBackoff     = time.Minute
	patientBackoff     = 5 * time.Minute // of jobs that wait until the time of a plan
	slowing            = 10              // how much less often what is away for long is looked for
)

// Scheduler runs jobs. It is safe for concurrent use.
type Scheduler struct {
	c     Config
	tally tally

	mu        sync.Mutex
	endpoints map[int64]*endpoint
	ready     ready
	all       []*Job
	used      int // slots
	ended     bool
	workers   sync.WaitGroup
	stop      context.CancelCauseFunc // of the worker's contexts
	stopped   context.Context
}

// endpoint is where jobs wait, and the worker that runs them.
type endpoint struct {
	id       int64
	waiting  []*Job
	busy     bool        // a worker has it
	at       int         // its place among the ready ones, from 1; 0 when it is not one
	parked   *time.Timer // it is not to be tried before this fires; nil when it may
	failures int         // tries to open a session, in a row
	away     time.Time   // since when it has been offline; zero when it is not
	next     time.Time   // when it should check in
}

// New makes a scheduler. It starts no goroutine before the first job.
func New(c Config) *Scheduler {
	c.Slots = cmp.Or(c.Slots, DefaultSlots)
	c.OfflineWait = cmp.Or(c.OfflineWait, DefaultOfflineWait)
	c.Recheck = cmp.Or(c.Recheck, defaultRecheck)
	c.Attempts = cmp.Or(c.Attempts, defaultAttempts)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Hopeless == nil {
		c.Hopeless = func(error) bool { return false }
	}
	if c.Full == nil {
		c.Full = func(error) bool { return false }
	}
	if c.Look == nil {
		c.Look = func(context.Context, int64) (Presence, error) { return Presence{Online: true}, nil }
	}
	if c.Plan == nil {
		c.Plan = new(Plan)
	}
	s := &Scheduler{c: c, endpoints: map[int64]*endpoint{}}
	c.Plan.join(s)
	return s
}

// Submit has f called with a session with an endpoint. It returns at once. The values of ctx are passed on to f, its end
// is not: [Scheduler.End] and [Job.Cancel] end jobs. After End, jobs are cancelled at once. A job that the plan's store
// knows as ended has ended when Submit returns.
//
// Errors: a [*TooManyEndpointsError] for an endpoint more than the plan allows, a [*KeyError] for a name or key that no job
// may have, and a [*StoreError] when it cannot be found out whether the job was done.
func (s *Scheduler) Submit(ctx context.Context, id int64, name string, f Func, o Options) (*Job, error) {
	j := &Job{Endpoint: id, Name: name, f: f, o: o, submitted: time.Now(), scheduler: s,
		ctx: context.WithoutCancel(ctx), done: make(chan struct{})}
	k, err := s.c.Plan.admit(s.c.Server, id, name, o)
	if err != nil {
		return nil, err
	}
	ended, c, err := s.recollect(ctx, j, k)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	j.Number = len(s.all) + 1
	s.all = append(s.all, j)
	if j.ending = ended; !ended {
		j.set(Waiting)
	}
	var refused error
	switch {
	case ended:
	case s.ended:
		refused = ErrCancelled
	default:
		if reason := s.c.Plan.stopped(); reason != nil {
			refused = &NotRunError{id, reason}
			break
		}
		s.enqueue(j)
	}
	s.mu.Unlock()
	switch {
	case ended:
		s.settle(j, c)
	case refused != nil:
		s.finish(ctx, j, nil, refused, false)
	default:
		s.c.Plan.tellCounts()
	}
	return j, nil
}

// recollect finds out what the store knows of a job, and saves one that it does not know. It reports whether the job has
// ended with that.
func (s *Scheduler) recollect(ctx context.Context, j *Job, k Key) (ended bool, c conclusion, err error) {
	j.record = Record{Key: k, State: Waiting, Host: bounded(j.o.Host), Run: s.c.Plan.run(), Submitted: j.submitted.UTC()}
	store := s.c.Plan.Store
	if store == nil {
		return false, c, nil
	}
	r, found, err := store.Load(ctx, k)
	switch {
	case err != nil && ctx.Err() != nil:
		return false, c, context.Cause(ctx)
	case err != nil:
		return false, c, &StoreError{k, err}
	case found:
		return s.restore(ctx, j, r)
	}
	return false, c, s.save(ctx, j)
}

// enqueue has a job wait for its endpoint. It needs the lock.
func (s *Scheduler) enqueue(j *Job) {
	if s.stopped == nil {
		s.stopped, s.stop = context.WithCancelCause(j.ctx)
	}
	e := s.endpoints[j.Endpoint]
	if e == nil {
		e = &endpoint{id: j.Endpoint}
		s.endpoints[j.Endpoint] = e
	}
	if !e.away.IsZero() {
		j.set(Offline)
	}
	e.waiting = append(e.waiting, j)
	s.arrange(e)
	s.dispatch()
}

// Jobs gives all jobs in the order in which they were submitted.
func (s *Scheduler) Jobs() []*Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// Counts gives how many jobs are in which state.
func (s *Scheduler) Counts() Counts { return s.tally.get() }

// dispatch starts workers while there are free slots and endpoints with jobs. It needs the lock.
func (s *Scheduler) dispatch() {
	for s.used < s.c.Slots && len(s.ready) > 0 && !s.ended && s.c.Plan.stopped() == nil {
		e := s.ready[0]
		e.busy = true
		s.arrange(e)
		s.used++
		s.workers.Add(1)
		go s.work(e, e.waiting[0].ctx)
	}
}

// remove takes a waiting job back.
func (s *Scheduler) remove(j *Job) bool {
	s.mu.Lock()
	e, i := s.endpoints[j.Endpoint], -1
	if e != nil {
		i = slices.Index(e.waiting, j)
	}
	if i < 0 { // it began meanwhile, or it has ended, or it is refused
		s.mu.Unlock()
		j.mu.Lock()
		defer j.mu.Unlock()
		if j.state == Running {
			j.cancel(ErrCancelled)
			return true
		}
		return false
	}
	e.waiting = slices.Delete(e.waiting, i, i+1)
	s.arrange(e)
	s.mu.Unlock()
	s.finish(j.ctx, j, nil, ErrCancelled, true)
	return true
}

// giveUp ends the jobs that wait, because no job is begun any more.
func (s *Scheduler) giveUp(reason error) {
	for _, j := range s.clear() {
		s.finish(j.ctx, j, nil, &NotRunError{j.Endpoint, reason}, false)
	}
}

// clear takes all jobs that wait.
func (s *Scheduler) clear() []*Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var waiting []*Job
	for _, e := range s.endpoints {
		waiting = append(waiting, e.waiting...)
		e.waiting = nil
		if e.parked != nil {
			e.parked.Stop()
			e.parked = nil
		}
		s.arrange(e)
	}
	slices.SortFunc(waiting, func(a, b *Job) int { return cmp.Compare(a.Number, b.Number) })
	return waiting
}

// A FailuresError says that jobs failed, or were not run, whose failure nobody has looked at.
type FailuresError struct {
	Failed []*Job
	Total  int
}

// Error names the first of them.
func (e *FailuresError) Error() string {
	first := e.Failed[0]
	failed := "failed"
	if slices.ContainsFunc(e.Failed, func(j *Job) bool { return j.State() == NotRun }) {
		failed = "failed or were not run"
	}
	return fmt.Sprintf("%d of %d jobs %s, and their results were not asked for: job %d on sensor %d: %v", len(e.Failed), e.Total, failed, first.Number, first.Endpoint, first.err)
}

// Unwrap gives the error of the first of them.
func (e *FailuresError) Unwrap() error { return e.Failed[0].err }

// Wait waits until all jobs have come to their end, also those that are submitted meanwhile, and calls the functions that
// wait for theirs. Failures that nobody has looked at are a [*FailuresError].
func (s *Scheduler) Wait(ctx context.Context) error {
	for i := 0; ; i++ {
		s.mu.Lock()
		if i >= len(s.all) {
			s.mu.Unlock()
			break
		}
		j := s.all[i]
		s.mu.Unlock()
		if err := j.Settle(ctx); err != nil {
			return err
		}
	}
	var failed []*Job
	all := s.Jobs()
	for _, j := range all {
		if j.unobserved() {
			failed = append(failed, j)
		}
	}
	if len(failed) > 0 {
		return &FailuresError{failed, len(all)}
	}
	return nil
}

// End cancels what has not come to its end, and waits until the sessions are closed. No job is begun after it. A store knows
// jobs that were not begun as waiting, so that a later run does them.
func (s *Scheduler) End(ctx context.Context) error {
	s.mu.Lock()
	s.ended = true
	if s.stop != nil {
		s.stop(ErrCancelled)
	}
	s.mu.Unlock()
	for _, j := range s.clear() {
		s.finish(ctx, j, nil, ErrCancelled, false)
	}
	s.c.Plan.leave(s)
	over := make(chan struct{})
	go func() { s.workers.Wait(); close(over) }()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return errors.Join(errors.New("jobs are still running"), context.Cause(ctx))
	}
}
