package pyjson

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// appendFloat writes what Python's repr writes: the shortest text that reads as the same float, with a point or an
// exponent, and an exponent below 0.0001 and from 1e16 on.
func appendFloat(dst []byte, f float64) []byte {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case size != 0 && (size < 1e-4 || size >= 1e16):
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if bytes.IndexByte(dst[start:], '.') < 0 {
		dst = append(dst, ".0"...)
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		if utf16.RuneLen(r) == 2 {
			high, low := utf16.EncodeRune(r)
			dst = appendUnit(appendUnit(dst, high), low)
			continue
		}
		dst = appendUnit(dst, r)
	}
	return append(dst, '"')
}

// appendUnit writes one UTF-16 code unit of a string.
func appendUnit(dst []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	switch {
	case r == '"' || r == '\\':
		return append(dst, '\\', byte(r))
	case ' ' <= r && r <= '~':
		return append(dst, byte(r))
	}
	if i := strings.IndexRune("\b\f\n\r\t", r); i >= 0 {
		return append(dst, '\\', "bfnrt"[i])
	}
	return append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// appendValue writes a value of a document anew.
func appendValue(dst []byte, v jsondoc.Value) []byte {
	switch v.Kind() {
	case jsondoc.Number:
		return appendNumeral(dst, v)
	case jsondoc.String:
		return appendQuoted(dst, v.Bytes())
	case jsondoc.Array:
		dst = append(dst, '[')
		elements := v.Array()
		for i := range elements.Len() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendValue(dst, elements.At(i))
		}
		return append(dst, ']')
	case jsondoc.Object:
		d, _ := v.Doc(nil)
		return appendDoc(dst, d)
	}
	return append(dst, v.Bytes()...)
}

func appendDoc(dst []byte, d jsondoc.Doc) []byte {
	order := make([]int, d.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(d.Name(a), d.Name(b)) })
	dst = append(dst, '{')
	for n, i := range order {
		if n > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(appendString(dst, d.Name(i)), ": "...)
		dst = appendValue(dst, d.At(i))
	}
	return append(dst, '}')
}

func appendNumeral(dst []byte, v jsondoc.Value) []byte {
	text := v.Bytes()
	if !bytes.ContainsAny(text, ".eE") {
		if string(text) == "-0" { // an int in Python, which has no negative zero
			text = text[1:]
		}
		return append(dst, text...)
	}
	f, _ := v.Float64()
	if math.IsInf(f, 0) {
		return append(dst, text...)
	}
	return appendFloat(dst, f)
}

// appendQuoted writes a checked JSON string anew. It works on the escapes and not on the decoded text, so that a half of
// a surrogate pair, which Windows allows in file names, is kept.
func appendQuoted(dst, quoted []byte) []byte {
	dst = append(dst, '"')
	for text := quoted[1 : len(quoted)-1]; len(text) > 0; {
		switch {
		case text[0] != '\\':
			r, size := utf8.DecodeRune(text)
			if utf16.RuneLen(r) == 2 {
				high, low := utf16.EncodeRune(r)
				dst = appendUnit(appendUnit(dst, high), low)
			} else {
				dst = appendUnit(dst, r)
			}
			text = text[size:]
		case text[1] == 'u':
			unit, _ := strconv.ParseUint(string(text[2:6]), 16, 16) // four checked digits
			dst = appendUnit(dst, rune(unit))
			text = text[6:]
		default:
			r := rune(text[1])
			if i := strings.IndexByte("bfnrt", text[1]); i >= 0 {
				r = rune("\b\f\n\r\t"[i])
			}
			dst = appendUnit(dst, r)
			text = text[2:]
		}
	}
	return append(dst, '"')
}
