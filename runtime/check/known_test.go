package check_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
)

const knownSecret = "V3ry+Secret/Tok3n&value"

func encodeUTF16(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		b.WriteByte(0)
	}
	return b.String()
}

// TestKnownEncodings looks for one secret in every form that a file may hold it in.
func TestKnownEncodings(t *testing.T) {
	std, urlSafe := base64.StdEncoding, base64.RawURLEncoding
	forms := map[string]string{
		"raw":            knownSecret,
		"upper":          strings.ToUpper(knownSecret),
		"reversed":       backwards(knownSecret),
		"hex":            hex.EncodeToString([]byte(knownSecret)),
		"HEX":            strings.ToUpper(hex.EncodeToString([]byte(knownSecret))),
		"query escape":   url.QueryEscape(knownSecret),
		"path escape":    url.PathEscape(knownSecret),
		"all escaped":    "%" + strings.Join(strings.Split(strings.TrimSuffix(fmt.Sprintf("% x", knownSecret), " "), " "), "%"),
		"base64 shift 0": std.EncodeToString([]byte(knownSecret + "tail")),
		"base64 shift 1": std.EncodeToString([]byte("a" + knownSecret + "xy")),
		"base64 shift 2": std.EncodeToString([]byte("ab" + knownSecret + "z")),
		"base64 user":    std.EncodeToString([]byte("admin:" + knownSecret)),
		"base64 url":     urlSafe.EncodeToString([]byte("~~" + knownSecret + "~")),
		"base64 utf-16":  std.EncodeToString([]byte(encodeUTF16("x " + knownSecret))),
		"utf-16":         encodeUTF16(knownSecret),
	}
	opts := check.Options{Known: []check.KnownValue{{Label: "token of profile lab", Value: knownSecret}}}
	for name, form := range forms {
		r := checkText(t, "x.star", "x = 1\n# note "+form+"\n", opts)
		if !hasRule(r, "known-value") {
			t.Errorf("%s: not found in a comment", name)
		}
		for _, f := range r.Findings {
			if strings.Contains(fmt.Sprint(f, f.Excerpt), knownSecret) {
				t.Errorf("%s: the finding shows the secret: %s", name, f)
			}
		}
	}
}

