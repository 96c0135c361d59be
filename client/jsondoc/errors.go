package jsondoc

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// MaxDepth is how many arrays and objects may be nested in each other.
const MaxDepth = 512

// SyntaxError says where a text stops being the JSON that was asked for.
type SyntaxError struct {
	// Offset is the byte, counted from 0, at which the text went wrong.
	Offset int
	// Expected says what could have stood there, for example "a colon".
	Expected string
	// Found is the quoted character that stood there, or "the end of the text".
	Found string
}

// Error names the offset, what was expected and what was found; it never repeats more than one character of the text.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid JSON at byte %d: expected %s, found %s", e.Offset, e.Expected, e.Found)
}

// fail makes the error for position i of b.
func fail(b []byte, i int, expected string) *SyntaxError {
	e := &SyntaxError{Offset: i, Expected: expected, Found: "the end of the text"}
	if i < len(b) {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			e.Found = fmt.Sprintf("byte 0x%02x", b[i])
		} else {
			e.Found = strconv.QuoteRuneToASCII(r)
		}
	}
	return e
}
