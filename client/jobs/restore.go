package jobs

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// An InterruptedJobError says that a run ended in the middle of a job that had begun to change something, so that it is
// not known what was done. The job is not run again by itself.
type InterruptedJobError struct {
	Endpoint int64
	Name     string
	Started  time.Time // when the function was called
}

// Error says what is not known.
func (e *InterruptedJobError) Error() string {
	return fmt.Sprintf("the job %s on sensor %d was under way when an earlier run ended, begun at %s UTC: "+
		"a change had been sent or was about to be, and whether it was made, and what was left to do, is not known",
		e.Name, e.Endpoint, e.Started.UTC().Format("2006-01-02 15:04:05"))
}

// Kind is "InterruptedJobError".
func (*InterruptedJobError) Kind() string { return "InterruptedJobError" }

// Facts are sensor_id, name and started.
func (e *InterruptedJobError) Facts() map[string]any {
	return map[string]any{"sensor_id": e.Endpoint, "name": e.Name, "started": e.Started}
}

// Hint says how to go on.
func (*InterruptedJobError) Hint() string {
	return "look at the endpoint first; then --retry-failed runs the job again. A function that may always be called again says so: submit_job(..., retries=1)"
}

// A ValueLostError says that a job was done in an earlier run, and that the value of its function was not kept.
type ValueLostError struct {
	Endpoint int64
	Name     string
	Reason   string
}

// Error says why.
func (e *ValueLostError) Error() string {
	return fmt.Sprintf("the job %s on sensor %d was done in an earlier run, but what it gave was not kept: %s", e.Name, e.Endpoint, e.Reason)
}

// Kind is "ValueLostError".
func (*ValueLostError) Kind() string { return "ValueLostError" }

// Facts are sensor_id, name and reason.
func (e *ValueLostError) Facts() map[string]any {
	return map[string]any{"sensor_id": e.Endpoint, "name": e.Name, "reason": e.Reason}
}

// Hint says what is kept.
func (*ValueLostError) Hint() string {
	return "a job whose result is wanted in a later run gives plain values: None, bools, numbers, text, bytes, times, and lists, tuples, sets, dicts and structs of them"
}

// restoration is what is done with a job that a store knows.
type restoration int

const (
	runIt     restoration = iota // as if for the first time
	restoreIt                    // it has ended as its record says
	giveUp                       // it is not known how far it came
)

// restoring decides what is done with a job by its record.
func restoring(r Record, o Options, retryFailed bool) restoration {
	switch {
	case r.State == Done:
		return restoreIt
	case !r.Began, retryFailed:
		return runIt
	case r.State == Failed:
		return restoreIt
	case !r.Changing, o.Retries > 0:
		return runIt
	}
	return giveUp
}

// restore takes over what a store knows of a job. It reports whether the job has come to its end with that; its conclusion
// is then that.
func (s *Scheduler) restore(ctx context.Context, j *Job, r Record) (ended bool, c conclusion, err error) {
	j.record = r
	if r.Host == "" {
		j.record.Host = bounded(j.o.Host)
	}
	switch restoring(r, j.o, s.c.Plan.RetryFailed) {
	case restoreIt:
		c = conclusion{state: r.State, outcome: r.Outcome}
		if r.State == Failed {
			if r.Failure == nil {
				r.Failure = &Failure{Class: genericClass, Text: "why it failed was not kept"}
			}
			c.err = r.Failure
		}
		j.recall = sync.OnceValues(func() (any, error) { return j.recalled(r) })
		return true, c, nil
	case giveUp:
		c = conclusion{state: Failed, outcome: OutcomeFailed, err: &InterruptedJobError{j.Endpoint, j.Name, r.Started}}
		s.conclude(j, c)
		return true, c, s.save(ctx, j)
	}
	// From here on it has not begun: whether this run reaches its endpoint is another matter.
	j.doubtful = r.Changing && j.o.Retries == 0
	j.record.Outcome, j.record.Ended, j.record.Failure, j.record.Began, j.record.Changing = "", time.Time{}, nil, false, false
	return false, c, nil
}

// recalled gives the value of an earlier run.
func (j *Job) recalled(r Record) (any, error) {
	lost := func(reason string) error { return &ValueLostError{j.Endpoint, j.Name, reason} }
	switch {
	case r.Unkept != "":
		return nil, lost(r.Unkept)
	case j.o.Recall == nil:
		return nil, lost("whoever submitted the job recalls no values")
	}
	v, err := j.o.Recall(r.Value)
	if err != nil {
		return nil, lost(err.Error())
	}
	return v, nil
}
