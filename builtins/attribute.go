package builtins

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cbscript/cbscript/client/nearest"
	"go.starlark.net/starlark"
)

func attributeBuiltins() []Builtin {
	return []Builtin{
		function("getattr", getattr, "any",
			"Gives an attribute by its name. default is given only when x has no such attribute: a failed request stays an error.",
			Param{Name: "x"}, Param{Name: "name"}, Param{Name: "default", Default: "(none)", Doc: "for a missing attribute"}),
		function("hasattr", hasattr, "bool",
			"Says whether x has an attribute of that name. It makes no request.",
			Param{Name: "x"}, Param{Name: "name"}),
	}
}

// getattr differs from the interpreter's own, which gives default for any error: a refused request would look like a
// missing attribute. And without default it would lose the cause.
func getattr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		x, fallback starlark.Value
		name        string
	)
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &name, &fallback); err != nil {
		return nil, err
	}
	hint := ""
	if x, ok := x.(starlark.HasAttrs); ok {
		v, err := x.Attr(name)
		var missing starlark.NoSuchAttrError
		switch {
		case v != nil && err == nil:
			return v, nil
		case err != nil && !errors.As(err, &missing):
			return nil, err
		}
		if near := nearest.Name(name, x.AttrNames()); near != "" {
			hint = fmt.Sprintf(" (did you mean .%s?)", near)
		}
	}
	if fallback != nil {
		return fallback, nil
	}
	return nil, fmt.Errorf("%s: %s has no .%s field or method%s", b.Name(), x.Type(), name, hint)
}

// hasattr asks for the names only: the interpreter's own would fetch the attribute.
func hasattr(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		x    starlark.Value
		name string
	)
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &name); err != nil {
		return nil, err
	}
	has, ok := x.(starlark.HasAttrs)
	return starlark.Bool(ok && slices.Contains(has.AttrNames(), name)), nil
}

// sortedUnique sorts names and removes repetitions.
func sortedUnique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
