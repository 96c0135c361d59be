package runtime_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"go.starlark.net/starlark"
)

// habitRuntime has the names of a script, and stand-ins for those of a product.
func habitRuntime(t testing.TB) *runtime.Runtime {
	t.Helper()
	env := builtins.Predeclared()
	env["select"] = starlark.NewBuiltin("select", nil)
	env["Process"] = starlark.String("Process")
	rt, err := runtime.New(runtime.Config{Predeclared: env, Modules: map[string]runtime.ModuleFunc{
		"cb/response": func(*starlark.Thread) (starlark.StringDict, error) {
			return starlark.StringDict{"select": starlark.None}, nil
		},
		"cb/protection": func(*starlark.Thread) (starlark.StringDict, error) { return nil, nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// runHabit runs a piece of a script and returns its error.
func runHabit(t testing.TB, rt *runtime.Runtime, source string) error {
	t.Helper()
	_, err := rt.Run(t.Context(), &runtime.Script{Name: "x.star", Path: "x.star", Source: source, Files: fstest.MapFS{}})
	return err
}

// TestHabits runs what people write who come from Python, and compares the first line of each report and its hints with
// a golden file.
func TestHabits(t *testing.T) {
	data, err := os.ReadFile("testdata/habits.txt")
	if err != nil {
		t.Fatal(err)
	}
	rt := habitRuntime(t)
	var b strings.Builder
	failed, hinted := 0, 0
	for piece := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n---\n") {
		fmt.Fprintf(&b, "%s\n", piece)
		err := runHabit(t, rt, piece)
		if err == nil {
			b.WriteString("    (runs)\n---\n")
			continue
		}
		failed++
		hint := ""
		for line := range strings.Lines(runtime.Report(err)) {
			if strings.HasPrefix(line, "hint: ") {
				hint += "    " + line
			}
		}
		if hint != "" {
			hinted++
		}
		first, _, _ := strings.Cut(runtime.Report(err), "\n")
		fmt.Fprintf(&b, "    %s\n%s---\n", first, hint)
	}
	fmt.Fprintf(&b, "%d fail, %d of them with a hint\n", failed, hinted)
	golden(t, "testdata/habits.golden", b.String())
	if failed < 200 || hinted*10 < failed*8 {
		t.Errorf("%d pieces fail, %d have a hint: want at least 200, and four fifths of them with a hint", failed, hinted)
	}
}

// TestStarlarkWay runs what the hints advise: a hint that leads to another error would be worse than none.
func TestStarlarkWay(t *testing.T) {
	data, err := os.ReadFile("testdata/starlark_way.star")
	if err != nil {
		t.Fatal(err)
	}
	if err := runHabit(t, habitRuntime(t), string(data)); err != nil {
		t.Error(runtime.Report(err))
	}
}

// TestNoHint checks errors that look like a habit and are none.
func TestNoHint(t *testing.T) {
	rt := habitRuntime(t)
	for _, source := range []string{
		`fail("got import, want primary expression")`,
		`fail("undefined: lenn")`,
		`fail("list has no .sort field or method")`,
		`attempt(fail, "NoneType has no .x field")` + "\n" + `fail("x")`,
		`x = [1, 2][5]`,
		`int("12a")`,
		`completely_unknown_name`,
	} {
		err := runHabit(t, rt, source)
		if err == nil {
			t.Errorf("%s: ran, want an error", source)
		}
		if report := runtime.Report(err); strings.Contains(report, "hint:") {
			t.Errorf("%s: has a hint\n%s", source, report)
		}
	}
}
