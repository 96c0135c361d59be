package bindings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// Object is the Starlark value of an object of the server: a process, a sensor, a binary. Its attributes are those of
// its model, read lazily. Two of them are equal when they are the same object of the same server, so that they can be
// kept in a set. It may be used from several threads at once.
type Object struct {
	o     *client.Object
	table *objectTable
}

var (
	_ starlark.HasSetField = (*Object)(nil)
	_ starlark.Comparable  = (*Object)(nil)
	_ clientValuer         = (*Object)(nil)
)

// objectTable is what the attributes of a model's objects are, made once for each model.
type objectTable struct {
	kind    *client.Kind
	entries map[string]objectEntry
	names   []string // sorted
}

// objectEntry is one attribute: exactly one of the three is set.
type objectEntry struct {
	field    *client.Field
	property *client.Property
	method   *starlark.Builtin // not bound yet
	read     reading           // how the field is read when it is held as the server sent it
}

// reading says which of the server's values are a field's value as they are.
type reading uint8

const (
	converted reading = iota // none: the client decodes it
	asSent                   // all
	numbers                  // numbers that are whole
	floats                   // numbers
	truths                   // true and false
)

func readingOf(f *client.Field) reading {
	if f == nil || f.Secret {
		return converted
	}
	switch f.Type {
	case client.Any, client.Text:
		return asSent
	case client.Int:
		return numbers
	case client.Float:
		return floats
	case client.Bool:
		return truths
	}
	return converted
}

// value gives the Starlark form of what the server sent, or nil when the client has to decode it.
func (r reading) value(raw jsondoc.Value) (starlark.Value, error) {
	kind := raw.Kind()
	switch {
	case r == converted:
	case kind == jsondoc.Null:
		return starlark.None, nil
	case r == asSent:
		return fromJSON(raw)
	case r == floats && kind == jsondoc.Number:
		if f, ok := raw.Float64(); ok {
			return starlark.Float(f), nil
		}
	case r == numbers && kind == jsondoc.Number:
		if n, ok := raw.Int64(); ok {
			return starlark.MakeInt64(n), nil
		}
	case r == truths && kind == jsondoc.Bool:
		return fromJSON(raw)
	}
	return nil, nil
}

// tables holds the table of each model. A table is derived from the model alone, which does not change.
var tables sync.Map // *client.Kind -> *objectTable

func tableOf(k *client.Kind) *objectTable {
	if t, ok := tables.Load(k); ok {
		return t.(*objectTable)
	}
	t := &objectTable{kind: k, entries: make(map[string]objectEntry), names: k.Names()}
	for _, name := range t.names {
		a, _ := k.Attribute(name)
		e := objectEntry{field: a.Field, property: a.Property, read: readingOf(a.Field)}
		if a.Method != nil {
			e.method = objectMethod(a.Method)
		}
		t.entries[name] = e
	}
	stored, _ := tables.LoadOrStore(k, t)
	return stored.(*objectTable)
}

func objectMethod(m *client.Method) *starlark.Builtin {
	c := call{name: m.Name, params: m.Params}
	return starlark.NewBuiltin(m.Name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		o := attrs.Receiver[*Object](b).o
		unpacked, err := c.unpack(t, args, kwargs)
		if err != nil {
			return nil, err
		}
		v, err := m.Do(callContext(t, m.Capability), o, unpacked)
		if err != nil {
			return nil, err
		}
		return FromGo(v)
	})
}

func newObject(o *client.Object) *Object { return &Object{o: o, table: tableOf(o.Kind())} }

// String is the short form, without a request.
func (v *Object) String() string { return v.o.String() }

// PrintText is what print shows: everything that is held, without a request.
func (v *Object) PrintText() string { return v.o.Print() }

// Type is the model's name.
func (v *Object) Type() string { return v.o.Kind().Name }

// Freeze does nothing: the object synchronises itself, and a change of it is a change on the server.
func (v *Object) Freeze() {}

// Truth is always true.
func (v *Object) Truth() starlark.Bool { return true }

// Hash is that of the model and the id. A new object has no id to be known by.
func (v *Object) Hash() (uint32, error) {
	id := v.o.ID()
	if id.Value == nil {
		return 0, fmt.Errorf("unhashable: a new %s has no id before it is saved", v.Type())
	}
	return starlark.String(v.Type() + "\x00" + id.Key).Hash()
}

