package jobs

import "time"

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
	// Until is how long jobs wait for endpoints that are offline, unless they say so themselves. The zero time means the
	// scheduler's own patience.
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
}

// Rate is how many sessions are begun in a time. They are begun one by one, evenly spread.
type Rate struct {
	Sessions int
	Per      time.Duration
}
