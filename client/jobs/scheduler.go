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
	Recheck     time.Duration // how often an endpoint that is offline is looked for; 0 means 30 seconds
	Attempts    int           // how often a session is tried to be opened before the endpoint's jobs fail; 0 means 5
	Log         *slog.Logger  // nil means no log
	// Changed is called with the counts after each change of them, one call after the other. It must not call the scheduler.
	Changed func(Counts)
}

// The defaults of Config.
const (
	DefaultSlots       = 10
	DefaultOfflineWait = 2 * time.Minute
	defaultRecheck     = 30 * time.Second
	defaultAttempts    = 5
	firstBackoff       = time.Second
	longestBackoff     = time.Minute
)

// Scheduler runs jobs. It is safe for concurrent use.
type Scheduler struct {
	c     Config
	tally tally

	mu        sync.Mutex
	endpoints map[int64]*endpoint
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
	parked   *time.Timer // it is not to be tried before this fires; nil when it may
	failures int         // tries to open a session, in a row
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
	if c.Changed == nil {
		c.Changed = func(Counts) {}
	}
	return &Scheduler{c: c, endpoints: map[int64]*endpoint{}}
}

// Submit has f called with a session with an endpoint. It returns at once. The values of ctx are passed on to f, its end
// is not: [Scheduler.End] and [Job.Cancel] end jobs. After End, jobs are cancelled at once.
func (s *Scheduler) Submit(ctx context.Context, id int64, name string, f Func, o Options) *Job {
	o.OfflineWait = cmp.Or(o.OfflineWait, s.c.OfflineWait)
	s.mu.Lock()
	defer s.mu.Unlock()
	j := &Job{Number: len(s.all) + 1, Endpoint: id, Name: name, f: f, o: o, submitted: time.Now(), scheduler: s,
		ctx: context.WithoutCancel(ctx), done: make(chan struct{}), state: Waiting}
	s.all = append(s.all, j)
	s.tally.move("", Waiting)
	if s.ended {
		j.finish(nil, ErrCancelled)
		return j
	}
	if s.stopped == nil {
		s.stopped, s.stop = context.WithCancelCause(j.ctx)
	}
	e := s.endpoints[id]
	if e == nil {
		e = &endpoint{id: id}
		s.endpoints[id] = e
	}
	if e.parked != nil && e.failures == 0 {
		j.set(Offline)
	}
	e.waiting = append(e.waiting, j)
	s.dispatch()
	s.report()
	return j
}

// Jobs gives all jobs in the order in which they were submitted.
func (s *Scheduler) Jobs() []*Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// Counts gives how many jobs are in which state.
func (s *Scheduler) Counts() Counts { return s.tally.get() }

// report tells the counts. It needs the lock.
func (s *Scheduler) report() { s.c.Changed(s.tally.get()) }

// dispatch starts workers while there are free slots and endpoints with jobs. It needs the lock.
func (s *Scheduler) dispatch() {
	for s.used < s.c.Slots && !s.ended {
		e := s.choose()
		if e == nil {
			return
		}
		e.busy = true
		s.used++
		s.workers.Add(1)
		go s.work(e, e.waiting[0].ctx)
	}
}

// choose gives the endpoint that is to be served next: the one with most jobs, since it takes longest, and of equal ones
// that which checks in first. Source: contract/known-bugs.md, row 35.
func (s *Scheduler) choose() *endpoint {
	var best *endpoint
	for _, e := range s.endpoints {
		if e.busy || e.parked != nil || len(e.waiting) == 0 {
			continue
		}
		if best == nil || before(e, best) {
			best = e
		}
	}
	return best
}

func before(a, b *endpoint) bool {
	return cmp.Or(cmp.Compare(len(b.waiting), len(a.waiting)), a.next.Compare(b.next), cmp.Compare(a.waiting[0].Number, b.waiting[0].Number)) < 0
}

// remove takes a waiting job back.
func (s *Scheduler) remove(j *Job) bool {
	s.mu.Lock()
	e := s.endpoints[j.Endpoint]
	i := slices.Index(e.waiting, j)
	if i < 0 { // it began meanwhile, or it has ended
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
	s.mu.Unlock()
	s.finish(j, nil, ErrCancelled)
	return true
}

// finish ends a job and tells the counts.
func (s *Scheduler) finish(j *Job, value any, err error) {
	j.finish(value, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report()
}

// A FailuresError says that jobs failed whose failure nobody has looked at.
type FailuresError struct {
	Failed []*Job
	Total  int
}

// Error names the first of them.
func (e *FailuresError) Error() string {
	first := e.Failed[0]
	return fmt.Sprintf("%d of %d jobs failed, and their results were not asked for: job %d on sensor %d: %v", len(e.Failed), e.Total, first.Number, first.Endpoint, first.err)
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

// End cancels what has not come to its end, and waits until the sessions are closed. No job is begun after it.
func (s *Scheduler) End(ctx context.Context) error {
	s.mu.Lock()
	s.ended = true
	var waiting []*Job
	for _, e := range s.endpoints {
		waiting = append(waiting, e.waiting...)
		e.waiting = nil
		if e.parked != nil {
			e.parked.Stop()
		}
	}
	if s.stop != nil {
		s.stop(ErrCancelled)
	}
	s.mu.Unlock()
	for _, j := range waiting {
		j.finish(nil, ErrCancelled)
	}
	over := make(chan struct{})
	go func() { s.workers.Wait(); close(over) }()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return errors.Join(errors.New("jobs are still running"), context.Cause(ctx))
	}
}
