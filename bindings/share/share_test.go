package share_test

import (
	"errors"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/bindings/share"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

var dialect = &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}

// exec runs a file, and returns its globals and the index that knows it.
func exec(t *testing.T, src string) (starlark.StringDict, *share.Index) {
	t.Helper()
	env := starlark.StringDict{
		"struct": starlark.NewBuiltin("struct", starlarkstruct.Make),
		"module": starlark.NewBuiltin("module", starlarkstruct.MakeModule),
	}
	f, program, err := starlark.SourceProgramOptions(dialect, "s.star", src, env.Has)
	if err != nil {
		t.Fatal(err)
	}
	thread := &starlark.Thread{Load: func(*starlark.Thread, string) (starlark.StringDict, error) {
		return starlark.StringDict{"lib": starlark.NewList(nil)}, nil
	}}
	globals, err := program.Init(thread, env)
	if err != nil {
		t.Fatal(err)
	}
	x := new(share.Index)
	x.Add(f)
	return globals, x
}

// frozen reports which of the globals can no longer be changed.
func frozen(globals starlark.StringDict) []string {
	var names []string
	for _, name := range globals.Keys() {
		var err error
		switch v := globals[name].(type) {
		case *starlark.List:
			err = v.Append(starlark.None)
		case *starlark.Dict:
			err = v.SetKey(starlark.String("probe"), starlark.None)
		case *starlark.Set:
			err = v.Insert(starlark.String("probe"))
		default:
			continue
		}
		if err != nil {
			names = append(names, name)
		}
	}
	return names
}

