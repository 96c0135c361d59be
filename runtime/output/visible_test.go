package output_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cbscript/cbscript/runtime/output"
)

func TestVisible(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "net use \\\\srv\\c$ — ünïcode 日本", "net use \\\\srv\\c$ — ünïcode 日本"},
		{"newline and tab", "a\n\tb", "a\n\tb"},
		{"colour", "\x1b[31mred", `\x1b[31mred`},
		{"carriage return", "safe\revil", `safe\x0devil`},
		{"backspace, bell, delete", "a\b\a\x7f", `a\x08\x07\x7f`},
		{"C1 control", "a\u009b31m", `a\x9b31m`},
		{"right-to-left override", "exe.\u202etxt", `exe.\u202etxt`},
		{"zero width", "a\u200bb", `a\u200bb`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"tags", "a\U000e0041", `a\U000e0041`},
		{"not UTF-8", "a\xffb", `a\xffb`},
		{"replacement character", "a\ufffdb\x01", "a\ufffdb\\x01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := output.Visible(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got, want := output.VisibleLine("a\n\tb\r"), `a\n\tb\x0d`; got != want {
		t.Errorf("VisibleLine: got %q, want %q", got, want)
	}
}

func TestTerminal(t *testing.T) {
	var buf bytes.Buffer
	n, err := output.Terminal(&buf).Write([]byte("a\x1bb\n"))
	if got, want := buf.String(), "a\\x1bb\n"; got != want || n != 4 || err != nil {
		t.Errorf("wrote %q (%d, %v), want %q (4, nil)", got, n, err, want)
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("plain")
	f.Add("\x1b]0;title\a\u009b\xff\u202e")
	f.Fuzz(func(t *testing.T, in string) {
		out := output.Visible(in)
		if !utf8.ValidString(out) {
			t.Errorf("%q: not UTF-8: %q", in, out)
		}
		if strings.ContainsFunc(out, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 }) {
			t.Errorf("%q: control characters left in %q", in, out)
		}
		if output.Visible(out) != out {
			t.Errorf("%q: not stable", in)
		}
	})
}
