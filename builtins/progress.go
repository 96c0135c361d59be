package builtins

import (
	"fmt"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/arg"
	"go.starlark.net/starlark"
)

func progressBuiltin() Builtin {
	return function("progress", progress, "iterable",
		"Gives the items as they are, and has the host show how far the loop over them is.",
		Param{Name: "iterable"},
		Param{Name: "total", Default: "None", Doc: "how many items there are, if it is not known"},
		Param{Name: "label", Default: `""`, Doc: "what to show beside it"})
}

func progress(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		items starlark.Iterable
		total arg.Count
		label string
	)
	known := false
	for i, arg := range args {
		known = known || i == 1 && arg != starlark.None
	}
	for _, kv := range kwargs {
		known = known || kv[0] == starlark.String("total") && kv[1] != starlark.None
	}
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "iterable", &items, "total??", &total, "label?", &label); err != nil {
		return nil, err
	}
	host, err := hostOf(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	p := &progressItems{thread: t, host: host, items: items, total: -1, label: label}
	if known {
		p.total = int(total)
	}
	return p, nil
}

// progressItems passes the items of an iterable on, and counts them before the host. It has no length, so that nothing
// asks for one before the loop.
type progressItems struct {
	thread *starlark.Thread
	host   Host
	items  starlark.Iterable
	total  int // -1 when not known
	label  string
}

var _ starlark.Iterable = (*progressItems)(nil)

func (p *progressItems) String() string        { return fmt.Sprintf("progress(%s)", p.items) }
func (p *progressItems) Type() string          { return "progress" }
func (p *progressItems) Freeze()               { p.items.Freeze() }
func (p *progressItems) Truth() starlark.Bool  { return p.items.Truth() }
func (p *progressItems) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", p.Type()) }

// Held gives what it holds to package share.
func (p *progressItems) Held(yield func(starlark.Value)) { yield(p.items) }

// Iterate begins to show the progress.
func (p *progressItems) Iterate() starlark.Iterator {
	total := p.total
	if total < 0 {
		total = starlark.Len(p.items)
	}
	it := p.items.Iterate()
	return &progressIterator{Iterator: it, shown: p.host.Progress(bindings.Context(p.thread), p.label, total)}
}

type progressIterator struct {
	starlark.Iterator
	shown   Progress
	pending bool // an item was given, and the script works on it
}

func (it *progressIterator) Next(v *starlark.Value) bool {
	if it.pending {
		it.shown.Step()
	}
	it.pending = it.Iterator.Next(v)
	return it.pending
}

func (it *progressIterator) Done() {
	defer it.shown.End()
	it.Iterator.Done()
}