// CompareSameType compares the identity on the server.
func (v *Object) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	same := sameObject(v.o, y.(*Object).o)
	switch op {
	case syntax.EQL:
		return same, nil
	case syntax.NEQ:
		return !same, nil
	}
	return false, fmt.Errorf("%s %s %s not implemented: sort by an attribute, as in sorted(list, key=lambda x: x.id)", v.Type(), op, y.Type())
}

func sameObject(a, b *client.Object) bool {
	if a == b {
		return true
	}
	return a.Client() == b.Client() && a.Kind() == b.Kind() && a.ID().Key != "" && a.ID().Key == b.ID().Key
}

func (v *Object) clientValue() any { return v.o }

// MarshalJSON gives what is held as a document of the server, local changes included and secrets replaced. It makes no
// request.
func (v *Object) MarshalJSON() ([]byte, error) {
	doc := make(map[string]any)
	for _, name := range v.o.Names() {
		value, held := v.o.Held(name)
		if !held {
			continue
		}
		if f, ok := v.table.kind.Field(name); ok && f.Secret {
			value = client.SecretPlaceholder
		}
		doc[name] = value
	}
	return marshal(doc)
}

// marshal writes JSON without the escapes that only web pages need.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// AttrDocs describes the attributes that the model's table has.
func (v *Object) AttrDocs() []attrs.Doc { return kindDocs(v.table.kind) }

// Object gives the client's object.
func (v *Object) Object() *client.Object { return v.o }

// Attr gives a field, a join, a computed attribute or a method. A field that is not held is fetched.
func (v *Object) Attr(name string) (starlark.Value, error) {
	e, declared := v.table.entries[name]
	switch {
	case e.method != nil:
		return e.method.BindReceiver(v), nil
	case e.property != nil:
		ctx := &lazyContext{}
		got, err := e.property.Get(ctx, v.o)
		if err != nil {
			return nil, err
		}
		if _, later := got.(client.Sequence); later {
			ctx.found() // it is read on a goroutine of its own, which has no thread
		}
		return FromGo(got)
	}
	if raw, ok := v.o.Peek(name); ok {
		if !declared {
			return fromJSON(raw)
		}
		if got, err := e.read.value(raw); got != nil || err != nil {
			return got, err
		}
	}
	if declared {
		got, err := v.o.Field(&lazyContext{}, e.field)
		if err != nil {
			return nil, err
		}
		return FromGo(got)
	}
	got, err := v.o.Undeclared(&lazyContext{}, name)
	var unknown *client.NoSuchAttributeError
	if errors.As(err, &unknown) && unknown.Name == name {
		return nil, nil // the interpreter says so, with the nearest name
	}
	if err != nil {
		return nil, err
	}
	return FromGo(got)
}

// fromJSON gives a value of a document. Scalars, which most are, take no detour.
func fromJSON(raw jsondoc.Value) (starlark.Value, error) {
	switch raw.Kind() {
	case jsondoc.Null:
		return starlark.None, nil
	case jsondoc.String:
		return starlark.String(raw.Text()), nil
	case jsondoc.Number:
		if n, ok := raw.Int64(); ok {
			return starlark.MakeInt64(n), nil
		}
	case jsondoc.Bool:
		if b, ok := raw.Bool(); ok {
			return starlark.Bool(b), nil
		}
	}
	return FromGo(raw.Any())
}

// AttrNames lists the model's attributes, and what the server sent besides, sorted.
func (v *Object) AttrNames() []string { return v.o.Names() }

// SetField changes a field; save() sends it.
func (v *Object) SetField(name string, value starlark.Value) error {
	g, err := toClient(value)
	if err != nil {
		return fmt.Errorf("%s.%s: %w", v.Type(), name, err)
	}
	return v.o.Set(Context(Current()), name, g)
}

// CompleteNames lists the attributes for completion, without a request.
func (v *Object) CompleteNames() []string { return v.o.Names() }

// CompleteAttr says what an attribute is, without reading it.
func (v *Object) CompleteAttr(name string) any {
	return described{v.o.Client().Product(), v.table.kind}.CompleteAttr(name)
}
