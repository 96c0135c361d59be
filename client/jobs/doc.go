// Package jobs does pieces of work on many endpoints: each job is a function of a session with one endpoint. A
// [Scheduler] holds few sessions at once, gives each endpoint one session for all of its jobs, lets endpoints that are
// offline wait without holding a place, and brings every job to an end: a value, an error, or a cancellation.
//
//	s := jobs.New(jobs.Config{Open: open, Look: look})
//	defer s.End(ctx)
//	job, err := s.Submit(ctx, 7, "collect", func(ctx context.Context, session jobs.Session) (any, error) { ... }, jobs.Options{})
//	value, err := job.Result(ctx)
//
// A function is called once, unless its options allow it to be called again after a failure. What is tried again without
// asking is only what comes before: looking for the endpoint and opening the session.
//
// A [Plan] is what the jobs of a run have in common: how many may fail, how long they wait, how fast sessions are begun, and
// the [Store] that outlives the run. With one, a later run finds each job by its [Key]: one that is done gives its value and
// is not run again, one that never began is run, and one that was under way is run again only when nothing can have been
// changed by it, or when that is safe. What is saved before what is done, and the other way about, is so chosen that this
// holds wherever a run was ended:
//
//	it is saved that the job begins  ->  the function is called
//	it is saved that it changes something  ->  the first request that does is sent
//	the function has returned  ->  it is saved how  ->  whoever waits for the job is told
package jobs
