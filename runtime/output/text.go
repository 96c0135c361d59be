package output

import (
	"bytes"
	"fmt"
	"time"
	"unicode/utf8"
)

// Text returns the plain text of a cell's value: nothing for nil, times in RFC 3339, lists and maps as JSON, bytes that
// are not UTF-8 as hexadecimal digits.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case []byte:
		if !utf8.Valid(v) {
			return fmt.Sprintf("%x", v)
		}
		return string(v)
	case []any, map[string]any:
		var buf bytes.Buffer
		if err := encode(&buf, plain(v)); err != nil {
			return fmt.Sprint(v)
		}
		return buf.String()
	}
	return fmt.Sprint(v)
}
