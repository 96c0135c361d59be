package bindings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"time"

	"go.starlark.net/starlark"
)

// ErrNotAttached is the cause carried by the context of a thread that was never given to [Attach].
var ErrNotAttached = errors.New("the Starlark thread has no context: run it under bindings.Attach")

// contextKey is the key under which a thread keeps its context.
const contextKey = "cbscript.context"

// running maps the id of a goroutine to the thread that runs on it. Methods such as Attr, Iterate and Len
// are given no thread, so the goroutine is the only thing that connects them to one; goroutines belong to
// the process, and so does this registry. Ids are never reused, hence an entry can only be missing, never
// wrong.
var running sync.Map // uint64 -> *starlark.Thread

// Attach prepares a thread to run on the calling goroutine: ctx becomes the thread's context and the thread
// becomes [Current] there. The returned function undoes both, restoring what was attached before (a load
// runs a second thread on the same goroutine). It must be called on the same goroutine, usually deferred.
//
// Attach does not tie cancellation of ctx to the thread: whoever makes the thread does so with
// context.AfterFunc and Thread.Cancel.
func Attach(t *starlark.Thread, ctx context.Context) (detach func()) {
	id := goroutineID()
	before, nested := running.Swap(id, t)
	previous := t.Local(contextKey)
	t.SetLocal(contextKey, ctx)
	return func() {
		t.SetLocal(contextKey, previous)
		if nested {
			running.Store(id, before)
		} else {
			running.Delete(id)
		}
	}
}

// Context returns the context of a thread, never nil. For a nil thread, or one outside [Attach], it is a
// context that has ended already, with [ErrNotAttached] as its cause: a call that would wait fails at once,
// instead of waiting without a way to stop it.
func Context(t *starlark.Thread) context.Context {
	if t != nil {
		if ctx, ok := t.Local(contextKey).(context.Context); ok {
			return ctx
		}
	}
	return detached{}
}

// Current returns the thread that runs on the calling goroutine, or nil. It costs microseconds: look it up
// on an error or before a request, never for every item.
func Current() *starlark.Thread {
	t, _ := running.Load(goroutineID())
	thread, _ := t.(*starlark.Thread)
	return thread
}

// goroutineID reads the number of the calling goroutine from its stack trace, the only place where Go
// shows it.
func goroutineID() uint64 {
	var buf [64]byte
	line := buf[:runtime.Stack(buf[:], false)]
	line = bytes.TrimPrefix(line, []byte("goroutine "))
	digits, _, _ := bytes.Cut(line, []byte(" "))
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		panic(fmt.Sprintf("bindings: cannot read the goroutine's id from %q", line))
	}
	return id
}

// detached is the context of a thread without one.
type detached struct{}

func (detached) Deadline() (time.Time, bool) { return time.Time{}, false }
func (detached) Err() error                  { return ErrNotAttached }
func (detached) Value(any) any               { return nil }
func (detached) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}
