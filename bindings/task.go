package bindings

import (
	"context"
	"encoding/json"
	"errors"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings/share"
	"github.com/cbscript/cbscript/client"
)

// task lets the client call a script's function beside the script, each call on a thread of its own. What the function can
// reach is frozen. It is refused when it uses what may still change: see [share.DetachError].
func task(t *starlark.Thread, fn starlark.Callable) (any, error) {
	newThread := servicesOf(t).NewThread
	if newThread == nil {
		return nil, errors.New("the host of this script runs nothing beside it")
	}
	index := share.Of(t)
	if err := index.Detach(fn); err != nil {
		return nil, err
	}
	return client.Task{Name: fn.Name(), Call: func(ctx context.Context, name string, args []any) (any, error) {
		worker, release := newThread(ctx, name)
		defer release()
		defer Attach(worker, ctx)()
		positional := make(starlark.Tuple, len(args))
		for i, a := range args {
			v, err := fromGoOn(worker, a)
			if err != nil {
				return nil, err
			}
			positional[i] = v
		}
		v, err := Call(worker, fn, positional, nil)
		if err != nil {
			return nil, explainFrozen(err)
		}
		return v, index.Freeze(v)
	}, Keep: keep, Recall: func(kept json.RawMessage) (any, error) { return recall(kept, index) }}, nil
}

// Future gives the work that a value stands for, as a job.
func Future(v starlark.Value) (client.Future, bool) {
	r, ok := v.(*Record)
	if !ok {
		return nil, false
	}
	f, ok := r.r.(client.Future)
	return f, ok
}
