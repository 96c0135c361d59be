package jsondoc

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// The functions of this file check one piece of JSON that begins at b[i] and give back the position behind it.

const (
	ones        = 0x0101010101010101
	highBits    = 0x80 * ones
	eightSpaces = ' ' * ones
	eightQuotes = '"' * ones
	eightSlash  = '\\' * ones
)

// skipSpace is small enough to be inlined where no space is the common case.
func skipSpace(b []byte, i int) int {
	if i < len(b) && b[i] > ' ' {
		return i
	}
	return skipIndent(b, i)
}

// skipIndent takes eight spaces at a step: the servers print their answers indented, a quarter of a page is spaces.
func skipIndent(b []byte, i int) int {
	for {
		for i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:]) ^ eightSpaces
			if x != 0 {
				i += bits.TrailingZeros64(x) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) || !isSpace(b[i]) {
			return i
		}
		i++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// skipValue takes any value. depth counts the containers that the value stands in.
func skipValue(b []byte, i, depth int) (int, *SyntaxError) {
	if i >= len(b) {
		return i, fail(b, i, "a value")
	}
	switch c := b[i]; c {
	case '"':
		return skipString(b, i)
	case '{':
		return skipObject(b, i, depth+1)
	case '[':
		return skipArray(b, i, depth+1)
	case 't':
		return skipWord(b, i, "true")
	case 'f':
		return skipWord(b, i, "false")
	case 'n':
		return skipWord(b, i, "null")
	default:
		if c == '-' || isDigit(c) {
			return skipNumber(b, i)
		}
		return i, fail(b, i, "a value")
	}
}

func skipWord(b []byte, i int, word string) (int, *SyntaxError) {
	if len(b)-i >= len(word) && string(b[i:i+len(word)]) == word {
		return i + len(word), nil
	}
	n := 0
	for i+n < len(b) && b[i+n] == word[n] {
		n++
	}
	return i + n, fail(b, i+n, word)
}

// skipString takes a string that begins with a quote at b[i].
func skipString(b []byte, i int) (int, *SyntaxError) {
	i++
	for {
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			// A byte's high bit is set in special when the byte is a quote, a backslash, a control character or not
			// ASCII. A borrow can set it wrongly, but only in bytes behind the first special one, which is the one used.
			special := (w | (w ^ eightQuotes - ones) | (w ^ eightSlash - ones) | (w - eightSpaces)) & highBits
			if special != 0 {
				i += bits.TrailingZeros64(special) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			return i, fail(b, i, "the closing quote of a string")
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1, nil
		case c == '\\':
			var err *SyntaxError
			if i, err = skipEscape(b, i); err != nil {
				return i, err
			}
		case c < ' ':
			return i, fail(b, i, "no control character in a string")
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && size == 1 {
				return i, fail(b, i, "valid UTF-8")
			}
			i += size
		}
	}
}

// skipEscape takes an escape that begins with a backslash at b[i].
func skipEscape(b []byte, i int) (int, *SyntaxError) {
	i++
	if i >= len(b) {
		return i, fail(b, i, "the rest of an escape")
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1, nil
	case 'u':
		for n := 1; n <= 4; n++ {
			if i+n >= len(b) || hexDigit(b[i+n]) < 0 {
				return i + n, fail(b, i+n, "a hexadecimal digit")
			}
		}
		return i + 5, nil
	}
	return i, fail(b, i, `one of "\/bfnrtu after a backslash`)
}

func hexDigit(c byte) rune {
	switch {
	case isDigit(c):
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

func skipNumber(b []byte, i int) (int, *SyntaxError) {
	if b[i] == '-' {
		i++
	}
	var err *SyntaxError
	if i < len(b) && b[i] == '0' {
		i++
	} else if i, err = skipDigits(b, i); err != nil {
		return i, err
	}
	if i < len(b) && b[i] == '.' {
		if i, err = skipDigits(b, i+1); err != nil {
			return i, err
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if i, err = skipDigits(b, i); err != nil {
			return i, err
		}
	}
	return i, nil
}

// skipDigits takes one digit at least.
func skipDigits(b []byte, i int) (int, *SyntaxError) {
	if i >= len(b) || !isDigit(b[i]) {
		return i, fail(b, i, "a digit")
	}
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	return i, nil
}

// skipArray takes an array that begins at b[i]; depth counts itself.
func skipArray(b []byte, i, depth int) (int, *SyntaxError) {
	return each(b, i, depth, func(i int) (int, *SyntaxError) { return skipValue(b, i, depth) })
}

// each takes the array at b[i] with element, which takes the value at a position and gives back the position behind it.
func each(b []byte, i, depth int, element func(i int) (int, *SyntaxError)) (int, *SyntaxError) {
	if depth > MaxDepth {
		return i, fail(b, i, tooDeep)
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == ']' {
		return i + 1, nil
	}
	for {
		var err *SyntaxError
		if i, err = element(i); err != nil {
			return i, err
		}
		i = skipSpace(b, i)
		if i >= len(b) || b[i] != ',' && b[i] != ']' {
			return i, fail(b, i, arrayNext)
		}
		if b[i] == ']' {
			return i + 1, nil
		}
		i = skipSpace(b, i+1)
	}
}

// skipObject takes an object that begins at b[i]; depth counts itself.
func skipObject(b []byte, i, depth int) (int, *SyntaxError) {
	if depth > MaxDepth {
		return i, fail(b, i, tooDeep)
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == '}' {
		return i + 1, nil
	}
	for {
		var err *SyntaxError
		if i, err = skipName(b, i); err != nil {
			return i, err
		}
		if i, err = skipColon(b, i); err != nil {
			return i, err
		}
		if i, err = skipValue(b, i, depth); err != nil {
			return i, err
		}
		i = skipSpace(b, i)
		if i >= len(b) || b[i] != ',' && b[i] != '}' {
			return i, fail(b, i, objectNext)
		}
		if b[i] == '}' {
			return i + 1, nil
		}
		i = skipSpace(b, i+1)
	}
}

const (
	tooDeep    = "at most 512 nested arrays and objects"
	arrayNext  = `"," or "]" after an array element`
	objectNext = `"," or "}" after an object member`
)

func skipName(b []byte, i int) (int, *SyntaxError) {
	if i >= len(b) || b[i] != '"' {
		return i, fail(b, i, "a member name in quotes")
	}
	return skipString(b, i)
}

// skipColon takes the colon behind a member name, and the space around it.
func skipColon(b []byte, i int) (int, *SyntaxError) {
	i = skipSpace(b, i)
	if i >= len(b) || b[i] != ':' {
		return i, fail(b, i, "a colon after a member name")
	}
	i++
	if i+1 < len(b) && b[i] == ' ' && b[i+1] > ' ' {
		return i + 1, nil
	}
	return skipSpace(b, i), nil
}

// skipEnd refuses anything but space behind a whole text.
func skipEnd(b []byte, i int) *SyntaxError {
	if i = skipSpace(b, i); i < len(b) {
		return fail(b, i, "the end of the text")
	}
	return nil
}
