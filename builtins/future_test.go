package builtins_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
)

// work is a job of a test. It ends when its method end is called.
type work struct {
	name string
	done chan struct{}
	once *sync.Once
	bad  bool // its callback fails
}

var _ client.Future = work{}

// makeWork is work(name, bad=False).
func makeWork(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	w := work{done: make(chan struct{}), once: new(sync.Once)}
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &w.name, "bad?", &w.bad); err != nil {
		return nil, err
	}
	return bindings.FromGo(w)
}

func (work) Type() string                               { return "work" }
func (work) Names() []string                            { return []string{"name"} }
func (w work) Get(context.Context, string) (any, error) { return w.name, nil }
func (w work) String() string                           { return "<work " + w.name + ">" }
func (w work) Done() <-chan struct{}                    { return w.done }

func (w work) Settle(ctx context.Context) error {
	select {
	case <-w.done:
	default:
		select {
		case <-w.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	if w.bad {
		return errors.New("the callback failed")
	}
	return nil
}

func (w work) Methods() []client.RecordMethod {
	return []client.RecordMethod{
		{Name: "end", Do: func(context.Context, client.Args) (any, error) {
			w.once.Do(func() { close(w.done) })
			return nil, nil
		}},
		{Name: "refuse", Do: func(context.Context, client.Args) (any, error) {
			return fmt.Errorf("an error as a value"), nil
		}},
	}
}
