package runtime

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/clock"
	"github.com/cbscript/cbscript/bindings/share"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/output"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Result is what a run leaves behind.
type Result struct {
	Doc     string              // the script's docstring, without its indentation
	Globals starlark.StringDict // the script's global names; those it got to when it failed
	File    *syntax.File        // the script's syntax tree; nil when it could not be parsed
	Steps   int64               // steps of the interpreter, of all threads
}

// run is the state of one run.
type run struct {
	rt      *Runtime
	script  *Script
	guard   *guard
	sources *sources
	loaded  map[string]*module
	bundles map[string]fs.FS // those that were asked for, by name
	index   *share.Index
	pool    *builtins.Pool
	out     *printer
	scope   *client.Scope // what the run leaves open
	finish  func()        // closes that
}

// Run runs a script to its end. Its error is a [*Failure], for [Report] and [ExitCode], which holds
//
//   - a [*LimitError] when a limit ended the script, an [*InterruptedError] when ctx was cancelled, both with the place
//     where the script was; if ctx was cancelled with a cause that has a Kind, it is that cause;
//   - a [*HangError] when the script did not stop in time after that;
//   - an [*InternalError] when the host panicked;
//   - a syntax.Error, a resolve.ErrorList or a [*SourceError] for a script that cannot be run;
//   - a [*bindings.ScriptError] otherwise.
func (rt *Runtime) Run(ctx context.Context, s *Script) (Result, error) { return rt.run(ctx, s, "") }

// RunFunction runs a script to its end and then calls one of its functions without arguments, in the same run. Errors are
// those of Run.
func (rt *Runtime) RunFunction(ctx context.Context, s *Script, name string) (Result, error) {
	return rt.run(ctx, s, name)
}

func (rt *Runtime) run(ctx context.Context, s *Script, function string) (Result, error) {
	r, ctx, end := rt.begin(ctx, s, new(client.Scope))
	defer r.finish()
	defer end()
	main := &origin{name: s.Name, files: s.Files, path: s.Path}
	r.loaded[main.name] = &module{} // so that a file which loads the script is told of the cycle
	result, err := supervise(ctx, r, func() (Result, error) {
		f, globals, err := r.exec(ctx, main, s.Source, function)
		result := Result{Globals: globals, File: f}
		if f != nil {
			result.Doc = docstring(f)
		}
		return result, err
	})
	result.Steps = r.guard.steps.Load()
	return result, r.failure(err)
}

// FinishTime bounds how long a run takes to close what its script left open.
const FinishTime = 10 * time.Second

// begin makes the state of a run, and its context.
func (rt *Runtime) begin(ctx context.Context, s *Script, scope *client.Scope) (*run, context.Context, func()) {
	outer := ctx
	ctx, g, release := newGuard(scope.Context(ctx), rt.limits)
	r := &run{
		rt: rt, script: s, guard: g,
		sources: &sources{}, loaded: make(map[string]*module),
		index: &share.Index{}, pool: builtins.NewPool(),
		out: &printer{w: rt.print, guard: g}, scope: scope,
	}
	r.finish = func() { rt.close(outer, scope) } // without the run's limits, one of which may have ended it
	return r, ctx, release
}

// close closes what a script left open, also when its context has ended.
func (rt *Runtime) close(ctx context.Context, scope *client.Scope) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), FinishTime)
	defer cancel()
	if err := scope.End(ctx); err != nil {
		rt.log.Warn("something that the script opened could not be closed", "error", err)
	}
}

// failure adds to an error what Report needs.
func (r *run) failure(err error) error {
	if err == nil {
		return nil
	}
	return &Failure{Err: err, sources: r.sources, names: r.rt.names, modules: r.rt.moduleNames}
}

