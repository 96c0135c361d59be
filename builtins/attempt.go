package builtins

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
)

func errorBuiltins() []Builtin {
	return []Builtin{
		function("attempt", attempt, "result with ok, value and error",
			"Calls fn and gives a result instead of failing: r.ok, r.value, and r.error with kind, message, hint and the facts of "+
				"that kind, such as status. An interrupt or a limit is not caught. What fn had changed before its error stays changed.",
			Param{Name: "fn", Doc: "what to call"}, Param{Name: "*args"}, Param{Name: "**kwargs"}),
		function("fail", fail, "nothing",
			"Ends the script with an error, or the call of the nearest attempt. fail(r.error) passes on the error of an attempt.",
			Param{Name: "*args", Doc: "the parts of the message, or an error"},
			Param{Name: "sep", Default: `" "`, Doc: "what stands between the parts"},
			Param{Name: "kind", Default: `"Error"`, Doc: "what error.kind will be"}),
	}
}

// attempt runs fn and turns its error into a value. It never lifts a cancellation: a thread that was stopped by Ctrl-C or
// a limit stops at the caller's next step, and an error that came of the context's end is not caught here.
func attempt(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("%s: missing argument for fn", b.Name())
	}
	fn, ok := args[0].(starlark.Callable)
	if !ok {
		return nil, fmt.Errorf("%s: for parameter fn: got %s, want callable: pass the function and its arguments, as in attempt(f, x)",
			b.Name(), args[0].Type())
	}
	v, err := bindings.Call(t, fn, args[1:], kwargs)
	if err == nil {
		return &Result{value: v}, nil
	}
	if bindings.Context(t).Err() != nil {
		return nil, err
	}
	return &Result{err: NewError(err)}, nil
}

// Result is what attempt gives. It is immutable, apart from its value.
type Result struct {
	value starlark.Value // nil after an error
	err   *Error         // nil without one
}

var _ starlark.HasAttrs = (*Result)(nil)

// String shows the value or the error.
func (r *Result) String() string {
	if r.err != nil {
		return fmt.Sprintf("<failed: %s>", r.err.text())
	}
	return fmt.Sprintf("<ok: %s>", r.value)
}

// Type is "result".
func (r *Result) Type() string { return "result" }

// Truth is that of ok.
func (r *Result) Truth() starlark.Bool { return r.err == nil }

// Hash fails: the value may not be hashable.
func (r *Result) Hash() (uint32, error) {
	return 0, fmt.Errorf("unhashable: %s", r.Type())
}

// Freeze freezes the value.
func (r *Result) Freeze() {
	if r.value != nil {
		r.value.Freeze()
	}
}

// Held gives what the result holds to package share.
func (r *Result) Held(yield func(starlark.Value)) {
	if r.value != nil {
		yield(r.value)
	}
}

// Attr gives ok, value and error.
func (r *Result) Attr(name string) (starlark.Value, error) { return resultAttrs.Get(r, name) }

// AttrNames gives their names.
func (r *Result) AttrNames() []string { return resultAttrs.Names() }

// AttrDocs describes them.
func (r *Result) AttrDocs() []attrs.Doc { return resultAttrs.Docs() }

var resultAttrs = attrs.Table[*Result]{
	"ok": attrs.Field("True unless the call failed", func(r *Result) starlark.Value { return starlark.Bool(r.err == nil) }),
	"value": attrs.Field("what the call gave, None after an error", func(r *Result) starlark.Value {
		if r.value == nil {
			return starlark.None
		}
		return r.value
	}),
	"error": attrs.Field("the error, None without one", func(r *Result) starlark.Value {
		if r.err == nil {
			return starlark.None
		}
		return r.err
	}),
}

// Error is the Starlark value of an error that a script caught. It is immutable.
type Error struct {
	err   error
	kind  string
	facts *starlark.Dict // frozen
}

var _ starlark.HasAttrs = (*Error)(nil)

