package bindings

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/client"
)

// FreeFunctions gives the methods of the products' objects and queries as functions that take the object first:
// save(obj), first(q), walk_parents(proc, fn). They are derived from the methods, so that there is one of each. A name
// that Starlark itself has, as all, stays Starlark's.
func FreeFunctions(products ...*client.Product) starlark.StringDict {
	env := make(starlark.StringDict)
	eachMethod(products, func(d owned) {
		if _, taken := starlark.Universe[d.name]; !taken && env[d.name] == nil {
			env[d.name] = &freeFunction{name: d.name, products: products}
		}
	})
	return env
}

// owned is a method of the products' objects or queries, with its owner.
type owned struct {
	owner, name, doc string
	params           []client.Param
	terms            bool
	needs            client.Capability
}

// method is what there is to tell of it.
func (d owned) method() method {
	return method{d.owner, call{name: d.name, params: d.params, terms: d.terms}.signature(), d.doc + needs(d.needs)}
}

// eachMethod calls add for every method of the products' objects and queries. Methods that several models' queries have in
// common, from their style or because all have them, are told once.
func eachMethod(products []*client.Product, add func(owned)) {
	styles := make(map[*client.Style]bool)
	query := func(methods []client.QueryMethod) {
		for i := range methods {
			if m := &methods[i]; !m.Attribute {
				add(owned{"Query", m.Name, m.Doc, m.Params, m.Terms, m.Capability})
			}
		}
	}
	for _, p := range products {
		for _, k := range p.Kinds {
			for i := range k.Methods {
				m := &k.Methods[i]
				add(owned{k.Name, m.Name, m.Doc, m.Params, false, m.Capability})
			}
			switch {
			case k.Style == nil:
			case len(styles) == 0:
				query(k.QueryMethods()) // those that all have are among them
				styles[k.Style] = true
			default:
				query(k.Queries)
				if !styles[k.Style] {
					query(k.Style.Methods)
					styles[k.Style] = true
				}
			}
		}
	}
}

// freeFunction is the Starlark value of a function that calls the method of its name on its first argument.
type freeFunction struct {
	name     string
	products []*client.Product
}

// method is one of the methods that a freeFunction stands for.
type method struct{ owner, signature, doc string }

// methods are those that the function stands for: they are looked up when somebody asks, which few scripts do.
func (f *freeFunction) methods() []method {
	var found []method
	eachMethod(f.products, func(d owned) {
		if d.name == f.name {
			found = append(found, d.method())
		}
	})
	return found
}

var _ starlark.Callable = (*freeFunction)(nil)

func (f *freeFunction) Name() string          { return f.name }
func (f *freeFunction) String() string        { return "<built-in function " + f.name + ">" }
func (f *freeFunction) Type() string          { return "builtin_function_or_method" }
func (f *freeFunction) Freeze()               {} // immutable
func (f *freeFunction) Truth() starlark.Bool  { return true }
func (f *freeFunction) Hash() (uint32, error) { return starlark.String(f.name).Hash() }

// CallInternal calls the method.
func (f *freeFunction) CallInternal(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("%s: missing argument: the %s to call .%s() on", f.name, f.owners(), f.name)
	}
	var found starlark.Value
	switch x := args[0].(type) {
	case *Object, *Query, *Record:
		var err error
		if found, err = x.(starlark.HasAttrs).Attr(f.name); err != nil {
			return nil, err
		}
	}
	fn, ok := found.(*starlark.Builtin)
	if !ok {
		return nil, fmt.Errorf("%s: %s has no method .%s(): give it a %s", f.name, args[0].Type(), f.name, f.owners())
	}
	return fn.CallInternal(t, args[1:], kwargs)
}

// owners names what has the method, up to four of them.
func (f *freeFunction) owners() string {
	var names []string
	for _, m := range f.methods() {
		if !slices.Contains(names, m.owner) {
			names = append(names, m.owner)
		}
	}
	if len(names) > 4 {
		names = append(names[:3], "another object")
	}
	return strings.Join(names, " or ")
}

// Help describes the methods, those that are the same in several models once.
func (f *freeFunction) Help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s(x, ...) calls the method of its first argument:", f.name)
	type form struct{ signature, doc string }
	var forms []form
	owners := make(map[form][]string)
	for _, m := range f.methods() {
		key := form{m.signature, m.doc}
		if owners[key] == nil {
			forms = append(forms, key)
		}
		if !slices.Contains(owners[key], m.owner) {
			owners[key] = append(owners[key], m.owner)
		}
	}
	for _, key := range forms {
		fmt.Fprintf(&b, "\n  x.%s of %s\n      %s", key.signature, strings.Join(owners[key], ", "), key.doc)
	}
	return b.String()
}
