package lrshell

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// texts gives the words of each command of a line.
func texts(line string) [][]string {
	var all [][]string
	for _, s := range split(line) {
		var words []string
		for _, w := range s.words {
			words = append(words, w.text)
		}
		all = append(all, words)
	}
	return all
}

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		line string
		want [][]string
	}{
		{"", nil},
		{" \t ", nil},
		{"ps", [][]string{{"ps"}}},
		{`dir C:\Users\`, [][]string{{"dir", `C:\Users\`}}},
		{`dir "C:\Program Files\" x`, [][]string{{"dir", `C:\Program Files\`, "x"}}},
		{`dir C:\Program" "Files\x`, [][]string{{"dir", `C:\Program Files\x`}}},
		{`a "say ""hi""" b`, [][]string{{"a", `say "hi"`, "b"}}},
		{`a "" b`, [][]string{{"a", "", "b"}}},
		{`a """" b`, [][]string{{"a", `"`, "b"}}},
		{`it's one`, [][]string{{"it's", "one"}}},
		{"ps; dir;; pwd ;", [][]string{{"ps"}, {"dir"}, {"pwd"}}},
		{`put "a;b" c`, [][]string{{"put", "a;b", "c"}}},
		{"# a comment; ps", nil},
		{"ps # no comment", [][]string{{"ps", "#", "no", "comment"}}},
		{"ps; # a comment", [][]string{{"ps"}}},
		{"ps\r\n", [][]string{{"ps"}}},
		{`dir "open`, [][]string{{"dir", "open"}}},
	} {
		if diff := cmp.Diff(test.want, texts(test.line)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.line, diff)
		}
	}
	if _, err := parse(`dir "open`); err == nil {
		t.Error("a quote that is not closed is no error")
	}
}

// FuzzSplit holds that any line is taken apart, that each word stands where it says, and that any text survives quoting:
// as a word of its own, as the rest of a word that was begun, and within quotes that are open.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{`dir "C:\Program Files"; ps`, `a""b"" "`, "# x", `C:\a b`, "a;b", `"`, "-x", ""} {
		f.Add(seed, 2)
	}
	f.Fuzz(func(t *testing.T, text string, cut int) {
		for _, s := range split(text) {
			for _, w := range s.words {
				if w.start < 0 || w.end > len(text) || w.start >= w.end || w.end > s.end {
					t.Fatalf("the word %+v is not in the statement that ends at %d of %q", w, s.end, text)
				}
			}
		}
		want := [][]string{{"x", text}}
		if diff := cmp.Diff(want, texts("x "+quote(text))); diff != "" {
			t.Errorf("quoted %q (-want +got):\n%s", text, diff)
		}
		if text == "" {
			return
		}
		cut = max(1, min(cut, len(text)))
		head, rest := text[:cut], text[cut:]
		if !strings.ContainsAny(head, special) {
			if diff := cmp.Diff(want, texts("x "+head+quoteRest(rest, false))); diff != "" {
				t.Errorf("continued %q (-want +got):\n%s", text, diff)
			}
		}
		if diff := cmp.Diff(want, texts(`x "`+quoteRest(head, true)+quoteRest(rest, true)+`"`)); diff != "" {
			t.Errorf("continued within quotes %q (-want +got):\n%s", text, diff)
		}
	})
}
