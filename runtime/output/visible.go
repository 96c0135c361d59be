package output

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns text with everything that a terminal would act on made visible: control characters, DEL, the C1
// controls, characters that reorder or hide text, and bytes that are not UTF-8 become escapes such as \x1b or \u202e.
// Newlines and tabs stay. Text without any is returned as it is.
func Visible(text string) string {
	bad := strings.IndexFunc(text, hidden)
	if bad < 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == utf8.RuneError, !hidden(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += size
	}
	return b.String()
}

// VisibleLine is Visible for text that must stay on one line: newlines and tabs are escaped as well.
func VisibleLine(text string) string {
	text = Visible(text)
	if !strings.ContainsAny(text, "\n\t") {
		return text
	}
	return strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(text)
}

// hidden reports whether a terminal might act on r, or show nothing for it. The replacement character counts as hidden
// because IndexFunc gives it for invalid bytes too; Visible tells the two apart.
func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r < 0x80:
		return false
	}
	return r == utf8.RuneError || r == 0x2028 || r == 0x2029 || unicode.Is(unicode.Cf, r)
}

// Terminal returns a writer that passes text on to w as [Visible] shows it. Each Write is taken for whole text: a
// character that is split between two of them is shown as its bytes.
func Terminal(w io.Writer) io.Writer { return terminal{w} }

type terminal struct{ w io.Writer }

// Write writes p made visible, and reports len(p) when all of it went out.
func (t terminal) Write(p []byte) (int, error) {
	if _, err := io.WriteString(t.w, Visible(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
