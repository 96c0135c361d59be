// Package pyjson writes JSON as Python's json.dumps does with sort_keys=True: keys sorted, ", " and ": " between the
// parts, everything outside printable ASCII as \u escapes, floats in their shortest form. The reference client sends its
// bodies so, and recorded exchanges compare equal only when ours do too.
//
// [Append] encodes any value made of the types named there, [AppendPython] does so for values whose types are known.
//
// Source: contract/transport.md, section 7.
package pyjson

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// MaxDepth is how many lists and maps may be nested in each other; a list that holds itself reaches it.
const MaxDepth = 512

// UnsupportedError says that a value cannot be written.
type UnsupportedError struct {
	// Type is the Go type of the value.
	Type string
	// Reason says why it cannot be written, and what can.
	Reason string
}

// Error names the type and the reason.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("cannot write a %s as JSON: %s", e.Type, e.Reason)
}

// AppendPython is [Append] for a value whose types the caller knows. It panics with an [*UnsupportedError] on a type that
// Append refuses and on a value nested too deep: use Append for values that a script made.
func AppendPython(dst []byte, v any) []byte {
	out, err := Append(dst, v)
	if err != nil {
		panic(err)
	}
	return out
}

// Append appends the JSON text of v to dst. v may be nil, a bool, any integer or float type, *big.Int, json.Number
// (written as it is), string, a slice, an array or a map with string keys of such values, a pointer to one,
// [jsondoc.Value] or [jsondoc.Doc] (written anew in this form), or anything else that encoding/json can marshal, such as
// a struct.
//
// As in Python, floats that are no numbers become NaN, Infinity and -Infinity. A string that is not valid UTF-8 gets
// U+FFFD for each bad byte. Numbers of a jsondoc value that no float64 can hold are written as they stand.
//
// The error is an [*UnsupportedError], or what the MarshalJSON method of a value returned; dst is then of no use.
func Append(dst []byte, v any) ([]byte, error) { return appendAny(dst, v, 0) }

func appendAny(dst []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v), nil
	case string:
		return appendString(dst, v), nil
	case []string:
		return appendList(dst, len(v), func(dst []byte, i int) ([]byte, error) { return appendString(dst, v[i]), nil })
	case []any:
		return appendNested(dst, len(v), depth, func(i int) any { return v[i] })
	case map[string]any:
		return appendMap(dst, v, depth)
	case jsondoc.Value:
		return appendValue(dst, v), nil
	case jsondoc.Doc:
		return appendDoc(dst, v), nil
	case json.Number:
		return appendNumber(dst, v)
	case *big.Int:
		if v == nil {
			return append(dst, "null"...), nil
		}
		return v.Append(dst, 10), nil
	case json.Marshaler:
		return appendMarshaled(dst, v)
	}
	return appendReflected(dst, reflect.ValueOf(v), depth)
}

// appendReflected writes values of the less usual types.
func appendReflected(dst []byte, v reflect.Value, depth int) ([]byte, error) {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		return appendFloat(dst, v.Float()), nil
	case reflect.String:
		return appendString(dst, v.String()), nil
	case reflect.Pointer:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		if depth >= MaxDepth {
			return nil, tooDeep(v)
		}
		return appendAny(dst, v.Elem().Interface(), depth+1)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil, &UnsupportedError{v.Type().String(), "bytes have no form in JSON, use text such as base64"}
		}
		return appendNested(dst, v.Len(), depth, func(i int) any { return v.Index(i).Interface() })
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return nil, &UnsupportedError{v.Type().String(), "its keys must be strings"}
		}
		object := make(map[string]any, v.Len())
		for key, value := range v.Seq2() {
			object[key.String()] = value.Interface()
		}
		return appendMap(dst, object, depth)
	case reflect.Struct:
		return appendMarshaled(dst, v.Interface())
	}
	return nil, &UnsupportedError{v.Type().String(), "use nil, booleans, numbers, strings, lists and maps"}
}

func appendList(dst []byte, n int, element func(dst []byte, i int) ([]byte, error)) ([]byte, error) {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		var err error
		if dst, err = element(dst, i); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendNested(dst []byte, n, depth int, at func(i int) any) ([]byte, error) {
	if depth >= MaxDepth {
		return nil, tooDeep(reflect.ValueOf([]any(nil)))
	}
	return appendList(dst, n, func(dst []byte, i int) ([]byte, error) { return appendAny(dst, at(i), depth+1) })
}

func appendMap(dst []byte, m map[string]any, depth int) ([]byte, error) {
	if depth >= MaxDepth {
		return nil, tooDeep(reflect.ValueOf(m))
	}
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys) // UTF-8 sorts as its code points do, and Python compares those
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(appendString(dst, key), ": "...)
		var err error
		if dst, err = appendAny(dst, m[key], depth+1); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func tooDeep(v reflect.Value) error {
	return &UnsupportedError{v.Type().String(), "it is nested more than " + strconv.Itoa(MaxDepth) + " deep, or holds itself"}
}

func appendNumber(dst []byte, n json.Number) ([]byte, error) {
	v, err := jsondoc.ParseValue([]byte(n))
	if err != nil || v.Kind() != jsondoc.Number || len(v.Bytes()) != len(n) {
		return nil, &UnsupportedError{"json.Number", strconv.Quote(string(n)) + " is not a JSON number"}
	}
	return append(dst, n...), nil
}

// appendMarshaled writes what encoding/json makes of v in our form.
func appendMarshaled(dst []byte, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, &UnsupportedError{fmt.Sprintf("%T", v), err.Error()}
	}
	value, err := jsondoc.ParseValue(text)
	if err != nil {
		return nil, &UnsupportedError{fmt.Sprintf("%T", v), err.Error()}
	}
	return appendValue(dst, value), nil
}
