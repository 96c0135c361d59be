package bindings

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings/arg"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/nearest"
)

// call is a call of a client's method from a script.
type call struct {
	name   string
	params []client.Param
	terms  bool // takes further named arguments, of any name: conditions on fields
	fields bool // takes further named arguments, of any name: values of fields
}

// unpack checks the arguments of a call against the parameters of its table and gives them in the form that the
// client takes. Its errors name the function and the parameter, as those of starlark.UnpackArgs do.
func (c call) unpack(t *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (client.Args, error) {
	out := make(client.Args, len(c.params)+len(kwargs))
	if err := c.positional(t, args, out); err != nil {
		return nil, err
	}
	for _, pair := range kwargs {
		name := string(pair[0].(starlark.String))
		i := slices.IndexFunc(c.params, func(p client.Param) bool { return p.Name == name && !p.Variadic })
		if i < 0 && (c.terms || c.fields) {
			convert := toClient
			if c.terms {
				convert = termValue
			}
			v, err := convert(pair[1])
			if err != nil {
				return nil, fmt.Errorf("%s: for field %s: %w", c.name, name, err)
			}
			out[name] = v
			continue
		}
		if i < 0 {
			return nil, c.unexpected(name)
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("%s: got multiple values for parameter %s", c.name, name)
		}
		if err := c.set(t, out, c.params[i], pair[1]); err != nil {
			return nil, err
		}
	}
	for _, p := range c.params {
		if _, given := out[p.Name]; given {
			continue
		}
		if p.Required {
			return nil, fmt.Errorf("%s: missing argument for %s", c.name, p.Name)
		}
		out[p.Name] = p.Default
	}
	return out, nil
}

func (c call) positional(t *starlark.Thread, args starlark.Tuple, out client.Args) error {
	for i, v := range args {
		if i < len(c.params) && !c.params[i].Variadic {
			if err := c.set(t, out, c.params[i], v); err != nil {
				return err
			}
			continue
		}
		if len(c.params) == 0 || !c.params[len(c.params)-1].Variadic {
			return fmt.Errorf("%s: got %d arguments, want at most %d", c.name, len(args), len(c.params))
		}
		last := c.params[len(c.params)-1]
		e, err := toClient(v)
		if err != nil {
			return fmt.Errorf("%s: for parameter %s: %w", c.name, last.Name, err)
		}
		list, _ := out[last.Name].([]any)
		out[last.Name] = append(list, e)
	}
	return nil
}

func (c call) unexpected(name string) error {
	names := make([]string, len(c.params))
	for i, p := range c.params {
		names[i] = p.Name
	}
	text := fmt.Sprintf("%s: unexpected keyword argument %q", c.name, name)
	if nearest := nearest.Name(name, names); nearest != "" {
		text += fmt.Sprintf(" (did you mean %s?)", nearest)
	}
	return fmt.Errorf("%s", text)
}

// set puts one argument into out. None for an optional parameter means that it is absent.
func (c call) set(t *starlark.Thread, out client.Args, p client.Param, v starlark.Value) error {
	if v == starlark.None && !p.Required {
		out[p.Name] = p.Default
		return nil
	}
	g, err := argument(t, p.Type, v)
	if err != nil {
		return fmt.Errorf("%s: for parameter %s: %w", c.name, p.Name, err)
	}
	out[p.Name] = g
	return nil
}

// argument gives an argument in the Go form that a parameter of that type has.
func argument(t *starlark.Thread, want client.Type, v starlark.Value) (any, error) {
	switch want {
	case client.Text:
		if s, ok := starlark.AsString(v); ok {
			return s, nil
		}
	case client.Int:
		if n, ok := v.(starlark.Int); ok {
			if i, ok := n.Int64(); ok {
				return i, nil
			}
			return nil, fmt.Errorf("%s is too large", n)
		}
	case client.Bool:
		if b, ok := v.(starlark.Bool); ok {
			return bool(b), nil
		}
	case client.Float:
		if f, ok := starlark.AsFloat(v); ok {
			return f, nil
		}
	case client.Duration:
		var d arg.Duration
		err := d.Unpack(v)
		return time.Duration(d), err
	case client.Time:
		var at arg.Time
		err := at.Unpack(v)
		return time.Time(at), err
	case client.Bytes:
		if b, ok := v.(starlark.Bytes); ok {
			return []byte(b), nil
		}
		if s, ok := starlark.AsString(v); ok {
			return []byte(s), nil
		}
	default:
		return reference(t, want, v)
	}
	return nil, notA(want, v)
}

// reference gives an argument that holds other values, or is one of the client's.
func reference(t *starlark.Thread, want client.Type, v starlark.Value) (any, error) {
	switch want {
	case client.Func:
		if fn, ok := v.(starlark.Callable); ok {
			return callback(t, fn), nil
		}
	case client.Work:
		if fn, ok := v.(starlark.Callable); ok {
			return task(t, fn)
		}
	case client.Model:
		if m, ok := v.(Model); ok {
			return m.kind, nil
		}
	case client.Instance:
		if o, ok := v.(*Object); ok {
			return o.o, nil
		}
	case client.List:
		g, err := toClient(v)
		if list, ok := g.([]any); ok || err != nil {
			return list, err
		}
	case client.Map:
		g, err := toClient(v)
		if fields, ok := g.(map[string]any); ok || err != nil {
			return fields, err
		}
	default:
		return toClient(v)
	}
	return nil, notA(want, v)
}

func notA(want client.Type, v starlark.Value) error {
	return fmt.Errorf("got %s, want %s", v.Type(), want)
}

// termValue gives the value of a keyword condition: one value, or a list of them.
func termValue(v starlark.Value) (any, error) {
	if _, isQuery := v.(*Query); isQuery {
		return nil, fmt.Errorf("got a Query, want a value or a list of values")
	}
	g, err := toClient(v)
	if err != nil {
		return nil, err
	}
	if _, isMap := g.(map[string]any); isMap {
		return nil, fmt.Errorf("got %s, want a value or a list of values", v.Type())
	}
	return g, nil
}

// callback lets the client call a script's function, on the thread and the goroutine that passed it. An error comes
// back as it is, so that the backtrace keeps the frames inside the function.
func callback(t *starlark.Thread, fn starlark.Callable) client.Callback {
	return func(_ context.Context, args []any, named map[string]any) (any, error) {
		on := t
		if current := Current(); current != nil {
			on = current // a function that was kept is called by whoever waits for its occasion
		}
		positional := make(starlark.Tuple, len(args))
		for i, a := range args {
			v, err := fromGoOn(on, a)
			if err != nil {
				return nil, err
			}
			positional[i] = v
		}
		kwargs := make([]starlark.Tuple, 0, len(named))
		for _, name := range sortedKeys(named) {
			v, err := FromGo(named[name])
			if err != nil {
				return nil, err
			}
			kwargs = append(kwargs, starlark.Tuple{starlark.String(name), v})
		}
		result, err := Call(on, fn, positional, kwargs)
		if err != nil {
			return nil, err
		}
		return result, nil
	}
}

// signature shows how a method is called, as "walk_parents(callback, max_depth=0)".
func (c call) signature() string {
	parts := make([]string, 0, len(c.params)+1)
	for _, p := range c.params {
		switch {
		case p.Variadic:
			parts = append(parts, "*"+p.Name)
		case p.Required:
			parts = append(parts, p.Name)
		default:
			parts = append(parts, p.Name+"="+client.ShowValue(p.Default))
		}
	}
	if c.terms {
		parts = append(parts, "**terms")
	}
	return c.name + "(" + strings.Join(parts, ", ") + ")"
}
