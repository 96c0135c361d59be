package response

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// object writes a JSON object field by field into a buffer, without the reflection and the maps of encoding/json:
// pages of a hundred documents with sixty fields each are what a search answers.
type object struct {
	buf []byte
}

// open begins an object.
func open(buf []byte) object { return object{append(buf, '{')} }

// close ends the object and gives the buffer.
func (o *object) close() []byte { return append(o.buf, '}') }

// key writes a name; the value must follow.
func (o *object) key(name string) {
	if o.buf[len(o.buf)-1] != '{' {
		o.buf = append(o.buf, ',', ' ')
	}
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, name...) // names are ours: nothing to escape
	o.buf = append(o.buf, '"', ':', ' ')
}

func (o *object) text(name, v string) {
	o.key(name)
	o.buf = appendText(o.buf, v)
}

func (o *object) number(name string, v int64) {
	o.key(name)
	o.buf = strconv.AppendInt(o.buf, v, 10)
}

func (o *object) truth(name string, v bool) {
	o.key(name)
	o.buf = strconv.AppendBool(o.buf, v)
}

func (o *object) null(name string) {
	o.key(name)
	o.buf = append(o.buf, "null"...)
}

// instant writes a time as the search index does, null for the zero time.
func (o *object) instant(name string, t time.Time) {
	if t.IsZero() {
		o.null(name)
		return
	}
	o.key(name)
	o.buf = append(o.buf, '"')
	o.buf = appendInstant(o.buf, t)
	o.buf = append(o.buf, '"')
}

func (o *object) texts(name string, list []string) {
	o.key(name)
	o.buf = append(o.buf, '[')
	for i, v := range list {
		if i > 0 {
			o.buf = append(o.buf, ',', ' ')
		}
		o.buf = appendText(o.buf, v)
	}
	o.buf = append(o.buf, ']')
}

// indexTime is the form of times in documents of the search index.
const indexTime = "2006-01-02T15:04:05.000Z"

// appendInstant appends a time in that form, in a third of the time that AppendFormat takes.
func appendInstant(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = appendDigits(b, year, 4)
	b = appendDigits(append(b, '-'), int(month), 2)
	b = appendDigits(append(b, '-'), day, 2)
	b = appendDigits(append(b, 'T'), hour, 2)
	b = appendDigits(append(b, ':'), minute, 2)
	b = appendDigits(append(b, ':'), second, 2)
	b = appendDigits(append(b, '.'), t.Nanosecond()/1e6, 3)
	return append(b, 'Z')
}

// appendDigits appends the last n digits of v.
func appendDigits(b []byte, v, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	for i := len(b) - 1; n > 0; i, n = i-1, n-1 {
		b[i] = byte('0' + v%10)
		v /= 10
	}
	return b
}

// appendText appends a JSON string. Control characters are escaped; bytes that are not UTF-8 become U+FFFD.
func appendText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b = append(b, s[from:i]...)
			b = append(b, "\ufffd"...)
			from = i + 1
		}
		i += n
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
