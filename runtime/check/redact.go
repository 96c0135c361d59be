package check

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cbscript/cbscript/runtime/check/internal/plain"
)

// redact shows what a secret begins with, so that its owner recognises it, and how long it is. Nothing of a short one
// is shown: its first characters would be a good part of it.
func redact(secret string) string {
	n := utf8.RuneCountInString(secret)
	show := 0
	switch {
	case n >= 20:
		show = 4
	case n >= 12:
		show = 2
	}
	return fmt.Sprintf("%s… (%d characters)", string([]rune(secret)[:show]), n)
}

// visible makes control characters visible: the texts of a script reach a terminal.
func visible(s string) string { return plain.Visible(s) }

// scrub removes secrets that were found from a text of the script that the report repeats.
func scrub(s string, secrets []string) string {
	for _, secret := range secrets {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "…")
		}
	}
	return visible(s)
}
