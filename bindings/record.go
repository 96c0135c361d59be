package bindings

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/client"
)

// Record is the Starlark value of a client's record: an event, a signature, a network interface. It is immutable.
type Record struct {
	r       client.Record
	methods []client.RecordMethod
}

var _ starlark.HasAttrs = (*Record)(nil)

func newRecord(r client.Record) *Record {
	v := &Record{r: r}
	if m, ok := r.(client.RecordMethods); ok {
		v.methods = m.Methods()
	}
	return v
}

// String is what print shows, without a request.
func (v *Record) String() string { return v.r.String() }

// Type is the record's own.
func (v *Record) Type() string { return v.r.Type() }

// Freeze does nothing.
func (v *Record) Freeze() {}

// Truth is always true.
func (v *Record) Truth() starlark.Bool { return true }

// Hash is that of its printed form.
func (v *Record) Hash() (uint32, error) { return starlark.String(v.r.String()).Hash() }

func (v *Record) clientValue() any { return v.r }

// MarshalJSON gives the attributes that have a plain form, and leaves joins out.
func (v *Record) MarshalJSON() ([]byte, error) {
	fields := make(map[string]any)
	for _, name := range v.r.Names() {
		got, err := v.Attr(name)
		if err != nil {
			return nil, err
		}
		if plain, err := ToGo(got); err == nil {
			fields[name] = plain
		}
	}
	return marshal(fields)
}

// AttrDocs describes the attributes and methods.
func (v *Record) AttrDocs() []attrs.Doc {
	texts := make(map[string]string)
	if d, ok := v.r.(client.DescribedRecord); ok {
		for _, a := range d.Describe().Attributes {
			texts[a.Name] = a.Doc
		}
	}
	var docs []attrs.Doc
	for _, name := range v.r.Names() {
		docs = append(docs, attrs.Doc{Name: name, Text: texts[name]})
	}
	for _, m := range v.methods {
		docs = append(docs, attrs.Doc{Name: m.Name, Signature: call{name: m.Name, params: m.Params}.signature(), Text: m.Doc + needs(m.Capability)})
	}
	return docs
}

// Attr gives an attribute or a method. A join may make a request when its object is read.
func (v *Record) Attr(name string) (starlark.Value, error) {
	for _, m := range v.methods {
		if m.Name == name {
			return recordMethod(m).BindReceiver(v), nil
		}
	}
	got, err := v.r.Get(&lazyContext{}, name)
	var unknown *client.NoSuchAttributeError
	if errors.As(err, &unknown) && unknown.Name == name {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return FromGo(got)
}

func recordMethod(m client.RecordMethod) *starlark.Builtin {
	c := call{name: m.Name, params: m.Params}
	return starlark.NewBuiltin(m.Name, func(t *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		unpacked, err := c.unpack(t, args, kwargs)
		if err != nil {
			return nil, err
		}
		got, err := m.Do(callContext(t, m.Capability), unpacked)
		if err != nil {
			return nil, err
		}
		return fromGoOn(t, got)
	})
}

// AttrNames lists the attributes and methods, sorted.
func (v *Record) AttrNames() []string {
	names := v.r.Names()
	for _, m := range v.methods {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}

// CompleteNames lists the attributes for completion.
func (v *Record) CompleteNames() []string { return v.AttrNames() }

// CompleteAttr says what an attribute is, as far as that is no other object.
func (v *Record) CompleteAttr(name string) any {
	if d, ok := v.r.(client.DescribedRecord); ok {
		return describedRecord{record: d.Describe()}.CompleteAttr(name)
	}
	return nil
}

// Sequence is the Starlark value of a list that is made while it is read.
type Sequence struct{ s client.Sequence }

var _ starlark.Iterable = Sequence{}

// String does not read it.
func (v Sequence) String() string { return "<sequence>" }

// Type is "sequence".
func (v Sequence) Type() string { return "sequence" }

// Freeze does nothing.
func (v Sequence) Freeze() {}

// Truth is true: whether there is something is known only by reading.
func (v Sequence) Truth() starlark.Bool { return true }

// Hash fails.
func (v Sequence) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", v.Type()) }

// Iterate begins to read it. An error in the middle is raised at the item where it happened.
func (v Sequence) Iterate() starlark.Iterator {
	next, stop := iter.Pull2(iter.Seq2[any, error](v.s))
	return &sequenceIterator{next: next, stop: stop}
}

type sequenceIterator struct {
	next func() (any, error, bool)
	stop func()
}

func (it *sequenceIterator) Next(p *starlark.Value) bool {
	got, err, ok := it.next()
	if !ok {
		return false
	}
	if err != nil {
		Raise(err)
	}
	v, err := FromGo(got)
	if err != nil {
		Raise(err)
	}
	*p = v
	return true
}

func (it *sequenceIterator) Done() { it.stop() }
