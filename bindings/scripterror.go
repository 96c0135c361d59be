package bindings

import (
	"errors"
	"strings"

	"go.starlark.net/starlark"
)

// A ScriptError is an error that ended Starlark code, with the place in the script. errors.As finds its
// cause, so that a caller can tell a server's refusal from a mistake in the script.
type ScriptError struct {
	Err   error              // why the code ended
	Stack starlark.CallStack // where it was, outermost frame first; empty when no thread was attached

	thread *starlark.Thread
	chunk  *starlark.Function
}

// Error returns the text of the cause alone; [ScriptError.Backtrace] adds the place.
func (e *ScriptError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *ScriptError) Unwrap() error { return e.Err }

// Globals returns the module variables as they stood when [Raise] ended the code, or nil when the error came
// another way. starlark.ExecREPLChunk loses the variables that a chunk assigned before a panic; a REPL copies
// them back from here.
func (e *ScriptError) Globals() starlark.StringDict {
	if e.chunk == nil {
		return nil
	}
	return e.chunk.Globals()
}

// Backtrace returns the script's calls, one a line, and a last line with the kind and the text of the error.
// When the cause was raised on another thread (in a worker of parallel, in a job), that thread's calls come
// first.
func (e *ScriptError) Backtrace() string {
	var b strings.Builder
	var inner *ScriptError
	if errors.As(e.Err, &inner) {
		b.WriteString(inner.Backtrace())
		b.WriteString("\nwhich ended its caller:\n")
	}
	stack, place := e.Stack, ""
	if last := len(stack) - 1; last >= 0 && stack[last].Pos.Filename() == "<builtin>" {
		stack, place = stack[:last], " in "+stack[last].Name
	}
	b.WriteString(stack.String())
	b.WriteString("Error" + place + ": ")
	text := e.Error()
	if kind, _ := Describe(e.Err); kind != GenericKind && !strings.HasPrefix(text, kind) {
		b.WriteString(kind + ": ")
	}
	b.WriteString(text)
	return b.String()
}
