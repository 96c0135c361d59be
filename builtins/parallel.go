package builtins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/arg"
	"github.com/cbscript/cbscript/bindings/share"
	"go.starlark.net/starlark"
)

// Pool bounds how many calls of parallel run at once in one run, over all its threads and nested uses. Make one for each
// run with [NewPool].
type Pool struct{ places chan struct{} }

// NewPool makes the pool of a run: arg.MaxWorkers calls.
func NewPool() *Pool {
	// One call of each parallel takes the place of its caller, which waits.
	return &Pool{make(chan struct{}, arg.MaxWorkers-1)}
}

func (p *Pool) tryAcquire() bool {
	select {
	case p.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (p *Pool) release() { <-p.places }

func parallelBuiltin() Builtin {
	return function("parallel", parallel, "list of what fn gave, in the order of the items",
		"Calls fn(item) for each item, several at once. What fn can reach (global variables it uses, its captured ones, and the items) "+
			"is read-only from then on: return results instead of adding to a list. Lines printed and rows emitted come out in the order "+
			"of the items. If calls fail, the error is that of the first failing item.",
		Param{Name: "fn", Doc: "a function of one argument"},
		Param{Name: "items", Doc: "a list, a query, ..."},
		Param{Name: "workers", Default: "8", Doc: fmt.Sprintf("how many calls run at once, 1 to %d", arg.MaxWorkers)})
}

// An ItemError is the error of the first item that failed in parallel. It wraps the cause, which carries the place in fn.
type ItemError struct {
	Index int    // of the item, from 0
	Item  string // its text, cut to a few words
	Err   error
}

// Error names the item and the cause.
func (e *ItemError) Error() string { return fmt.Sprintf("item %d (%s): %v", e.Index, e.Item, e.Err) }

// Unwrap returns the cause.
func (e *ItemError) Unwrap() error { return e.Err }

func parallel(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		fn      starlark.Callable
		items   starlark.Iterable
		workers arg.Workers = 8
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "fn", &fn, "items", &items, "workers?", &workers); err != nil {
		return nil, err
	}
	host, err := hostOf(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	index := share.Of(t)
	if err := index.Freeze(fn); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	p := &batch{
		name: b.Name(), thread: t, host: host, index: index, pool: poolOf(t), fn: fn, workers: int(workers),
		ended: make(chan *call, workers), failed: -1,
	}
	return p.run(items)
}

// batch is one use of parallel. Its fields belong to the caller's goroutine.
type batch struct {
	name    string
	thread  *starlark.Thread
	host    Host
	index   *share.Index
	pool    *Pool
	fn      starlark.Callable
	workers int

	calls   []*call    // by item
	running int        // calls that have not ended
	ended   chan *call // has room for all that run
	flushed int        // calls whose output has been passed on
	failed  int        // the lowest index that failed, or -1
	fault   any        // a panic of a call
	lost    error      // why output could not be passed on
}

// call is fn(item) on a thread of its own.
type call struct {
	index  int
	item   starlark.Value
	cancel context.CancelCauseFunc
	pooled bool // it holds a place in the pool
	done   bool
	value  starlark.Value
	err    error
	fault  any
	output recorder
}

// errLaterItem cancels the calls for items behind the one that failed.
var errLaterItem = errors.New("an earlier item failed")

// run pulls the items on the caller's thread, so that a query stays lazy, and keeps the workers busy until the end of the
// items or the first failure.
func (p *batch) run(items starlark.Iterable) (starlark.Value, error) {
	it := items.Iterate()
	defer it.Done()
	var pullErr error
	for more := true; ; {
		for more && !p.stopping() && p.running < p.workers && p.place() {
			var item starlark.Value
			item, more, pullErr = p.pull(it)
			if !more || pullErr != nil {
				p.leave()
				more = false
				break
			}
			p.start(item)
		}
		if p.running == 0 {
			break
		}
		p.finish(<-p.ended)
	}
	if p.fault != nil {
		panic(p.fault) // on the caller's goroutine, where the host waits for it
	}
	if p.failed >= 0 {
		c := p.calls[p.failed]
		return nil, fmt.Errorf("%s: %w", p.name, &ItemError{c.index, firstRunes(c.item.String(), 60), c.err})
	}
	if err := cmp.Or(p.lost, pullErr); err != nil {
		return nil, err
	}
	values := make([]starlark.Value, len(p.calls))
	for i, c := range p.calls {
		values[i] = c.value
	}
	return starlark.NewList(values), nil
}

func (p *batch) stopping() bool { return p.failed >= 0 || p.fault != nil || p.lost != nil }

// place reports whether one call more may run. A call that runs alone takes the place of the waiting caller.
func (p *batch) place() bool { return p.running == 0 || p.pool.tryAcquire() }

// leave gives a place back that was not used.
func (p *batch) leave() {
	if p.running > 0 {
		p.pool.release()
	}
}

// pull takes the next item. A failure of the iteration is held until the calls for the items before it have ended, since
// theirs come first.
func (p *batch) pull(it starlark.Iterator) (item starlark.Value, more bool, err error) {
	_, err = bindings.SafeCall(p.thread, func() (starlark.Value, error) {
		more = it.Next(&item)
		return starlark.None, nil
	})
	if err != nil || !more {
		return nil, false, err
	}
	if err := p.index.Freeze(item); err != nil {
		return nil, false, fmt.Errorf("%s: item %d: %w", p.name, len(p.calls), err)
	}
	return item, true, nil
}

func (p *batch) start(item starlark.Value) {
	ctx, cancel := context.WithCancelCause(bindings.Context(p.thread))
	c := &call{index: len(p.calls), item: item, cancel: cancel, pooled: p.running > 0}
	c.output.Host = p.host
	p.calls = append(p.calls, c)
	p.running++
	go p.work(ctx, c)
}

// work runs on the call's goroutine.
func (p *batch) work(ctx context.Context, c *call) {
	defer func() {
		if r := recover(); r != nil {
			c.fault = fmt.Sprintf("%v\n\nin a worker of parallel:\n%s", r, debug.Stack())
		}
		p.ended <- c
	}()
	t, release := p.host.NewThread(ctx, fmt.Sprintf("%s[%d]", p.name, c.index))
	defer release()
	SetHost(t, &c.output, p.pool)
	share.Set(t, p.index)
	t.Print = c.output.print
	defer bindings.Attach(t, ctx)()
	c.value, c.err = bindings.Call(t, p.fn, starlark.Tuple{c.item}, nil)
}

// finish takes a call that has ended, and passes on the output of all calls up to the first that still runs.
func (p *batch) finish(c *call) {
	p.running--
	c.done = true
	c.cancel(context.Canceled)
	if c.pooled {
		p.pool.release()
	} else if p.running > 0 {
		p.inherit()
	}
	switch {
	case c.fault != nil:
		p.fault = c.fault
		p.cancelAfter(-1)
	case p.lost != nil: // the calls that were cancelled for it say nothing of their own
	case c.err != nil && (p.failed < 0 || c.index < p.failed):
		p.failed = c.index
		p.cancelAfter(c.index)
	}
	for p.lost == nil && p.flushed < len(p.calls) && p.calls[p.flushed].done && (p.failed < 0 || p.flushed <= p.failed) {
		if p.lost = p.calls[p.flushed].output.replay(p.thread); p.lost != nil {
			p.cancelAfter(-1)
		}
		p.flushed++
	}
}

// inherit lets a call that holds a place in the pool take over the caller's own, which has become free.
func (p *batch) inherit() {
	for _, c := range p.calls[p.flushed:] {
		if !c.done && c.pooled {
			c.pooled = false
			p.pool.release()
			return
		}
	}
}

func (p *batch) cancelAfter(index int) {
	for _, c := range p.calls[index+1:] {
		c.cancel(errLaterItem)
	}
}

// recorder is the host of a call: lines and rows wait for their turn. Files and log lines do not, since their order says
// nothing, and holding files would hold their contents in memory.
type recorder struct {
	Host
	events []func(*starlark.Thread) error
}

func (r *recorder) print(_ *starlark.Thread, text string) {
	r.events = append(r.events, func(t *starlark.Thread) error { return printLine(t, text) })
}

// Row keeps a row for its turn.
func (r *recorder) Row(_ context.Context, row Row) error {
	r.events = append(r.events, func(t *starlark.Thread) error {
		if err := r.Host.Row(bindings.Context(t), row); err != nil {
			return fmt.Errorf("emit: %w", err)
		}
		return nil
	})
	return nil
}

// replay passes on what was kept, on the caller's thread.
func (r *recorder) replay(t *starlark.Thread) error {
	events := r.events
	r.events = nil
	for _, event := range events {
		if err := event(t); err != nil {
			return err
		}
	}
	return nil
}
