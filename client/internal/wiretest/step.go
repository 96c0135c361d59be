package wiretest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/cbscript/cbscript/client"
)

// Step is the Do of an [Exchange].
type Step = func(ctx context.Context, cb *client.Client) (any, error)

// Selected is a step that selects an object by id and goes on with it.
func Selected(k *client.Kind, id any, next func(ctx context.Context, o *client.Object) (any, error)) Step {
	return func(ctx context.Context, cb *client.Client) (any, error) {
		o, err := cb.SelectID(ctx, k, id, nil)
		if err != nil {
			return nil, err
		}
		return next(ctx, o)
	}
}

// Reading is a step that selects an object by id and gives attributes of it by name.
func Reading(k *client.Kind, id any, names ...string) Step {
	return Selected(k, id, func(ctx context.Context, o *client.Object) (any, error) { return Read(ctx, o, names...) })
}

// Calling is a step that selects an object by id and calls a method of it.
func Calling(k *client.Kind, id any, method string, args client.Args) Step {
	return Selected(k, id, func(ctx context.Context, o *client.Object) (any, error) { return Invoke(ctx, o, method, args) })
}

// Creating is a step that creates an object, saves it, and gives attributes of it by name.
func Creating(k *client.Kind, fields map[string]any, names ...string) Step {
	return func(ctx context.Context, cb *client.Client) (any, error) {
		o, err := cb.Create(ctx, k, fields)
		if err != nil {
			return nil, err
		}
		if err := o.Save(ctx); err != nil {
			return nil, err
		}
		return Read(ctx, o, names...)
	}
}

// Changing is a step that selects an object by id, sets fields of it, saves it, and gives attributes of it by name.
func Changing(k *client.Kind, id any, fields map[string]any, names ...string) Step {
	return Selected(k, id, func(ctx context.Context, o *client.Object) (any, error) {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if err := o.Set(ctx, name, fields[name]); err != nil {
				return nil, err
			}
		}
		if err := o.Save(ctx); err != nil {
			return nil, err
		}
		if o.IsDirty() {
			return nil, errors.New("the object is dirty after it was saved")
		}
		return Read(ctx, o, names...)
	})
}

// Deleting is a step that selects an object by id and deletes it.
func Deleting(k *client.Kind, id any) Step {
	return Selected(k, id, func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) })
}

// Listing is a step that reads all results of the query that build makes, and gives an attribute of each.
func Listing(k *client.Kind, name string, build func(q *client.Query) *client.Query) Step {
	return func(ctx context.Context, cb *client.Client) (any, error) {
		return Rows(ctx, build(cb.Select(k)), name)
	}
}

// Rows reads all results of a query and gives an attribute of each.
func Rows(ctx context.Context, q *client.Query, name string) ([]any, error) {
	var out []any
	for o, err := range q.All(ctx) {
		if err != nil {
			return nil, err
		}
		v, err := o.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		out = append(out, Show(v))
	}
	return out, nil
}

// Read gives attributes of an object by name, as Show gives them; nil when none is named.
func Read(ctx context.Context, o *client.Object, names ...string) (any, error) {
	if len(names) == 0 {
		return nil, nil
	}
	got := map[string]any{}
	for _, name := range names {
		v, err := o.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		got[name] = Show(v)
	}
	return got, nil
}

// Invoke calls a method of an object as a script does.
func Invoke(ctx context.Context, o *client.Object, name string, args client.Args) (any, error) {
	a, ok := o.Kind().Attribute(name)
	if !ok || a.Method == nil {
		return nil, fmt.Errorf("%s has no method %s", o.Kind().Name, name)
	}
	filled, err := client.Fill(name, a.Method.Params, args)
	if err != nil {
		return nil, err
	}
	return a.Method.Do(ctx, o, filled)
}

// Call makes a call of a connection as a script does.
func Call(ctx context.Context, cb *client.Client, name string, args client.Args) (any, error) {
	for _, call := range cb.Product().Calls {
		if call.Name == name {
			filled, err := client.Fill(name, call.Params, args)
			if err != nil {
				return nil, err
			}
			return call.Do(ctx, cb, filled)
		}
	}
	return nil, fmt.Errorf("%s has no call %s", cb.Product().Title, name)
}

// Show gives objects as their model and id, queries and times as they print, and files as their content.
func Show(v any) any {
	switch v := v.(type) {
	case *client.Object:
		return v.Kind().Name + " " + v.ID().Key
	case *client.File:
		defer v.Close()
		content, err := io.ReadAll(v)
		if err != nil {
			return err.Error()
		}
		return string(content)
	case fmt.Stringer:
		return v.String()
	}
	return v
}
