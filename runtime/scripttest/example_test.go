package scripttest_test

import (
	"context"
	"fmt"
	"os"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/scripttest"
	"go.starlark.net/starlark"
)

func Example() {
	files, err := scripttest.Find([]string{"testdata/hunts"})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := scripttest.Run(context.Background(), scripttest.Config{
		Host: func(context.Context, string) (runtime.Config, func(), error) {
			env := builtins.Predeclared()
			env["number"] = starlark.MakeInt(1)
			return runtime.Config{Predeclared: env}, nil, nil
		},
	}, files)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := report.WriteJUnit(os.Stderr); err != nil {
		fmt.Println(err)
	}
	fmt.Println(len(report.Results), "tests,", report.Failed(), "failed")
	// Output: 6 tests, 0 failed
}