// NewError makes the value of an error: its kind and facts are those that bindings.Describe finds.
func NewError(err error) *Error {
	kind, facts := bindings.Describe(err)
	e := &Error{err: err, kind: kind, facts: starlark.NewDict(len(facts))}
	if v, convErr := bindings.FromGo(facts); convErr == nil {
		if dict, ok := v.(*starlark.Dict); ok {
			e.facts = dict
		}
	} else {
		// Facts are for reading; one that has no Starlark form must not hide the error itself.
		_ = e.facts.SetKey(starlark.String("unreadable"), starlark.String(convErr.Error()))
	}
	e.facts.Freeze()
	return e
}

// Unwrap returns the error.
func (e *Error) Unwrap() error { return e.err }

// String gives the kind and the message.
func (e *Error) String() string { return "<error " + e.text() + ">" }

func (e *Error) text() string {
	message := e.err.Error()
	if strings.HasPrefix(message, e.kind) {
		return message
	}
	return e.kind + ": " + message
}

// Type is "error".
func (e *Error) Type() string { return "error" }

// Freeze does nothing: an error is immutable.
func (e *Error) Freeze() {}

// Truth is always true.
func (e *Error) Truth() starlark.Bool { return true }

// Hash is that of the kind and the message.
func (e *Error) Hash() (uint32, error) { return starlark.String(e.text()).Hash() }

// PrintText is what print shows: the error without the marks of a value.
func (e *Error) PrintText() string { return e.text() }

// Attr gives kind, message, hint, facts, backtrace, and each fact by its name.
func (e *Error) Attr(name string) (starlark.Value, error) {
	if v, err := errorAttrs.Get(e, name); v != nil || err != nil {
		return v, err
	}
	v, found, err := e.facts.Get(starlark.String(name))
	if !found {
		return nil, err
	}
	return v, err
}

// AttrNames gives the names that Attr knows, sorted.
func (e *Error) AttrNames() []string {
	names := errorAttrs.Names()
	for _, key := range e.facts.Keys() {
		names = append(names, string(key.(starlark.String)))
	}
	return sortedUnique(names)
}

// AttrDocs describes those that every error has.
func (e *Error) AttrDocs() []attrs.Doc { return errorAttrs.Docs() }

var errorAttrs = attrs.Table[*Error]{
	"kind":    attrs.Field("what it is, such as \"ServerError\"", func(e *Error) starlark.Value { return starlark.String(e.kind) }),
	"message": attrs.Field("what was tried, on what, and why it failed", func(e *Error) starlark.Value { return starlark.String(e.err.Error()) }),
	"hint":    attrs.Field("what to do next, empty where the error does not know", func(e *Error) starlark.Value { return starlark.String(hintOf(e.err)) }),
	"facts":   attrs.Field("what is known besides, by name; each is an attribute too", func(e *Error) starlark.Value { return e.facts }),
	"backtrace": attrs.Field("the calls that led to it, as text", func(e *Error) starlark.Value {
		var script *bindings.ScriptError
		if errors.As(e.err, &script) {
			return starlark.String(script.Backtrace())
		}
		return starlark.String("Error: " + e.text())
	}),
}

// hintOf gives what an error advises: the text that the report of a failed script has for it.
func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}

// FailError is the error of fail.
type FailError struct {
	Message string
	Class   string // its kind
}

// Error gives the message.
func (e *FailError) Error() string { return e.Message }

// Kind is what the script passed as kind, or "Error".
func (e *FailError) Kind() string { return e.Class }

// Facts is empty.
func (e *FailError) Facts() map[string]any { return map[string]any{} }

func fail(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sep, kind := " ", bindings.GenericKind
	if err := starlark.UnpackArgs(b.Name(), nil, kwargs, "sep?", &sep, "kind?", &kind); err != nil {
		return nil, err
	}
	if len(args) == 1 {
		if e, ok := args[0].(*Error); ok {
			return nil, e.err
		}
	}
	if !isName(kind) {
		return nil, fmt.Errorf("%s: for parameter kind: got %q, want a name such as %q", b.Name(), kind, "NotFoundError")
	}
	return nil, &FailError{Message: joinTexts(args, sep), Class: kind}
}

// isName reports whether s is letters, digits and underscores, and begins with a letter.
func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
