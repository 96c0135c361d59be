package jsondoc

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape decodes a checked string with its quotes into a new string. A half of a surrogate pair without its other half
// becomes U+FFFD, as in encoding/json.
func unescape(raw []byte) string {
	text := raw[1 : len(raw)-1]
	i := bytes.IndexByte(text, '\\')
	if i < 0 {
		return string(text)
	}
	out := make([]byte, 0, len(text))
	for i >= 0 {
		out = append(out, text[:i]...)
		out, text = appendEscape(out, text[i+1:])
		i = bytes.IndexByte(text, '\\')
	}
	return string(append(out, text...))
}

// appendEscape decodes the escape whose backslash stood before text, and gives back the text behind the escape.
func appendEscape(out, text []byte) (longer, rest []byte) {
	switch c := text[0]; c {
	case 'b':
		return append(out, '\b'), text[1:]
	case 'f':
		return append(out, '\f'), text[1:]
	case 'n':
		return append(out, '\n'), text[1:]
	case 'r':
		return append(out, '\r'), text[1:]
	case 't':
		return append(out, '\t'), text[1:]
	case 'u':
		r := codeUnit(text[1:])
		text = text[5:]
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if len(text) >= 6 && text[0] == '\\' && text[1] == 'u' {
				pair = utf16.DecodeRune(r, codeUnit(text[2:]))
			}
			if r = pair; r != utf8.RuneError {
				text = text[6:]
			}
		}
		return utf8.AppendRune(out, r), text
	default: // a quote, a backslash or a slash
		return append(out, c), text[1:]
	}
}

// codeUnit reads four checked hexadecimal digits.
func codeUnit(b []byte) rune {
	return hexDigit(b[0])<<12 | hexDigit(b[1])<<8 | hexDigit(b[2])<<4 | hexDigit(b[3])
}
