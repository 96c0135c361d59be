package builtins_test

import (
	"context"
	"fmt"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func ExamplePredeclared() {
	t := &starlark.Thread{Name: "example", Print: func(_ *starlark.Thread, text string) { fmt.Println(text) }}
	defer bindings.Attach(t, context.Background())()
	src := `
r = attempt(lambda: 1 // 0)
print(r.ok, r.error.message)
print(fmt("%-6s|%6.2f", "a", 1.5))
`
	_, err := bindings.SafeCall(t, func() (starlark.Value, error) {
		_, err := starlark.ExecFileOptions(&syntax.FileOptions{}, t, "example.star", src, builtins.Predeclared())
		return starlark.None, err
	})
	fmt.Println(err)
	// Output:
	// False floored division by zero
	// a     |  1.50
	// <nil>
}
