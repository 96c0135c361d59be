package builtins_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// gate is a builtin that holds its callers until a number of them have come.
type gate struct {
	mu      sync.Mutex
	once    sync.Once
	want    int
	in, top int
	open    chan struct{}
}

func newGate(want int) *gate { return &gate{want: want, open: make(chan struct{})} }

func (g *gate) builtin(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	g.mu.Lock()
	g.in++
	g.top = max(g.top, g.in)
	if g.in == g.want {
		g.once.Do(func() { close(g.open) })
	}
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		g.in--
		g.mu.Unlock()
	}()
	select {
	case <-g.open:
		return starlark.None, nil
	case <-bindings.Context(t).Done():
		return nil, context.Cause(bindings.Context(t))
	}
}

// The workers really run at once, or the gate would never open.
func TestParallelRunsAtOnce(t *testing.T) {
	for _, workers := range []int{1, 2, 8, 64} {
		g := newGate(workers)
		env := builtins.Predeclared()
		env["gate"] = starlark.NewBuiltin("gate", g.builtin)
		if _, err := run(t, env, fmt.Sprintf("parallel(lambda x: gate(), range(64), workers = %d)", workers)); err != nil {
			t.Fatal(err)
		}
		if g.top > workers {
			t.Errorf("%d calls ran at once, want at most %d", g.top, workers)
		}
	}
}

// Nested uses count together.
func TestParallelNestedCap(t *testing.T) {
	var running, top atomic.Int64
	env := builtins.Predeclared()
	env["busy"] = starlark.NewBuiltin("busy", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		n := running.Add(1)
		for {
			before := top.Load()
			if n <= before || top.CompareAndSwap(before, n) {
				break
			}
		}
		time.Sleep(10 * time.Millisecond)
		running.Add(-1)
		return starlark.None, nil
	})
	synctest.Test(t, func(t *testing.T) {
		src := "def outer(x):\n    parallel(lambda y: busy(), range(30), workers = 64)\nparallel(outer, range(30), workers = 64)\n"
		if _, err := run(t, env, src); err != nil {
			t.Error(err)
		}
	})
	if got := top.Load(); got > 64 || got < 32 {
		t.Errorf("%d calls ran at once, want up to 64", got)
	}
}

// The caller's items are pulled one by one, only as workers are free.
func TestParallelIsLazy(t *testing.T) {
	env := builtins.Predeclared()
	var ended atomic.Int64
	items := &lazyItems{ended: &ended}
	env["items"] = items
	env["step"] = starlark.NewBuiltin("step", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		ended.Add(1)
		return starlark.None, nil
	})
	if _, err := run(t, env, "parallel(lambda x: step(), items, workers = 2)\n"); err != nil {
		t.Fatal(err)
	}
	if items.pulled != 10 || items.most > 2 {
		t.Errorf("%d items were pulled, up to %d ahead of the calls, want 10 and at most 2", items.pulled, items.most)
	}
}

// lazyItems gives ten items, and notes how far it was ahead of the calls that ended.
type lazyItems struct {
	ended        *atomic.Int64
	pulled, most int64
}

func (*lazyItems) String() string               { return "<items>" }
func (*lazyItems) Type() string                 { return "items" }
func (*lazyItems) Freeze()                      {}
func (*lazyItems) Truth() starlark.Bool         { return true }
func (*lazyItems) Hash() (uint32, error)        { return 0, errors.New("unhashable") }
func (l *lazyItems) Iterate() starlark.Iterator { return l }
func (*lazyItems) Done()                        {}
func (l *lazyItems) Next(v *starlark.Value) bool {
	if l.pulled == 10 {
		return false
	}
	l.pulled++
	l.most = max(l.most, l.pulled-l.ended.Load())
	*v = starlark.MakeInt64(l.pulled)
	return true
}

