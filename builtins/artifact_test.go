package builtins_test

import (
	"strings"
	"testing"

	"github.com/cbscript/cbscript/builtins"
)

func TestCheckArtifactName(t *testing.T) {
	for _, test := range []struct {
		name string
		ok   bool
	}{
		{"report.csv", true},
		{"AAA/BBB/d41d8cd98f00b204e9800998ecf8427e", true},
		{".bash_history", true},
		{"файл-日本.txt", true},
		{"a b (1).txt", true},
		{"console.log", true},
		{"ws-12/manifest.jsonl", true},
		{"manifest.json", true},
		{"com10", true},
		{"", false},
		{".", false},
		{"..", false},
		{"../x", false},
		{"a/../x", false},
		{"/etc/passwd", false},
		{"a/", false},
		{"a//b", false},
		{`a\b`, false},
		{"c:x", false},
		{"x:stream", false},
		{"a*", false},
		{"what?", false},
		{"a\nb", false},
		{"a\x00", false},
		{"a\u202etxt.exe", false},
		{"a\u2028b", false},
		{"a.", false},
		{"a ", false},
		{" a", false},
		{"a./b", false},
		{"con", false},
		{"CON.txt", false},
		{"nul .txt", false},
		{"x/aux", false},
		{"com1.log", false},
		{"LPT¹", false},
		{"conin$", false},
		{"\xff", false},
		{"manifest.jsonl", false},
		{"Manifest.JSONL", false},
		{"manifest.jsonl/x", false},
		{"manifest.jsonl.", false},
		{"manifest.jsonl ", false},
		{"manifest.jsonl::$DATA", false},
		{"manife\u017ft.jsonl", false},
		{"manife\ufb06.jsonl", false},
		{"MANIFE~1.JSO", false},
		{"manifest.jsonl.minisig", false},
		{".cbscript-x.part", false},
		{".CBSCRIPT-x.part", false},
		{strings.Repeat("a", 201), false},
		{strings.Repeat("a/", 512) + "b", false},
	} {
		if err := builtins.CheckArtifactName(test.name); (err == nil) != test.ok {
			t.Errorf("%q: got error %v, want ok %v", test.name, err, test.ok)
		}
	}
}

func FuzzCheckArtifactName(f *testing.F) {
	for _, seed := range []string{"report.csv", "a/b", "../x", "CON.txt", "a\u202e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if builtins.CheckArtifactName(name) != nil {
			return
		}
		for part := range strings.SplitSeq(name, "/") {
			if part == "" || part == "." || part == ".." || strings.ContainsAny(part, "\\:\x00\n") {
				t.Errorf("%q was accepted", name)
			}
		}
	})
}
