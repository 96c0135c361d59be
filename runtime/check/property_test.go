package check_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/check"
)

// tokenKinds are the credentials of the three products, with the rules that may report them: which one depends on
// what the context says.
var tokenKinds = []struct {
	kind  string
	rules []string
}{
	{"hex40", []string{"cb-response-token", "bare-hex-40", "auth-header", "connection-credential"}},
	{"GUID", []string{"cb-protection-token", "bare-guid", "auth-header", "connection-credential"}},
	{"guid", []string{"cb-protection-token", "bare-guid", "auth-header", "connection-credential"}},
	{"key", []string{"cb-defense-key", "connection-credential"}},
}

// contexts are places for a token, which stands in for %.
var contexts = []string{
	"token = \"%\"\n",
	"TOKEN = '%'\n",
	"x = \"%\"\n",
	"x = r\"%\"\n",
	"x = b\"%\"\n",
	"x = \"\"\"\n%\n\"\"\"\n",
	"f(\"%\")\n",
	"f(token=\"%\")\n",
	"f(1, x, other=\"%\")\n",
	"x = [\"%\"]\n",
	"x = (\"a\", \"%\")\n",
	"x = {\"token\": \"%\"}\n",
	"x = {\"a\": {\"b\": [\"%\"]}}\n",
	"x[\"k\"] = \"%\"\n",
	"x.y = \"%\"\n",
	"h = {\"X-Auth-Token\": \"%\"}\n",
	"h = \"X-Auth-Token: %\"\n",
	"connect(\"https://cb.example\", \"%\")\n",
	"x = param(\"a\", \"%\")\n",
	"def f(a=\"%\"):\n    pass\n",
	"def f():\n    return \"%\"\n",
	"def f():\n    \"\"\"Uses %.\"\"\"\n",
	"x = lambda a: \"%\"\n",
	"x = [y for y in [\"%\"]]\n",
	"x = \"%\" if y else None\n",
	"x = y or \"%\"\n",
	"if x == \"%\":\n    pass\n",
	"for x in [\"%\"]:\n    pass\n",
	"x = \"\"\"[default]\nurl=https://cb\ntoken=%\n\"\"\"\n",
	"x = '{\"token\": \"%\"}'\n",
	"# %\n",
	"# token: %\n",
	"x = 1  # -a % -n\n",
	"\"\"\"%\"\"\"\n",
	"\"\"\"Doc.\n\n    curl -H 'X-Auth-Token: %'\n\"\"\"\n",
	"x = \"https://cb/?token=%\"\n",
	"print(\"a\",\n      # %\n      1)\n",
}

// encodings are ways to write a literal that yields the token; they take the place of "%".
var encodings = map[string]func(string) string{
	"split":    func(s string) string { return fmt.Sprintf("(%q + %q)", s[:len(s)/3], s[len(s)/3:]) },
	"three":    func(s string) string { return fmt.Sprintf("(%q + %q + %q)", s[:7], s[7:12], s[12:]) },
	"percent":  func(s string) string { return fmt.Sprintf("(\"%%s%%s\" %% (%q, %q))", s[:9], s[9:]) },
	"format":   func(s string) string { return fmt.Sprintf("\"{}{}\".format(%q, %q)", s[:9], s[9:]) },
	"join":     func(s string) string { return fmt.Sprintf("\"\".join([%q, %q, %q])", s[:5], s[5:11], s[11:]) },
	"reversed": func(s string) string { return fmt.Sprintf("%q[::-1]", backwards(s)) },
	"base64":   func(s string) string { return fmt.Sprintf("%q", base64.StdEncoding.EncodeToString([]byte(s))) },
	"hex":      func(s string) string { return fmt.Sprintf("%q", hex.EncodeToString([]byte(s))) },
	"decoded": func(s string) string {
		return fmt.Sprintf("base64.decode(%q)", base64.RawURLEncoding.EncodeToString([]byte(s)))
	},
	"strip":   func(s string) string { return fmt.Sprintf("%q.strip()", " "+s+"\n") },
	"replace": func(s string) string { return fmt.Sprintf("%q.replace(\"!\", \"\")", s[:4]+"!"+s[4:8]+"!"+s[8:]) },
	"escapes": func(s string) string { return fmt.Sprintf("\"\\x%02x%s\"", s[0], s[1:]) },
	"codes":   func(s string) string { return "\"\".join([chr(c) for c in " + codes(s) + "])" },
	"bytes":   func(s string) string { return "bytes(" + codes(s) + ")" },
}

func codes(s string) string { return strings.ReplaceAll(fmt.Sprint([]byte(s)), " ", ", ") }

