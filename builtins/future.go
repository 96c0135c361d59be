package builtins

import (
	"context"
	"fmt"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/arg"
	"github.com/cbscript/cbscript/client"
)

func futureBuiltins() []Builtin {
	jobs := Param{Name: "jobs", Doc: "a list of jobs"}
	timeout := Param{Name: "timeout", Default: "None", Doc: "how long to wait for all of them"}
	return []Builtin{
		function("wait", wait, "struct with done and pending",
			"Waits until all jobs have come to their end, or for as long as timeout says. Gives two lists of jobs, done and pending. "+
				"Whether a job failed its error() tells.", jobs, timeout),
		function("as_completed", asCompleted, "iterable of jobs",
			"Gives the jobs in the order in which they come to their end, waiting for each. It fails when that takes longer than timeout.", jobs, timeout),
	}
}

// future is a job of a script.
type future struct {
	value starlark.Value
	client.Future
}

// futures is a list of jobs as an argument.
type futures []future

// Unpack takes any iterable of jobs.
func (f *futures) Unpack(v starlark.Value) error {
	items, ok := v.(starlark.Iterable)
	if !ok {
		return fmt.Errorf("got %s, want a list of jobs", v.Type())
	}
	for item := range starlark.Elements(items) {
		job, ok := bindings.Future(item)
		if !ok {
			return fmt.Errorf("got a list with a %s, want a list of jobs", item.Type())
		}
		*f = append(*f, future{item, job})
	}
	return nil
}

// unpackFutures reads the arguments of wait and as_completed.
func unpackFutures(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (futures, arg.Timeout, error) {
	var list futures
	var timeout arg.Timeout
	err := starlark.UnpackArgs(b.Name(), args, kwargs, "jobs", &list, "timeout??", &timeout)
	return list, timeout, err
}

// patience bounds ctx by a timeout, of which zero is none.
func patience(ctx context.Context, name string, timeout arg.Timeout) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return context.WithCancel(ctx)
	}
	d := time.Duration(timeout)
	return context.WithTimeoutCause(ctx, d, &client.TimeoutError{Message: fmt.Sprintf("%s: the jobs did not end within %s", name, d)})
}

func wait(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list, timeout, err := unpackFutures(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	outer := bindings.Context(t)
	ctx, cancel := patience(outer, b.Name(), timeout)
	defer cancel()
	shown := showJobs(t, len(list))
	defer shown.End()
	var done, pending []starlark.Value
	for _, f := range list {
		if err := f.Settle(ctx); err == nil {
			done = append(done, f.value)
			shown.Step()
			continue
		} else if outer.Err() != nil || ctx.Err() == nil {
			return nil, err
		}
		pending = append(pending, f.value)
	}
	return starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{
		"done": starlark.NewList(done), "pending": starlark.NewList(pending)}), nil
}

// showJobs begins to show how many jobs have come to their end.
func showJobs(t *starlark.Thread, total int) Progress {
	host, err := hostOf(t)
	if err != nil {
		return unseen{}
	}
	return host.Progress(bindings.Context(t), "jobs", total)
}

// unseen is the progress of a script without a host.
type unseen struct{}

func (unseen) Step() {}
func (unseen) End()  {}

func asCompleted(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	list, timeout, err := unpackFutures(b, args, kwargs)
	if err != nil {
		return nil, err
	}
	return &completion{thread: t, name: b.Name(), list: list, timeout: timeout}, nil
}

// completion is the value of as_completed.
type completion struct {
	thread  *starlark.Thread
	name    string
	list    futures
	timeout arg.Timeout
}

var _ starlark.Iterable = (*completion)(nil)

func (c *completion) String() string        { return fmt.Sprintf("as_completed(%d jobs)", len(c.list)) }
func (c *completion) Type() string          { return "as_completed" }
func (c *completion) Freeze()               {}
func (c *completion) Truth() starlark.Bool  { return len(c.list) > 0 }
func (c *completion) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", c.Type()) }

// Iterate begins to wait.
func (c *completion) Iterate() starlark.Iterator {
	ctx, cancel := patience(bindings.Context(c.thread), c.name, c.timeout)
	it := &completionIterator{ctx: ctx, cancel: cancel, left: len(c.list), ended: make(chan future, len(c.list)), shown: showJobs(c.thread, len(c.list))}
	for _, f := range c.list {
		go func() {
			select {
			case <-f.Done():
				it.ended <- f
			case <-ctx.Done():
			}
		}()
	}
	return it
}

type completionIterator struct {
	ctx    context.Context
	cancel context.CancelFunc
	left   int
	ended  chan future
	shown  Progress
}

// Next waits for the next job.
func (it *completionIterator) Next(p *starlark.Value) bool {
	if it.left == 0 {
		return false
	}
	var f future
	select {
	case f = <-it.ended:
	default:
		select {
		case f = <-it.ended:
		case <-it.ctx.Done():
			bindings.Raise(context.Cause(it.ctx))
		}
	}
	if err := f.Settle(it.ctx); err != nil {
		bindings.Raise(err)
	}
	it.left--
	it.shown.Step()
	*p = f.value
	return true
}

// Done ends the wait.
func (it *completionIterator) Done() {
	it.cancel()
	it.shown.End()
}
