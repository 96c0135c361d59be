package bindings_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
	"go.starlark.net/starlark"
)

// A read of an attribute finds its thread's context also when the request is made on another goroutine, whichever asks first.
func TestAttributesFindTheirContext(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	for range 60 {
		cb := response.New(newMemoryServer(100))
		env := bindings.NewConnection(cb.Product(), func() (*client.Client, error) { return cb, nil }).Names()
		thread := new(starlark.Thread)
		detach := bindings.Attach(thread, t.Context())
		_, err := bindings.SafeCall(thread, func() (starlark.Value, error) {
			return starlark.None, runScript(thread, "[p.sensor.hostname for p in select(Process)[:20]]\n", env)
		})
		detach()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The end of a thread's context ends a read that waits for the server.
func TestAttributesEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := newMemoryServer(100)
	server.asked = func(path string) {
		if path == "/api/v1/sensor/3" {
			cancel()
			<-ctx.Done()
		}
	}
	cb := response.New(server)
	env := bindings.NewConnection(cb.Product(), func() (*client.Client, error) { return cb, nil }).Names()
	thread := new(starlark.Thread)
	defer bindings.Attach(thread, ctx)()
	_, err := bindings.SafeCall(thread, func() (starlark.Value, error) {
		return starlark.None, runScript(thread, "print([p.sensor.hostname for p in select(Process)[:1]])\n", env)
	})
	if err == nil || ctx.Err() == nil {
		t.Errorf("got error %v", err)
	}
}
