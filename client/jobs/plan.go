package jobs

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Plan is what the jobs of a run have in common, whatever servers they are for: where their records are kept, when they
// are given up, and how much the run may do. The zero value keeps nothing and limits nothing. A plan is for one run and
// must not be copied; its fields are set before the first job. It is safe for concurrent use.
type Plan struct {
	// Store keeps the records of the jobs. Jobs that it knows as done or failed are not run again. Nil keeps nothing.
	Store Store
	// Run is the number of the run, of those with the same store, from 1; 0 means 1.
	Run int
	// RetryFailed has jobs that failed in an earlier run run again, also those of which it is not known how far they came.
	RetryFailed bool
	// Until is how long jobs wait for endpoints that are offline or cannot be reached, unless they say so themselves. The
	// zero time means the scheduler's own patience.
	Until time.Time
	// MaxEndpoints is how many different endpoints jobs may be submitted for; 0 means any number.
	MaxEndpoints int
	// Rate bounds how many sessions are begun in a time; the zero value bounds nothing.
	Rate Rate
	// StopAfter is how many jobs may fail before no further one is begun; 0 means any number. Jobs that timed out count,
	// endpoints that were offline and failures of earlier runs do not.
	StopAfter int
	// Changed is called with the counts of all jobs of the run after each change of them. The calls come one after the
	// other, and must not call a scheduler. Nil: nobody is told.
	Changed func(Counts)
	// Ended is called with the record of each job that has come to its end, once for each, also for those of earlier runs
	// that are not run again: the number of the run in their record is lower. The calls come one after the other, and must
	// not call a scheduler. Nil: nobody is told.
	Ended func(Record)

	tally   tally
	telling sync.Mutex // held while somebody is told
	warned  sync.Once

	mu         sync.Mutex
	schedulers []*Scheduler
	endpoints  map[place]bool
	names      map[Key]int // how many jobs there were of each, by the key without its occurrence
	failures   int
	halted     error // why no further job is begun
	limiter    *rate.Limiter
}

// Rate is how many sessions are begun in a time. They are begun one by one, evenly spread.
type Rate struct {
	Sessions int
	Per      time.Duration
}

// place is an endpoint of a server.
type place struct {
	server   string
	endpoint int64
}

func (p *Plan) run() int { return max(p.Run, 1) }

// join has a scheduler follow the plan.
func (p *Plan) join(s *Scheduler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.schedulers = append(p.schedulers, s)
}

// leave takes a scheduler out that has ended.
func (p *Plan) leave(s *Scheduler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.schedulers = slices.DeleteFunc(p.schedulers, func(other *Scheduler) bool { return other == s })
}

// admit gives a job its key, counting it and its endpoint.
func (p *Plan) admit(server string, endpoint int64, name string, o Options) (Key, error) {
	k := Key{Server: server, Endpoint: endpoint, Name: name}
	if o.Key != "" {
		k.Name = o.Key
	}
	if err := CheckName(k.Name); err != nil {
		return k, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at := place{server, endpoint}
	if p.MaxEndpoints > 0 && !p.endpoints[at] && len(p.endpoints) >= p.MaxEndpoints {
		return k, &TooManyEndpointsError{Most: p.MaxEndpoints, Endpoint: endpoint}
	}
	counted := k
	if o.Key != "" {
		counted.Occurrence = -1 // the script's names and those of functions are counted apart
		if p.names[counted] > 0 {
			return k, &KeyError{o.Key, "another job for the same endpoint has it in this run"}
		}
	}
	if p.endpoints == nil {
		p.endpoints, p.names = map[place]bool{}, map[Key]int{}
	}
	p.endpoints[at] = true
	p.names[counted]++
	if o.Key == "" {
		k.Occurrence = p.names[counted]
	}
	return k, nil
}

// failed counts a failure, and ends the beginning of jobs when there were too many.
func (p *Plan) failed() {
	p.mu.Lock()
	p.failures++
	n := p.failures
	p.mu.Unlock()
	if p.StopAfter > 0 && n >= p.StopAfter {
		p.halt(&StoppedError{Most: p.StopAfter})
	}
}

// halt ends the beginning of jobs, of all schedulers: those that wait are not run. The first reason counts.
func (p *Plan) halt(reason error) {
	p.mu.Lock()
	if p.halted != nil {
		p.mu.Unlock()
		return
	}
	p.halted = reason
	all := slices.Clone(p.schedulers)
	p.mu.Unlock()
	for _, s := range all {
		s.giveUp(reason)
	}
}

// stopped is why no further job is begun; nil when they are.
func (p *Plan) stopped() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.halted
}

// pace waits until a further session may be begun.
func (p *Plan) pace(ctx context.Context) error {
	if p.Rate.Sessions <= 0 || p.Rate.Per <= 0 {
		return nil
	}
	p.mu.Lock()
	if p.limiter == nil {
		p.limiter = rate.NewLimiter(rate.Every(p.Rate.Per/time.Duration(p.Rate.Sessions)), 1)
	}
	l := p.limiter
	p.mu.Unlock()
	return l.Wait(ctx)
}

// tellCounts tells the counts.
func (p *Plan) tellCounts() {
	if p.Changed == nil {
		return
	}
	p.telling.Lock()
	defer p.telling.Unlock()
	p.Changed(p.tally.get())
}

// tellEnded tells how a job has ended.
func (p *Plan) tellEnded(r Record) {
	if p.Ended == nil {
		return
	}
	p.telling.Lock()
	defer p.telling.Unlock()
	p.Ended(r)
}

func (p *Plan) warnOnce(f func()) { p.warned.Do(f) }
