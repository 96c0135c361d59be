package client_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

func TestScope(t *testing.T) {
	var (
		scope client.Scope
		did   []string
		bad   = errors.New("cannot be closed")
	)
	note := func(name string, err error) func(context.Context) error {
		return func(context.Context) error { did = append(did, name); return err }
	}
	ctx := scope.Context(t.Context())
	client.ScopeOf(ctx).Defer(note("first", bad))
	taken := client.ScopeOf(ctx).Defer(note("taken back", nil))
	client.ScopeOf(ctx).Defer(func(context.Context) error {
		did = append(did, "last")
		scope.Defer(note("opened while closing", nil))
		return nil
	})
	client.ScopeOf(ctx).Await(func(context.Context) error {
		did = append(did, "awaited")
		scope.Await(note("awaited later", nil))
		return nil
	})
	taken()
	if err := scope.Settle(ctx); err != nil {
		t.Error(err)
	}
	if err := scope.End(ctx); !errors.Is(err, bad) {
		t.Errorf("got %v, want the error of a closer", err)
	}
	if err := scope.End(ctx); err != nil {
		t.Errorf("ending it again gives %v", err)
	}
	want := []string{"awaited", "awaited later", "last", "opened while closing", "first"}
	if diff := cmp.Diff(want, did); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	scope.Await(note("fails", bad))
	if err := scope.Settle(ctx); !errors.Is(err, bad) {
		t.Errorf("got %v, want the error of what was awaited", err)
	}
	client.ScopeOf(t.Context()).Defer(note("without a scope", nil))()
}

func TestPart(t *testing.T) {
	c := client.New(&client.Product{}, &fakeServer{})
	made := 0
	get := func() any { return c.Part("key", func() any { made++; return &made }) }
	if get() != get() || made != 1 {
		t.Errorf("made %d times, want once", made)
	}
}
