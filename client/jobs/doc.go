// Package jobs does pieces of work on many endpoints: each job is a function of a session with one endpoint. A
// [Scheduler] holds few sessions at once, gives each endpoint one session for all of its jobs, lets endpoints that are
// offline wait without holding a place, and brings every job to an end: a value, an error, or a cancellation.
//
//	s := jobs.New(jobs.Config{Open: open, Look: look})
//	defer s.End(ctx)
//	job := s.Submit(ctx, 7, "collect", func(ctx context.Context, session jobs.Session) (any, error) { ... }, jobs.Options{})
//	value, err := job.Result(ctx)
//
// A function is called once, unless its options allow it to be called again after a failure. What is tried again without
// asking is only what comes before: looking for the endpoint and opening the session.
package jobs
