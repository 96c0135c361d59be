package worker

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

// pack gives a value of a row, a fact or a log line as JSON can hold it without loss: what JSON lacks is an object with
// one member, whose name says what it is. A value of another type becomes its text.
func pack(v any) any {
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
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = pack(e)
		}
		return list
	case map[string]any:
		pairs := make([]any, 0, len(v))
		for name, e := range v {
			pairs = append(pairs, []any{pack(name), pack(e)})
		}
		return tagged("m", pairs)
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return tagged("i", strconv.FormatInt(r.Int(), 10))
	case reflect.String:
		return pack(r.String())
	case reflect.Slice:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = pack(r.Index(i).Interface())
		}
		return list
	}
	return pack(fmt.Sprint(v))
}

func tagged(tag string, v any) map[string]any { return map[string]any{tag: v} }

// unpack reads what pack gave.
func unpack(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string:
		return v, nil
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			var err error
			if list[i], err = unpack(e); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		if len(v) == 1 {
			for tag, inner := range v {
				return untag(tag, inner)
			}
		}
	}
	return nil, &FrameError{fmt.Sprintf("a value of type %T", v)}
}

func untag(tag string, inner any) (any, error) {
	if pairs, ok := inner.([]any); ok && tag == "m" {
		return unpackMap(pairs)
	}
	text, ok := inner.(string)
	if !ok {
		return nil, &FrameError{fmt.Sprintf("a value %q of type %T", tag, inner)}
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
			return nil, &FrameError{"a number that is none"}
		}
		v = n
	default:
		return nil, &FrameError{fmt.Sprintf("a value of type %q", tag)}
	}
	if err != nil {
		return nil, &FrameError{err.Error()}
	}
	return v, nil
}

func unpackMap(pairs []any) (any, error) {
	m := make(map[string]any, len(pairs))
	for _, p := range pairs {
		pair, ok := p.([]any)
		if !ok || len(pair) != 2 {
			return nil, &FrameError{"a map without pairs"}
		}
		name, err := unpack(pair[0])
		if err != nil {
			return nil, err
		}
		text, ok := name.(string)
		if !ok {
			return nil, &FrameError{"a map whose name is no text"}
		}
		if m[text], err = unpack(pair[1]); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// text is a text as JSON can hold it: bytes that are not UTF-8 pass too.
type text string

// MarshalJSON packs the text.
func (t text) MarshalJSON() ([]byte, error) { return json.Marshal(pack(string(t))) }

// UnmarshalJSON unpacks it.
func (t *text) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	plain, err := unpack(v)
	if err != nil {
		return err
	}
	s, ok := plain.(string)
	if !ok {
		return &FrameError{fmt.Sprintf("a text of type %T", plain)}
	}
	*t = text(s)
	return nil
}
