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
	chain := func(unit string) string { return strings.Repeat(unit, 9_900) } // just not too deep
	scripts := map[string]string{
		"sums":           "x = 1" + chain("+1"),
		"texts":          "x = \"a\"" + chain("+\"a\""),
		"products":       "x = \"a\"" + chain("*1"),
		"formats":        "x = \"\"" + chain("%\"a\""),
		"fields":         "x = a" + chain(".a"),
		"calls":          "x = a" + chain("(1)"),
		"slices":         "x = \"a\"" + chain("[::-1]"),
		"methods":        "x = \"a\"" + chain(".strip()")[:4_900*8],
		"conditions":     "x = 1" + long(" if 1 else 1")[:900*12],
		"negations":      "x = " + long("not ")[:800] + "1",
		"lists":          "x = " + strings.Repeat("[", 60) + strings.Repeat("]", 60),
		"same name":      long("x = x\n"),
		"growing":        "x = \"\"\n" + long("x += \"abcdefgh\"\n"),
		"appending":      "x = []\n" + long("x.append(\"abcdefgh\")\n"),
		"loops":          long("for a in b: c = a\n"),
		"elifs":          "if a: pass\n" + chain("elif a: b = 1\n"),
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
		if hasRule(r, "syntax") {
			t.Errorf("%s: %v", name, r.Findings)
		}
	}
}

// TestTooDeep holds that what would exhaust the stack is refused, as a script that cannot be parsed, and searched as
// a text.
func TestTooDeep(t *testing.T) {
	long := func(unit string) string { return strings.Repeat(unit, 300_000/len(unit)) }
	for name, src := range map[string]string{
		"sums": "x = 1" + long("+1"), "calls": "x = a" + long("(1)"), "fields": "x = a" + long(".a"), "indexes": "x = a" + long("[1]"),
		"elifs": "if a: pass\n" + long("elif a: pass\n"), "nested": "x = [a" + long("+1") + "]", "in a call": "f(k=a" + long("+1") + ")",
		"in a loop": "for a in b" + long(".b") + ": pass", "in a comprehension": "x = [a for a in b" + long(".b") + "]",
	} {
		r := checkText(t, "x.star", src+"\nlast_token = \"5b1f0a3c9e7d2b4c199a86b4f1d2c3e5a7d80e61\"\n", check.Options{})
		if !hasRule(r, "syntax") || !hasRule(r, "cb-response-token") {
			t.Errorf("%s: %v, want findings of syntax and of the token", name, r.Findings)
		}
	}
}
