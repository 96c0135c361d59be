package builtins

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
)

// A documented value tells help about itself: a model, an object, a query.
type documented interface{ Help() string }

// A memberDocumented value tells help about its attributes.
type memberDocumented interface{ AttrDocs() []attrs.Doc }

func helpBuiltin(all []Builtin) Builtin {
	h := &helper{}
	b := function("help", h.help, "None", "Prints what a function, a module, a model or a value is for. help() lists the names.",
		Param{Name: "x", Default: "(none)", Doc: `a value, or a name as text, such as "re.search"`})
	// Most scripts ask for no help: the index is made for those that do.
	h.byName = sync.OnceValue(func() map[string]Builtin {
		byName := map[string]Builtin{b.Name: b}
		for _, b := range all {
			byName[b.Name] = b
			for _, m := range b.Members {
				byName[m.Name] = m
			}
		}
		for _, b := range stock() {
			if _, ours := byName[b.Name]; !ours {
				byName[b.Name] = b
			}
		}
		return byName
	})
	return b
}

type helper struct{ byName func() map[string]Builtin }

func (h *helper) help(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x?", &x); err != nil {
		return nil, err
	}
	if x == nil {
		return starlark.None, printLine(t, h.overview())
	}
	return starlark.None, printLine(t, h.text(x))
}

// overview lists the names, functions and modules apart.
func (h *helper) overview() string {
	var functions, modules []string
	for name, b := range h.byName() {
		switch {
		case strings.Contains(name, "."):
		case b.Members != nil:
			modules = append(modules, name)
		default:
			functions = append(functions, name)
		}
	}
	return "Functions: " + strings.Join(sortedUnique(functions), ", ") +
		"\nModules: " + strings.Join(sortedUnique(modules), ", ") +
		"\nhelp(x) says more about a function, a module or a value, dir(x) lists what it has."
}

// text describes one value.
func (h *helper) text(x starlark.Value) string {
	switch x := x.(type) {
	case documented:
		return x.Help()
	case memberDocumented:
		return x.(starlark.Value).Type() + membersText(x.AttrDocs())
	case starlark.String:
		if b, ok := h.byName()[string(x)]; ok {
			return builtinText(b)
		}
	case *starlark.Function:
		return functionText(x)
	case *starlark.Builtin:
		if text := h.builtin(x); text != "" {
			return text
		}
	case starlark.HasAttrs:
		for _, b := range h.byName() {
			if b.Members != nil && b.Value == x {
				return builtinText(b)
			}
		}
	}
	text := x.Type()
	if x, ok := x.(starlark.HasAttrs); ok {
		text += " with " + strings.Join(x.AttrNames(), ", ")
	}
	return text
}

// builtin describes a function of the host, or a method bound to its receiver.
func (h *helper) builtin(x *starlark.Builtin) string {
	if x.Receiver() == nil {
		if b, ok := h.byName()[x.Name()]; ok {
			return builtinText(b)
		}
		return ""
	}
	if r, ok := x.Receiver().(memberDocumented); ok {
		for _, d := range r.AttrDocs() {
			if d.Name == x.Name() {
				return x.Receiver().Type() + "." + d.Signature + "\n  " + d.Text
			}
		}
	}
	return fmt.Sprintf("%s.%s: a method", x.Receiver().Type(), x.Name())
}

func builtinText(b Builtin) string {
	var out strings.Builder
	out.WriteString(b.Signature())
	if b.Returns != "" {
		out.WriteString(" -> " + b.Returns)
	}
	out.WriteString("\n  " + b.Doc)
	for _, p := range b.Params {
		if p.Doc != "" {
			fmt.Fprintf(&out, "\n  %s: %s", p.Name, p.Doc)
		}
	}
	for _, m := range b.Members {
		fmt.Fprintf(&out, "\n  %s: %s", m.Signature(), m.Doc)
	}
	return out.String()
}

func membersText(docs []attrs.Doc) string {
	var out strings.Builder
	for _, d := range docs {
		name := d.Signature
		if name == "" {
			name = d.Name
		}
		fmt.Fprintf(&out, "\n  .%s: %s", name, d.Text)
	}
	return out.String()
}

// functionText describes a function of a script: its parameters and its docstring.
func functionText(fn *starlark.Function) string {
	// The interpreter keeps the starred parameters behind those that are given by name only.
	n := fn.NumParams()
	var params, stars, byName []string
	if fn.HasKwargs() {
		n--
		name, _ := fn.Param(n)
		stars = append(stars, "**"+name)
	}
	if fn.HasVarargs() {
		n--
		name, _ := fn.Param(n)
		byName = append(byName, "*"+name)
	} else if fn.NumKwonlyParams() > 0 {
		byName = append(byName, "*")
	}
	for i := range n {
		name, _ := fn.Param(i)
		if d := fn.ParamDefault(i); d != nil {
			name += "=" + d.String()
		}
		if i < n-fn.NumKwonlyParams() {
			params = append(params, name)
		} else {
			byName = append(byName, name)
		}
	}
	params = slices.Concat(params, byName, stars)
	text := fmt.Sprintf("%s(%s)", fn.Name(), strings.Join(params, ", "))
	for line := range strings.Lines(strings.TrimSpace(fn.Doc())) {
		text += "\n  " + strings.TrimSpace(line)
	}
	return text
}
