// Package plain gives plain values (texts, numbers, times, and lists and maps of them) a form in JSON that loses nothing:
// bytes stay bytes, a whole number stays one however large it is, and text that is no UTF-8 passes too.
package plain

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// The kinds of collections that Go has no type for. Their elements are plain values.
type (
	// Tuple is a list that cannot change.
	Tuple []any
	// Set is a list whose elements differ.
	Set []any
	// Dict is a map with keys of any type, in the order in which they were inserted.
	Dict []Pair
	// Struct is a value with named fields.
	Struct map[string]any
)

// Pair is an entry of a [Dict].
type Pair struct{ Key, Value any }

// A FormError says that something read is not the form of a plain value.
type FormError struct{ Reason string }

// Error gives the reason.
func (e *FormError) Error() string { return e.Reason }

// Pack gives a plain value as JSON can hold it without loss: what JSON lacks is an object with one member, whose name says
// what it is. A value of another type becomes its text. Equal values have equal forms.
func Pack(v any) any {
	switch v := v.(type) {
	case nil, bool:
		return v
	case string:
		if !utf8.ValidString(v) {
			return tagged("s", base64.StdEncoding.EncodeToString([]byte(v)))
		}
		return v
	case []byte:
		return tagged("b", base64.StdEncoding.EncodeToString(v))
	case float64:
		return tagged("f", strconv.FormatFloat(v, 'g', -1, 64))
	case *big.Int:
		return tagged("n", v.String())
	case time.Time:
		return tagged("t", v.Format(time.RFC3339Nano))
	case time.Duration:
		return tagged("d", strconv.FormatInt(int64(v), 10))
	case []any:
		return packList(v)
	case Tuple:
		return tagged("u", packList(v))
	case Set:
		return tagged("e", packList(v))
	case Dict:
		pairs := make([]any, len(v))
		for i, p := range v {
			pairs[i] = []any{Pack(p.Key), Pack(p.Value)}
		}
		return tagged("p", pairs)
	case Struct:
		return tagged("r", packFields(v))
	case map[string]any:
		return tagged("m", packFields(v))
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return tagged("i", strconv.FormatInt(r.Int(), 10))
	case reflect.String:
		return Pack(r.String())
	case reflect.Slice:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = Pack(r.Index(i).Interface())
		}
		return list
	}
	return Pack(fmt.Sprint(v))
}

func tagged(tag string, v any) map[string]any { return map[string]any{tag: v} }

func packList(v []any) []any {
	list := make([]any, len(v))
	for i, e := range v {
		list[i] = Pack(e)
	}
	return list
}

func packFields(v map[string]any) []any {
	pairs := make([]any, 0, len(v))
	for _, name := range slices.Sorted(maps.Keys(v)) {
		pairs = append(pairs, []any{Pack(name), Pack(v[name])})
	}
	return pairs
}

// Unpack reads what Pack gave, as encoding/json decodes it into an any. Its only error is a [*FormError].
func Unpack(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string:
		return v, nil
	case []any:
		return unpackList(v)
	case map[string]any:
		if len(v) == 1 {
			for tag, inner := range v {
				return untag(tag, inner)
			}
		}
	}
	return nil, &FormError{fmt.Sprintf("a value of type %T", v)}
}

func unpackList(v []any) ([]any, error) {
	list := make([]any, len(v))
	for i, e := range v {
		var err error
		if list[i], err = Unpack(e); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func untag(tag string, inner any) (any, error) {
	if list, ok := inner.([]any); ok {
		return untagList(tag, list)
	}
	text, ok := inner.(string)
	if !ok {
		return nil, &FormError{fmt.Sprintf("a value %q of type %T", tag, inner)}
	}
	var (
		v   any
		err error
	)
	switch tag {
	case "s":
		var raw []byte
		raw, err = base64.StdEncoding.DecodeString(text)
		v = string(raw)
	case "b":
		v, err = base64.StdEncoding.DecodeString(text)
	case "f":
		v, err = strconv.ParseFloat(text, 64)
	case "i":
		v, err = strconv.ParseInt(text, 10, 64)
	case "d":
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		v = time.Duration(n)
	case "t":
		v, err = time.Parse(time.RFC3339Nano, text)
	case "n":
		n, ok := new(big.Int).SetString(text, 10)
		if !ok {
			return nil, &FormError{"a number that is none"}
		}
		v = n
	default:
		return nil, &FormError{fmt.Sprintf("a value of type %q", tag)}
	}
	if err != nil {
		return nil, &FormError{err.Error()}
	}
	return v, nil
}

func untagList(tag string, inner []any) (any, error) {
	switch tag {
	case "u":
		list, err := unpackList(inner)
		return Tuple(list), err
	case "e":
		list, err := unpackList(inner)
		return Set(list), err
	case "p":
		return unpackPairs(inner)
	case "m":
		return unpackFields(inner)
	case "r":
		fields, err := unpackFields(inner)
		return Struct(fields), err
	}
	return nil, &FormError{fmt.Sprintf("a value %q of type %T", tag, inner)}
}

func unpackPairs(inner []any) (Dict, error) {
	d := make(Dict, len(inner))
	for i, p := range inner {
		pair, ok := p.([]any)
		if !ok || len(pair) != 2 {
			return nil, &FormError{"a map without pairs"}
		}
		var err error
		if d[i].Key, err = Unpack(pair[0]); err != nil {
			return nil, err
		}
		if d[i].Value, err = Unpack(pair[1]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func unpackFields(inner []any) (map[string]any, error) {
	pairs, err := unpackPairs(inner)
	if err != nil {
		return nil, err
	}
	m := make(map[string]any, len(pairs))
	for _, p := range pairs {
		name, ok := p.Key.(string)
		if !ok {
			return nil, &FormError{"a map whose name is no text"}
		}
		m[name] = p.Value
	}
	return m, nil
}

// Encode gives the JSON of a plain value's form.
func Encode(v any) ([]byte, error) { return json.Marshal(Pack(v)) }

// Decode reads what Encode gave. Its only error is a [*FormError].
func Decode(b []byte) (any, error) {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, &FormError{err.Error()}
	}
	return Unpack(v)
}

// Text is a text as JSON can hold it: bytes that are not UTF-8 pass too.
type Text string

// MarshalJSON packs the text.
func (t Text) MarshalJSON() ([]byte, error) { return Encode(string(t)) }

// UnmarshalJSON unpacks it.
func (t *Text) UnmarshalJSON(b []byte) error {
	v, err := Decode(b)
	if err != nil {
		return err
	}
	s, ok := v.(string)
	if !ok {
		return &FormError{fmt.Sprintf("a text of type %T", v)}
	}
	*t = Text(s)
	return nil
}
