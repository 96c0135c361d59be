package builtins_test

import (
	"encoding/json"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// caller returns a function that calls a builtin, or a member of a module, with texts.
func caller(f *testing.F, module, name string) func(texts ...string) (starlark.Value, error) {
	v := builtins.Predeclared()[name]
	if module != "" {
		v = builtins.Predeclared()[module].(*starlarkstruct.Module).Members[name]
	}
	if v == nil {
		f.Fatalf("there is no %s.%s", module, name)
	}
	return func(texts ...string) (starlark.Value, error) {
		args := make(starlark.Tuple, len(texts))
		for i, text := range texts {
			args[i] = starlark.String(text)
		}
		return bindings.Call(new(starlark.Thread), v, args, nil)
	}
}

// What decode accepts is JSON, and encode writes it back as the same.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a": [1, 2.5, null, true, "é\n"]}`, `[[[]]]`, `"\ud83d\ude00"`, `1e400`, `{"a":1,"a":2}`} {
		f.Add(seed)
	}
	decode := caller(f, "json", "decode")
	encode := builtins.Predeclared()["json"].(*starlarkstruct.Module).Members["encode"]
	f.Fuzz(func(t *testing.T, text string) {
		v, err := decode(text)
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) {
			return // the interpreter's decoder takes some texts that are not quite JSON
		}
		out, err := bindings.Call(new(starlark.Thread), encode, starlark.Tuple{v}, nil)
		if err != nil {
			return // a number beyond the floats
		}
		again, err := decode(string(out.(starlark.String)))
		if err != nil {
			t.Fatalf("%q was written as %s: %v", text, out, err)
		}
		if same, err := starlark.Equal(v, again); err != nil || !same {
			t.Errorf("%q is %s, and reads back as %s", text, v, again)
		}
	})
}

// No format makes fmt fail otherwise than by an error.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"%-10s|%6.2f", "%(a)s", "%*d", "%%", "%#x %+d", "%.*f"} {
		f.Add(seed, "a", "7")
	}
	format := caller(f, "", "fmt")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		if out, err := format(text, a, b); (out == nil) == (err == nil) {
			t.Errorf("%q gave %v, error %v", text, out, err)
		}
	})
}

// No expression, text or replacement makes re fail otherwise than by an error.
func FuzzSub(f *testing.F) {
	for _, seed := range [][3]string{{`(\w+) (\w+)`, `\2 \g<1>`, "a b"}, {`(?P<x>a)?`, `\g<x>`, "ab"}, {`\Z`, `\\`, ""}, {"", "-", "é"}} {
		f.Add(seed[0], seed[1], seed[2])
	}
	sub, split := caller(f, "re", "sub"), caller(f, "re", "split")
	f.Fuzz(func(t *testing.T, pattern, repl, text string) {
		if out, err := sub(pattern, repl, text); (out == nil) == (err == nil) {
			t.Errorf("%q gave %v, error %v", pattern, out, err)
		}
		if out, err := split(pattern, text); (out == nil) == (err == nil) {
			t.Errorf("%q gave %v, error %v", pattern, out, err)
		}
	})
}

// Readers of data from endpoints give a value or an error for any text.
func FuzzReaders(f *testing.F) {
	for _, seed := range []string{"a,\"b\n\"\n", "10.0.0.0/8", "https://u:p@h:8443/a?b=c#d", "aGk=", "00ff", "a=1&b=%20"} {
		f.Add(seed)
	}
	readers := map[string]func(...string) (starlark.Value, error){
		"csv.reader": caller(f, "csv", "reader"), "csv.DictReader": caller(f, "csv", "DictReader"),
		"ip.address": caller(f, "ip", "address"), "ip.network": caller(f, "ip", "network"),
		"url.parse": caller(f, "url", "parse"), "url.parse_qs": caller(f, "url", "parse_qs"),
		"base64": caller(f, "base64", "b64decode"), "hex": caller(f, "binascii", "unhexlify"), "decode": caller(f, "", "decode"),
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, read := range readers {
			if out, err := read(text); (out == nil) == (err == nil) {
				t.Errorf("%s of %q gave %v, error %v", name, text, out, err)
			}
		}
	})
}