// A failing item stops the calls behind it at once, also those that wait or compute, and none before it.
func TestParallelStopsLaterItems(t *testing.T) {
	src := `
def work(x):
    if x == 1:
        both()
        fail("first")
    if x == 0:
        both()
        return x
    if x == 2:
        both()
        time.sleep(3600)
    both()
    for _ in range(50000000):
        for _ in range(50000000):
            pass
parallel(work, range(1000), workers = 4)
`
	g := newGate(4)
	env := builtins.Predeclared()
	env["both"] = starlark.NewBuiltin("both", g.builtin)
	_, err := run(t, env, src)
	var item *builtins.ItemError
	if !errors.As(err, &item) || item.Index != 1 {
		t.Fatalf("got error %v, want that of item 1", err)
	}
	var script *bindings.ScriptError
	if !errors.As(err, &script) {
		t.Fatalf("got %T", err)
	}
	want := `Traceback (most recent call last):
  hunt.star:5:13: in work
Error in fail: first
which ended its caller:
Traceback (most recent call last):
  hunt.star:16:9: in <toplevel>
Error in parallel: parallel: item 1 (1): first`
	if diff := cmp.Diff(want, script.Backtrace()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The end of the caller's context ends all calls, and attempt does not hold them.
func TestParallelEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	g := newGate(3)
	env := builtins.Predeclared()
	env["gate"] = starlark.NewBuiltin("gate", func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
		if _, err := g.builtin(t, b, args, kw); err != nil {
			return nil, err
		}
		cancel(errors.New("interrupted"))
		<-bindings.Context(t).Done()
		return nil, context.Cause(bindings.Context(t))
	})
	thread := &starlark.Thread{Name: "main"}
	newHost().prepare(thread)
	defer bindings.Attach(thread, ctx)()
	_, err := bindings.SafeCall(thread, func() (starlark.Value, error) {
		globals, err := starlark.ExecFileOptions(&syntax.FileOptions{}, thread, "hunt.star", "def f():\n    return attempt(parallel, lambda x: attempt(gate), range(9), workers = 3)\nr = f()\n", env)
		return globals["r"], err
	})
	if err == nil || ctx.Err() == nil {
		t.Fatalf("got error %v, context %v", err, ctx.Err())
	}
}

// A fault of the host in a worker reaches the goroutine where the host waits.
func TestParallelPassesFaultsOn(t *testing.T) {
	env := builtins.Predeclared()
	env["crash"] = starlark.NewBuiltin("crash", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		panic("fault of the host")
	})
	defer func() {
		if r := fmt.Sprint(recover()); r == "<nil>" {
			t.Error("the fault was lost")
		}
	}()
	_, err := run(t, env, "parallel(lambda x: crash(), range(4))")
	t.Errorf("got %v, want a panic", err)
}

// Thirty runs with work of different lengths give the same output.
func TestParallelIsDeterministic(t *testing.T) {
	src := `
shared = {"factor": 3}
def work(x):
    n = 0
    for i in range((x * 7919) % 500):
        n += i % shared["factor"]
    print(x, n)
    if x >= 40:
        fail("late", x)
    return n
r = attempt(parallel, work, range(60), workers = 8)
text = str(r) + "".join(host_events())
`
	var first string
	for i := range 30 {
		h := newHost()
		env := builtins.Predeclared()
		env["host_events"] = starlark.NewBuiltin("host_events", h.takeEvents)
		thread := &starlark.Thread{Name: "main"}
		h.prepare(thread)
		detach := bindings.Attach(thread, t.Context())
		var text string
		_, err := bindings.SafeCall(thread, func() (starlark.Value, error) {
			_, program, err := starlark.SourceProgramOptions(dialect, "hunt.star", src, env.Has)
			if err != nil {
				return nil, err
			}
			globals, err := program.Init(thread, env)
			if err == nil {
				text = string(globals["text"].(starlark.String))
			}
			return starlark.None, err
		})
		detach()
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = text
		}
		if diff := cmp.Diff(first, text); diff != "" {
			t.Fatalf("run %d (-first +this)\n%s", i, diff)
		}
	}
	if want := "<failed: Error: parallel: item 40 (40): late 40>"; first[:len(want)] != want {
		t.Errorf("got %.80s", first)
	}
}

func TestWithoutHost(t *testing.T) {
	for _, src := range []string{"emit(a = 1)", "artifact('a', '')", "param('a')", "progress([])", "log.info('')", "parallel(len, [])"} {
		thread := new(starlark.Thread)
		defer bindings.Attach(thread, t.Context())()
		_, err := starlark.EvalOptions(dialect, thread, "x.star", src, builtins.Predeclared())
		if !errors.Is(err, builtins.ErrNoHost) {
			t.Errorf("%s: got error %v, want ErrNoHost", src, err)
		}
	}
}

func BenchmarkParallel(b *testing.B) {
	thread := &starlark.Thread{Name: "main"}
	newHost().prepare(thread)
	defer bindings.Attach(thread, b.Context())()
	env := builtins.Predeclared()
	fn, err := starlark.EvalOptions(dialect, thread, "x.star", "lambda: parallel(lambda x: x, range(1000))", env)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bindings.Call(thread, fn, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/item")
}

func BenchmarkAttempt(b *testing.B) {
	for _, test := range []struct{ name, src string }{
		{"ok", "lambda: attempt(len, [])"}, {"error", "lambda: attempt(len, 1)"}, {"raised", "lambda: attempt(list, broken())"},
	} {
		b.Run(test.name, func(b *testing.B) {
			thread := &starlark.Thread{Name: "main"}
			defer bindings.Attach(thread, b.Context())()
			env := builtins.Predeclared()
			env["broken"] = starlark.NewBuiltin("broken", makeBroken)
			fn, err := starlark.EvalOptions(dialect, thread, "x.star", test.src, env)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bindings.Call(thread, fn, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