func TestFreezeReaches(t *testing.T) {
	const src = `
load("lib.star", "lib")
a, b, c, d, e, g, h, i, j, k, m = [], {}, set(), [], [], [], [], [], [], [], []
free = []
x = struct(inner = e)
y = module("y", inner = g)
apply = k.append
def helper(v, default = h):
    return a
def job(item):
    def nested():
        return [b for _ in [1] if c]
    later = lambda: d
    return helper(item), nested, later, x, y, table, apply
def shadow(free):
    free = [free]
    return free
def outer():
    captured = [i]
    def inner():
        return captured, i
    return inner, captured
made, held = outer()
table = {"f": (shadow, made)}
def recursive(n):
    return recursive(n - 1) if n else j
`
	for _, test := range []struct {
		fn   string
		want []string
	}{
		{"job", []string{"a", "b", "c", "d", "e", "g", "h", "held", "i", "k", "table"}},
		{"shadow", nil},
		{"made", []string{"held", "i"}},
		{"recursive", []string{"j"}},
		{"apply", []string{"k"}},
		{"x", []string{"e"}},
	} {
		t.Run(test.fn, func(t *testing.T) {
			globals, x := exec(t, src)
			if err := x.Freeze(globals[test.fn]); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, frozen(globals)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	t.Run("unknown source", func(t *testing.T) {
		globals, _ := exec(t, "a, b = [], []\ndef f():\n    return a\n")
		var x *share.Index
		if err := x.Freeze(globals["f"]); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"a", "b"}, frozen(globals)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// A function that captures itself makes the interpreter's own Freeze recurse until the process dies.
func TestFreezeSelfCapture(t *testing.T) {
	const def = `
def make():
    data = []
    def visit(n):
        return visit(n - 1) if n else data
    return visit, data
visit, data = make()
loop = []
loop.append(loop)
`
	globals, x := exec(t, def)
	if err := x.Freeze(globals["visit"], globals["loop"]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"data", "loop"}, frozen(globals)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	globals, x = exec(t, def+"table = {'v': [(1, visit)]}\nother = []\n")
	err := x.Freeze(globals["other"], globals["table"])
	var capture *share.CaptureError
	if !errors.As(err, &capture) || capture.Function != "visit" {
		t.Fatalf("got error %v, want a CaptureError about visit", err)
	}
	if got := frozen(globals); got != nil {
		t.Errorf("a refused Freeze has frozen %v", got)
	}
}

// Lists are frozen from the inside, or a deep one would need a stack as deep.
func TestDeepListsFreeze(t *testing.T) {
	globals, x := exec(t, "deep = []\nfor _ in range(100000):\n    deep = [deep]\n")
	defer debug.SetMaxStack(debug.SetMaxStack(4 << 20)) // beyond it the process ends
	if err := x.Freeze(globals["deep"]); err != nil {
		t.Fatal(err)
	}
}

func TestDetach(t *testing.T) {
	for _, test := range []struct{ name, src, wantErr string }{
		{"plain", "limit = 3\ndef job(s):\n    return limit\n", ""},
		{"uses a load", "load('lib.star', 'lib')\ndef job(s):\n    return lib\n", ""},
		{"recursion", "def job(s):\n    return job(s)\n", ""},
		{"reassigned", "n = 1\nn = 2\ndef job(s):\n    return n\n",
			"it uses n, which is assigned more than once (s.star:1:1, s.star:2:1): pass it as an argument"},
		{"counted", "n = 1\nn += 1\ndef job(s):\n    return n\n",
			"it uses n, which is assigned more than once (s.star:1:1, s.star:2:1): pass it as an argument"},
		{"in a loop", "for n in [1]:\n    pass\ndef job(s):\n    return n\n",
			"it uses n, which is assigned in a loop (s.star:1:5): pass it as an argument"},
		{"through a helper", "a, [b] = 1, [2]\n(b) = 3\ndef helper():\n    return b\ndef job(s):\n    return helper()\n",
			"it uses b, which is assigned more than once (s.star:1:5, s.star:2:2): pass it as an argument"},
		{"captures", "def make():\n    n = 1\n    def f(s):\n        return n\n    return f\njob = make()\n",
			"it captures n (s.star:2:5): pass it as an argument"},
		{"redefined", "def job(s):\n    return 1\ndef job(s):\n    return job\n",
			"it uses job, which is assigned more than once (s.star:1:5, s.star:3:5): pass it as an argument"},
	} {
		t.Run(test.name, func(t *testing.T) {
			globals, x := exec(t, test.src)
			err := x.Detach(globals["job"].(starlark.Callable))
			if test.wantErr == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var refused *share.DetachError
			if !errors.As(err, &refused) || refused.Reason != test.wantErr {
				t.Errorf("got error %v, want the reason %q", err, test.wantErr)
			}
		})
	}
	t.Run("no value yet", func(t *testing.T) {
		x := new(share.Index)
		var got error
		env := starlark.StringDict{"probe": starlark.NewBuiltin("probe",
			func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
				got = x.Detach(args[0].(starlark.Callable))
				return starlark.None, nil
			})}
		f, program, err := starlark.SourceProgramOptions(dialect, "s.star", "def job(s):\n    return late\nprobe(job)\nlate = 1\n", env.Has)
		if err != nil {
			t.Fatal(err)
		}
		x.Add(f)
		if _, err := program.Init(new(starlark.Thread), env); err != nil {
			t.Fatal(err)
		}
		if got == nil || !strings.Contains(got.Error(), "it uses late, which has no value yet: define it first") {
			t.Errorf("got error %v", got)
		}
	})
	t.Run("unknown source", func(t *testing.T) {
		globals, _ := exec(t, "def job(s):\n    return 1\n")
		err := new(share.Index).Detach(globals["job"].(starlark.Callable))
		if err == nil || !strings.Contains(err.Error(), "its source is not known") {
			t.Errorf("got error %v", err)
		}
	})
}

// Two chunks of a session may have the same name: what either of them uses counts.
func TestEqualNamesAddUp(t *testing.T) {
	globals, x := exec(t, "a, b = [], []\nf = lambda: a\n")
	f, err := dialect.Parse("s.star", "c, b = [], []\nf = lambda: b\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := starlark.FileProgram(f, func(string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	x.Add(f)
	if err := x.Freeze(globals["f"]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, frozen(globals)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
