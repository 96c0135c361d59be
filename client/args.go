package client

import (
	"context"
	"encoding/json"
	"time"
)

// Type is what a field or a parameter holds. It decides how a field's JSON is read and written, and is what the
// reference shows.
type Type string

// The types of fields (contract/model.md, section 3) and of parameters.
const (
	Any      Type = "any"      // as the server sent it
	Text     Type = "string"   // as the server sent it, which is text where the table is right
	Int      Type = "int"      // numbers, and numbers sent as text; null stays null
	Bool     Type = "bool"     // null stays null
	Float    Type = "float"    // numbers, and numbers sent as text
	List     Type = "list"     // null reads as an empty list
	Map      Type = "dict"     // null reads as an empty map
	Time     Type = "time"     // an ISO 8601 time with a zone; null reads as nil
	EpochMS  Type = "time_ms"  // milliseconds since 1970, UTC; null reads as nil
	Bytes    Type = "bytes"    // base64 on the wire
	Duration Type = "duration" // parameters only: seconds, or a duration
	Func     Type = "function" // parameters only: a Callback
	Work     Type = "worker"   // parameters only: a Task
	Model    Type = "model"    // parameters only: a *Kind
	Instance Type = "object"   // parameters only: an *Object
)

// Param is a parameter of a method.
type Param struct {
	Name     string
	Type     Type
	Required bool
	Variadic bool // takes all further positional arguments, as a []any; only the last one may
	Default  any  // what an absent argument means; nil is None
	Doc      string
}

// Callback is a function that the caller of a method passed in. Its error is returned to that caller as it is.
type Callback func(ctx context.Context, args []any, named map[string]any) (any, error)

// Task is a function that the caller of a method passed in, to be called while the caller goes on.
type Task struct {
	Name string
	// Call calls it, on any goroutine and several times at once. name is that of the call, for messages.
	Call func(ctx context.Context, name string, args []any) (any, error)
	// Keep gives what Call gave as JSON, and an error for a value that has no such form. Nil: none has.
	Keep func(value any) (json.RawMessage, error)
	// Recall gives the value that Keep was given, on any goroutine. It is there when Keep is.
	Recall func(kept json.RawMessage) (any, error)
}

// Args are a method's arguments by name. Whoever calls a method checks them against its [Param]s and fills the
// defaults in, so that a getter of the declared type never fails; it gives the zero value for None.
type Args map[string]any

// Text gives a string argument.
func (a Args) Text(name string) string { s, _ := a[name].(string); return s }

// Bool gives a boolean argument.
func (a Args) Bool(name string) bool { b, _ := a[name].(bool); return b }

// Int gives a whole number.
func (a Args) Int(name string) int {
	switch n := a[name].(type) {
	case int:
		return n
	case int64:
		return int(n)
	}
	return 0
}

// Duration gives a duration, and whether one was passed.
func (a Args) Duration(name string) (time.Duration, bool) {
	d, ok := a[name].(time.Duration)
	return d, ok
}

// Callback gives a function, or nil.
func (a Args) Callback(name string) Callback { f, _ := a[name].(Callback); return f }

// List gives a list, or nil.
func (a Args) List(name string) []any { l, _ := a[name].([]any); return l }

// Fill gives args with the defaults of params for what is absent. It reports an unknown name, or a required one that
// is absent, as an [APIError] that names the function. Who calls a method from Go uses it.
func Fill(function string, params []Param, args Args) (Args, error) {
	out := make(Args, len(params))
	for _, p := range params {
		v, ok := args[p.Name]
		switch {
		case ok:
			out[p.Name] = v
		case p.Required:
			return nil, Errorf("%s: missing argument for %s", function, p.Name)
		default:
			out[p.Name] = p.Default
		}
	}
	for name := range args {
		if _, ok := out[name]; !ok {
			return nil, Errorf("%s: unexpected argument %q", function, name)
		}
	}
	return out, nil
}
