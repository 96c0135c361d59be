package bindings_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"go.starlark.net/starlark"
)

func TestAttachNests(t *testing.T) {
	outer, inner := &starlark.Thread{Name: "outer"}, &starlark.Thread{Name: "inner"}
	first, cancel := context.WithCancel(t.Context())
	defer cancel()
	if got := bindings.Current(); got != nil {
		t.Fatalf("before Attach the current thread is %q", got.Name)
	}
	detachOuter := bindings.Attach(outer, first)
	detachInner := bindings.Attach(inner, t.Context())
	if got := bindings.Current(); got != inner {
		t.Errorf("current is %v, want the inner thread", got)
	}
	detachInner()
	if got := bindings.Current(); got != outer {
		t.Errorf("current is %v, want the outer thread again", got)
	}
	if got := bindings.Context(outer); got != first {
		t.Errorf("context of the outer thread is %v", got)
	}
	again := bindings.Attach(outer, t.Context())
	again()
	if got := bindings.Context(outer); got != first {
		t.Errorf("attaching the same thread twice lost its context: %v", got)
	}
	detachOuter()
	if got := bindings.Current(); got != nil {
		t.Errorf("after detach the current thread is %q", got.Name)
	}
	for _, thread := range []*starlark.Thread{nil, outer} {
		ctx := bindings.Context(thread)
		<-ctx.Done()
		if err := context.Cause(ctx); !errors.Is(err, bindings.ErrNotAttached) {
			t.Errorf("cause without a context is %v", err)
		}
	}
}

func TestCurrentIsPerGoroutine(t *testing.T) {
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			thread := new(starlark.Thread)
			detach := bindings.Attach(thread, t.Context())
			for range 20 {
				if got := bindings.Current(); got != thread {
					t.Errorf("got %v, want the goroutine's own thread", got)
				}
			}
			detach()
			if got := bindings.Current(); got != nil {
				t.Errorf("got %v after detach", got)
			}
		})
	}
	wait.Wait()
}

func BenchmarkCurrent(b *testing.B) {
	defer bindings.Attach(new(starlark.Thread), b.Context())()
	b.ReportAllocs()
	for b.Loop() {
		bindings.Current()
	}
}
