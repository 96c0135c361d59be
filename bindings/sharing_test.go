package bindings_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
	"go.starlark.net/starlark"
)

// A query that was made on one thread is read on others at once. Each gets the error of its own reading, with its own
// place, and the one that made the query is not disturbed.
func TestQueriesAreShared(t *testing.T) {
	s := newShop()
	c := client.New(shopProduct, s)
	env := bindings.NewConnection(shopProduct, func() (*client.Client, error) { return c, nil }).Names()
	main := &starlark.Thread{Name: "main"}
	defer bindings.Attach(main, t.Context())()
	globals, err := starlark.ExecFileOptions(dialect, main, "main.star", `
q = select(Gadget)
def names():
    return [g.name + g.part.name for g in q]
def count():
    return len(q)
`, env)
	if err != nil {
		t.Fatal(err)
	}
	read := func() (starlark.Value, error) {
		worker := &starlark.Thread{Name: "worker"}
		defer bindings.Attach(worker, t.Context())()
		return bindings.Call(worker, globals["names"], nil, nil)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			v, err := read()
			if err != nil || starlark.Len(v) != 10 {
				t.Errorf("got %v, error %v, want ten names", v, err)
			}
		})
	}
	wait.Wait()

	s.mu.Lock()
	s.broken = 8
	s.mu.Unlock()
	for range 8 {
		wait.Go(func() {
			_, err := read()
			var refused *client.ServerError
			var script *bindings.ScriptError
			if !errors.As(err, &refused) || !errors.As(err, &script) {
				t.Errorf("got error %v, want the server's with its place", err)
				return
			}
			if trace := script.Backtrace(); !strings.Contains(trace, "main.star:4") || strings.Contains(trace, "count") {
				t.Errorf("the backtrace is not the worker's own:\n%s", trace)
			}
		})
	}
	v, err := bindings.Call(main, globals["count"], nil, nil)
	if err != nil || v != starlark.MakeInt(10) {
		t.Errorf("the main thread got %v, error %v", v, err)
	}
	wait.Wait()
}

// One object, read and changed from several threads.
func TestObjectsAreShared(t *testing.T) {
	c := client.New(shopProduct, newShop())
	env := bindings.NewConnection(shopProduct, func() (*client.Client, error) { return c, nil }).Names()
	main := &starlark.Thread{Name: "main"}
	defer bindings.Attach(main, t.Context())()
	globals, err := starlark.ExecFileOptions(dialect, main, "main.star", `
p = select(Part, 7)
def use():
    p.weight = 9
    return [p.name, p.weight, p.loud, str(p) != "", p.is_dirty(), p == select(Part, 7), len(dir(p)), p.original_document["name"]][0]
`, env)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			worker := &starlark.Thread{Name: "worker"}
			defer bindings.Attach(worker, t.Context())()
			if v, err := bindings.Call(worker, globals["use"], nil, nil); err != nil || v != starlark.String("spring") {
				t.Errorf("got %v, error %v", v, err)
			}
		})
	}
	wait.Wait()
}
