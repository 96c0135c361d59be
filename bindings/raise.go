package bindings

import (
	"errors"

	"go.starlark.net/starlark"
)

// raised is what Raise panics with. Only SafeCall recovers it.
type raised struct {
	err   error
	stack starlark.CallStack
	chunk *starlark.Function // the outermost function, when Starlark code was running
}

// Error is what Go prints when nobody recovers the panic.
func (r *raised) Error() string {
	return r.err.Error() + " (raised in Starlark code that the host entered without bindings.SafeCall)"
}

// Raise ends the running Starlark code with err, from a method that cannot return an error: Next, Len,
// Truth, Index, Slice. It does not return. The error comes out of the [SafeCall] around the code, wrapped
// in a [*ScriptError] that shows where the script was.
func Raise(err error) {
	r := &raised{err: err}
	if t := Current(); t != nil {
		r.stack = t.CallStack() // the frames are gone once recovered
		if depth := t.CallStackDepth(); depth > 0 {
			r.chunk, _ = t.DebugFrame(depth - 1).Callable().(*starlark.Function)
		}
	}
	panic(r)
}

// SafeCall runs f, which may run Starlark code on t, and is the only door from the host into Starlark: the
// script itself, attempt, callbacks, jobs, module loads. What [Raise] threw comes back as the error. An error
// that left Starlark code is a [*ScriptError]; an error that f returned without entering Starlark is returned
// as it is. Other panics pass through: they are faults of the host.
func SafeCall(t *starlark.Thread, f func() (starlark.Value, error)) (v starlark.Value, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *raised:
			v, err = nil, &ScriptError{Err: r.err, Stack: r.stack, thread: t, chunk: r.chunk}
		default:
			panic(r)
		}
	}()
	v, err = f()
	if err == nil {
		return v, nil
	}
	return nil, scriptError(t, err)
}

// Call calls a Starlark value under [SafeCall].
func Call(t *starlark.Thread, fn starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return SafeCall(t, func() (starlark.Value, error) { return starlark.Call(t, fn, args, kwargs) })
}

// scriptError gives an error that left Starlark code its place in the script. An error that already has one
// from the same thread keeps it: that one is deeper.
func scriptError(t *starlark.Thread, err error) error {
	eval, ok := err.(*starlark.EvalError)
	if !ok {
		return err
	}
	cause := errors.Unwrap(eval)
	if cause == nil {
		cause = errors.New(eval.Msg)
	}
	if inner, ok := cause.(*ScriptError); ok && inner.thread == t {
		return inner
	}
	return &ScriptError{Err: cause, Stack: eval.CallStack, thread: t}
}
