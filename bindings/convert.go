package bindings

import (
	"cmp"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/cbscript/cbscript/bindings/clock"
	"go.starlark.net/starlark"
)

// maxDepth bounds the nesting of converted values, so that neither a value that contains itself nor a hostile
// document can exhaust the stack. It is the depth that the JSON reader accepts.
const maxDepth = 512

// A ConvertError says which part of a value has no counterpart on the other side.
type ConvertError struct {
	Path   string // of the part inside the value, such as `["hosts"][3]`; empty for the value itself
	Type   string // the part's Go or Starlark type
	Reason string // what is wrong with it
}

// Error names the part, its type and the reason.
func (e *ConvertError) Error() string {
	where := "value"
	if e.Path != "" {
		where = "value at " + e.Path
	}
	return fmt.Sprintf("cannot convert %s of type %s: %s", where, e.Type, e.Reason)
}

// FromGo returns the Starlark form of a Go value:
//
//	nil, nil pointers          None
//	bool                       bool
//	integers, *big.Int         int
//	float32, float64           float
//	string                     string
//	[]byte                     bytes
//	time.Time                  time.time, in UTC
//	time.Duration              time.duration
//	slices and arrays          list
//	maps with string keys      dict, in the order of the sorted keys
//	maps with int64 keys       dict, in the order of the sorted keys
//	plain.Tuple, Set, Dict     tuple, set, dict
//	plain.Struct               struct
//	values of the client       Object, Query, Connection, model, record, sequence, file
//	starlark.Value             itself
//
// The result shares nothing with v. A value outside this list, or nested more than 512 deep, gives a
// [*ConvertError].
func FromGo(v any) (starlark.Value, error) { return fromGo(v, nil, 0) }

// path is the way from a value to one of its parts, innermost step first. It is only rendered in an error.
type path struct {
	up   *path
	step any // an int index or a string key
}

func (p *path) String() string {
	if p == nil {
		return ""
	}
	if i, ok := p.step.(int); ok {
		return p.up.String() + "[" + strconv.Itoa(i) + "]"
	}
	return p.up.String() + fmt.Sprintf("[%q]", p.step)
}

func fromGo(v any, at *path, depth int) (starlark.Value, error) {
	if depth > maxDepth {
		return nil, &ConvertError{"", fmt.Sprintf("%T", v), fmt.Sprintf("nested more than %d deep", maxDepth)}
	}
	switch v := v.(type) {
	case nil:
		return starlark.None, nil
	case starlark.Value:
		return v, nil
	case bool:
		return starlark.Bool(v), nil
	case string:
		return starlark.String(v), nil
	case int:
		return starlark.MakeInt(v), nil
	case int64:
		return starlark.MakeInt64(v), nil
	case float64:
		return starlark.Float(v), nil
	case []byte:
		return starlark.Bytes(v), nil
	case time.Time:
		return clock.Time(v.UTC()), nil
	case time.Duration:
		return clock.Duration(v), nil
	case *big.Int:
		if v == nil {
			return starlark.None, nil
		}
		return starlark.MakeBigInt(v), nil
	case []any:
		elems, err := fromElems(v, at, depth)
		return starlark.NewList(elems), err
	case map[string]any:
		dict := starlark.NewDict(len(v))
		for _, key := range sortedKeys(v) {
			e, err := fromGo(v[key], &path{at, key}, depth+1)
			if err != nil {
				return nil, err
			}
			if err := dict.SetKey(starlark.String(key), e); err != nil {
				return nil, err
			}
		}
		return dict, nil
	}
	if w := fromClient(v); w != nil {
		return w, nil
	}
	if w, err := fromPlain(v, at, depth); w != nil || err != nil {
		return w, err
	}
	return fromReflect(reflect.ValueOf(v), at, depth)
}

// fromReflect takes the kinds that are not worth a case of their own: named types, typed slices and maps.
func fromReflect(v reflect.Value, at *path, depth int) (starlark.Value, error) {
	switch v.Kind() {
	case reflect.Bool:
		return starlark.Bool(v.Bool()), nil
	case reflect.String:
		return starlark.String(v.String()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return starlark.MakeInt64(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return starlark.MakeUint64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return starlark.Float(v.Float()), nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return starlark.None, nil
		}
		return fromGo(v.Elem().Interface(), at, depth+1)
	case reflect.Slice, reflect.Array:
		elems := make([]any, v.Len())
		for i := range elems {
			elems[i] = v.Index(i).Interface()
		}
		return fromGo(elems, at, depth)
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.Int64 {
			return fromNumbered(v, at, depth)
		}
		if v.Type().Key().Kind() != reflect.String {
			break
		}
		entries := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			entries[it.Key().String()] = it.Value().Interface()
		}
		return fromGo(entries, at, depth)
	}
	return nil, &ConvertError{at.String(), v.Type().String(), "it has no Starlark form"}
}

// fromNumbered takes a map with whole numbers as keys.
func fromNumbered(v reflect.Value, at *path, depth int) (starlark.Value, error) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) })
	dict := starlark.NewDict(len(keys))
	for _, key := range keys {
		e, err := fromGo(v.MapIndex(key).Interface(), &path{at, int(key.Int())}, depth+1)
		if err != nil {
			return nil, err
		}
		if err := dict.SetKey(starlark.MakeInt64(key.Int()), e); err != nil {
			return nil, err
		}
	}
	return dict, nil
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
