package repl_test

import (
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/repl"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

func TestFormat(t *testing.T) {
	tests := []struct{ name, expr, want string }{
		{"number", "1 << 70", "1180591620717411303424"},
		{"text", `"a\tb\x1b"`, `"a\tb\x1b"`},
		{"short list", "[1, (2,), {\"a\": None}, set([3])]", `[1, (2,), {"a": None}, set([3])]`},
		{"empty", "[[], (), {}]", "[[], (), {}]"},
		{"struct", "struct(a = 1, b = [2])", "struct(a = 1, b = [2])"},
		{"long list", "[i * 1000 for i in range(100)]", "[\n" + lines(20, 1000) + "  … and 80 more of 100\n]"},
		{"long text", `"x" * 100`, `"xxxxxxxxxxxxxxxxxxxxxxxxxx… (100 bytes)`},
		{"list of dicts", `[{"host": "ws-12", "cmdline": "powershell.exe -enc AAAABBBBCCCC"}]`,
			"[\n  {\n    \"host\": \"ws-12\",\n    \"cmdline\": \"powershell.… (32 bytes),\n  },\n]"},
		{"wide characters", `["日本日本日本日本日本日本日本日本", "b"]`, "[\n  \"日本日本日本日本日本日本日本日本\",\n  \"b\",\n]"},
		{"deep", "[[[[[[[1111111111111, 2222222222222, 3333333333333]]]]]]]",
			"[\n  [\n    [\n      [\n        [… 1 inside …],\n      ],\n    ],\n  ],\n]"},
		{"million", "list(range(1000000))", "[\n" + lines(20, 1) + "  … and 999980 more of 1000000\n]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := starlark.StringDict{"struct": starlark.NewBuiltin("struct", starlarkstruct.Make)}
			v, err := starlark.EvalOptions(&syntax.FileOptions{Set: true}, &starlark.Thread{}, "x", tt.expr, env)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, repl.Format(v, 40)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// lines are the first n multiples of a number, as the elements of a list.
func lines(n, factor int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("  " + starlark.MakeInt(i*factor).String() + ",\n")
	}
	return b.String()
}

// A query must be shown by its String: Format must not iterate over it.
func TestFormatFetchesNothing(t *testing.T) {
	q := pages{starlark.None}
	if got, want := repl.Format(starlark.NewList([]starlark.Value{q, q}), 80), "[<query>, <query>]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
