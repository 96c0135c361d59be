package bindings_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// badGateway stands for an error of the client.
type badGateway struct{ uri string }

func (e *badGateway) Error() string         { return "HTTP 502 from " + e.uri }
func (e *badGateway) Kind() string          { return "ServerError" }
func (e *badGateway) Facts() map[string]any { return map[string]any{"status": 502, "uri": e.uri} }

// rows is an iterable that raises before its item number n.
type rows struct{ n int }

func (rows) String() string               { return "<rows>" }
func (rows) Type() string                 { return "rows" }
func (rows) Freeze()                      {}
func (rows) Truth() starlark.Bool         { return true }
func (rows) Hash() (uint32, error)        { return 0, errors.New("unhashable") }
func (r rows) Iterate() starlark.Iterator { return &rowIterator{left: r.n} }

type rowIterator struct{ left int }

func (it *rowIterator) Done() {}
func (it *rowIterator) Next(p *starlark.Value) bool {
	if it.left == 0 {
		bindings.Raise(&badGateway{"https://cb.example/api/v1/process?start=4"})
	}
	it.left--
	*p = starlark.MakeInt(it.left)
	return true
}

var dialect = &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}

// run executes a script on a fresh, attached thread.
func run(t *testing.T, src string, predeclared starlark.StringDict) (starlark.StringDict, error) {
	t.Helper()
	thread := &starlark.Thread{Name: t.Name()}
	defer bindings.Attach(thread, t.Context())()
	_, program, err := starlark.SourceProgramOptions(dialect, "hunt.star", src, predeclared.Has)
	if err != nil {
		t.Fatal(err)
	}
	var globals starlark.StringDict
	_, err = bindings.SafeCall(thread, func() (starlark.Value, error) {
		var err error
		globals, err = program.Init(thread, predeclared)
		return starlark.None, err
	})
	return globals, err
}

func TestRaiseBacktrace(t *testing.T) {
	src := `
seen = []
def count(x):
    return len([r for r in rows])
def main():
    sorted([1], key = count)
kept = 7
main()
`
	_, err := run(t, src, starlark.StringDict{"rows": rows{3}})
	var script *bindings.ScriptError
	if !errors.As(err, &script) {
		t.Fatalf("got %T %v, want a ScriptError", err, err)
	}
	var cause *badGateway
	if !errors.As(err, &cause) {
		t.Errorf("the cause is lost: %v", err)
	}
	want := `Traceback (most recent call last):
  hunt.star:8:5: in <toplevel>
  hunt.star:6:11: in main
  <builtin>: in sorted
  hunt.star:4:19: in count
Error: ServerError: HTTP 502 from https://cb.example/api/v1/process?start=4`
	if diff := cmp.Diff(want, script.Backtrace()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := script.Globals()["kept"]; got != starlark.MakeInt(7) {
		t.Errorf("the chunk's variable is %v after the error, want 7", got)
	}
}

func TestSafeCallKeepsTheDeepestPlace(t *testing.T) {
	call := func(th *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return bindings.Call(th, args[0], nil, nil)
	}
	wrap := func(th *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		other := &starlark.Thread{Name: "worker"}
		defer bindings.Attach(other, t.Context())()
		_, err := bindings.Call(other, args[0], nil, nil)
		return nil, fmt.Errorf("item 3: %w", err)
	}
	pass := func(th *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		other := &starlark.Thread{Name: "worker"}
		defer bindings.Attach(other, t.Context())()
		return bindings.Call(other, args[0], nil, nil)
	}
	src := `
def f():
    fail("no")
def g():
    call(f)
`
	for _, test := range []struct{ name, last, want string }{
		{"same thread", "call(g)\n", `Traceback (most recent call last):
  hunt.star:6:5: in <toplevel>
  <builtin>: in call
  hunt.star:5:9: in g
  <builtin>: in call
  hunt.star:3:9: in f
Error in fail: fail: no`},
		{"another thread", "wrap(g)\n", `Traceback (most recent call last):
  hunt.star:5:9: in g
  <builtin>: in call
  hunt.star:3:9: in f
Error in fail: fail: no
which ended its caller:
Traceback (most recent call last):
  hunt.star:6:5: in <toplevel>
Error in wrap: item 3: fail: no`},
		{"another thread, as it is", "relay(f)\n", `Traceback (most recent call last):
  hunt.star:3:9: in f
Error in fail: fail: no
which ended its caller:
Traceback (most recent call last):
  hunt.star:6:6: in <toplevel>
Error in relay: fail: no`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := run(t, src+test.last, starlark.StringDict{
				"call": starlark.NewBuiltin("call", call), "wrap": starlark.NewBuiltin("wrap", wrap),
				"relay": starlark.NewBuiltin("relay", pass),
			})
			var script *bindings.ScriptError
			if !errors.As(err, &script) {
				t.Fatalf("got %T %v, want a ScriptError", err, err)
			}
			if diff := cmp.Diff(test.want, script.Backtrace()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if script.Globals() != nil {
				t.Errorf("an error that was returned needs no copy of the globals")
			}
		})
	}
}

func TestSafeCallPassesOnWhatIsNotItsOwn(t *testing.T) {
	thread := new(starlark.Thread)
	plain := errors.New("plain")
	_, err := bindings.SafeCall(thread, func() (starlark.Value, error) { return nil, plain })
	if err != plain {
		t.Errorf("got %v, want the function's own error", err)
	}
	defer func() {
		if got := recover(); got != "fault" {
			t.Errorf("recovered %v, want the host's own panic", got)
		}
	}()
	bindings.SafeCall(thread, func() (starlark.Value, error) { panic("fault") })
}

func TestRaiseOutsideSafeCallSaysSo(t *testing.T) {
	defer func() {
		err, ok := recover().(error)
		if !ok || !strings.Contains(err.Error(), "without bindings.SafeCall") {
			t.Errorf("recovered %v", err)
		}
	}()
	bindings.Raise(errors.New("page 2"))
}
