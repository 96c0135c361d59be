package worker

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
)

// Argument is the only argument of a program that is to be a worker: see [Main].
const Argument = "__worker"

// A Program is what the worker's side of a command is made of.
type Program struct {
	Std      fs.FS           // the standard library, as in runtime.Config
	ExitCode func(error) int // of a run's error; nil means runtime.ExitCode
}

// Main is the whole life of a worker process: it shuts itself in, takes the script from the host over the connection that
// it was started with, and runs it. It returns the exit code of the process, which nobody but the host sees.
func Main(ctx context.Context, p Program) int {
	leaveToHost()
	conn, err := inherited()
	if err != nil {
		return complain(err)
	}
	size := addressSpace()
	report := Confine()
	c := &child{program: p, out: newOutbox(), size: size}
	if p.ExitCode == nil {
		c.program.ExitCode = runtime.ExitCode
	}
	if err := c.serve(ctx, conn, report); err != nil {
		return complain(err)
	}
	return 0
}

// complain writes why a worker cannot work to standard error, which the host reads.
func complain(err error) int {
	_, _ = os.Stderr.WriteString("worker: " + err.Error() + "\n")
	return 1
}

// child is a worker at work.
type child struct {
	program Program
	link    *Link
	out     *outbox
	size    int64 // of the address space at the start
	failed  stickyError
}

// serve takes the job and does it. The job comes before all else that the connection carries, so that it waits for a
// worker that begins; the first request is made while the script runs already.
func (c *child) serve(ctx context.Context, conn net.Conn, confined []string) error {
	var work job
	if err := readFrame(conn, &work); err != nil {
		return err
	}
	c.link = NewLink(conn)
	log := c.logger(false, slog.Level(work.Level))
	for _, line := range confined {
		log.Debug(line)
	}
	running, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { os.Exit(c.converse(ctx, cancel)) }()
	c.run(running, &work, log)
	c.out.finish()
	select {} // the host has heard it, and ends this process
}

// converse sends the host what there is to tell, and does what it says, until there is no host to work for. It gives the
// exit code of the process.
func (c *child) converse(ctx context.Context, cancel context.CancelCauseFunc) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+hostName+"/run", c.out)
	if err != nil {
		return complain(err)
	}
	resp, err := c.link.RoundTrip(req)
	if err != nil {
		return complain(err)
	}
	c.obey(resp.Body, cancel)
	return 1
}

// obey does what the host says, until it hangs up.
func (c *child) obey(orders io.Reader, cancel context.CancelCauseFunc) {
	for {
		var o order
		if err := readFrame(orders, &o); err != nil {
			return
		}
		switch {
		case o.Stop != nil && o.Stop.Kind == (&runtime.InterruptedError{}).Kind():
			cancel(&runtime.InterruptedError{})
		case o.Stop != nil:
			cancel(o.Stop.error())
		case o.Output != nil:
			c.failed.set(o.Output.error())
		}
	}
}

// run runs the script and tells how it ended.
func (c *child) run(ctx context.Context, j *job, log *slog.Logger) {
	limits := j.Limits.Filled()
	if err := limitMemory(c.size, limits.Memory); err != nil {
		log.Debug("the system does not limit the memory of the worker", "error", err.Error())
	}
	options := []client.Option{client.WithGuard(guard.New(c.guard(j.Guard))), client.WithLogger(log)}
	if plan := c.plan(j.Jobs); plan != nil {
		options = append(options, liveresponse.WithPlan(plan))
	}
	var progress func(label string, total int) builtins.Progress
	if j.Progress {
		progress = (&loops{c: c}).begin
		options = append(options, servers.ShowProgress(progress))
	}
	pool := servers.New(servers.Config{Client: options, Open: func(product *client.Product, role string) (servers.Way, error) {
		w, err := c.link.open(ctx, product, role)
		if err != nil {
			return nil, err
		}
		return w, nil
	}})
	config := c.config(ctx, j, log)
	config.Progress = progress
	config.Predeclared, config.Modules = pool.Predeclared(), pool.Modules()
	config.OnHang = func(err error) {
		c.done(ctx, err)
		c.out.finish()
		select {} // the host ends the process
	}
	rt, err := runtime.New(config)
	if err == nil {
		_, err = c.execute(ctx, rt, c.script(ctx, j), string(j.Function))
	}
	_ = pool.Close() // never fails here
	c.done(ctx, err)
}

func (c *child) execute(ctx context.Context, rt *runtime.Runtime, s *runtime.Script, function string) (runtime.Result, error) {
	if function != "" {
		return rt.RunFunction(ctx, s, function)
	}
	return rt.Run(ctx, s)
}

// done tells how the run ended.
func (c *child) done(ctx context.Context, err error) {
	d := &done{Failed: err != nil, Code: c.program.ExitCode(err), Stopped: ctx.Err() != nil}
	if err != nil {
		d.Text, d.Report = text(err.Error()), text(runtime.Report(err))
	}
	_ = c.out.send(notice{Done: d}) // without a host there is nobody to tell
}

// config is what a job says of a run.
func (c *child) config(ctx context.Context, j *job, log *slog.Logger) runtime.Config {
	texts := make(map[string][]string, len(j.Params))
	for name, values := range j.Params {
		for _, v := range values {
			texts[name] = append(texts[name], string(v))
		}
	}
	config := runtime.Config{
		Std: c.program.Std, Limits: j.Limits, Params: runtime.NewValues(texts), Print: printer{c},
		ScriptLog: c.logger(true, slog.Level(j.ScriptLevel)), Log: log,
	}
	if j.Bundles {
		config.Bundles = bundles{c.link}
	}
	if j.Rows {
		config.Rows = rows{c}
	}
	if j.Artifacts {
		config.Artifacts = artifacts{c.link}
	}
	if j.Clock {
		config.Now = func() time.Time { return c.now(ctx) }
	}
	return config
}

// now asks the host for the time.
func (c *child) now(ctx context.Context) time.Time {
	var t time.Time
	if err := c.link.call(context.WithoutCancel(ctx), http.MethodGet, "now", nil, nil, &t); err != nil {
		return time.Now() // the host is gone, and with it whoever would see it
	}
	return t
}

// guard is the worker's own guard: the first line. The host has the second.
func (c *child) guard(j guardJob) guard.Config {
	config := guard.Config{Allow: j.Allow, Declared: j.Declared, MaxChanges: j.MaxChanges, Confirmed: j.Confirmed}
	if j.Show {
		config.Show = (&shower{out: c.out}).show
	}
	return config
}

func (c *child) script(ctx context.Context, j *job) *runtime.Script {
	s := &runtime.Script{Name: string(j.Name), Source: string(j.Source), Path: string(j.Path)}
	if j.Files {
		s.Files = newFiles(ctx, c.link, "")
	}
	return s
}

// errNoConnection is a worker that nobody started as one.
var errNoConnection = errors.New("this is a part of cbscript run, which starts it: it is no command of its own")
