package jsondoc

import (
	"iter"
	"math/big"
	"strconv"
)

// Kind is the kind of a [Value].
type Kind int

// The six kinds of JSON values. The zero Kind is Null.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String is the kind's name in JSON: null, boolean, number, string, array or object.
func (k Kind) String() string {
	names := [...]string{"null", "boolean", "number", "string", "array", "object"}
	if k < 0 || int(k) >= len(names) {
		return "Kind(" + strconv.Itoa(int(k)) + ")"
	}
	return names[k]
}

// Value is one checked JSON value, decoded when it is asked for. The zero Value is null. A Value refers to the text it
// was read from and is cheap to copy; it is safe for concurrent use.
type Value struct {
	text []byte // without space around it; nil is null
}

// Kind says what the value is.
func (v Value) Kind() Kind {
	if len(v.text) == 0 {
		return Null
	}
	switch v.text[0] {
	case 'n':
		return Null
	case 't', 'f':
		return Bool
	case '"':
		return String
	case '[':
		return Array
	case '{':
		return Object
	default:
		return Number
	}
}

// IsNull reports whether the value is null.
func (v Value) IsNull() bool { return v.Kind() == Null }

// Text is a string's decoded content, and the JSON text of every other value. It is a copy. A half of a surrogate pair
// without its other half becomes U+FFFD.
func (v Value) Text() string {
	if v.Kind() == String {
		return unescape(v.text)
	}
	return string(v.Bytes())
}

// Int64 is the number, when it is written as an integer (without fraction and exponent) and fits.
func (v Value) Int64() (int64, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	text := v.text
	negative := text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) > 19 { // more than the digits of the largest int64
		return 0, false
	}
	var n uint64 // 19 digits always fit
	for _, c := range text {
		if !isDigit(c) {
			return 0, false
		}
		n = 10*n + uint64(c-'0')
	}
	switch {
	case negative && n <= 1<<63:
		return -int64(n), true
	case !negative && n < 1<<63:
		return int64(n), true
	}
	return 0, false
}

// Float64 is the number nearest to the one written; an infinity when that is too large, as Python reads it.
func (v Value) Float64() (float64, bool) {
	if v.Kind() != Number {
		return 0, false
	}
	f, _ := strconv.ParseFloat(string(v.text), 64) // the only error left is the range, with an infinity as the result
	return f, true
}

// Bool is the value of true and false.
func (v Value) Bool() (value, ok bool) {
	if v.Kind() != Bool {
		return false, false
	}
	return v.text[0] == 't', true
}

// maxDigits is the length of the longest integer that Python reads; reading one takes time quadratic in its length.
const maxDigits = 4300

// Any decodes the value with all it holds: nil, bool, int64 (*big.Int where it does not fit), float64 for numbers with a
// fraction or an exponent, string, []any or map[string]any. An integer of more than 4300 digits, which Python refuses,
// is a float64 infinity. The result shares no memory with the text.
func (v Value) Any() any {
	switch v.Kind() {
	case Bool:
		return v.text[0] == 't'
	case Number:
		return v.number()
	case String:
		return unescape(v.text)
	case Array:
		elements := v.Array()
		list := make([]any, 0, elements.Len())
		for element := range elements.All() {
			list = append(list, element.Any())
		}
		return list
	case Object:
		doc, _ := v.Doc(nil)
		object := make(map[string]any, doc.Len())
		for name, member := range doc.All() {
			object[name] = member.Any()
		}
		return object
	}
	return nil
}

func (v Value) number() any {
	if n, ok := v.Int64(); ok {
		return n
	}
	if len(v.text) <= maxDigits {
		if n, ok := new(big.Int).SetString(string(v.text), 10); ok {
			return n
		}
	}
	f, _ := v.Float64()
	return f
}

// Bytes is the value's JSON text as it was read. It is part of the text that was parsed and must not be changed.
func (v Value) Bytes() []byte {
	if v.text == nil {
		return []byte("null")
	}
	return v.text
}

// MarshalJSON gives [Value.Bytes] to encoding/json.
func (v Value) MarshalJSON() ([]byte, error) { return v.Bytes(), nil }

// Doc indexes an object; the second result is false for any other value.
func (v Value) Doc(s *Shapes) (Doc, bool) {
	if v.Kind() != Object {
		return Doc{}, false
	}
	d, err := ParseObject(v.text, s)
	return d, err == nil
}

// Array indexes an array; of any other value it gives an empty one.
func (v Value) Array() Elements {
	if v.Kind() != Array {
		return Elements{}
	}
	list := Elements{text: v.text}
	// The text was checked when v was made, so that each cannot fail here.
	_, _ = each(v.text, 0, 1, func(start int) (int, *SyntaxError) {
		end, err := skipValue(v.text, start, 1)
		list.offsets = append(list.offsets, start, end)
		return end, err
	})
	return list
}

// Elements are the values of an array, indexed but not decoded. The zero Elements is empty. It is safe for concurrent use.
type Elements struct {
	text    []byte
	offsets []int // start and end in text of each element
}

// Len is the number of elements.
func (e Elements) Len() int { return len(e.offsets) / 2 }

// At is the i-th element, from 0. It panics when i is not below Len.
func (e Elements) At(i int) Value {
	start, end := e.offsets[2*i], e.offsets[2*i+1]
	return Value{text: e.text[start:end:end]}
}

// All gives the elements in order.
func (e Elements) All() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for i := range e.Len() {
			if !yield(e.At(i)) {
				return
			}
		}
	}
}