// TestKnownAcrossLines looks for a secret that an encoding has broken into lines, as base64 and xxd do.
func TestKnownAcrossLines(t *testing.T) {
	wrap := func(text string, width int, end string) string {
		var b strings.Builder
		for len(text) > width {
			b.WriteString(text[:width] + end)
			text = text[width:]
		}
		return b.String() + text
	}
	base := base64.StdEncoding.EncodeToString([]byte("[prod]\nurl=https://x.example\nssl_verify=false\ntoken=" + knownSecret + "\nmore=1\n"))
	digits := hex.EncodeToString([]byte("[prod]\ntoken=" + knownSecret + "\n"))
	opts := check.Options{Known: []check.KnownValue{{Label: "token", Value: knownSecret}, {Label: "password", Value: "hunter22"}}}
	for _, tt := range []struct {
		name, file, text string
		want             []string
	}{
		{"base64", "data.txt", wrap(base, 76, "\n"), []string{"data.txt:1:71 known-value"}},
		{"base64 of Windows", "data.txt", wrap(base, 76, "\r\n"), []string{"data.txt:1:71 known-value"}},
		{"base64 in YAML", "data.yml", "k: |\n  " + wrap(base, 76, "\n  "), []string{"data.yml:2:73 known-value"}},
		{"base64 in a literal", "x.star", `x = """` + wrap(base, 76, "\n") + `"""`, []string{"x.star:1:78 known-value"}},
		{"base64 in a comment", "x.star", "# " + wrap(base, 76, "\n# "), []string{"x.star:1:73 known-value"}},
		{"hex", "data.txt", wrap(digits, 60, "\n"), []string{"data.txt:1:27 known-value"}},
		{"hex in one line, after others", "data.txt", "a\nb\n" + digits, []string{"data.txt:3:27 known-value"}},
		{"plain words of two lines", "data.txt", "the hunter\n22 rules\n", []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reports, err := check.Dir(t.Context(), fstest.MapFS{tt.file: {Data: []byte(tt.text)}}, ".", opts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, allPlaces(reports)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestKnownInFileName looks for what a bundle gives away by the names of its files.
func TestKnownInFileName(t *testing.T) {
	opts := check.Options{Known: []check.KnownValue{{Label: "token", Value: "lab-token-4711"}, {Label: "host", Value: "cb.customer.example", Name: true}}}
	files := fstest.MapFS{"lab-token-4711.json": {}, "data/LAB-token-4711/x.json": {}, "cb.customer.example.csv": {}, "plain.csv": {}}
	want := []string{"cb.customer.example.csv:0:0 known-name", "data/LAB-token-4711/x.json:0:0 known-value", "lab-token-4711.json:0:0 known-value"}
	for _, allow := range []bool{false, true} {
		if opts.AllowNames = allow; allow {
			want = want[1:]
		}
		reports, err := check.Dir(t.Context(), files, ".", opts)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, allPlaces(reports)); diff != "" {
			t.Errorf("names allowed %v (-want +got):\n%s", allow, diff)
		}
	}
}

func TestKnownPlaces(t *testing.T) {
	opts := check.Options{
		Known: []check.KnownValue{
			{Label: "token of profile lab", Value: "lab-token-4711"},
			{Label: "host of profile lab", Value: "cb.customer.example", Name: true},
			{Label: "empty", Value: ""},
		},
	}
	src := `x = "see lab-token-4711"
y = "lab-" + "token-4711"
z = "\x6cab-token-4711"
h = "https://CB.customer.example/api"
"""two
lines lab-token-4711
"""
`
	want := []string{
		"x.star:1:10 known-value", "x.star:2:5 known-value", "x.star:3:5 known-value", "x.star:4:14 known-name", "x.star:6:7 known-value",
	}
	if diff := cmp.Diff(want, places(checkText(t, "x.star", src, opts))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	opts.AllowNames = true
	want = append(want[:3], want[4])
	if diff := cmp.Diff(want, places(checkText(t, "x.star", src, opts))); diff != "" {
		t.Errorf("with names allowed (-want +got):\n%s", diff)
	}
}

// TestKnownNames holds that a name counts where it stands alone, and does not hide a credential beside it.
func TestKnownNames(t *testing.T) {
	opts := check.Options{Known: []check.KnownValue{
		{Label: "host of profile lab", Value: "server", Name: true}, {Label: "org key of profile lab", Value: "ABC", Name: true},
	}}
	src := `a = "servers, my-server, server_1, observer"
b = "https://bob:Tr0ub4dor3@server.example/"
c = "ser" + "ver " + "token=` + newGenerator(41).of(lowerHex, 40) + `"
d = "the Server"
`
	want := []string{"x.star:2:5 url-password", "x.star:2:29 known-name", "x.star:3:5 known-name", "x.star:3:22 cb-response-token", "x.star:4:10 known-name"}
	if diff := cmp.Diff(want, places(checkText(t, "x.star", src, opts))); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// places gives file:line:column and rule of each finding.
func places(r check.Report) []string {
	out := []string{}
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s:%d:%d %s", f.File, f.Line, f.Column, f.Rule))
	}
	return out
}

// TestKnownWins holds that a known value is reported as such and not a second time by its shape.
func TestKnownWins(t *testing.T) {
	token := newGenerator(5).of(lowerHex, 40)
	opts := check.Options{Known: []check.KnownValue{{Label: "token of profile lab", Value: token}}}
	r := checkText(t, "x.star", `sha1_of_the_dropper = "`+token+`"`+"\ntoken = \""+token+"\"\n", opts)
	if diff := cmp.Diff([]string{"x.star:1:24 known-value", "x.star:2:10 known-value"}, places(r)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
