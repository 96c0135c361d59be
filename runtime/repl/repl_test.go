package repl_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/repl"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
)

// typist is an Editor whose user types fixed lines. It writes prompts and lines down as a terminal would show them.
type typist struct {
	lines []string
	shown *bytes.Buffer
}

func (e *typist) ReadLine(prompt string) (string, error) {
	e.shown.WriteString(prompt)
	if len(e.lines) == 0 {
		e.shown.WriteString("^D\n")
		return "", io.EOF
	}
	line := e.lines[0]
	e.lines = e.lines[1:]
	e.shown.WriteString(line + "\n")
	if line == "^C" {
		return "", repl.ErrInterrupt
	}
	return line, nil
}

// pages raises an error at its second element, as a query does whose second page fails.
type pages struct{ starlark.Value }

func (pages) Iterate() starlark.Iterator { return &cursor{} }
func (pages) String() string             { return "<query>" }

type cursor struct{ n int }

func (c *cursor) Next(p *starlark.Value) bool {
	if c.n++; c.n == 2 {
		bindings.Raise(errors.New("page 2 cannot be read"))
	}
	*p = starlark.MakeInt(c.n)
	return true
}
func (*cursor) Done() {}

func newRuntime(t testing.TB, c runtime.Config) *runtime.Runtime {
	t.Helper()
	if c.Predeclared == nil {
		c.Predeclared = starlark.StringDict{}
	}
	c.Predeclared["query"] = pages{starlark.None}
	rt, err := runtime.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func TestLoop(t *testing.T) {
	tests := []struct{ name, typed, want string }{
		{"value", "1 + 2\nNone\n_ * 2\n1 // 0\n\"a\\x1b\"", ">>> 1 + 2\n3\n>>> None\n>>> _ * 2\n6\n>>> 1 // 0\n" +
			"<input 4>:1:3: floored division by zero\nTraceback (most recent call last):\n" +
			"  <input 4>:1:3: in <toplevel>\n    1 // 0\n      ^\nError: floored division by zero\n" +
			">>> \"a\\x1b\"\n\"a\\x1b\"\n>>> ^D\n"},
		{"block", "def f(n):\n    return n + 1\n\nf(1)", ">>> def f(n):\n...     return n + 1\n... \n>>> f(1)\n2\n>>> ^D\n"},
		{"open bracket", "[1,\n2]", ">>> [1,\n... 2]\n[1, 2]\n>>> ^D\n"},
		{"recalled block", "for i in range(2):⏎    print(i)", ">>> for i in range(2):⏎    print(i)\n0\n1\n>>> ^D\n"},
		{"load", "load(\"./lib.star\", \"n\")\nn\ndef g(): return n\n\ng()", ">>> load(\"./lib.star\", \"n\")\n>>> n\n7\n" +
			">>> def g(): return n\n... \n>>> g()\n7\n>>> ^D\n"},
		{"names survive an error", "x = 1; y = [v for v in query]\nx", ">>> x = 1; y = [v for v in query]\n" +
			"<input 1>:1:15: page 2 cannot be read\nTraceback (most recent call last):\n  <input 1>:1:15: in <toplevel>\n" +
			"    x = 1; y = [v for v in query]\n                  ^\nError: page 2 cannot be read\n>>> x\n1\n>>> ^D\n"},
		{"syntax error", "import re\n1", ">>> import re\n<input 1>:1:1: SyntaxError: got import, want primary expression\n" +
			"  import re\n  ^\nhint: Starlark has no import: modules such as json and time are predeclared, " +
			"load(\"./other.star\", \"name\") takes a name from another file\n>>> 1\n1\n>>> ^D\n"},
		{"name", "qury", ">>> qury\n<input 1>:1:1: SyntaxError: undefined: qury\n  qury\n  ^\nhint: did you mean query?\n>>> ^D\n"},
		{"Ctrl-C at the prompt", "def f():\n^C\n1", ">>> def f():\n... ^C\n>>> 1\n1\n>>> ^D\n"},
		{"exit", "exit\n1", ">>> exit\n"},
		{"quit()", "quit()\n1", ">>> quit()\n"},
		{"exit with a meaning", "exit = 5\nexit", ">>> exit = 5\n>>> exit\n5\n>>> ^D\n"},
		{"comment and blank line", "# nothing\n\n1", ">>> # nothing\n>>> \n>>> 1\n1\n>>> ^D\n"},
		{"predeclared can be replaced", "query = 3\nquery", ">>> query = 3\n>>> query\n3\n>>> ^D\n"},
		{"function fails later", "def f(): return 1 // 0\n\nf()", ">>> def f(): return 1 // 0\n... \n>>> f()\n" +
			"<input 1>:1:19: floored division by zero\nTraceback (most recent call last):\n  <input 2>:1:2: in <toplevel>\n    f()\n" +
			"     ^\n  <input 1>:1:19: in f\n    def f(): return 1 // 0\n                      ^\nError: floored division by zero\n>>> ^D\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var shown bytes.Buffer
			rt := newRuntime(t, runtime.Config{Print: &shown})
			files := &runtime.Script{Files: fstest.MapFS{"lib.star": {Data: []byte("n = 7")}}}
			loop := repl.New(repl.Config{
				Session: rt.NewSession(files), Out: &shown,
				Editor: &typist{strings.Split(tt.typed, "\n"), &shown},
			})
			if err := loop.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, shown.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// interrupter is an editor that presses Ctrl-C while the first line runs.
func TestInterruptEvaluation(t *testing.T) {
	var shown bytes.Buffer
	started := make(chan struct{}, 1)
	rt := newRuntime(t, runtime.Config{
		Print: &shown, Limits: runtime.Limits{Steps: runtime.Unlimited},
		Predeclared: starlark.StringDict{"begin": starlark.NewBuiltin("begin",
			func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
				started <- struct{}{}
				return starlark.None, nil
			})},
	})
	loop := repl.New(repl.Config{
		Session: rt.NewSession(nil), Out: &shown,
		Editor: &typist{[]string{"begin(); x = [i for i in range(100000000000) if i < 0]", "1"}, &shown},
		Interrupt: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			go func() {
				select {
				case <-started:
					cancel()
				case <-ctx.Done():
				}
			}()
			return ctx, cancel
		},
	})
	if err := loop.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := shown.String()
	if !strings.Contains(got, "InterruptedError: interrupted\n") || !strings.HasSuffix(got, ">>> 1\n1\n>>> ^D\n") {
		t.Errorf("the interrupt did not end the evaluation alone:\n%s", got)
	}
}

func TestLoopEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the terminal went away")
	cancel(why)
	rt := newRuntime(t, runtime.Config{})
	loop := repl.New(repl.Config{Session: rt.NewSession(nil), Editor: &typist{nil, &bytes.Buffer{}}})
	if err := loop.Run(ctx); err != why {
		t.Errorf("got %v, want %v", err, why)
	}
}

func TestEditedFileIsReadAgain(t *testing.T) {
	files := fstest.MapFS{"lib.star": {Data: []byte("n = 1 // 0")}}
	rt := newRuntime(t, runtime.Config{})
	s := rt.NewSession(&runtime.Script{Files: files})
	for _, step := range []struct{ source, want string }{{"n = 1 // 0", ""}, {"n = 1", "1"}, {"n = 2", "2"}} {
		files["lib.star"] = &fstest.MapFile{Data: []byte(step.source)}
		chunk, err := s.Read(func() (string, error) { return `load("./lib.star", "n")`, nil })
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Eval(t.Context(), chunk)
		got := ""
		if err == nil {
			got = s.Globals()["n"].String()
		}
		if got != step.want {
			t.Errorf("%s: n = %q (%v), want %q", step.source, got, err, step.want)
		}
	}
}

func TestHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	secret := func(s string) bool { return strings.Contains(s, "token") }
	h, err := repl.OpenHistory(file, secret)
	if err != nil {
		t.Fatal(err)
	}
	block := "def f():\n    return \"a\\n\\\\\"\n"
	for _, input := range []string{"x = 1", "x = 1", "", "  ", "token = \"abc\"", block, "y"} {
		if err := h.Add(input); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"x = 1", strings.TrimSuffix(block, "\n"), "y"}
	again, err := repl.OpenHistory(file, secret)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, again.Entries()); diff != "" {
		t.Errorf("read again (-want +got)\n%s", diff)
	}
	if got, want := again.Recall()[1], `def f():⏎    return "a\n\\"`; got != want {
		t.Errorf("recalled %q, want %q", got, want)
	}
	data, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(data), "abc") {
		t.Errorf("the file holds the secret, or cannot be read: %q, %v", data, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(file, []byte(strings.Repeat("old\nnew\n", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := repl.OpenHistory(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Entries()) != 5000 || strings.Count(string(data), "\n") != 5000 {
		t.Errorf("%d entries, %d lines; want 5000", len(h.Entries()), strings.Count(string(data), "\n"))
	}
}

func TestHistoryThatCannotBeRead(t *testing.T) {
	if _, err := repl.OpenHistory(t.TempDir(), nil); err == nil {
		t.Error("a folder was read as history")
	}
}

func FuzzHistory(f *testing.F) {
	f.Add("x = 1\n\\n\\\\n")
	f.Add("def f():\r\n\treturn")
	f.Fuzz(func(t *testing.T, input string) {
		file := filepath.Join(t.TempDir(), "history")
		h, err := repl.OpenHistory(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Add(input); err != nil {
			t.Fatal(err)
		}
		again, err := repl.OpenHistory(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(h.Entries(), again.Entries()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}
