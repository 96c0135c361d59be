// Package attrs describes the attributes of a Starlark value type in one [Table], from which Attr, AttrNames,
// help and the reference derive.
//
//	var jobAttrs = attrs.Table[Job]{
//		"sensor_id": attrs.Field("the sensor that the job runs on", func(v Job) starlark.Value { return ... }),
//		"result":    attrs.Method[Job]("result(timeout=None)", "waits for the job, gives what it returned", jobResult),
//	}
//
//	func (v Job) Attr(name string) (starlark.Value, error) { return jobAttrs.Get(v, name) }
//	func (v Job) AttrNames() []string                      { return jobAttrs.Names() }
package attrs

import (
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"
)

// A Table holds the attributes of values of type T by name. It is not changed once built.
type Table[T starlark.Value] map[string]Member[T]

// A Member is one attribute. [Field] and [Method] make it.
type Member[T starlark.Value] struct {
	get       func(T) starlark.Value
	signature string
	doc       string
}

// A Func is the Go side of a builtin.
type Func = func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error)

// Field describes an attribute that holds a value. The doc is a phrase without a full stop, as it is for
// [Method].
func Field[T starlark.Value](doc string, get func(T) starlark.Value) Member[T] {
	return Member[T]{get: get, doc: doc}
}

// Method describes an attribute that is called. The signature begins with the name by which errors mention the
// method: "result(timeout=None)". [Receiver] gives fn the value.
func Method[T starlark.Value](signature, doc string, fn Func) Member[T] {
	name, _, _ := strings.Cut(signature, "(")
	b := starlark.NewBuiltin(name, fn)
	return Member[T]{get: func(v T) starlark.Value { return b.BindReceiver(v) }, signature: signature, doc: doc}
}

// Receiver returns the value that a method was bound to.
func Receiver[T starlark.Value](b *starlark.Builtin) T { return b.Receiver().(T) }

// Get returns the named attribute of v, and nil without an error for an unknown name, so that the interpreter
// can suggest the nearest one.
func (a Table[T]) Get(v T, name string) (starlark.Value, error) {
	if m, ok := a[name]; ok {
		return m.get(v), nil
	}
	return nil, nil
}

// Names returns the attributes' names, sorted, in a slice of the caller's own: dir sorts what it gets in place.
func (a Table[T]) Names() []string { return slices.Sorted(maps.Keys(a)) }

// A Doc describes one attribute for help and for the reference.
type Doc struct {
	Name      string
	Signature string // empty for a field
	Text      string
}

// Docs returns the descriptions of all attributes, sorted by name.
func (a Table[T]) Docs() []Doc {
	docs := make([]Doc, 0, len(a))
	for _, name := range a.Names() {
		docs = append(docs, Doc{Name: name, Signature: a[name].signature, Text: a[name].doc})
	}
	return docs
}
