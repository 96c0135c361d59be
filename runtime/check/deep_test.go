package check_test

import (
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/check"
)

// TestDeep holds that long and deeply nested texts end neither the check nor its search: a token behind each is
// found.
func TestDeep(t *testing.T) {
	long := func(unit string) string { return strings.Repeat(unit, 40_000/len(unit)) }
	scripts := map[string]string{
		"sums":           "x = 1" + long("+1"),
		"texts":          "x = \"a\"" + long("+\"a\""),
		"products":       "x = \"a\"" + long("*1"),
		"formats":        "x = \"\"" + long("%\"a\""),
		"fields":         "x = a" + long(".a"),
		"calls":          "x = a" + long("(1)"),
		"slices":         "x = \"a\"" + long("[::-1]"),
		"methods":        "x = \"a\"" + long(".strip()"),
		"conditions":     "x = 1" + long(" if 1 else 1"),
		"negations":      "x = " + long("not ")[:800] + "1",
		"lists":          "x = " + strings.Repeat("[", 180) + strings.Repeat("]", 180),
		"same name":      long("x = x\n"),
		"growing":        "x = \"\"\n" + long("x += \"abcdefgh\"\n"),
		"appending":      "x = []\n" + long("x.append(\"abcdefgh\")\n"),
		"loops":          long("for a in b: c = a\n"),
		"elifs":          "if a: pass\n" + long("elif a: b = 1\n"),
		"doubling":       "a = \"ab\"\n" + long("a = a + a\n"),
		"circle":         "def f():\n    return a\na = b + b\nb = a + a\n",
		"values":         "x = \"" + long("password=a ") + "\"",
		"colons":         "x = \"" + long("token:") + "\"",
		"one line":       "x = \"" + long("3395856ce81f2b7382dee72602f798b642f14140 ") + "\"",
		"many lines":     "x = \"\"\"" + long("3395856ce81f2b7382dee72602f798b642f14140\n") + "\"\"\"",
		"half keys":      "x = \"" + long("ABCDEFGHIJKLMNOPQRSTUVWX/") + "\"",
		"urls":           "x = \"" + long("a://b:c") + "\"",
		"comments":       long("# word\n"),
		"uses of a list": "x = [" + strings.Repeat("\"abc\", ", 1000) + "]\nfor a in x:\n" + long("    f(k=a)\n"),
		"huge product":   "x = \"a\" * 1000000000\n",
	}
	gen := newGenerator(40)
	for name, src := range scripts {
		r := checkText(t, "x.star", src+"\nlast_token = \""+gen.of(lowerHex, 40)+"\"\n", check.Options{})
		if !hasRule(r, "cb-response-token") {
			t.Errorf("%s: the token behind it is not found: %v", name, r.Findings[:min(len(r.Findings), 3)])
		}
	}
}
