package share

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
)

// A DetachError says why a function cannot run beside the code that goes on after the call that started it.
type DetachError struct {
	Function string
	Reason   string
}

// Error names the function and the reason.
func (e *DetachError) Error() string {
	return fmt.Sprintf("the function %s cannot run beside the script: %s", e.Function, e.Reason)
}

// Detach freezes what a function can reach, as [Index.Freeze] does, for a call that runs while the module which defines
// it goes on, as a job does. Reading a variable while it is assigned is a race, so the function must not use one that
// may be: it has captured no local variables, and every global variable that it uses has a value already and is
// assigned in one place that is not inside a loop.
//
// Errors: DetachError, CaptureError.
func (x *Index) Detach(fn starlark.Callable) error {
	seen := make(map[any]bool)
	todo := []starlark.Value{fn}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if id := identity(v); id != nil {
			if seen[id] {
				continue
			}
			seen[id] = true
		}
		held(v, func(e starlark.Value) { todo = append(todo, e) })
		f, ok := v.(*starlark.Function)
		if !ok {
			continue
		}
		used, err := x.fixed(f)
		if err != nil {
			return err
		}
		todo = append(todo, used...)
	}
	return x.Freeze(fn)
}

// fixed checks the variables of one function, and returns the values of the globals that it uses.
func (x *Index) fixed(fn *starlark.Function) ([]starlark.Value, error) {
	refuse := func(format string, args ...any) ([]starlark.Value, error) {
		return nil, &DetachError{fn.Name(), fmt.Sprintf(format, args...)}
	}
	u, f := x.of(fn)
	if u == nil {
		return refuse("its source is not known")
	}
	for i := range fn.NumFreeVars() {
		if v, _ := fn.FreeVar(i); !u.loaded[v.Name] {
			return refuse("it captures %s (%s): pass it as an argument", v.Name, v.Pos)
		}
	}
	globals := fn.Globals()
	var used []starlark.Value
	for _, name := range u.globals {
		v := globals[name]
		places := x.places(f, name)
		switch {
		case v == nil:
			return refuse("it uses %s, which has no value yet: define it first", name)
		case len(places) > 1:
			return refuse("it uses %s, which is assigned more than once (%s): pass it as an argument", name, list(places))
		case len(places) == 1 && places[0].loop:
			return refuse("it uses %s, which is assigned in a loop (%s): pass it as an argument", name, list(places))
		}
		used = append(used, v)
	}
	return used, nil
}

func (x *Index) places(f *file, name string) []assignment {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return f.assigned[name]
}

// list names up to three places.
func list(places []assignment) string {
	var texts []string
	for i, p := range places {
		if i > 0 && p.pos == places[i-1].pos {
			continue
		}
		if len(texts) == 3 {
			texts = append(texts, "...")
			break
		}
		texts = append(texts, p.pos.String())
	}
	return strings.Join(texts, ", ")
}
