package builtins

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// DeclaredParameters returns the parameters that a file declares by calling param with constants, in order, so that a
// command can list and check them before it runs the script. A default that is computed is given as "...". A call that
// param would refuse, or whose name is computed, is left out: the run reports it.
func DeclaredParameters(f *syntax.File) []Parameter {
	var found []Parameter
	seen := make(map[string]bool)
	syntax.Walk(f, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		if fn, ok := call.Fn.(*syntax.Ident); !ok || fn.Name != "param" {
			return true
		}
		if p, ok := declared(call); ok && !seen[p.Name] {
			seen[p.Name] = true
			found = append(found, p)
		}
		return true
	})
	return found
}

// declared reads one call of param.
func declared(call *syntax.CallExpr) (Parameter, bool) {
	order := []string{"name", "default", "help", "type", "choices", "required"}
	values := make(map[string]starlark.Value)
	computed := make(map[string]bool)
	for i, arg := range call.Args {
		name, expr := "", arg
		if b, ok := arg.(*syntax.BinaryExpr); ok && b.Op == syntax.EQ {
			id, ok := b.X.(*syntax.Ident)
			if !ok {
				return Parameter{}, false
			}
			name, expr = id.Name, b.Y
		} else if i < len(order) {
			name = order[i]
		}
		if v, ok := literal(expr); ok {
			values[name] = v
		} else {
			computed[name] = true
		}
	}
	var p Parameter
	var choices names
	fallback := starlark.Value(starlark.None)
	for name, v := range values {
		ok := true
		switch name {
		case "name":
			p.Name, ok = starlark.AsString(v)
		case "help":
			p.Help, ok = starlark.AsString(v)
		case "type":
			var kind parameterType
			ok = v == starlark.None || kind.Unpack(v) == nil
			p.Type = string(kind)
		case "choices":
			ok = v == starlark.None || choices.Unpack(v) == nil
			p.Choices = choices
		case "required":
			p.Required = v == starlark.True
		case "default":
			fallback = v
		default:
			ok = false
		}
		if !ok {
			return Parameter{}, false
		}
	}
	if p.complete(fallback) != nil {
		return Parameter{}, false
	}
	if computed["default"] {
		p.Default = "..."
	}
	return p, true
}

// literal returns the value of a constant expression: texts, numbers, True, False, None, lists and tuples of them, the
// names of types, and a minus sign.
func literal(e syntax.Expr) (starlark.Value, bool) {
	switch e := e.(type) {
	case *syntax.ParenExpr:
		return literal(e.X)
	case *syntax.Literal:
		switch v := e.Value.(type) {
		case string:
			return starlark.String(v), true
		case int64:
			return starlark.MakeInt64(v), true
		case float64:
			return starlark.Float(v), true
		}
	case *syntax.Ident:
		switch e.Name {
		case "True", "False", "None", "str", "int", "float", "bool", "list":
			return starlark.Universe[e.Name], true
		}
	case *syntax.UnaryExpr:
		if v, ok := literal(e.X); ok {
			v, err := starlark.Unary(e.Op, v)
			return v, err == nil
		}
	case *syntax.ListExpr:
		return literals(e.List)
	case *syntax.TupleExpr:
		return literals(e.List)
	}
	return nil, false
}

func literals(list []syntax.Expr) (starlark.Value, bool) {
	var elems []starlark.Value
	for _, e := range list {
		v, ok := literal(e)
		if !ok {
			return nil, false
		}
		elems = append(elems, v)
	}
	return starlark.NewList(elems), true
}

// Flag returns the parameter's name as a command-line flag has it.
func (p Parameter) Flag() string { return "--" + strings.ReplaceAll(p.Name, "_", "-") }

// Usage returns a line for the help of a command.
func (p Parameter) Usage() string {
	text := p.Flag() + "=" + p.Type
	if p.Type == "choice" {
		text = p.Flag() + "=" + strings.Join(p.Choices, "|")
	}
	if p.Help != "" {
		text += "  " + p.Help
	}
	switch {
	case p.Required:
		text += " (required)"
	case p.Default != "":
		text += fmt.Sprintf(" (default %s)", p.Default)
	}
	return text
}
