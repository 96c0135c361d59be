// Package plain makes texts of foreign origin fit for a terminal or a log.
package plain

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible gives s with every control or otherwise unprintable character in its escaped form, such as \x1b.
func Visible(s string) string {
	plain := true
	for _, r := range s {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRune(r)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String()
}
