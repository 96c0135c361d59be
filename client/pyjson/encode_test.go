package pyjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/pyjson"
)

func parse(t *testing.T, text string) jsondoc.Value {
	t.Helper()
	v, err := jsondoc.ParseValue([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAppendPython(t *testing.T) {
	huge, _ := new(big.Int).SetString("-123456789012345678901234567890", 10)
	doc, err := jsondoc.ParseObject([]byte(`{"b":1.50,"a":[ ],"c":{"z":null}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		in   any
		want string
	}{
		{"nil", nil, `null`},
		{"booleans", []any{true, false}, `[true, false]`},
		{"recorded body", map[string]any{"session_id": 1, "object": `C:\test.txt`, "name": "get file"},
			`{"name": "get file", "object": "C:\\test.txt", "session_id": 1}`},
		{"empty", []any{map[string]any{}, []any{}, []string{}, ""}, `[{}, [], [], ""]`},
		{"nil containers", []any{map[string]any(nil), []any(nil), []string(nil), (*big.Int)(nil), (*int)(nil)}, `[{}, [], [], null, null]`},
		{"integers", []any{0, -1, int64(math.MinInt64), uint64(math.MaxUint64), int8(-3), uint16(9), huge},
			`[0, -1, -9223372036854775808, 18446744073709551615, -3, 9, -123456789012345678901234567890]`},
		{"floats", []any{0.0, math.Copysign(0, -1), 1.0, 0.1, 1e15, 1e16, 1.5e16, 123456789012345680.0, 1e-4, 1e-5, 5e-324, 1e22, float32(0.5)},
			`[0.0, -0.0, 1.0, 0.1, 1000000000000000.0, 1e+16, 1.5e+16, 1.2345678901234568e+17, 0.0001, 1e-05, 5e-324, 1e+22, 0.5]`},
		{"not numbers", []any{math.NaN(), math.Inf(1), math.Inf(-1)}, `[NaN, Infinity, -Infinity]`},
		{"json.Number", json.Number("1.50E3"), `1.50E3`},
		{"escapes", "\"\\/\b\f\n\r\t\x00\x1f\x7f~ <&>", `"\"\\/\b\f\n\r\t\u0000\u001f\u007f~ <&>"`},
		{"beyond ASCII", "é\u2028日😀\ufffd", `"\u00e9\u2028\u65e5\ud83d\ude00\ufffd"`},
		{"not UTF-8", "a\xffb", `"a\ufffdb"`},
		{"keys by code point", map[string]any{"b": 1, "B": 2, "é": 3, "😀": 4, "\uffee": 5, "": 6},
			`{"": 6, "B": 2, "b": 1, "\u00e9": 3, "\uffee": 5, "\ud83d\ude00": 4}`},
		{"document", doc, `{"a": [], "b": 1.5, "c": {"z": null}}`},
		{"zero documents", []any{jsondoc.Doc{}, jsondoc.Value{}}, `[{}, null]`},
		{"numbers of a document", parse(t, `[-0, -0.0, 1E5, 1e400, 100, 1.10, 123456789012345678901234567890]`),
			`[0, -0.0, 100000.0, 1e400, 100, 1.1, 123456789012345678901234567890]`},
		{"strings of a document", parse(t, `["\u0041\/\u00E9é\n\u000a\ud83D\uDE00😀\ud800", "\u005c\u0022"]`),
			`["A/\u00e9\u00e9\n\n\ud83d\ude00\ud83d\ude00\ud800", "\\\""]`},
		{"repeated names of a document", parse(t, `{"b": 1, "a": 2, "b": 3}`), `{"a": 2, "b": 3}`},
		{"other types", map[string][]int{"b": {1, 2}, "a": nil}, `{"a": [], "b": [1, 2]}`},
		{"named types", []any{level(2), map[word]float32{"x": 1}}, `[2, {"x": 1.0}]`},
		{"struct", struct {
			B int    `json:"b"`
			A string `json:"a,omitempty"`
		}{1, "é"}, `{"a": "\u00e9", "b": 1}`},
		{"marshaler", json.RawMessage(`{"b":1,"a":2}`), `{"a": 2, "b": 1}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff("> "+test.want, string(pyjson.AppendPython([]byte("> "), test.in))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

type (
	level int
	word  string
)

func TestUnsupported(t *testing.T) {
	loop := []any{nil}
	loop[0] = loop
	deep := any("x")
	for range pyjson.MaxDepth + 1 {
		deep = map[string]any{"a": deep}
	}
	var pointer any
	pointer = &pointer
	tests := []struct {
		name string
		in   any
		want *pyjson.UnsupportedError
	}{
		{"channel", []any{make(chan int)}, &pyjson.UnsupportedError{Type: "chan int", Reason: "use nil, booleans, numbers, strings, lists and maps"}},
		{"bytes", map[string]any{"a": []byte("x")}, &pyjson.UnsupportedError{Type: "[]uint8", Reason: "bytes have no form in JSON, use text such as base64"}},
		{"keys", map[int]string{1: "x"}, &pyjson.UnsupportedError{Type: "map[int]string", Reason: "its keys must be strings"}},
		{"list in itself", loop, &pyjson.UnsupportedError{Type: "[]interface {}", Reason: "it is nested more than 512 deep, or holds itself"}},
		{"pointer to itself", pointer, &pyjson.UnsupportedError{Type: "*interface {}", Reason: "it is nested more than 512 deep, or holds itself"}},
		{"too deep", deep, &pyjson.UnsupportedError{Type: "map[string]interface {}", Reason: "it is nested more than 512 deep, or holds itself"}},
		{"number", json.Number("1, 2"), &pyjson.UnsupportedError{Type: "json.Number", Reason: `"1, 2" is not a JSON number`}},
		{"number with space", json.Number(" 1"), &pyjson.UnsupportedError{Type: "json.Number", Reason: `" 1" is not a JSON number`}},
		{"no number", json.Number(""), &pyjson.UnsupportedError{Type: "json.Number", Reason: `"" is not a JSON number`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := pyjson.Append(nil, test.in)
			if diff := cmp.Diff(error(test.want), err); diff != "" {
				t.Errorf("Append = %s, error (-want +got):\n%s", out, diff)
			}
			defer func() {
				if diff := cmp.Diff(any(test.want), recover()); diff != "" {
					t.Errorf("panic (-want +got):\n%s", diff)
				}
			}()
			pyjson.AppendPython(nil, test.in)
		})
	}
	t.Run("marshaler", func(t *testing.T) {
		var unsupported *pyjson.UnsupportedError
		if _, err := pyjson.Append(nil, json.RawMessage(`{`)); !errors.As(err, &unsupported) {
			t.Errorf("error %v, want an *UnsupportedError", err)
		}
	})
}

func ExampleAppendPython() {
	fmt.Printf("%s\n", pyjson.AppendPython(nil, map[string]any{"name": "café", "id": 7, "score": 1.0, "tags": []string{"a"}}))
	// Output: {"id": 7, "name": "caf\u00e9", "score": 1.0, "tags": ["a"]}
}
