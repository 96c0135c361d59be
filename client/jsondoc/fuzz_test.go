package jsondoc_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cbscript/cbscript/client/jsondoc"
)

var seeds = []string{
	`null`, ` true `, `false`, `0`, `-0`, `-1.5e+10`, `1E400`, `123456789012345678901234567890`, `9223372036854775807`,
	`-9223372036854775808`, `9223372036854775808`, `01`, `1.`, `.5`, `1e`, `+1`, `--1`, `"a"`, `"\u00e9\n\ud83d\ude00"`,
	`"\ud83d"`, `"\ude00\ud83d"`, `"\ud83d\u0041"`, `"\x"`, "\"\x01\"", "\"\xff\"", "\"\xed\xa0\x80\"", `"é日本😀"`,
	`"0123456789abcdef\"0123456789abcdef"`, `[]`, `[1, [2, {"a": 3}], "x"]`, `[1,]`, `[,1]`, `[1 2]`, `{}`, `{"a": 1}`,
	`{"a": 1, "b": {"c": [null]}, "a": 2}`, `{"a"}`, `{"a":}`, `{a: 1}`, `{"a": 1,}`, `{"a": 1}}`, `{"\u0061": 1, "a": 2}`,
	`{"results": [{"id": "x"}, {"id": "y", "z": 1}], "total_results": 2}`, `{"results": null}`, `{"results": [1]}`,
	`{"results": {}}`, `{"results": [{"a": 1}], "results": [{"b": 2}]}`, `nul`, `nulL`, `tru`, ``, ` `, "\ufeff{}",
	strings.Repeat("9", 4300), strings.Repeat("9", 4301), "{\r\n\t\"a\" : 1 , \"b\":2}", strings.Repeat("[", 512) + strings.Repeat("]", 512),
	strings.Repeat("[", 513) + strings.Repeat("]", 513), strings.Repeat(`{"a":`, 513) + "1" + strings.Repeat("}", 513),
}

// accepts is what encoding/json says of a text, with this package's two exceptions.
func accepts(text []byte) bool {
	return json.Valid(text) && utf8.Valid(text) && depth(text) <= jsondoc.MaxDepth
}

// depth is how deep a valid text is nested.
func depth(text []byte) int {
	deepest, now := 0, 0
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			now++
			deepest = max(deepest, now)
		case json.Delim(']'), json.Delim('}'):
			now--
		}
	}
}

// decode is the Go value of a text by encoding/json, with the numbers of this package.
func decode(t *testing.T, text []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("encoding/json: %v", err)
	}
	return numbers(v)
}

func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		return number(v)
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = numbers(v[name])
		}
	}
	return v
}

func number(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	if len(n) <= 4300 && !strings.ContainsAny(n.String(), ".eE") {
		i, _ := new(big.Int).SetString(n.String(), 10)
		return i
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return err
	}
	return f
}

// same compares decoded values; cmp.Diff takes time exponential in the depth.
func same(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, same)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, same)
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case float64:
		b, ok := b.(float64)
		return ok && math.Float64bits(a) == math.Float64bits(b)
	}
	return a == b
}

// checkError says whether a text that may not be read was refused properly.
func checkError(t *testing.T, text []byte, err error) {
	t.Helper()
	var syntax *jsondoc.SyntaxError
	if !errors.As(err, &syntax) {
		t.Fatalf("%q: got error %v, want a *SyntaxError", text, err)
	}
	if syntax.Offset < 0 || syntax.Offset > len(text) || syntax.Expected == "" || syntax.Found == "" {
		t.Errorf("%q: incomplete error %#v", text, syntax)
	}
}

func FuzzParseValue(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := jsondoc.ParseValue(text)
		if want := accepts(text); (err == nil) != want {
			t.Fatalf("ParseValue(%q) = %v, encoding/json accepts it: %v", text, err, want)
		}
		if err != nil {
			checkError(t, text, err)
			return
		}
		if want, got := decode(t, text), v.Any(); !same(want, got) {
			t.Errorf("Any() of %q = %#v, want %#v", text, got, want)
		}
		if got, want := string(v.Bytes()), string(bytes.Trim(text, " \r\n\t")); got != want {
			t.Errorf("Bytes() = %q, want %q", got, want)
		}
	})
}

