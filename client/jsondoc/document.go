package jsondoc

import (
	"bytes"
	"iter"
)

// Doc is one JSON object: read only, indexed, not decoded. It refers to the text it was read from, so it is cheap to copy
// and keeps that text in memory. The zero Doc is an empty object. A Doc is safe for concurrent use.
type Doc struct {
	text    []byte
	shape   *shape   // nil for an object without members
	offsets []uint32 // start and end in text of each member's value, also of repeated ones
}

// Get gives the value of a member. The second result is false when there is no such member; a member that is null is
// present. Of members with the same name the last one counts.
func (d Doc) Get(name string) (Value, bool) {
	slot, ok := d.shape.find(name)
	if !ok {
		return Value{}, false
	}
	return d.slot(slot), true
}

// Len is the number of members with different names.
func (d Doc) Len() int {
	if d.shape == nil {
		return 0
	}
	return len(d.shape.names)
}

// Name is the name of the i-th member, from 0, in the order of the text; a repeated name stands where it stood first.
// It panics when i is not below Len.
func (d Doc) Name(i int) string { return d.shape.names[i] }

// At is the value of the i-th member; see [Doc.Name].
func (d Doc) At(i int) Value { return d.slot(d.shape.slot(i)) }

// All gives each name and its value, in the order of [Doc.Name].
func (d Doc) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i := range d.Len() {
			if !yield(d.Name(i), d.At(i)) {
				return
			}
		}
	}
}

// Bytes is the object's text as it was read. It is part of the text that was parsed and must not be changed.
func (d Doc) Bytes() []byte {
	if d.text == nil {
		return []byte("{}")
	}
	return d.text
}

// Clone is an equal Doc with a copy of its own text, for one that is kept after its page.
func (d Doc) Clone() Doc {
	return Doc{text: bytes.Clone(d.text), shape: d.shape, offsets: append([]uint32(nil), d.offsets...)}
}

// Value is the whole object as a value.
func (d Doc) Value() Value { return Value{text: d.Bytes()} }

// MarshalJSON gives [Doc.Bytes] to encoding/json.
func (d Doc) MarshalJSON() ([]byte, error) { return d.Bytes(), nil }

func (d Doc) slot(n int) Value {
	start, end := d.offsets[2*n], d.offsets[2*n+1]
	return Value{text: d.text[start:end:end]}
}
