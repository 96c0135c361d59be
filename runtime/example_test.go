package runtime_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/output"
	"go.starlark.net/starlark"
)

// A program runs a script over names and a module of its own.
func Example() {
	rows, err := output.NewRows("table", os.Stdout, output.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rt, err := runtime.New(runtime.Config{
		Predeclared: builtins.Predeclared(),
		Modules: map[string]runtime.ModuleFunc{
			"cb/example": func(*starlark.Thread) (starlark.StringDict, error) {
				return starlark.StringDict{"hosts": starlark.NewList([]starlark.Value{starlark.String("ws-12")})}, nil
			},
		},
		Rows: rows,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = rt.Run(context.Background(), &runtime.Script{
		Name:   "hunt.star",
		Path:   "hunt.star",
		Source: "load(\"cb/example\", \"hosts\")\nload(\"./lib.star\", \"score\")\n[emit(host = h, score = score(h)) for h in hosts]",
		Files:  fstest.MapFS{"lib.star": {Data: []byte("def score(host):\n    return len(host)")}},
	})
	if err := rows.Close(); err != nil {
		fmt.Println(err)
	}
	fmt.Print(runtime.Report(err))
	fmt.Println("exit code", runtime.ExitCode(err))
	// Output:
	// host   score
	// ws-12      5
	// exit code 0
}

func ExampleReport() {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = rt.Run(context.Background(), &runtime.Script{Name: "hunt.star", Source: "def first(l):\n    return l[0].upper\n\nfirst([None])"})
	fmt.Print(runtime.Report(err))
	// Output:
	// hunt.star:2:16: NoneType has no .upper field or method
	// Traceback (most recent call last):
	//   hunt.star:4:6: in <toplevel>
	//     first([None])
	//          ^
	//   hunt.star:2:16: in first
	//     return l[0].upper
	//                ^
	// Error: NoneType has no .upper field or method
	// hint: the value is None: the object has no such field, or nothing was found; ask first, if x != None:
}

func ExampleDescribe() {
	d, err := runtime.Describe(&runtime.Script{Name: "hunt.star", Source: `"""Finds mounts."""
days = param("days", 7, help = "how far to look back")`})
	if err != nil {
		fmt.Print(runtime.Report(err))
		return
	}
	fmt.Println(d.Doc)
	fmt.Print(d.Usage())
	_, err = d.Parse([]string{"--days=soon"})
	fmt.Println(err)
	// Output:
	// Finds mounts.
	//   --days int  how far to look back (default: 7)
	// --days: got "soon", want a whole number
}
