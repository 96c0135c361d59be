package check_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
)

// TestFinding compares one finding as a whole.
func TestFinding(t *testing.T) {
	r := checkText(t, "hunt.star", "\n\nAPI_TOKEN = \"167be6c1ee9fa82d0c4f9d5e6c6d7f0e1a2b3c4d\"\n", check.Options{})
	want := check.Report{
		File:   "hunt.star",
		Script: true,
		Findings: []check.Finding{{
			File: "hunt.star", Line: 3, Column: 13, Rule: "cb-response-token", Severity: check.Error,
			Message: "40 hex digits, the form of a Cb Response API token, where a credential is expected, named API_TOKEN",
			Excerpt: "167b… (40 characters)",
			Remedy:  "Remove it, revoke it at its server, and put the new one into a credential profile: the host adds it to requests, the script never needs it.",
		}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if r.OK() {
		t.Error("a report with an error is OK")
	}
}

// TestPlaces holds where findings point: to the start of the literal, and in texts of several lines to the value.
func TestPlaces(t *testing.T) {
	gen := newGenerator(6)
	for _, c := range []struct{ name, src, want string }{
		{"literal", `x = f(1, token="{{hex40}}")`, "x.star:1:16 cb-response-token"},
		{"after wide characters", `x = f("äöü", token="{{hex40}}")`, "x.star:1:20 cb-response-token"},
		{"inside a literal", `x = "token={{hex40}}"`, "x.star:1:5 cb-response-token"},
		{"second line of a text", "x = \"\"\"a\n  token = {{hex40}}\n\"\"\"", "x.star:2:11 cb-response-token"},
		{"first line of a text", "x = \"\"\"token = {{hex40}}\n\"\"\"", "x.star:1:5 cb-response-token"},
		{"joined", "x = 1\ntoken = (\"{{hex20}}\" +\n  \"{{hex20}}\")", "x.star:2:10 cb-response-token"},
		{"joined elsewhere", "a = \"{{hex20}}\"\nb = \"{{hex20}}\"\ntoken = a + b", "x.star:1:5 cb-response-token"},
		{"comment", "x = 1  # token {{hex40}}", "x.star:1:16 cb-response-token"},
		{"second comment line", "# a\n#  token {{hex40}}", "x.star:2:10 cb-response-token"},
		{"comment within a call", "f(  # token {{hex40}}\n1)", "x.star:1:13 cb-response-token"},
		{"comment behind a text with a sign", "x = \"#\"  # token {{hex40}}", "x.star:1:18 cb-response-token"},
		{"syntax", "x = 1\ny = )", "x.star:2:5 syntax"},
	} {
		r := checkText(t, "x.star", gen.fill(t, c.src), check.Options{})
		if diff := cmp.Diff([]string{c.want}, places(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestUnparsed holds that a script that does not parse is refused and searched all the same, and that the message
// does not repeat the secret.
func TestUnparsed(t *testing.T) {
	token := newGenerator(7).of(lowerHex, 40)
	for _, src := range []string{
		"token = \"" + token + "\"\nclass X:\n",
		"import x\n# token: " + token + "\n",
		"token = a" + token[1:] + "\n",
	} {
		r := checkText(t, "x.star", src, check.Options{Surface: surface{}})
		if !hasRule(r, "syntax") {
			t.Errorf("no finding of syntax in %q: %v", src, r.Findings)
		}
		if strings.HasPrefix(src, "token = a") {
			continue
		}
		if !hasRule(r, "cb-response-token") {
			t.Errorf("no token found in %q: %v", src, r.Findings)
		}
		for _, f := range r.Findings {
			if strings.Contains(f.String(), token) {
				t.Errorf("the finding shows the secret: %s", f)
			}
		}
	}
}

func TestTooLarge(t *testing.T) {
	_, err := check.Script("x.star", make([]byte, 1<<20+1), check.Options{})
	if !errors.Is(err, check.ErrTooLarge) {
		t.Errorf("error %v, want ErrTooLarge", err)
	}
}

// TestRedaction holds that no text of a finding shows more than four characters of a secret.
func TestRedaction(t *testing.T) {
	gen := newGenerator(8)
	for _, kind := range []string{"hex40", "guid", "key", "alnum8", "alnum11", "alnum12", "alnum19", "alnum20", "alnum40"} {
		secret := gen.make(t, kind)
		for _, script := range []string{"password = \"%\"", "f(password=\"%\")", "# password = \"%\"", "x = \"http://u:%@h/\"",
			"meta(name=\"password: '%'\", description=\"password='%'\")", "x = param(\"password='%'\")", "load(\"password='%'\", \"f\")",
			"x = \"password='%'\n", "x = {\"password='%'\": \"Another7Secret\"}", "# cbscript:allow assigned-secret\npassword = \"%\"",
			"# cbscript:allow %\npassword = \"%\"", "# cbscript:allow bare-guid it is '%'\npassword = \"%\"", "x = {\"X-Auth-Token\": \"%\"}"} {
			r := checkText(t, "x.star", strings.ReplaceAll(script, "%", secret), check.Options{})
			if r.OK() {
				t.Errorf("%s in %q: nothing found", kind, script)
			}
			for n := 5; n <= len(secret); n++ {
				if s := dump(r); strings.Contains(s, secret[:n]) {
					t.Errorf("%s in %q: the report shows %q", kind, script, secret[:n])
					break
				}
			}
		}
	}
}

// dump gives all texts of a report.
func dump(r check.Report) string {
	var b strings.Builder
	for _, w := range r.Waived {
		b.WriteString(w.String() + w.Reason)
	}
	for _, f := range r.Findings {
		b.WriteString(f.String() + f.Remedy + "\n")
	}
	for _, list := range [][]check.Use{r.Needs.Parameters, r.Needs.Modules, r.Needs.Models} {
		for _, u := range list {
			b.WriteString(u.Name + " " + u.By + "\n")
		}
	}
	if r.Meta != nil {
		b.WriteString(r.Meta.Name + r.Meta.Version + r.Meta.Author + r.Meta.Description + strings.Join(r.Meta.Needs, " "))
	}
	return b.String() + strings.Join(r.Needs.Unread, " ")
}

// TestTerminal holds that control characters of a script do not reach the reader of its findings.
func TestTerminal(t *testing.T) {
	src := "x = {\"tok\\x1b[2Jen\": \"" + newGenerator(9).of(lowerHex, 40) + "\"}\n# \x1b[31mtoken: abc\nmeta(name=\"\\x1b[2J\")\n"
	r := checkText(t, "evil\x1b[1m.star", src, check.Options{})
	for _, f := range r.Findings {
		if strings.ContainsAny(f.String()+f.Excerpt, "\x1b\x00") {
			t.Errorf("control characters in %q", f.String())
		}
	}
	if strings.ContainsRune(dump(r), 0x1b) {
		t.Errorf("control characters in %q", dump(r))
	}
}

func TestWaived(t *testing.T) {
	guid := newGenerator(10).guid('4')
	for _, c := range []struct{ name, src, reason string }{
		{"behind", "x = \"" + guid + "\"  # cbscript:allow bare-guid a rule", "a rule"},
		{"above", "# cbscript:allow bare-guid  the rule  of March \nx = \"" + guid + "\"", "the rule  of March"},
		{"above with comments between", "# cbscript:allow bare-guid a rule\n# more\n\nx = \"" + guid + "\"", "a rule"},
		{"above a statement of several lines", "# cbscript:allow bare-guid a rule\nx = \"\"\"\n" + guid + "\n\"\"\"", "a rule"},
		{"behind a text of several lines", "x = \"\"\"\n" + guid + "\n\"\"\"  # cbscript:allow bare-guid a rule", "a rule"},
		{"above a comment", "# cbscript:allow bare-guid a rule\n# " + guid, "a rule"},
	} {
		r := checkText(t, "x.star", c.src, check.Options{})
		if len(r.Findings) != 0 || len(r.Waived) != 1 {
			t.Errorf("%s: findings %v, waived %v, want one waived", c.name, r.Findings, r.Waived)
			continue
		}
		if w := r.Waived[0]; w.Reason != c.reason || w.Rule != "bare-guid" {
			t.Errorf("%s: waived %+v, want reason %q", c.name, w, c.reason)
		}
	}
}
