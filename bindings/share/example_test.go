package share_test

import (
	"fmt"

	"github.com/cbscript/cbscript/bindings/share"
	"go.starlark.net/starlark"
)

func ExampleIndex_Freeze() {
	src := `
table, results = {"a": 1}, []
def look(key):
    return table[key]
`
	f, program, err := starlark.SourceProgramOptions(dialect, "s.star", src, func(string) bool { return false })
	if err != nil {
		fmt.Println(err)
		return
	}
	globals, err := program.Init(new(starlark.Thread), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	index := new(share.Index)
	index.Add(f)
	fmt.Println(index.Freeze(globals["look"]))
	fmt.Println(globals["table"].(*starlark.Dict).SetKey(starlark.String("b"), starlark.None))
	fmt.Println(globals["results"].(*starlark.List).Append(starlark.None))
	// Output:
	// <nil>
	// cannot insert into frozen hash table
	// <nil>
}
