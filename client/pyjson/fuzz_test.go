package pyjson_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"regexp"
	"testing"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/pyjson"
)

// unfaithful finds what decoding to Go values changes: halves of surrogate pairs, and numbers beyond float64.
var unfaithful = regexp.MustCompile(`\\u[dD][89a-fA-F]|[eE]\+?[0-9]{3}|[0-9]{300}`)

func FuzzRoundTrip(f *testing.F) {
	for _, seed := range []string{
		`null`, `[true, false]`, `{"b": 1, "a": [1.50, -0, -0.0, 1e16, 1e-7]}`, `"\ud83d\ude00\ud83d é\u00e9\\u0041\/"`,
		`{"a": {"a": {"a": []}}, "a": {}}`, `12345678901234567890`, "\"\x7f\"", `{"\"": "\u0022", "\\": "\u005c"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := jsondoc.ParseValue(text)
		if err != nil {
			return
		}
		out := pyjson.AppendPython(nil, v)
		if i := bytes.IndexFunc(out, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
			t.Errorf("%q: byte %d of %q is not printable ASCII", text, i, out)
		}
		again, err := jsondoc.ParseValue(out)
		if err != nil {
			t.Fatalf("%q was written as %q: %v", text, out, err)
		}
		if twice := pyjson.AppendPython(nil, again); !bytes.Equal(out, twice) {
			t.Errorf("%q was written as %q, and that as %q", text, out, twice)
		}
		if decoded := pyjson.AppendPython(nil, v.Any()); !bytes.Equal(out, decoded) && !unfaithful.Match(text) {
			t.Errorf("%q was written as %q, decoded as %q", text, out, decoded)
		}
	})
}

// TestAgainstPython compares with the original, where a Python is installed.
func TestAgainstPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	random := rand.New(rand.NewPCG(1, 2))
	var lines bytes.Buffer
	for _, text := range []string{
		`{"b": [1, 2.0, {"z": null, "a": true}], "": "", "é": "\u007f\u0000\u2028", "😀": "\ud83d\ude00", "\uffee": "\ud800x"}`,
		`[1e16, 1e15, 123456789.125, 1E-5, 0.0001, -0, -0.0, 5e-324, 1.7976931348623157e308, 100000000000000000000000]`,
		`{"dup": 1, "a": 2, "dup": {"b": 1, "a": 2}}`, `"\/\b\f\n\r\t\"\\"`,
	} {
		fmt.Fprintln(&lines, text)
	}
	for range 5000 {
		if f := math.Float64frombits(random.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
			fmt.Fprintf(&lines, "[%.17g, %g, \"%c\"]\n", f, random.NormFloat64()*1e15, rune(0x80+random.IntN(0xD000)))
		}
	}
	command := exec.CommandContext(t.Context(), python, "-c", `
import json, sys
for line in sys.stdin.buffer:
    print(json.dumps(json.loads(line), sort_keys=True))`)
	command.Stdin = bytes.NewReader(lines.Bytes())
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := bufio.NewScanner(bytes.NewReader(out))
	compared := 0
	for line := range bytes.Lines(lines.Bytes()) {
		v, err := jsondoc.ParseValue(line)
		if err != nil || !want.Scan() {
			t.Fatalf("%s: %v, and Python wrote %d lines", line, err, compared)
		}
		if got := pyjson.AppendPython(nil, v); !bytes.Equal(want.Bytes(), got) {
			t.Errorf("%s: got %s, Python writes %s", line, got, want.Bytes())
		}
		compared++
	}
	if compared < 4000 {
		t.Errorf("only %d texts were compared", compared)
	}
}
