package jsondoc_test

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/jsondoc"
)

func TestParseObject(t *testing.T) {
	tests := []struct {
		name, in string
		names    []string
		values   []any
	}{
		{"empty", ` { } `, nil, nil},
		{"all kinds", `{"a": null, "b": true, "c": -7, "d": 1.5, "e": "x\ty", "f": [1, "2"], "g": {"h": 1}}`,
			[]string{"a", "b", "c", "d", "e", "f", "g"},
			[]any{nil, true, int64(-7), 1.5, "x\ty", []any{int64(1), "2"}, map[string]any{"h": int64(1)}}},
		{"order is the server's", `{"z": 1, "a": 2}`, []string{"z", "a"}, []any{int64(1), int64(2)}},
		{"the last of repeated names counts, where the first stands", `{"a": 1, "b": 2, "a": 3}`,
			[]string{"a", "b"}, []any{int64(3), int64(2)}},
		{"names are unescaped", `{"caf\u00e9": 1, "q\"q": 2}`, []string{"café", `q"q`}, []any{int64(1), int64(2)}},
		{"differently escaped names are the same", `{"a": 1, "\u0061": 2}`, []string{"a"}, []any{int64(2)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, err := jsondoc.ParseObject([]byte(test.in), nil)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			var values []any
			for name, value := range d.All() {
				names = append(names, name)
				values = append(values, value.Any())
			}
			if diff := cmp.Diff(test.names, names); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.values, values); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
			for i, name := range names {
				if v, ok := d.Get(name); !ok || cmp.Diff(test.values[i], v.Any()) != "" {
					t.Errorf("Get(%q) = %s, %v", name, v.Bytes(), ok)
				}
			}
			if v, ok := d.Get("absent"); ok || v.Kind() != jsondoc.Null {
				t.Errorf("Get of an absent member = %s, %v", v.Bytes(), ok)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	object := func(text string) error { _, err := jsondoc.ParseObject([]byte(text), nil); return err }
	array := func(text string) error { _, err := jsondoc.ParseArray([]byte(text), nil); return err }
	page := func(text string) error { _, _, err := jsondoc.ParsePage([]byte(text), "results", nil); return err }
	members := func(text string) error { _, _, err := jsondoc.ParseMembers([]byte(text), nil); return err }
	value := func(text string) error { _, err := jsondoc.ParseValue([]byte(text)); return err }
	tests := []struct {
		name  string
		parse func(string) error
		in    string
		want  *jsondoc.SyntaxError
	}{
		{"nothing", value, ``, &jsondoc.SyntaxError{Offset: 0, Expected: "a value", Found: "the end of the text"}},
		{"a page of HTML", object, `<html>`, &jsondoc.SyntaxError{Offset: 0, Expected: "an object", Found: `'<'`}},
		{"array for object", object, ` []`, &jsondoc.SyntaxError{Offset: 1, Expected: "an object", Found: `'['`}},
		{"cut", object, `{"a": "b`, &jsondoc.SyntaxError{Offset: 8, Expected: "the closing quote of a string", Found: "the end of the text"}},
		{"no colon", object, `{"a" 1}`, &jsondoc.SyntaxError{Offset: 5, Expected: "a colon after a member name", Found: `'1'`}},
		{"bare name", object, `{a: 1}`, &jsondoc.SyntaxError{Offset: 1, Expected: "a member name in quotes", Found: `'a'`}},
		{"comma at the end", object, `{"a": 1,}`, &jsondoc.SyntaxError{Offset: 8, Expected: "a member name in quotes", Found: `'}'`}},
		{"two objects", object, `{} {}`, &jsondoc.SyntaxError{Offset: 3, Expected: "the end of the text", Found: `'{'`}},
		{"control character", value, "\"a\nb\"", &jsondoc.SyntaxError{Offset: 2, Expected: "no control character in a string", Found: `'\n'`}},
		{"not UTF-8", value, "\"\xe9\"", &jsondoc.SyntaxError{Offset: 1, Expected: "valid UTF-8", Found: "byte 0xe9"}},
		{"leading zero", value, `01`, &jsondoc.SyntaxError{Offset: 1, Expected: "the end of the text", Found: `'1'`}},
		{"word", value, `nul`, &jsondoc.SyntaxError{Offset: 3, Expected: "null", Found: "the end of the text"}},
		{"escape", value, `"\u00g0"`, &jsondoc.SyntaxError{Offset: 5, Expected: "a hexadecimal digit", Found: `'g'`}},
		{"depth", value, strings.Repeat("[", 513), &jsondoc.SyntaxError{Offset: 512, Expected: "at most 512 nested arrays and objects", Found: `'['`}},
		{"a row that is a number", array, `[{}, 1]`, &jsondoc.SyntaxError{Offset: 5, Expected: "an object", Found: `'1'`}},
		{"object for array", array, `{}`, &jsondoc.SyntaxError{Offset: 0, Expected: "an array of objects", Found: `'{'`}},
		{"rows cut", array, `[{}`, &jsondoc.SyntaxError{Offset: 3, Expected: `"," or "]" after an array element`, Found: "the end of the text"}},
		{"results that are text", page, `{"results": "x"}`, &jsondoc.SyntaxError{Offset: 12, Expected: "an array of objects", Found: `'"'`}},
		{"error inside a row", page, `{"results": [{"a": tru}]}`, &jsondoc.SyntaxError{Offset: 22, Expected: "true", Found: `'}'`}},
		{"error behind the rows", page, `{"results": [{"a": 1}], x}`, &jsondoc.SyntaxError{Offset: 24, Expected: "a member name in quotes", Found: `'x'`}},
		{"member that is no object", members, `{"a": {}, "b": []}`, &jsondoc.SyntaxError{Offset: 15, Expected: "an object", Found: `'['`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(error(test.want), test.parse(test.in)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
	want := `invalid JSON at byte 0: expected an object, found '<'`
	if got := object("<html>").Error(); got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

func TestParsePage(t *testing.T) {
	text := []byte(`{"total_results": 2, "results": [{"id": "a", "pid": 1}, {"id": "b", "pid": 2, "end": null}], "start": 0}`)
	var shapes jsondoc.Shapes
	rows, rest, err := jsondoc.ParsePage(text, "results", &shapes)
	if err != nil {
		t.Fatal(err)
	}
	var got []any
	for _, row := range rows {
		got = append(got, row.Value().Any())
	}
	want := []any{
		map[string]any{"id": "a", "pid": int64(1)},
		map[string]any{"id": "b", "pid": int64(2), "end": nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	wantRest := map[string]any{"total_results": int64(2), "start": int64(0), "results": want}
	if diff := cmp.Diff(any(wantRest), rest.Value().Any()); diff != "" {
		t.Errorf("rest (-want +got):\n%s", diff)
	}
	for _, text := range []string{`{}`, `{"results": null}`, `{"results": []}`, `{"results": [{"a": 1}], "results": null}`} {
		if rows, _, err := jsondoc.ParsePage([]byte(text), "results", &shapes); err != nil || len(rows) != 0 {
			t.Errorf("ParsePage(%s) = %d rows, %v, want none", text, len(rows), err)
		}
	}
}

func TestParseMembers(t *testing.T) {
	names, docs, err := jsondoc.ParseMembers([]byte(`{"cold": {"n": 1}, "warm": {"n": 2}, "cold": {"n": 3}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	for i, name := range names {
		got[name] = docs[i].Value().Any()
	}
	want := map[string]any{"cold": map[string]any{"n": int64(3)}, "warm": map[string]any{"n": int64(2)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"cold", "warm"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// TestChangingNames reads documents whose names differ from their neighbours' in each way, with one Shapes.
func TestChangingNames(t *testing.T) {
	texts := []string{
		`{"a": 1, "b": 2, "c": 3}`, `{"a": 1, "b": 2}`, `{"a": 1, "b": 2, "c": 3, "d": 4}`, `{"b": 2, "c": 3}`,
		`{"a": 1, "c": 3}`, `{}`, `{"c": 3, "b": 2, "a": 1}`, `{"a": 1, "b": 2, "c": 3}`, `{"aa": 1, "b": 2}`,
	}
	var shapes jsondoc.Shapes
	docs, err := jsondoc.ParseArray([]byte("["+strings.Join(texts, ",")+"]"), &shapes)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range docs {
		var members []string
		for name, value := range d.All() {
			members = append(members, fmt.Sprintf("%q: %s", name, value.Bytes()))
		}
		if got := "{" + strings.Join(members, ", ") + "}"; got != texts[i] || string(d.Bytes()) != texts[i] {
			t.Errorf("document %d reads %s and holds %s, want %s", i, got, d.Bytes(), texts[i])
		}
	}
}

// TestManyShapes reads more lists of names than a Shapes holds, and long ones, which it does not share.
func TestManyShapes(t *testing.T) {
	var shapes jsondoc.Shapes
	for i := range 3000 {
		name := fmt.Sprintf("name%d", i)
		if i%100 == 0 {
			name = strings.Repeat("x", 70000) + name
		}
		d, err := jsondoc.ParseObject(fmt.Appendf(nil, `{%q: %d}`, name, i), &shapes)
		if err != nil {
			t.Fatal(err)
		}
		v, _ := d.Get(name)
		if n, ok := v.Int64(); !ok || n != int64(i) || d.Len() != 1 {
			t.Fatalf("document %d reads %d, %v", i, n, ok)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	var shapes jsondoc.Shapes
	text := patchyPage(30)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			rows, _, err := jsondoc.ParsePage(text, "results", &shapes)
			if err != nil {
				t.Error(err)
				return
			}
			for i, row := range rows {
				for n, name := range slices.Sorted(maps.Keys(row.Value().Any().(map[string]any))) {
					if _, ok := row.Get(name); !ok {
						t.Errorf("row %d has no member %d, %q", i, n, name)
					}
				}
				if row.Len() != 60 {
					t.Errorf("row %d has %d members, want 60", i, row.Len())
				}
			}
		})
	}
	group.Wait()
}

func TestClone(t *testing.T) {
	text := []byte(`{"a": "first"}`)
	d, err := jsondoc.ParseObject(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := d.Get("a")
	decoded, copied := v.Text(), d.Clone()
	copy(text, `{"a": "other"}`)
	kept, _ := copied.Get("a")
	if decoded != "first" || kept.Text() != "first" {
		t.Errorf("after the text changed: Text %q, Clone %q, want both \"first\"", decoded, kept.Text())
	}
}

func TestValue(t *testing.T) {
	type reading struct {
		Kind   string
		Text   string
		Int    any
		Float  any
		Bool   any
		Any    any
		Length int
		IsDoc  bool
	}
	huge, _ := new(big.Int).SetString("9223372036854775808", 10)
	tests := []struct {
		in   string
		want reading
	}{
		{`null`, reading{Kind: "null", Text: "null"}},
		{`true`, reading{Kind: "boolean", Text: "true", Bool: true, Any: true}},
		{`false`, reading{Kind: "boolean", Text: "false", Bool: false, Any: false}},
		{`-12`, reading{Kind: "number", Text: "-12", Int: int64(-12), Float: -12.0, Any: int64(-12)}},
		{`1.0`, reading{Kind: "number", Text: "1.0", Float: 1.0, Any: 1.0}},
		{`1e3`, reading{Kind: "number", Text: "1e3", Float: 1000.0, Any: 1000.0}},
		{`-9223372036854775808`, reading{Kind: "number", Text: "-9223372036854775808", Int: int64(math.MinInt64), Float: -0x1p63, Any: int64(math.MinInt64)}},
		{`9223372036854775808`, reading{Kind: "number", Text: "9223372036854775808", Float: 0x1p63, Any: huge}},
		{`-1e999`, reading{Kind: "number", Text: "-1e999", Float: math.Inf(-1), Any: math.Inf(-1)}},
		{`"106"`, reading{Kind: "string", Text: "106", Any: "106"}},
		{`"\"\\\/\b\f\n\r\t\u00E9\ud83d\uDE00"`, reading{Kind: "string", Text: "\"\\/\b\f\n\r\té😀", Any: "\"\\/\b\f\n\r\té😀"}},
		{`"\ud83dx\ude00\ud83d\ud83d\ude00"`, reading{Kind: "string", Text: "\ufffdx\ufffd\ufffd😀", Any: "\ufffdx\ufffd\ufffd😀"}},
		{`[]`, reading{Kind: "array", Text: "[]", Any: []any{}}},
		{`[1, [2]]`, reading{Kind: "array", Text: "[1, [2]]", Any: []any{int64(1), []any{int64(2)}}, Length: 2}},
		{`{"a": []}`, reading{Kind: "object", Text: `{"a": []}`, Any: map[string]any{"a": []any{}}, IsDoc: true}},
	}
	check := func(t *testing.T, v jsondoc.Value, want reading) {
		t.Helper()
		got := reading{Kind: v.Kind().String(), Text: v.Text(), Any: v.Any(), Length: v.Array().Len()}
		if n, ok := v.Int64(); ok {
			got.Int = n
		}
		if f, ok := v.Float64(); ok {
			got.Float = f
		}
		if b, ok := v.Bool(); ok {
			got.Bool = b
		}
		_, got.IsDoc = v.Doc(nil)
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			v, err := jsondoc.ParseValue([]byte(" " + test.in + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			check(t, v, test.want)
		})
	}
	t.Run("zero", func(t *testing.T) { check(t, jsondoc.Value{}, reading{Kind: "null", Text: "null"}) })
	t.Run("zero document", func(t *testing.T) {
		var d jsondoc.Doc
		check(t, d.Value(), reading{Kind: "object", Text: "{}", Any: map[string]any{}, IsDoc: true})
		if _, ok := d.Get("a"); ok || d.Len() != 0 {
			t.Errorf("the zero Doc has %d members", d.Len())
		}
	})
}
