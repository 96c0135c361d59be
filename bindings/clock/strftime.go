package clock

import (
	"fmt"
	"strings"
	"time"
)

// strftimeLayouts gives the Go layout of each percent letter.
var strftimeLayouts = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'j': "002",
	'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM",
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January",
	'z': "-0700", 'Z': "MST",
	'F': "2006-01-02", 'T': "15:04:05", 'D': "01/02/06", 'R': "15:04",
}

// Strftime returns the text of a moment by a format of percent letters, as Python and C have it: Y y m d e j H I M
// S p a A b B z Z F T D R, f for microseconds, s for seconds since 1970, and %% for a percent sign. Names of days
// and months are English. An unknown letter gives an error that names it.
func Strftime(t time.Time, format string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			return "", fmt.Errorf("format %q ends in a single %%, write %%%% for the sign", clip(format))
		}
		switch letter := format[i]; letter {
		case '%':
			b.WriteByte('%')
		case 'f':
			fmt.Fprintf(&b, "%06d", t.Nanosecond()/1000)
		case 's':
			fmt.Fprint(&b, t.Unix())
		default:
			layout, ok := strftimeLayouts[letter]
			if !ok {
				return "", fmt.Errorf("format %q: unknown letter %%%c", clip(format), letter)
			}
			b.WriteString(t.Format(layout))
		}
	}
	return b.String(), nil
}

// StrftimeLayout returns the Go layout that reads what [Strftime] writes with format, for strptime. It does not
// know %s; %f must follow %S and a dot, since Go reads a fraction only there; and the text between the letters
// must hold nothing that a Go layout gives a meaning.
func StrftimeLayout(format string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			if strings.IndexByte("0123456789_JMPp", format[i]) >= 0 {
				return "", fmt.Errorf("format %q: cannot read the text %q", clip(format), format[i:i+1])
			}
			b.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			return "", fmt.Errorf("format %q ends in a single %%, write %%%% for the sign", clip(format))
		}
		switch letter := format[i]; letter {
		case '%':
			b.WriteByte('%')
		case 'f':
			if !strings.HasSuffix(b.String(), "05.") {
				return "", fmt.Errorf("format %q: %%f is read only after %%S and a dot, as in %%S.%%f", clip(format))
			}
			b.WriteString("999999999")
		default:
			layout, ok := strftimeLayouts[letter]
			if !ok {
				return "", fmt.Errorf("format %q: unknown letter %%%c", clip(format), letter)
			}
			b.WriteString(layout)
		}
	}
	return b.String(), nil
}
