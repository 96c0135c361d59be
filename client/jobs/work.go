package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/cbscript/cbscript/client"
)

// An OfflineError says that a job's endpoint did not come online while the job waited for it.
type OfflineError struct {
	Endpoint int64
	Seen     time.Time // when it last checked in; zero when not known
	Waited   time.Duration
}

// Error names the endpoint, and when it was last seen.
func (e *OfflineError) Error() string {
	text := fmt.Sprintf("sensor %d is offline: it did not check in within %s", e.Endpoint, e.Waited)
	if !e.Seen.IsZero() {
		text += ", and last did at " + e.Seen.UTC().Format("2006-01-02 15:04:05") + " UTC"
	}
	return text
}

// waited is a time as people are told it: seconds, and less only where there is none.
func waited(d time.Duration) time.Duration {
	if d >= time.Second {
		return d.Round(time.Second)
	}
	return max(d, 0).Round(time.Millisecond)
}

// Kind is "TimeoutError".
func (*OfflineError) Kind() string { return "TimeoutError" }

// Facts are sensor_id and last_checkin.
func (e *OfflineError) Facts() map[string]any {
	var seen any
	if !e.Seen.IsZero() {
		seen = e.Seen.UTC()
	}
	return map[string]any{"sensor_id": e.Endpoint, "last_checkin": seen}
}

// A LateError says that a job ran longer than it may.
type LateError struct {
	Endpoint int64
	Limit    time.Duration
}

// Error names the limit.
func (e *LateError) Error() string {
	return fmt.Sprintf("the job on sensor %d took longer than %s", e.Endpoint, e.Limit)
}

// Kind is "TimeoutError".
func (*LateError) Kind() string { return "TimeoutError" }

// Facts are sensor_id and limit.
func (e *LateError) Facts() map[string]any {
	return map[string]any{"sensor_id": e.Endpoint, "limit": e.Limit}
}

// work serves one endpoint: it opens a session, runs the jobs that wait, and closes the session.
func (s *Scheduler) work(e *endpoint, base context.Context) {
	defer s.workers.Done()
	ctx, cancel := context.WithCancelCause(base)
	defer cancel(nil)
	defer context.AfterFunc(s.stopped, func() { cancel(ErrCancelled) })()
	session, park := s.reach(ctx, e)
	if session != nil {
		s.serve(ctx, e, session)
		s.close(ctx, e, session)
	}
	s.release(e, park)
}

// release gives a slot back.
func (s *Scheduler) release(e *endpoint, park time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.busy = false
	s.used--
	if park > 0 && !s.ended && len(e.waiting) > 0 {
		e.parked = time.AfterFunc(park, func() { s.unpark(e) })
	}
	s.arrange(e)
	s.dispatch()
}

// closeTime bounds how long the end of a session takes.
const closeTime = 10 * time.Second

// close closes a session, also when the jobs were told to stop.
func (s *Scheduler) close(ctx context.Context, e *endpoint, session Session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	if err := session.Close(ctx); err != nil {
		s.c.Log.WarnContext(ctx, "a session could not be closed", "sensor", e.id, "error", err)
	}
}

func (s *Scheduler) unpark(e *endpoint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.parked = nil
	s.arrange(e)
	s.dispatch()
}

// reach opens a session. When there is none, park is how long the endpoint is left alone; 0 means that it has no jobs
// left.
func (s *Scheduler) reach(ctx context.Context, e *endpoint) (_ Session, park time.Duration) {
	presence, err := s.c.Look(ctx, e.id)
	if err == nil {
		s.each(e, func(j *Job) { j.named(presence.Host) })
		if !presence.Online {
			park = s.offline(ctx, e, presence)
			s.c.Plan.tellCounts()
			return nil, park
		}
	}
	var session Session
	if err == nil {
		s.each(e, func(j *Job) { j.set(Waiting) })
		s.c.Plan.tellCounts()
		if session, err = s.open(ctx, e); session == nil && err == nil {
			return nil, 0
		}
	}
	s.mu.Lock()
	if presence.Online {
		e.next, e.away = presence.Next, time.Time{}
	}
	if err == nil {
		e.failures = 0
		s.mu.Unlock()
		return session, 0
	}
	e.failures++
	failures := e.failures
	s.mu.Unlock()
	if ctx.Err() != nil {
		return nil, 0 // End takes the jobs
	}
	return nil, s.unreached(ctx, e, failures, err)
}

// open opens a session in its turn. It gives none when there is nothing left to do.
func (s *Scheduler) open(ctx context.Context, e *endpoint) (Session, error) {
	if err := s.c.Plan.pace(ctx); err != nil {
		return nil, err
	}
	left := false
	s.each(e, func(*Job) { left = true })
	if !left {
		return nil, nil
	}
	return s.c.Open(ctx, e.id)
}

