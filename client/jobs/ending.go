package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// save keeps what is known of a job now. A failure of the store ends the beginning of jobs.
func (s *Scheduler) save(ctx context.Context, j *Job) error {
	store := s.c.Plan.Store
	if store == nil {
		return nil
	}
	// What happened is kept also when nobody waits for it any more.
	if err := store.Save(context.WithoutCancel(ctx), j.Record()); err != nil {
		failed := &StoreError{j.Record().Key, err}
		s.c.Plan.halt(failed)
		return failed
	}
	return nil
}

// started saves that the function of a job is about to be called.
func (s *Scheduler) started(ctx context.Context, j *Job) error {
	j.mu.Lock()
	j.record.Began, j.record.Started, j.record.Run = true, time.Now().UTC(), s.c.Plan.run()
	j.record.Changing = j.record.Changing || j.doubtful
	j.record.Tries++
	j.mu.Unlock()
	return s.save(ctx, j)
}

// changing saves, before the first request of a job that changes something, that there was one.
func (s *Scheduler) changing(ctx context.Context, j *Job) error {
	j.announced.Lock()
	defer j.announced.Unlock()
	j.mu.Lock()
	was := j.record.Changing
	j.record.Changing = true
	j.mu.Unlock()
	if was {
		return nil
	}
	if err := s.save(ctx, j); err != nil {
		j.mu.Lock()
		j.record.Changing = false // it will not be sent
		j.mu.Unlock()
		return err
	}
	return nil
}

// conclusion is how a job has ended.
type conclusion struct {
	state   State
	outcome Outcome
	value   any
	err     error
}

// conclusion says how the job has ended when it gave value or failed with err. begun says that it was begun in this run.
func (j *Job) conclusion(value any, err error, begun bool) conclusion {
	var (
		late    *LateError
		offline *OfflineError
		not     *NotRunError
	)
	c := conclusion{state: Failed, outcome: OutcomeFailed, err: err}
	switch {
	case err == nil:
		return conclusion{state: Done, outcome: OutcomeDone, value: value}
	case errors.Is(err, ErrCancelled):
		c.state = Cancelled
		if !begun {
			c.outcome = OutcomeNotRun
		}
	case begun && errors.As(err, &late) && late.Endpoint == j.Endpoint && late.Limit == j.o.Timeout:
		c.outcome = OutcomeTimedOut
	case !begun && errors.As(err, &not):
		c.state, c.outcome = NotRun, OutcomeNotRun
	case !begun && errors.As(err, &offline):
		c.outcome = OutcomeOffline
	}
	return c
}

// finish ends a job, once: it saves how, and tells whoever waits for it. keeping is false for jobs that are given up with
// the run and of which the store knows all there is.
func (s *Scheduler) finish(ctx context.Context, j *Job, value any, err error, keeping bool) {
	j.mu.Lock()
	if j.state.Ended() || j.ending {
		j.mu.Unlock()
		return
	}
	j.ending = true
	begun := j.state == Running
	j.mu.Unlock()
	c := j.conclusion(value, err, begun)
	s.conclude(j, c)
	if keeping {
		var same *StoreError
		if failed := s.save(ctx, j); failed != nil && begun && !errors.As(c.err, &same) {
			c = conclusion{state: Failed, outcome: OutcomeFailed, err: errors.Join(failed, c.err)}
			s.conclude(j, c)
		}
	}
	if c.outcome == OutcomeTimedOut || c.outcome == OutcomeFailed && c.state == Failed {
		s.c.Plan.failed() // before somebody is told, who might submit a further job
	}
	s.settle(j, c)
}

// conclude writes into a job's record how it has ended.
func (s *Scheduler) conclude(j *Job, c conclusion) {
	var kept json.RawMessage
	unkept := ""
	if c.state == Done {
		if kept, unkept = s.keep(j, c.value); unkept != "" && s.c.Plan.Store != nil {
			s.c.Plan.warnOnce(func() {
				s.c.Log.Warn("the value of a job cannot be kept: a later run will not have it", "job", j.Name, "sensor", j.Endpoint, "reason", unkept)
			})
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	r := &j.record
	r.State, r.Outcome, r.Ended, r.Run = c.state, c.outcome, time.Now().UTC(), s.c.Plan.run()
	r.Failure, r.Value, r.Unkept = FailureOf(c.err), kept, unkept
}

// keep gives a job's value as its record has it, or why it has not.
func (s *Scheduler) keep(j *Job, value any) (kept json.RawMessage, unkept string) {
	switch {
	case s.c.Plan.Store == nil && s.c.Plan.Ended == nil:
		return nil, "nobody keeps it"
	case j.o.Keep == nil:
		return nil, "whoever submitted the job keeps no values"
	}
	kept, err := j.o.Keep(value)
	switch {
	case err != nil:
		return nil, bounded(err.Error())
	case len(kept) > MaxValue:
		return nil, fmt.Sprintf("it has %d bytes, more than %d", len(kept), MaxValue)
	}
	return kept, ""
}

// settle tells how a job has ended: first whoever keeps a table of outcomes, then whoever waits for it.
func (s *Scheduler) settle(j *Job, c conclusion) {
	s.c.Plan.tellEnded(j.Record())
	j.mu.Lock()
	j.value, j.err = c.value, c.err
	j.move(c.state)
	j.mu.Unlock()
	s.c.Plan.tellCounts()
	close(j.done)
}
