package builtins

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	starlarkjson "go.starlark.net/lib/json"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// maxJSONDepth bounds the nesting of JSON, which is read and written by recursion: a deeper document could exhaust the
// stack, which no limit of the script can catch.
const maxJSONDepth = 512

func jsonModule() Builtin {
	value := Param{Name: "x", Doc: "a value, or a list, dict or struct of values"}
	text := Param{Name: "s", Doc: "JSON text"}
	fallback := Param{Name: "default", Default: "(none)", Doc: "what is given for text that is not JSON"}
	return module("json", "Reads and writes JSON.",
		function("json.encode", jsonEncode, "string",
			"Writes a value as compact JSON, keys sorted. Times become RFC 3339 text, durations seconds.", value),
		function("json.encode_indent", jsonEncodeIndent, "string", "Writes a value as JSON over several lines.", value,
			Param{Name: "prefix", Default: `""`, Doc: "what begins each line"}, Param{Name: "indent", Default: `"\t"`}),
		function("json.dumps", jsonDumps, "string", "Writes a value as JSON, by Python's name.", value,
			Param{Name: "indent", Default: "None", Doc: "spaces for each level, or the text itself"},
			Param{Name: "sort_keys", Default: "True", Doc: "keys are always sorted"}),
		function("json.decode", jsonDecode, "any", "Reads JSON: objects become dicts, arrays lists.", text, fallback),
		function("json.loads", jsonDecode, "any", "Reads JSON, by Python's name.", text, fallback),
		function("json.indent", jsonIndent, "string", "Lays JSON text out over several lines.", text,
			Param{Name: "prefix", Default: `""`, Doc: "what begins each line"}, Param{Name: "indent", Default: `"\t"`}),
	)
}

func jsonEncode(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &x); err != nil {
		return nil, err
	}
	return encodeJSON(b.Name(), x, "", "")
}

func jsonEncodeIndent(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	prefix, indent := "", "\t"
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x, "prefix?", &prefix, "indent?", &indent); err != nil {
		return nil, err
	}
	return encodeJSON(b.Name(), x, prefix, indent)
}

func jsonDumps(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		x, indent starlark.Value
		sorted    bool
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x, "indent??", &indent, "sort_keys?", &sorted); err != nil {
		return nil, err
	}
	step := ""
	switch v := indent.(type) {
	case nil:
	case starlark.String:
		step = string(v)
	default:
		var n width
		if err := n.Unpack(v); err != nil {
			return nil, fmt.Errorf("%s: for parameter indent: %w", b.Name(), err)
		}
		step = strings.Repeat(" ", int(n))
	}
	return encodeJSON(b.Name(), x, "", step)
}

func encodeJSON(name string, x starlark.Value, prefix, indent string) (starlark.Value, error) {
	var w jsonWriter
	if err := w.value(x, 0); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if prefix == "" && indent == "" {
		return starlark.String(w.buf.String()), nil
	}
	return indentJSON(name, w.buf.Bytes(), prefix, indent)
}

func indentJSON(name string, text []byte, prefix, indent string) (starlark.Value, error) {
	if err := checkDepth(text); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, prefix, indent); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return starlark.String(out.String()), nil
}

func jsonIndent(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	prefix, indent := "", "\t"
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "s", &s, "prefix?", &prefix, "indent?", &indent); err != nil {
		return nil, err
	}
	return indentJSON(b.Name(), []byte(s), prefix, indent)
}

func jsonDecode(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		text     data
		fallback starlark.Value
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "s", &text, "default?", &fallback); err != nil {
		return nil, err
	}
	err := checkDepth([]byte(text))
	if err == nil {
		var v starlark.Value
		decode := starlarkjson.Module.Members["decode"].(*starlark.Builtin)
		if v, err = decode.CallInternal(t, starlark.Tuple{starlark.String(text)}, nil); err == nil {
			return v, nil
		}
		err = fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "json.decode: "))
	}
	if fallback != nil {
		return fallback, nil
	}
	return nil, fmt.Errorf("%s: %w", b.Name(), err)
}

// checkDepth refuses JSON that is nested more than maxJSONDepth deep. Text that is no JSON may pass.
func checkDepth(text []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxJSONDepth {
				return fmt.Errorf("the text is nested more than %d deep", maxJSONDepth)
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return nil
}

// jsonWriter writes values as JSON. It is the interpreter's encoder with a bound on the depth, and without its habit of
// writing any value that has attributes as an object of them.
type jsonWriter struct{ buf bytes.Buffer }

func (w *jsonWriter) value(x starlark.Value, depth int) error {
	if depth > maxJSONDepth {
		return fmt.Errorf("the value is nested more than %d deep, or contains itself", maxJSONDepth)
	}
	switch x := x.(type) {
	case json.Marshaler:
		text, err := x.MarshalJSON()
		if err != nil {
			return err
		}
		return json.Compact(&w.buf, text)
	case starlark.NoneType:
		w.buf.WriteString("null")
	case starlark.Bool:
		fmt.Fprint(&w.buf, bool(x))
	case starlark.Int:
		w.buf.WriteString(x.String())
	case starlark.Float:
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return fmt.Errorf("JSON has no %s", x)
		}
		w.buf.WriteString(x.String())
	case starlark.String:
		w.text(string(x))
	case starlark.IterableMapping:
		return w.dict(x, depth)
	case *starlarkstruct.Struct:
		fields := make(starlark.StringDict)
		x.ToStringDict(fields)
		return w.object(fields, depth)
	case starlark.Iterable:
		return w.list(x, depth)
	default:
		return fmt.Errorf("%s has no JSON form", x.Type())
	}
	return nil
}

func (w *jsonWriter) text(s string) {
	e := json.NewEncoder(&w.buf)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string cannot fail
	w.buf.Truncate(w.buf.Len() - 1)
}

func (w *jsonWriter) list(x starlark.Iterable, depth int) error {
	it := x.Iterate()
	defer it.Done()
	w.buf.WriteByte('[')
	var e starlark.Value
	for i := 0; it.Next(&e); i++ {
		if i > 0 {
			w.buf.WriteByte(',')
		}
		if err := w.value(e, depth+1); err != nil {
			return fmt.Errorf("at index %d: %w", i, err)
		}
	}
	w.buf.WriteByte(']')
	return nil
}

func (w *jsonWriter) dict(x starlark.IterableMapping, depth int) error {
	fields := make(starlark.StringDict)
	for _, item := range x.Items() {
		key, ok := starlark.AsString(item[0])
		if !ok {
			return fmt.Errorf("got the key %s of type %s, want strings", item[0], item[0].Type())
		}
		fields[key] = item[1]
	}
	return w.object(fields, depth)
}

func (w *jsonWriter) object(fields starlark.StringDict, depth int) error {
	w.buf.WriteByte('{')
	for i, key := range fields.Keys() {
		if i > 0 {
			w.buf.WriteByte(',')
		}
		w.text(key)
		w.buf.WriteByte(':')
		if err := w.value(fields[key], depth+1); err != nil {
			return fmt.Errorf("in %q: %w", key, err)
		}
	}
	w.buf.WriteByte('}')
	return nil
}