// unreached is what follows from a session that could not be opened: jobs that have tried it often enough fail with err.
func (s *Scheduler) unreached(ctx context.Context, e *endpoint, failures int, err error) (park time.Duration) {
	attempts, now := s.c.Attempts, time.Now()
	if s.c.Full(err) {
		attempts *= 10
	}
	park = min(firstBackoff<<min(failures-1, 10), longestBackoff)
	s.fail(ctx, e, func(j *Job) error {
		until, planned := j.deadline()
		left := until.Sub(now)
		switch {
		case s.c.Hopeless(err):
			return err
		case planned && left > 0:
			if failures >= attempts {
				park = patientBackoff
			}
			park = min(park, left)
			return nil
		case failures >= attempts, planned:
			return err
		}
		return nil
	})
	s.c.Log.DebugContext(ctx, "no session yet", "sensor", e.id, "attempt", failures, "again_in", park, "error", err)
	return park
}

// offline lets the jobs of an endpoint wait, and fails those that have waited long enough.
func (s *Scheduler) offline(ctx context.Context, e *endpoint, p Presence) time.Duration {
	now := time.Now()
	s.mu.Lock()
	if e.away.IsZero() {
		e.away = now
	}
	e.failures, e.next = 0, p.Next
	park := max(s.c.Recheck, min(now.Sub(e.away)/slowing, s.c.Recheck*slowing))
	s.mu.Unlock()
	s.fail(ctx, e, func(j *Job) error {
		until, _ := j.deadline()
		left := until.Sub(now)
		if left <= 0 {
			return &OfflineError{j.Endpoint, p.Seen, waited(until.Sub(j.submitted))}
		}
		j.set(Offline)
		park = min(park, left)
		return nil
	})
	return max(park, time.Millisecond)
}

// each calls f for the jobs that wait.
func (s *Scheduler) each(e *endpoint, f func(*Job)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range e.waiting {
		f(j)
	}
}

// fail ends the waiting jobs for which why gives an error.
func (s *Scheduler) fail(ctx context.Context, e *endpoint, why func(*Job) error) {
	s.mu.Lock()
	var ended []*Job
	var errs []error
	rest := e.waiting[:0:0]
	for _, j := range e.waiting {
		if err := why(j); err != nil {
			ended, errs = append(ended, j), append(errs, err)
		} else {
			rest = append(rest, j)
		}
	}
	e.waiting = rest
	s.mu.Unlock()
	for i, j := range ended {
		s.finish(ctx, j, nil, errs[i], true)
	}
}

// serve runs the jobs of an endpoint until none waits.
func (s *Scheduler) serve(ctx context.Context, e *endpoint, session Session) {
	host := ""
	if named, ok := session.(interface{ Host() string }); ok {
		host = named.Host()
	}
	for {
		s.mu.Lock()
		if len(e.waiting) == 0 || s.c.Plan.stopped() != nil {
			s.mu.Unlock()
			return // what is left is given up by whoever stopped it
		}
		j := e.waiting[0]
		e.waiting = e.waiting[1:]
		run, cancel := s.begin(ctx, j)
		s.mu.Unlock()
		s.c.Plan.tellCounts()
		j.named(host)
		value, err := s.run(run, j, session)
		cancel()
		s.finish(ctx, j, value, err, true)
	}
}

// begin makes the context in which a job runs: with the values of the job's, ended by the worker's. It needs the lock.
func (s *Scheduler) begin(worker context.Context, j *Job) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(j.ctx)
	stop := context.AfterFunc(worker, func() { cancel(context.Cause(worker)) })
	release := func() {}
	if j.o.Timeout > 0 {
		ctx, release = context.WithTimeoutCause(ctx, j.o.Timeout, &LateError{j.Endpoint, j.o.Timeout})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.move(Running)
	j.cancel = cancel
	return ctx, func() { stop(); release(); cancel(nil) }
}

// run calls the job's function.
func (s *Scheduler) run(ctx context.Context, j *Job, session Session) (value any, err error) {
	for tries := 1; ; tries++ {
		if err := s.started(ctx, j); err != nil {
			return nil, err
		}
		value, err = s.call(ctx, j, session)
		if err == nil {
			return value, nil
		}
		if ctx.Err() != nil {
			// What the function failed with follows from that.
			return nil, context.Cause(ctx)
		}
		if tries > j.o.Retries {
			return nil, err
		}
		s.c.Log.DebugContext(ctx, "a job is tried again", "job", j.Number, "sensor", j.Endpoint, "error", err)
	}
}

// call calls the job's function. A panic is a fault of the host, which ends the job and not the others.
func (s *Scheduler) call(ctx context.Context, j *Job, session Session) (value any, err error) {
	defer func() {
		if r := recover(); r != nil {
			s.c.Log.ErrorContext(ctx, "internal error in a job", "job", j.Number, "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error in job %d: %v", j.Number, r)
		}
	}()
	return j.f(client.BeforeChange(ctx, func(ctx context.Context) error { return s.changing(ctx, j) }), session)
}
