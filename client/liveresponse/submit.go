package liveresponse

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/nearest"
)

// jobWait is how long a job's sensor may take to join its session. One that has just checked in does so within a minute.
const jobWait = 2 * time.Minute

// Jobs gives the scheduler of a run's jobs on a client's server: the run is the scope of ctx, at whose end the jobs are
// waited for or cancelled.
func (p Product) Jobs(ctx context.Context, c *client.Client) *jobs.Scheduler {
	m := Of(c, p.Dialect)
	scope := client.ScopeOf(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.runs[scope]
	if r == nil {
		r = &runJobs{}
		r.scheduler = jobs.New(p.schedule(c, &r.sessions))
		m.runs[scope] = r
		scope.Defer(func(ctx context.Context) error {
			m.mu.Lock()
			delete(m.runs, scope)
			m.mu.Unlock()
			err := r.scheduler.End(ctx)
			return errors.Join(err, r.sessions.End(ctx))
		})
	}
	if !r.awaited {
		r.awaited = true
		scope.Await(func(ctx context.Context) error {
			m.mu.Lock()
			r.awaited = false
			m.mu.Unlock()
			return r.scheduler.Wait(ctx)
		})
	}
	return r.scheduler
}

// runJobs are the jobs of a run.
type runJobs struct {
	scheduler *jobs.Scheduler
	sessions  client.Scope // of the jobs' sessions, which end after the jobs
	awaited   bool         // the run's end waits for them
}

// schedule says how jobs reach the endpoints of a product.
func (p Product) schedule(c *client.Client, sessions *client.Scope) jobs.Config {
	config := jobs.Config{
		Log: c.Log(), Plan: planOf(c), Server: c.Product().Name + " " + c.URL(),
		Open: func(ctx context.Context, id int64) (jobs.Session, error) {
			ctx = sessions.Context(ctx)
			e, err := p.Endpoint(ctx, c, id)
			if err != nil {
				return nil, err
			}
			s, err := Of(c, p.Dialect).Open(ctx, e, jobWait)
			if err != nil {
				return nil, err
			}
			return jobSession{s, sessions}, nil
		},
		Hopeless: func(err error) bool { return !passing(err) && !late(err) && !full(err) },
		Full:     full,
	}
	if p.Look != nil {
		config.Look = func(ctx context.Context, id int64) (jobs.Presence, error) { return p.Look(ctx, c, id) }
	}
	return config
}

// jobSession is a job's session, whose closing its scope makes up for when ctx has ended.
type jobSession struct {
	*Session
	sessions *client.Scope
}

// Host is the name of the endpoint, empty when it is not known.
func (s jobSession) Host() string { return s.Endpoint().Name }

// Close closes the session.
func (s jobSession) Close(ctx context.Context) error { return s.Session.Close(s.sessions.Context(ctx)) }

// late reports a sensor that did not join its session in time.
func late(err error) bool {
	var late *client.TimeoutError
	return errors.As(err, &late)
}

// full reports a server that has no room for a session.
func full(err error) bool {
	var refused *client.ServerError
	return errors.As(err, &refused) && (refused.Status == http.StatusConflict || refused.Status == http.StatusTooManyRequests)
}

// submitJob is submit_job(fn, sensor).
func (s Service) submitJob(ctx context.Context, args client.Args) (any, error) {
	task, _ := args["fn"].(client.Task)
	if task.Call == nil {
		return nil, client.Errorf("submit_job: missing argument for fn, a function of one argument, the session")
	}
	id, err := s.p.number(args["sensor"])
	if err != nil {
		return nil, err
	}
	o := jobs.Options{Retries: args.Int("retries"), Key: args.Text("key"), Host: s.p.hostOf(args["sensor"]), Keep: task.Keep, Recall: task.Recall}
	if o.Retries < 0 {
		return nil, client.Errorf("submit_job: for parameter retries: got %d, want 0 or more", o.Retries)
	}
	if args["key"] != nil && o.Key == "" {
		return nil, client.Errorf("submit_job: for parameter key: got an empty text")
	}
	for name, d := range map[string]*time.Duration{"timeout": &o.Timeout, "offline_wait": &o.OfflineWait} {
		given, ok := args.Duration(name)
		if ok && given <= 0 {
			return nil, client.Errorf("submit_job: for parameter %s: got %s, want more than 0", name, given)
		}
		*d = given
	}
	var job *jobs.Job
	named := make(chan struct{}) // the job has its number
	defer close(named)
	job, err = s.p.Jobs(ctx, s.c).Submit(ctx, id, task.Name, func(ctx context.Context, session jobs.Session) (any, error) {
		<-named
		return task.Call(ctx, fmt.Sprintf("job %d", job.Number), []any{session.(jobSession).Session})
	}, o)
	if err != nil {
		return nil, fmt.Errorf("submit_job: %w", err)
	}
	return Job{job}, nil
}

// hostOf gives the name of the endpoint that a script means, as far as its object holds it: without a request.
func (p Product) hostOf(of any) string {
	if o, ok := of.(*client.Object); ok && p.HostField != "" {
		if v, held := o.Held(p.HostField); held {
			name, _ := v.(string)
			return name
		}
	}
	return ""
}

// number gives the number of the endpoint that a script means, without a request.
func (p Product) number(of any) (int64, error) {
	if o, ok := of.(*client.Object); ok {
		if o.Kind().Name != p.Dialect.model {
			return 0, client.Errorf("submit_job: for parameter sensor: got a %s, want a %s or its number", o.Kind().Name, p.Dialect.model)
		}
		of = o.ID().Value
	}
	if id, ok := of.(int64); ok && id > 0 {
		return id, nil
	}
	return 0, client.Errorf("submit_job: for parameter sensor: got %s, want a %s or its number", client.ShowValue(of), p.Dialect.model)
}

// jobParams are the parameters of submit_job.
func jobParams() []client.Param {
	return []client.Param{
		param("fn", client.Work, "called with a session, beside the script and on values that cannot be changed; what it gives is the job's result"),
		param("sensor", client.Any, "a sensor, or its number"),
		option("timeout", client.Duration, nil, "how long fn may run; None means as long as it takes"),
		option("offline_wait", client.Duration, nil, "how long to wait for a sensor that is offline; None means 2 minutes, or what --until says"),
		option("retries", client.Int, int64(0), "how often fn is called again when it fails, or when a run with --jobs was ended in the middle of it: it must be safe to repeat"),
		option("key", client.Text, nil, "what a later run with the same file of jobs knows the job by, one for each sensor; None means the name of fn, and how often it was submitted for the sensor before"),
	}
}

// Job is a submitted job as scripts see it.
type Job struct{ j *jobs.Job }

var (
	_ client.RecordMethods = Job{}
	_ client.Future        = Job{}
)

// Type is "Job".
func (Job) Type() string { return "Job" }

// jobNames are the attributes, sorted.
var jobNames = []string{"id", "name", "sensor_id", "state"}

// Names are id, name, sensor_id and state.
func (Job) Names() []string { return slices.Clone(jobNames) }

// Get gives an attribute: state is one of waiting, offline, running, done, failed, cancelled and not run.
func (v Job) Get(_ context.Context, name string) (any, error) {
	switch name {
	case "id":
		return v.j.Number, nil
	case "name":
		return v.j.Name, nil
	case "sensor_id":
		return v.j.Endpoint, nil
	case "state":
		return string(v.j.State()), nil
	}
	return nil, &client.NoSuchAttributeError{Model: v.Type(), Name: name, Nearest: nearest.Name(name, jobNames)}
}

// String names the job and its sensor, and says what has become of it.
func (v Job) String() string {
	return fmt.Sprintf("<Job %d on sensor %d: %s>", v.j.Number, v.j.Endpoint, v.j.State())
}

// Done is closed when the job has come to its end.
func (v Job) Done() <-chan struct{} { return v.j.Done() }

// Settle waits for the job and calls its callbacks.
func (v Job) Settle(ctx context.Context) error { return v.j.Settle(ctx) }

// patience bounds ctx by a script's timeout.
func (v Job) patience(ctx context.Context, args client.Args) (context.Context, context.CancelFunc) {
	timeout, limited := args.Duration("timeout")
	if !limited {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, timeout, &client.TimeoutError{
		Message: fmt.Sprintf("job %d on sensor %d did not end within %s: it is %s", v.j.Number, v.j.Endpoint, timeout, v.j.State())})
}

// Methods are the job's methods.
func (v Job) Methods() []client.RecordMethod {
	timeout := option("timeout", client.Duration, nil, "how long to wait; None means as long as it takes")
	return []client.RecordMethod{
		{Name: "result", Returns: "any", Doc: "Wait for the job. Gives what its function gave, in this run or an earlier one with the same file of jobs, or fails with its error.", Params: []client.Param{timeout},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				ctx, done := v.patience(ctx, args)
				defer done()
				return v.j.Result(ctx)
			}},
		{Name: "error", Returns: "error", Doc: "Wait for the job. Gives its error, None when it has none.", Params: []client.Param{timeout},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				ctx, done := v.patience(ctx, args)
				defer done()
				if err := v.j.Settle(ctx); err != nil {
					return nil, err
				}
				if err := v.j.Err(ctx); err != nil {
					return err, nil
				}
				return nil, nil
			}},
		{Name: "done", Returns: "bool", Doc: "Whether the job has come to its end.",
			Do: func(context.Context, client.Args) (any, error) { return v.j.State().Ended(), nil }},
		{Name: "cancel", Returns: "bool", Doc: "End the job. False when it has come to its end already.",
			Do: func(context.Context, client.Args) (any, error) { return v.j.Cancel(), nil }},
		{Name: "add_done_callback", Returns: "None",
			Doc:    "Have fn(job) called when the job has come to its end, by the next wait of the script: result(), wait(), as_completed(), or its end.",
			Params: []client.Param{param("fn", client.Func, "a function of one argument")},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				fn := args.Callback("fn")
				v.j.OnEnd(func(ctx context.Context) error { _, err := fn(ctx, []any{v}, nil); return err })
				if v.j.State().Ended() {
					return nil, v.j.Settle(ctx)
				}
				return nil, nil
			}},
	}
}
