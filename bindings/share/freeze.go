package share

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// A Holder is a value of the host that holds Starlark values. A value without it is taken to hold none.
type Holder interface {
	starlark.Value
	// Held calls yield with each of them.
	Held(yield func(starlark.Value))
}

// A CaptureError says that a container holds a function that refers to itself through a variable that it captures. The
// interpreter's Freeze follows such a circle until the stack is exhausted, which ends the process.
type CaptureError struct{ Function string }

// Error names the function.
func (e *CaptureError) Error() string {
	return fmt.Sprintf("the function %s, which is in a container, refers to itself through a captured variable: "+
		"define it at the top level", e.Function)
}

// Freeze freezes everything that can be reached from the values, and through the functions among it from the global
// variables that they use, so that several threads may use them at once. Nothing is frozen when it fails.
//
// Whoever freezes values of a script calls it, and not Freeze of the value: see [CaptureError], its only error.
func (x *Index) Freeze(values ...starlark.Value) error {
	w := walker{index: x, seen: make(map[any]bool)}
	w.todo = append(w.todo, values...)
	for len(w.todo) > 0 {
		last := len(w.todo) - 1
		v := w.todo[last]
		w.todo = w.todo[:last]
		w.visit(v)
	}
	cleared := make(map[any]bool)
	for _, c := range w.containers {
		var circle *starlark.Function
		held(c, func(e starlark.Value) {
			if circle == nil {
				circle = findCircle(e, cleared)
			}
		})
		if circle != nil {
			return &CaptureError{circle.Name()}
		}
	}
	// From the last one found to the first: what is inside is mostly found later, and so Freeze has little left to go
	// down into.
	for i := len(w.containers) - 1; i >= 0; i-- {
		w.containers[i].Freeze()
	}
	return nil
}

// walker finds the values to freeze. Functions and tuples are not among them: they cannot change, and what they hold is
// found by itself.
type walker struct {
	index      *Index
	todo       []starlark.Value
	seen       map[any]bool
	containers []starlark.Value
}

func (w *walker) visit(v starlark.Value) {
	id := identity(v)
	if id != nil {
		if w.seen[id] {
			return
		}
		w.seen[id] = true
	}
	later := func(e starlark.Value) { w.todo = append(w.todo, e) }
	switch v := v.(type) {
	case nil, starlark.NoneType, starlark.Bool, starlark.Int, starlark.Float, starlark.String, starlark.Bytes:
		// nil is a variable that has no value yet.
	case *starlark.Function:
		held(v, later)
		w.globals(v)
	case *starlark.Builtin, starlark.Tuple:
		held(v, later)
	default:
		w.containers = append(w.containers, v)
		held(v, later)
	}
}

// globals goes on to the global variables that a function uses.
func (w *walker) globals(fn *starlark.Function) {
	globals := fn.Globals()
	u, _ := w.index.of(fn)
	if u == nil {
		for _, name := range globals.Keys() {
			w.todo = append(w.todo, globals[name])
		}
		return
	}
	for _, name := range u.globals {
		w.todo = append(w.todo, globals[name])
	}
}

// identity returns what tells a value from others that it can be reached by, or nil for one that needs no telling.
func identity(v starlark.Value) any {
	switch v := v.(type) {
	case *starlark.Function, *starlark.Builtin, *starlark.List, *starlark.Dict, *starlark.Set,
		*starlarkstruct.Struct, *starlarkstruct.Module:
		return v
	case starlark.Tuple:
		if len(v) > 0 {
			return &v[0]
		}
	case Holder:
		return v
	}
	return nil
}

// held calls yield with what a value holds, as its Freeze goes down into it.
func held(v starlark.Value, yield func(starlark.Value)) {
	switch v := v.(type) {
	case *starlark.Function:
		for i := range v.NumParams() {
			if d := v.ParamDefault(i); d != nil {
				yield(d)
			}
		}
		for i := range v.NumFreeVars() {
			if _, captured := v.FreeVar(i); captured != nil {
				yield(captured)
			}
		}
	case *starlark.Builtin:
		if v.Receiver() != nil {
			yield(v.Receiver())
		}
	case starlark.Tuple:
		for _, e := range v {
			yield(e)
		}
	case *starlark.List:
		for i := range v.Len() {
			yield(v.Index(i))
		}
	case *starlark.Dict:
		for _, item := range v.Items() {
			yield(item[0])
			yield(item[1])
		}
	case *starlark.Set:
		for e := range v.Elements() {
			yield(e)
		}
	case *starlarkstruct.Struct:
		for _, name := range v.AttrNames() {
			if e, err := v.Attr(name); err == nil {
				yield(e)
			}
		}
	case *starlarkstruct.Module:
		for _, name := range v.Members.Keys() {
			yield(v.Members[name])
		}
	case Holder:
		v.Held(yield)
	}
}

// findCircle looks for a circle of values whose Freeze does not stop at one that is frozen already: functions, bound
// methods, tuples, modules and holders. Values that lead to none are added to cleared.
func findCircle(v starlark.Value, cleared map[any]bool) *starlark.Function {
	c := circles{cleared: cleared, around: make(map[any]bool)}
	return c.find(v)
}

type circles struct {
	cleared map[any]bool
	around  map[any]bool // the values that the current one was reached through
	stack   []*starlark.Function
}

func (c *circles) find(v starlark.Value) (found *starlark.Function) {
	switch v.(type) {
	case *starlark.Function, *starlark.Builtin, starlark.Tuple, *starlarkstruct.Module, Holder:
	default:
		return nil
	}
	id := identity(v)
	if id == nil || c.cleared[id] {
		return nil
	}
	if c.around[id] {
		return c.stack[len(c.stack)-1] // every such circle goes through a function: the others cannot be changed
	}
	c.around[id] = true
	if fn, ok := v.(*starlark.Function); ok {
		c.stack = append(c.stack, fn)
		defer func() { c.stack = c.stack[:len(c.stack)-1] }()
	}
	held(v, func(e starlark.Value) {
		if found == nil {
			found = c.find(e)
		}
	})
	delete(c.around, id)
	c.cleared[id] = found == nil
	return found
}
