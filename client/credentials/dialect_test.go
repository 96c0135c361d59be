package credentials

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDialect compares the reader with Python's RawConfigParser, which the reference client uses: the expected values
// in testdata/dialect.json were written by the one of Python 3.11, with "error" where it raises.
func TestDialect(t *testing.T) {
	data, err := os.ReadFile("testdata/dialect.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Text, Error string
		Profiles          map[string]map[string]string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			d, err := parse("file.ini", []byte(c.Text))
			if c.Error != "" {
				var e *Error
				if !errors.As(err, &e) {
					t.Fatalf("got %v, want an *Error where Python raises %s", err, c.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.Profiles, texts(d)); diff != "" {
				t.Errorf("profiles (-want +got):\n%s", diff)
			}
		})
	}
}

// texts gives the values of a document by profile and key.
func texts(d *document) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, p := range d.profiles {
		values := map[string]string{}
		for k, v := range p.values {
			values[k] = v.text
		}
		all[p.name] = values
	}
	return all
}

// TestFaultyFiles pins what an error says, and that it never quotes a line that may hold a token.
func TestFaultyFiles(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef01234567"
	cases := []struct{ name, text, want string }{
		{"no section", "token=" + token, "f:1: is not in a section: the file must begin with [PROFILE], as [default]"},
		{"no separator", "[a]\n\n" + token, "f:3: has no = or : after a key"},
		{"no key", "[a]\n=" + token, "f:2: has no key before = or :"},
		{"section twice", "[a]\n[b]\n[a]\n", `f:3: section "a" is there twice`},
		{"key twice", "[a]\ntoken=x\nToken: " + token, `f:3: key "token" of section "a" is there twice`},
		{"token as key twice", "[a]\n" + token + "=\n" + token + ":\n", `f:3: key "[redacted]" of section "a" is there twice`},
		{"UTF-16", "[\x00a\x00]\x00\n\x00", "f:1: is not a text file in UTF-8"},
		{"binary", "[a]\nk=\x01" + token, "f:2: is not a text file in UTF-8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse("f", []byte(c.text))
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestByteOrderMark(t *testing.T) {
	d, err := parse("f", []byte("\ufeff[a]\r\nk=1\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]map[string]string{"a": {"k": "1"}}, texts(d)); diff != "" {
		t.Errorf("profiles (-want +got):\n%s", diff)
	}
}

// FuzzParse holds that reading a file never panics, that it fails only with an *Error that does not quote it, and that
// what scan takes for an option is what the INI library takes for one.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"[default]\nurl=https://cb\ntoken=abcdef0123456789\nssl_verify=no\n",
		"[a]\nk=one\n  two\n\n\tthree\n; c\n  # d\nl:`x\n", "[DEFAULT]\n-=1\n\"k=2\n[a.b]\n\"\"\"x\"\"\"=\"\"\"y\n",
		"[a]]\r\nk=\\\r\n\ufeff=1", "  [a] ]\n    k\u2003=\u00a0v\\\n", "[a]\nk = v]\n[=x\n[ \t]\n=",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := parse("file.ini", data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %T %v, want an *Error", err, err)
			}
			if strings.HasSuffix(e.Message, "as an INI file") {
				t.Fatalf("scan and the INI library disagree about %q", data)
			}
			return
		}
		lines, err := scan("file.ini", data)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range lines {
			if l.kind != optionLine || l.section == defaultSection {
				continue
			}
			s, ok := d.section(l.section)
			if !ok {
				t.Fatalf("line %d: section %q is lost", i+1, l.section)
			}
			first, _, _ := strings.Cut(s.values[l.key].text, "\n")
			if got := strings.TrimSpace(first); got != l.value {
				t.Fatalf("line %d: key %q is %q, want %q", i+1, l.key, got, l.value)
			}
		}
	})
}
