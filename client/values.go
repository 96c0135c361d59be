package client

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/cbtime"
)

// decode gives a field's value in its type from what the server sent. Source: contract/model.md, section 3.
func decode(t Type, raw any) (any, error) {
	switch t {
	case Int:
		return decodeInt(raw)
	case Bool:
		return decodeBool(raw)
	case Float:
		return decodeFloat(raw)
	case List:
		if raw == nil {
			return []any{}, nil
		}
	case Map:
		if raw == nil {
			return map[string]any{}, nil
		}
	case Time:
		if s, ok := raw.(string); ok {
			return cbtime.Parse(s)
		}
	case EpochMS:
		return decodeEpoch(raw)
	case Bytes:
		if s, ok := raw.(string); ok {
			return base64.StdEncoding.DecodeString(s)
		}
	}
	return raw, nil
}

// Whole gives the whole number that a server sent as a number or as text: 106 and "106" are the same, since servers send
// both for the same field. It reports false for anything else.
//
// Source: contract/known-bugs.md, section E.
func Whole(raw any) (int64, bool) {
	switch raw.(type) {
	case int64, string:
		v, err := decodeInt(raw)
		n, ok := v.(int64)
		return n, ok && err == nil
	}
	return 0, false
}

func decodeInt(raw any) (any, error) {
	switch v := raw.(type) {
	case string:
		if n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
			return n, nil
		}
		return nil, fmt.Errorf("%q is not a whole number", v)
	case float64:
		return int64(v), nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case nil, int64, *big.Int:
		return raw, nil
	}
	return nil, fmt.Errorf("got %s, want a whole number", TypeName(raw))
}

func decodeBool(raw any) (any, error) {
	switch v := raw.(type) {
	case nil, bool:
		return raw, nil
	case int64:
		return v != 0, nil
	case float64:
		return v != 0, nil
	case string:
		switch strings.ToLower(v) {
		case "true", "1", "yes", "on":
			return true, nil
		case "false", "0", "no", "off", "":
			return false, nil
		}
	}
	return nil, fmt.Errorf("%v is neither true nor false", raw)
}

func decodeFloat(raw any) (any, error) {
	switch v := raw.(type) {
	case nil, float64:
		return raw, nil
	case int64:
		return float64(v), nil
	case string:
		if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%v is not a number", raw)
}

func decodeEpoch(raw any) (any, error) {
	switch v := raw.(type) {
	case nil:
		return nil, nil
	case int64:
		return time.UnixMilli(v).UTC(), nil
	case float64:
		return time.UnixMicro(int64(v * 1000)).UTC(), nil
	}
	return nil, fmt.Errorf("%v is not a time in milliseconds", raw)
}

// TypeName names the type of a value that a user passed, for error messages: None, string, int, float, bool, bytes, list,
// dict, time, duration, the name of an object's model, and for anything else its type in Go.
func TypeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case string, bool, int:
		return fmt.Sprintf("%T", v)
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case []byte:
		return "bytes"
	case []any:
		return "list"
	case map[string]any:
		return "dict"
	case time.Time:
		return "time"
	case time.Duration:
		return "duration"
	case *Object:
		return v.Kind().Name
	}
	return fmt.Sprintf("%T", v)
}

// encode gives a value as the server wants it in a field of that type, or says why it cannot be one.
func encode(t Type, v any) (any, error) {
	if o, ok := v.(*Object); ok {
		v = o.ID().Value
	}
	v = widen(v)
	switch t {
	case Int:
		if v == nil {
			return nil, fmt.Errorf("got None, want a whole number")
		}
		return decodeInt(v)
	case Bool:
		return decodeBool(v)
	case Float:
		return decodeFloat(v)
	case List:
		if _, ok := v.([]any); !ok {
			return nil, fmt.Errorf("got %s, want a list", TypeName(v))
		}
	case Map:
		if _, ok := v.(map[string]any); !ok {
			return nil, fmt.Errorf("got %s, want a dict", TypeName(v))
		}
	case EpochMS:
		if at, ok := v.(time.Time); ok {
			return float64(at.UnixMicro()) / 1000, nil
		}
	case Bytes:
		switch b := v.(type) {
		case []byte:
			return base64.StdEncoding.EncodeToString(b), nil
		case string:
			return base64.StdEncoding.EncodeToString([]byte(b)), nil
		}
		return nil, fmt.Errorf("got %s, want bytes", TypeName(v))
	}
	if at, ok := v.(time.Time); ok {
		return cbtime.FormatServer(at), nil
	}
	return v, nil
}

// widen gives numbers the type that decoded JSON has.
func widen(v any) any {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int32:
		return int64(n)
	case float32:
		return float64(n)
	case []string:
		out := make([]any, len(n))
		for i, s := range n {
			out[i] = s
		}
		return out
	}
	return v
}

// same reports whether two values as the server sends them are equal.
func same(a, b any) bool { return reflect.DeepEqual(widen(a), widen(b)) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
