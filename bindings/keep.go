package bindings

import (
	"encoding/json"
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"github.com/cbscript/cbscript/bindings/share"
	"github.com/cbscript/cbscript/client/plain"
)

// keep gives a Starlark value as JSON from which recall makes the same value again. What has no plain form, such as an
// object of a server or a function, is a [*ConvertError].
func keep(value any) (json.RawMessage, error) {
	v, ok := value.(starlark.Value)
	if !ok {
		return nil, &ConvertError{"", fmt.Sprintf("%T", value), "it is no value of a script"}
	}
	exact, err := toGoConverter{exact: true}.value(v, nil, 0)
	if err != nil {
		return nil, err
	}
	return plain.Encode(exact)
}

// recall gives the value that keep was given, frozen by index.
func recall(kept json.RawMessage, index *share.Index) (any, error) {
	exact, err := plain.Decode(kept)
	if err != nil {
		return nil, err
	}
	v, err := FromGo(exact)
	if err != nil {
		return nil, err
	}
	return v, index.Freeze(v)
}

// fromPlain gives the Starlark form of the collections of package plain, nil for anything else.
func fromPlain(v any, at *path, depth int) (starlark.Value, error) {
	switch v := v.(type) {
	case plain.Tuple:
		elems, err := fromElems(v, at, depth)
		return starlark.Tuple(elems), err
	case plain.Set:
		elems, err := fromElems(v, at, depth)
		if err != nil {
			return nil, err
		}
		set := starlark.NewSet(len(elems))
		for _, e := range elems {
			if err := set.Insert(e); err != nil {
				return nil, err
			}
		}
		return set, nil
	case plain.Dict:
		return fromPairs(v, at, depth)
	case plain.Struct:
		fields := make(starlark.StringDict, len(v))
		for name, field := range v {
			var err error
			if fields[name], err = fromGo(field, &path{at, name}, depth+1); err != nil {
				return nil, err
			}
		}
		return starlarkstruct.FromStringDict(starlarkstruct.Default, fields), nil
	}
	return nil, nil
}

func fromElems(v []any, at *path, depth int) ([]starlark.Value, error) {
	elems := make([]starlark.Value, len(v))
	for i, e := range v {
		var err error
		if elems[i], err = fromGo(e, &path{at, i}, depth+1); err != nil {
			return nil, err
		}
	}
	return elems, nil
}

func fromPairs(v plain.Dict, at *path, depth int) (starlark.Value, error) {
	dict := starlark.NewDict(len(v))
	for i, p := range v {
		key, err := fromGo(p.Key, &path{at, i}, depth+1)
		if err != nil {
			return nil, err
		}
		e, err := fromGo(p.Value, &path{at, i}, depth+1)
		if err != nil {
			return nil, err
		}
		if err := dict.SetKey(key, e); err != nil {
			return nil, err
		}
	}
	return dict, nil
}