// exec compiles one file and runs its top level on a thread of its own, and then the named function, if any.
func (r *run) exec(ctx context.Context, from *origin, source, function string) (*syntax.File, starlark.StringDict, error) {
	r.sources.add(from.name, source)
	f, prog, err := compile(from.name, source, r.guard.limits, r.rt.predeclared.Has)
	if err != nil {
		return nil, nil, err
	}
	r.index.Add(f)
	t := r.thread(from)
	defer r.guard.arm(ctx, t)()
	defer bindings.Attach(t, ctx)()
	var globals starlark.StringDict
	_, err = bindings.SafeCall(t, func() (starlark.Value, error) {
		var err error
		if globals, err = prog.Init(t, r.rt.predeclared); err != nil {
			return nil, err
		}
		if function != "" {
			fn, ok := globals[function].(starlark.Callable)
			if !ok {
				return nil, &UsageError{Err: fmt.Errorf("%s has no function %q", from.name, function)}
			}
			if _, err := starlark.Call(t, fn, nil, nil); err != nil {
				return nil, err
			}
		}
		if from.name != r.script.Name {
			return starlark.None, nil
		}
		return starlark.None, r.scope.Settle(ctx)
	})
	return f, globals, err
}

// thread makes the thread of one file.
func (r *run) thread(from *origin) *starlark.Thread {
	t := &starlark.Thread{Name: from.name, Print: r.out.print}
	t.Load = func(t *starlark.Thread, name string) (starlark.StringDict, error) {
		return r.load(bindings.Context(t), t, name)
	}
	t.SetLocal(originKey, from)
	clock.SetNow(t, r.rt.now)
	share.Set(t, r.index)
	builtins.SetHost(t, &host{r}, r.pool)
	return t
}

// supervise runs f, which runs Starlark code, on a goroutine of its own and watches it: memory, the end of ctx, and
// whether f returns in time after that.
func supervise[T any](ctx context.Context, r *run, f func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		o := outcome{err: &InternalError{Value: "the script's goroutine ended by itself"}}
		defer func() {
			if p := recover(); p != nil {
				o.err = &InternalError{Value: p, Stack: debug.Stack()}
			}
			done <- o
		}()
		o.value, o.err = f()
	}()
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	samples, stop := newReading(), ctx.Done()
	var late <-chan time.Time
	for {
		select {
		case o := <-done:
			return o.value, r.ended(ctx, o.err)
		case <-tick.C:
			r.guard.sample(samples)
		case <-stop:
			stop, late = nil, time.After(r.guard.limits.Grace)
		case <-late:
			r.out.close()
			r.finish()
			err := &HangError{Cause: causeOf(ctx), Grace: r.guard.limits.Grace}
			if r.rt.onHang != nil {
				r.rt.onHang(err)
			}
			var none T
			return none, err
		}
	}
}

// ended decides what a run ended by: a limit counts even when the script came to its end before it noticed, because
// output may be missing; a cancellation from outside does not.
func (r *run) ended(ctx context.Context, err error) error {
	if internal, ok := err.(*InternalError); ok {
		r.rt.log.Error("internal error", "value", fmt.Sprint(internal.Value), "stack", string(internal.Stack))
		return err
	}
	if tripped := r.guard.tripped(); tripped != nil {
		return &stopped{cause: tripped, where: err}
	}
	if err != nil && ctx.Err() != nil {
		return &stopped{cause: causeOf(ctx), where: err}
	}
	return err
}

// printer is where the threads of a run print, emit and log: one at a time, counted against the limit.
type printer struct {
	guard  *guard
	closed atomic.Bool
	mu     sync.Mutex
	w      io.Writer // guarded by mu
}

// print is a thread's Print. It cannot return an error, so the run ends by it.
func (p *printer) print(t *starlark.Thread, text string) {
	err := p.write(len(text)+1, func() error {
		if _, err := io.WriteString(p.w, text+"\n"); err != nil {
			err = fmt.Errorf("print: %w", err)
			p.guard.trip(err)
			return err
		}
		return nil
	})
	if err != nil {
		t.Cancel(err.Error())
	}
}

// write counts size bytes of output and lets f write them, unless the run was given up or has written too much.
func (p *printer) write(size int, f func() error) error {
	if p.closed.Load() {
		return output.ErrClosed
	}
	if err := p.guard.wrote(size); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return f()
}

// close makes the threads that are still running write nothing.
func (p *printer) close() { p.closed.Store(true) }
