package bindings

import (
	"fmt"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/client"
)

// FreeFunctions gives the methods of the products' objects and queries as functions that take the object first:
// save(obj), first(q), walk_parents(proc, fn). They are derived from the methods, so that there is one of each. A name
// that Starlark itself has, as all, stays Starlark's.
func FreeFunctions(products ...*client.Product) starlark.StringDict {
	functions := make(starlark.StringDict)
	add := func(name string) {
		if _, taken := starlark.Universe[name]; !taken && functions[name] == nil {
			functions[name] = freeFunction(name)
		}
	}
	for _, p := range products {
		for _, k := range p.Kinds {
			for _, m := range k.Methods {
				add(m.Name)
			}
			for _, m := range k.QueryMethods() {
				if !m.Attribute {
					add(m.Name)
				}
			}
		}
	}
	return functions
}

func freeFunction(name string) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			return nil, fmt.Errorf("%s: missing argument: the object or query to call .%s() on", b.Name(), name)
		}
		var method starlark.Value
		switch x := args[0].(type) {
		case *Object, *Query, *Record:
			var err error
			if method, err = x.(starlark.HasAttrs).Attr(name); err != nil {
				return nil, err
			}
		}
		fn, ok := method.(*starlark.Builtin)
		if !ok {
			return nil, fmt.Errorf("%s: %s has no method .%s()", b.Name(), args[0].Type(), name)
		}
		return fn.CallInternal(t, args[1:], kwargs)
	})
}
