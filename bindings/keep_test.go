package bindings

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"

	"github.com/cbscript/cbscript/bindings/clock"
	"github.com/cbscript/cbscript/bindings/share"
)

// TestKeep holds that a value which is kept and recalled is the same value, frozen.
func TestKeep(t *testing.T) {
	predeclared := starlark.StringDict{
		"struct": starlark.NewBuiltin("struct", starlarkstruct.Make),
		"at":     clock.Time{}, "second": clock.Duration(1e9),
	}
	for _, expr := range []string{
		"None", "True", "7", "-1", "123456789012345678901234567890", "1.5", "float('inf')", "''", "'text'", `'\x00\n|'`, "b'\\x00\\xff'",
		"[]", "[1, [2]]", "()", "(1, (2,), [])", "{}", "{'a': 1, 'b': {'c': None}}", "{7: 'x', (1, 'y'): [2], None: True}", "set()", "set([3, 1, 'x'])",
		"struct(a = 1, b = struct())", "at", "second", "[at, {second: (1,)}]", "{'b': 1, 'a': 2}",
	} {
		v, err := starlark.EvalOptions(&syntax.FileOptions{Set: true}, new(starlark.Thread), "x.star", expr, predeclared)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := keep(v)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		got, err := recall(kept, new(share.Index))
		if err != nil {
			t.Errorf("%s as %s: %v", expr, kept, err)
			continue
		}
		same, err := starlark.Equal(v, got.(starlark.Value))
		if err != nil || !same || got.(starlark.Value).Type() != v.Type() || got.(starlark.Value).String() != v.String() {
			t.Errorf("%s became %v, of type %s: %v", expr, got, got.(starlark.Value).Type(), err)
		}
		if list, ok := got.(*starlark.List); ok && list.Append(starlark.None) == nil {
			t.Errorf("%s is not frozen", expr)
		}
	}
	circle := starlark.NewList(nil)
	if err := circle.Append(circle); err != nil {
		t.Fatal(err)
	}
	for text, v := range map[string]any{
		"builtin_function_or_method": predeclared["struct"],
		`value at ["f"]`:             starlarkstruct.FromStringDict(starlarkstruct.Default, starlark.StringDict{"f": predeclared["struct"]}),
		"containing itself":          circle,
		"no value of a script":       7,
	} {
		_, err := keep(v)
		var wrong *ConvertError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want an error with %q", err, text)
		}
	}
	for _, text := range []string{``, `{"z":"1"}`, `{"p":[[[1],2]]}`, `{"p":[[{"p":[]},true]]}`, `{"e":[[]]}`, strings.Repeat("[", 600) + strings.Repeat("]", 600)} {
		if v, err := recall(json.RawMessage(text), new(share.Index)); err == nil {
			t.Errorf("%.40s gave %v", text, v)
		}
	}
}