// TestTokenAnywhere puts every kind of token into every context, plain and encoded, and alone or at the end of an
// innocent script: it is always found.
func TestTokenAnywhere(t *testing.T) {
	gen := newGenerator(20)
	inserted := 0
	try := func(name, script string, rules []string) {
		t.Helper()
		inserted++
		for _, before := range []string{"", innocentHead} {
			r := checkText(t, "x.star", before+script, check.Options{})
			found := false
			for _, rule := range rules {
				found = found || hasRule(r, rule)
			}
			if !found {
				t.Errorf("%s is not found in\n%s\nfindings: %v", name, before+script, r.Findings)
				return
			}
		}
	}
	for _, k := range tokenKinds {
		for _, context := range contexts {
			for range 3 {
				try(k.kind, strings.Replace(context, "%", gen.make(t, k.kind), 1), k.rules)
			}
			if strings.Count(context, "\"%\"") != 1 || strings.Contains(context, "'") || strings.Contains(context, `"""%`) {
				continue
			}
			for name, encode := range encodings {
				token := gen.make(t, k.kind)
				for _, prefix := range []string{"b\"%\"", "r\"%\""} {
					context = strings.Replace(context, prefix, "\"%\"", 1)
				}
				try(k.kind+" as "+name, strings.Replace(context, "\"%\"", encode(token), 1), k.rules)
			}
		}
	}
	if inserted < 1500 {
		t.Errorf("%d scripts tried, want at least 1500: the contexts are not filled", inserted)
	}
}

const innocentHead = `"""Finds the loader of March.

Sigma rule 5f0a3c1e-7d2b-4c19-9a86-b4f1d2c3e5a7, sha1 3395856ce81f2b7382dee72602f798b642f14140.
"""
SHA1S = ["3395856ce81f2b7382dee72602f798b642f14140", "aec070645fe53ee3b3763059376134f058cc3372", "9e107d9d372bb6826bd81d3542a419d6a1b2c3d4"]
for p in select(Process).where("process_name:rundll32.exe"):
    emit(host=p.hostname, md5=p.process_md5)
`

// TestPasswordAnywhere puts passwords of several styles into the places where the field's scripts have them.
func TestPasswordAnywhere(t *testing.T) {
	places := []string{
		"password = \"%\"\n", "f(password=\"%\")\n", "x = {\"password\": \"%\"}\n", "x[\"passwd\"] = \"%\"\n", "db_pwd = \"%\"\n",
		"get_api_token(\"https://cb\", user, \"%\")\n", "user.password = \"%\"\n", "x = \"amqp://cb:%@host:5004\"\n",
		"x = \"\"\"\nrabbitmqpassword = %\n\"\"\"\n", "# password = '%'\n", "x = [\"--password\", \"%\"]\n", "x = '{\"password\": \"%\"}'\n",
		"def f(user, password=\"%\"):\n    pass\n", "def f(u, password):\n    pass\nf(1, \"%\")\n", "auth = (\"admin\", \"%\")\n",
	}
	gen := newGenerator(21)
	for _, place := range places {
		for range 40 {
			for _, password := range []string{
				gen.make(t, "alnum8"), gen.make(t, "alnum12"), gen.make(t, "alnum24"),
				"Winter" + gen.make(t, "digit4") + "!", "s3cret" + gen.make(t, "low4") + "#", gen.make(t, "low5") + "-" + gen.make(t, "digit3"),
			} {
				r := checkText(t, "x.star", strings.Replace(place, "%", password, 1), check.Options{Surface: nil})
				if r.OK() {
					t.Fatalf("password %q is not found in\n%s", password, strings.Replace(place, "%", password, 1))
				}
			}
		}
	}
}

// TestIndicatorsAnywhere puts hashes and GUIDs into the places where hunts have them: none is a finding.
func TestIndicatorsAnywhere(t *testing.T) {
	scripts := []string{
		"SHA1 = \"{{hex40}}\"\n", "x = [\"{{hex40}}\", \"{{hex40}}\", \"{{hex40}}\"]\n", "iocs = {\"{{hex40}}\": \"a\"}\n",
		"select(Process).where(\"sha1:{{hex40}}\")\n", "f(sha1=\"{{hex40}}\")\n", "x = p.sha1 == \"{{hex40}}\"\n", "# sha1 {{hex40}}\n",
		"\"\"\"Dropper {{hex40}}.\"\"\"\n", "x = \"https://vt.example/file/{{hex40}}/x\"\n", "x = \"c:\\\\t\\\\{{hex40}}.tmp\"\n",
		"x = \"{{hex32}}\"\n", "x = \"{{hex64}}\"\n", "key_hash = \"{{hex64}}\"\n", "x = {\"a\": \"{{hex64}}\"}\n",
		"clsid = \"{{GUID}}\"\n", "x = \"{" + "{{GUID}}" + "}\"\n", "rule_id = \"{{guid}}\"\n", "x = {\"id\": \"{{guid}}\"}\n",
		"x = [\"{{guid}}\", \"{{guid}}\", \"{{guid}}\"]\n", "select(Watchlist, \"{{guid}}\")\n", "# Sigma rule {{guid}}\n",
		"x = \"00000000-0000-0e48-01d2-{{hex12}}\"\n", "samples = [(\"{{hex40}}\", \"a\"), (\"{{hex40}}\", \"b\")]\n",
		"for sha1 in [\"{{hex40}}\"]:\n    print(sha1)\n", "x = \"0x{{hex40}}\"\n",
	}
	gen := newGenerator(22)
	for _, script := range scripts {
		for range 200 {
			src := gen.fill(t, script)
			if r := checkText(t, "x.star", src, check.Options{}); len(r.Findings) > 0 {
				t.Fatalf("false alarm in\n%s\n%v", src, r.Findings)
			}
		}
	}
}