// FuzzParseObject reads one text after another with the same Shapes, as the names of one must not show in the other.
func FuzzParseObject(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(`{"a": 1, "b": 2, "c": 3}`), []byte(seed))
		f.Add([]byte(seed), []byte(`{"a": 1, "b": 2, "b": 3}`))
	}
	f.Add([]byte(`{"a": 1, "b": 2, "c": 3}`), []byte(`{"a": 1, "c": 3}`))
	f.Add([]byte(`{"a": 1, "b": 2}`), []byte(`{"a": 1, "b": 2, "c": 3}`))
	f.Add([]byte(`{"a\"b": 1}`), []byte(`{"a\\": 1}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var shapes jsondoc.Shapes
		checkObject(t, first, &shapes)
		checkObject(t, second, &shapes)
		checkObject(t, first, &shapes)
	})
}

func checkObject(t *testing.T, text []byte, shapes *jsondoc.Shapes) {
	t.Helper()
	d, err := jsondoc.ParseObject(text, shapes)
	isObject := accepts(text) && bytes.HasPrefix(bytes.TrimLeft(text, " \r\n\t"), []byte("{"))
	if (err == nil) != isObject {
		t.Fatalf("ParseObject(%q) = %v, encoding/json accepts it: %v", text, err, isObject)
	}
	if err != nil {
		checkError(t, text, err)
		return
	}
	checkDoc(t, d, decode(t, text).(map[string]any))
	checkDoc(t, d.Clone(), decode(t, text).(map[string]any))
}

// checkDoc compares every way to read a document with the map it should be.
func checkDoc(t *testing.T, d jsondoc.Doc, want map[string]any) {
	t.Helper()
	got := make(map[string]any)
	for i := range d.Len() {
		name := d.Name(i)
		got[name] = d.At(i).Any()
		v, ok := d.Get(name)
		if !ok || !same(got[name], v.Any()) {
			t.Errorf("Get(%q) = %s, %v, which is not At(%d)", name, v.Bytes(), ok, i)
		}
	}
	if len(got) != d.Len() || !same(want, got) {
		t.Errorf("%q has %d members, %#v, want %#v", d.Bytes(), d.Len(), got, want)
	}
}

func FuzzParsePage(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed), "results")
	}
	f.Add([]byte(`{"r\u0065sults": [{"a": 1}], "b": "]"}`), "results")
	f.Fuzz(func(t *testing.T, text []byte, key string) {
		var shapes jsondoc.Shapes
		for range 2 { // the second time with the names of the first
			rows, rest, err := jsondoc.ParsePage(text, key, &shapes)
			want, wantRest, ok := wantPage(t, text, key)
			if (err == nil) != ok {
				t.Fatalf("ParsePage(%q, %q) = %v, want it accepted: %v", text, key, err, ok)
			}
			if err != nil {
				checkError(t, text, err)
				return
			}
			checkDoc(t, rest, wantRest)
			if len(rows) != len(want) {
				t.Fatalf("got %d rows, want %d", len(rows), len(want))
			}
			for i := range rows {
				checkDoc(t, rows[i], want[i])
			}
		}
	})
}

// wantPage is the page by encoding/json. Each value under key must be rows, also one that a later one replaces.
func wantPage(t *testing.T, text []byte, key string) (rows []map[string]any, rest map[string]any, ok bool) {
	if !accepts(text) {
		return nil, nil, false
	}
	rest, ok = decode(t, text).(map[string]any)
	if !ok {
		return nil, nil, false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return nil, nil, false
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, nil, false
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, nil, false
		}
		if name != key {
			continue
		}
		rows = nil
		list, isList := decode(t, raw).([]any)
		if !isList && string(raw) != "null" {
			return nil, nil, false
		}
		for _, row := range list {
			object, isObject := row.(map[string]any)
			if !isObject {
				return nil, nil, false
			}
			rows = append(rows, object)
		}
	}
	return rows, rest, true
}

func FuzzText(f *testing.F) {
	for _, seed := range seeds {
		f.Add(strings.Trim(seed, `"`))
	}
	f.Fuzz(func(t *testing.T, content string) {
		text := []byte(`"` + content + `"`)
		v, err := jsondoc.ParseValue(text)
		var want string
		wantErr := json.Unmarshal(text, &want)
		if (err == nil) != (wantErr == nil && utf8.Valid(text)) {
			t.Fatalf("ParseValue(%q) = %v, encoding/json: %v", text, err, wantErr)
		}
		if err == nil && v.Text() != want {
			t.Errorf("Text() of %s = %q, want %q", text, v.Text(), want)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := jsondoc.ParseValue([]byte(text))
		if err != nil || v.Kind() != jsondoc.Number {
			return
		}
		trimmed := strings.Trim(text, " \r\n\t")
		wantInt, intErr := strconv.ParseInt(trimmed, 10, 64)
		if got, ok := v.Int64(); ok != (intErr == nil) || ok && got != wantInt {
			t.Errorf("Int64() of %s = %d, %v, want %d, %v", text, got, ok, wantInt, intErr)
		}
		wantFloat, floatErr := strconv.ParseFloat(trimmed, 64)
		if floatErr != nil && !errors.Is(floatErr, strconv.ErrRange) {
			t.Fatalf("%s was accepted: %v", text, floatErr)
		}
		if got, ok := v.Float64(); !ok || got != wantFloat {
			t.Errorf("Float64() of %s = %v, %v, want %v", text, got, ok, wantFloat)
		}
	})
}
