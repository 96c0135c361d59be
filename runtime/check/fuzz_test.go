package check_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cbscript/cbscript/runtime/check"
)

// FuzzScript holds for any text that the check does not panic, that its findings have places inside the text, and
// that a token put behind it is found, unless the text leaves a string open.
func FuzzScript(f *testing.F) {
	for _, folder := range []string{"credentials", "innocent"} {
		for i, path := range scripts(f, folder) {
			if src, err := os.ReadFile(path); err == nil && i%5 == 0 {
				f.Add(string(src))
			}
		}
	}
	for _, c := range contexts {
		f.Add(c)
	}
	f.Add("x = \"a\" * 1000000000\n")
	f.Add("a = b + b\nb = a + a\n")
	f.Add("x = [c for c in [d for d in \"abc\".elems()]]\ny = \"%s\" % x[::-1]\n")
	f.Add("load(\"acme/hunts/x.star\", \"x\")\nload(\"acme/hunts/../x.star\", \"y\")\nload(\"./x.star\", z = \"a\")\n")
	f.Add("for s.a, [b.c, getattr(d, e)] in [getattr]: s.password += create(*[x.get(\"password\")])\n")
	f.Add("\r\rA")
	const token = "5b1f0a3c9e7d2b4c199a86b4f1d2c3e5a7d80e61"
	opts := check.Options{Surface: surface{}, Known: []check.KnownValue{{Label: "token", Value: "known-secret-value"}},
		Bundle: func(string) (fs.FS, error) {
			return fstest.MapFS{"x.star": {Data: []byte("load(\"./y.star\", \"y\")\nload(\"../x.star\", \"x\")\nsave(x)\n")}}, nil
		}}
	carriage := strings.NewReplacer("\r\n", "\n", "\r", "\n") // the language's lines end with each of these
	f.Fuzz(func(t *testing.T, src string) {
		r, err := check.Script("x.star", []byte(src), opts)
		if err != nil {
			t.Skip("too large")
		}
		lines := strings.Count(carriage.Replace(src), "\n") + 1
		for _, x := range r.Findings {
			if x.Line < 0 || x.Line > lines+1 || x.Column < 0 || x.Rule == "" || x.Remedy == "" {
				t.Errorf("finding %+v in a text of %d lines", x, lines)
			}
		}
		for _, list := range [][]check.Use{r.Needs.Products, r.Needs.Capabilities, r.Needs.Parameters, r.Needs.Modules, r.Needs.Models} {
			for _, use := range list {
				if use.Line < 1 || use.Column < 1 || use.File == "" {
					t.Errorf("a need without a place: %+v", use)
				}
			}
		}
		if hasRule(r, "syntax") || strings.Contains(src, token) {
			return
		}
		r, err = check.Script("x.star", []byte(src+"\napi_token = \""+token+"\"\n"), opts)
		if err != nil {
			t.Skip("too large")
		}
		if !hasRule(r, "cb-response-token") && !hasRule(r, "syntax") {
			t.Errorf("the token behind the text is not found: %v", r.Findings)
		}
	})
}
