package bindings_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/cbscript/cbscript/bindings"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

var (
	moment = time.Date(2016, 11, 11, 20, 59, 31, 631_000_000, time.UTC)
	huge   = new(big.Int).Lsh(big.NewInt(1), 80)
)

type named string

func TestFromGo(t *testing.T) {
	five := 5
	for _, test := range []struct {
		name, want string // want as the script's repr
		in         any
		wantType   string
	}{
		{"nil", "None", nil, "NoneType"},
		{"bool", "True", true, "bool"},
		{"int", "-5", -5, "int"},
		{"int64", "-9223372036854775808", int64(-1 << 63), "int"},
		{"uint64", "18446744073709551615", uint64(1<<64 - 1), "int"},
		{"uint8", "7", uint8(7), "int"},
		{"big", "1208925819614629174706176", huge, "int"},
		{"nil big", "None", (*big.Int)(nil), "NoneType"},
		{"float", "2.5", 2.5, "float"},
		{"float32", "2.5", float32(2.5), "float"},
		{"string", `"a\"b"`, `a"b`, "string"},
		{"named string", `"x"`, named("x"), "string"},
		{"bytes", `b"\x00a"`, []byte("\x00a"), "bytes"},
		{"time", "2016-11-11 20:59:31.631000", moment.In(time.FixedZone("x", 3600)), "time.time"},
		{"duration", "0:01:30", 90 * time.Second, "time.duration"},
		{"list", `[1, None, [True]]`, []any{1, nil, []any{true}}, "list"},
		{"strings", `["a", "b"]`, []string{"a", "b"}, "list"},
		{"map", `{"a": 1, "b": {"c": []}}`, map[string]any{"b": map[string]any{"c": []any{}}, "a": 1}, "dict"},
		{"numbered map", `{2: "b", 10: [1]}`, map[int64]any{10: []any{1}, 2: "b"}, "dict"},
		{"typed map", `{"x": [1]}`, map[named][]int{"x": {1}}, "dict"},
		{"pointer", "5", &five, "int"},
		{"nil pointer", "None", (*int)(nil), "NoneType"},
		{"value", "range(3)", mustEval(t, "range(3)"), "range"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := bindings.FromGo(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != test.want || got.Type() != test.wantType {
				t.Errorf("got %s %s, want %s %s", got.Type(), got, test.wantType, test.want)
			}
		})
	}
}

func TestToGo(t *testing.T) {
	for _, test := range []struct {
		in   string
		want any
	}{
		{"None", nil},
		{"True", true},
		{"-5", int64(-5)},
		{"(1 << 80)", huge},
		{"1.5", 1.5},
		{`"x"`, "x"},
		{`b"\x00"`, []byte{0}},
		{"[1, (2, None)]", []any{int64(1), []any{int64(2), nil}}},
		{"range(2)", []any{int64(0), int64(1)}},
		{"set([3])", []any{int64(3)}},
		{`{"a": {"b": []}}`, map[string]any{"a": map[string]any{"b": []any{}}}},
		{`struct(a = 1, b = [struct()])`, map[string]any{"a": int64(1), "b": []any{map[string]any{}}}},
	} {
		t.Run(test.in, func(t *testing.T) {
			got, err := bindings.ToGo(mustEval(t, test.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.Comparer(func(x, y *big.Int) bool { return x.Cmp(y) == 0 })); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTimesGoBothWays(t *testing.T) {
	for _, want := range []any{moment, 90 * time.Second} {
		v, err := bindings.FromGo(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := bindings.ToGo(v)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestConvertErrors(t *testing.T) {
	loop := starlark.NewList(nil)
	if err := loop.Append(loop); err != nil {
		t.Fatal(err)
	}
	var deep any
	for range 600 {
		deep = []any{deep}
	}
	from := func(v any) func() error {
		return func() error { _, err := bindings.FromGo(v); return err }
	}
	to := func(v starlark.Value) func() error {
		return func() error { _, err := bindings.ToGo(v); return err }
	}
	for _, test := range []struct {
		name string
		do   func() error
		want *bindings.ConvertError
	}{
		{"channel", from(map[string]any{"hosts": []any{1, make(chan int)}}),
			&bindings.ConvertError{Path: `["hosts"][1]`, Type: "chan int", Reason: "it has no Starlark form"}},
		{"within a numbered map", from(map[int64]any{7: make(chan int)}),
			&bindings.ConvertError{Path: "[7]", Type: "chan int", Reason: "it has no Starlark form"}},
		{"integer keys", from(map[int]int{1: 1}),
			&bindings.ConvertError{Type: "map[int]int", Reason: "it has no Starlark form"}},
		{"deep", from(deep), &bindings.ConvertError{Type: "[]interface {}", Reason: "nested more than 512 deep"}},
		{"function", to(mustEval(t, `[{"f": len}]`)), &bindings.ConvertError{
			Path: `[0]["f"]`, Type: "builtin_function_or_method", Reason: "it has no plain form: pass its attributes, str(x), or a list of them"}},
		{"in a struct", to(mustEval(t, `struct(q = len)`)), &bindings.ConvertError{
			Path: `["q"]`, Type: "builtin_function_or_method", Reason: "it has no plain form: pass its attributes, str(x), or a list of them"}},
		{"key", to(mustEval(t, `{"a": {1: 2}}`)), &bindings.ConvertError{
			Path: `["a"]`, Type: "dict", Reason: "it has the key 1 of type int, want strings"}},
		{"loop", to(loop), &bindings.ConvertError{
			Type: "list", Reason: "nested more than 512 deep, or containing itself"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.do()
			var got *bindings.ConvertError
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want a ConvertError", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if !strings.HasPrefix(err.Error(), "cannot convert value") {
				t.Errorf("text is %q", err)
			}
		})
	}
}

func mustEval(t *testing.T, expr string) starlark.Value {
	t.Helper()
	env := starlark.StringDict{"struct": starlark.NewBuiltin("struct", starlarkstruct.Make)}
	v, err := starlark.EvalOptions(dialect, new(starlark.Thread), "expr", expr, env)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
