package bindings

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cbscript/cbscript/bindings/clock"
	"github.com/cbscript/cbscript/client/plain"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// A GoValuer is a Starlark value of the host that knows its plain Go form. [ToGo] asks it.
type GoValuer interface {
	// GoValue gives that form, in the types that [ToGo] lists. Its error is that of ToGo.
	GoValue() (any, error)
}

// clientValuer is a Starlark value around a value of the client, which methods of the client take and others do not.
type clientValuer interface{ clientValue() any }

// ToGo returns the Go form of a Starlark value:
//
//	None                       nil
//	bool                       bool
//	int                        int64, or *big.Int outside its range
//	float                      float64
//	string                     string
//	bytes                      []byte
//	time.time                  time.Time
//	time.duration              time.Duration
//	list, tuple, set, range    []any
//	dict with string keys      map[string]any
//	struct                     map[string]any
//	a GoValuer                 what it says
//
// The result shares nothing with v. Everything else (functions, objects, queries, dicts with other keys), and a value
// nested more than 512 deep or containing itself, gives a [*ConvertError] that names the part.
func ToGo(v starlark.Value) (any, error) { return toGoConverter{}.value(v, nil, 0) }

// toClient is ToGo for a method of the client, which takes the client's objects, queries and models as they are.
func toClient(v starlark.Value) (any, error) {
	return toGoConverter{client: true}.value(v, nil, 0)
}

// toGoConverter converts values, and parts of them.
type toGoConverter struct {
	client bool // the client's values stay as they are
	exact  bool // fromGo gives the same value again: tuples, sets, dicts and structs stay different
}

func (c toGoConverter) value(v starlark.Value, at *path, depth int) (any, error) {
	if depth > maxDepth {
		reason := fmt.Sprintf("nested more than %d deep, or containing itself", maxDepth)
		return nil, &ConvertError{"", v.Type(), reason}
	}
	switch v := v.(type) {
	case starlark.NoneType:
		return nil, nil
	case starlark.Bool:
		return bool(v), nil
	case starlark.Int:
		if i, ok := v.Int64(); ok {
			return i, nil
		}
		return v.BigInt(), nil
	case starlark.Float:
		return float64(v), nil
	case starlark.String:
		return string(v), nil
	case starlark.Bytes:
		return []byte(v), nil
	case clock.Time:
		return time.Time(v), nil
	case clock.Duration:
		return time.Duration(v), nil
	case *starlark.Dict:
		if c.exact {
			return c.pairs(v, at, depth)
		}
		return c.dict(v, at, depth)
	case *starlarkstruct.Struct:
		fields := make(starlark.StringDict)
		v.ToStringDict(fields)
		plainFields, err := c.fields(fields, at, depth)
		if c.exact && err == nil {
			return plain.Struct(plainFields), nil
		}
		return plainFields, err
	case GoValuer:
		if !c.exact {
			return v.GoValue()
		}
	case clientValuer:
		if c.client {
			return v.clientValue(), nil
		}
	case starlark.Tuple:
		elems, err := c.elems(v, at, depth)
		if c.exact && err == nil {
			return plain.Tuple(elems), nil
		}
		return elems, err
	case *starlark.Set:
		elems, err := c.elems(v, at, depth)
		if c.exact && err == nil {
			return plain.Set(elems), nil
		}
		return elems, err
	case *starlark.List:
		return c.elems(v, at, depth)
	case starlark.Sequence:
		if v.Type() == "range" { // its Go type is private to the interpreter
			return c.elems(v, at, depth)
		}
	}
	return nil, &ConvertError{at.String(), v.Type(), "it has no plain form: pass its attributes, str(x), or a list of them"}
}

func (c toGoConverter) elems(v starlark.Iterable, at *path, depth int) ([]any, error) {
	elems := []any{}
	for e := range starlark.Elements(v) {
		goElem, err := c.value(e, &path{at, len(elems)}, depth+1)
		if err != nil {
			return nil, err
		}
		elems = append(elems, goElem)
	}
	return elems, nil
}

func (c toGoConverter) dict(v *starlark.Dict, at *path, depth int) (any, error) {
	fields := make(map[string]any, v.Len())
	for k, e := range v.Entries() {
		key, ok := k.(starlark.String)
		if !ok {
			return nil, &ConvertError{at.String(), "dict", fmt.Sprintf("it has the key %s of type %s, want strings", k, k.Type())}
		}
		goElem, err := c.value(e, &path{at, string(key)}, depth+1)
		if err != nil {
			return nil, err
		}
		fields[string(key)] = goElem
	}
	return fields, nil
}

// pairs takes a dict with keys of any type.
func (c toGoConverter) pairs(v *starlark.Dict, at *path, depth int) (plain.Dict, error) {
	d := make(plain.Dict, 0, v.Len())
	for k, e := range v.Entries() {
		key, err := c.value(k, &path{at, k.String()}, depth+1)
		if err != nil {
			return nil, err
		}
		value, err := c.value(e, &path{at, k.String()}, depth+1)
		if err != nil {
			return nil, err
		}
		d = append(d, plain.Pair{Key: key, Value: value})
	}
	return d, nil
}

func (c toGoConverter) fields(v starlark.StringDict, at *path, depth int) (map[string]any, error) {
	fields := make(map[string]any, len(v))
	for _, name := range slices.Sorted(maps.Keys(v)) {
		goElem, err := c.value(v[name], &path{at, name}, depth+1)
		if err != nil {
			return nil, err
		}
		fields[name] = goElem
	}
	return fields, nil
}
