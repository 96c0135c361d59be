package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonLines writes a row as one line with a JSON object, its keys in the order of the cells.
type jsonLines struct {
	w      io.Writer
	buf    bytes.Buffer
	closed bool
}

func (j *jsonLines) Write(row Row) error {
	if j.closed {
		return ErrClosed
	}
	j.buf.Reset()
	j.buf.WriteByte('{')
	for i, cell := range row {
		if i > 0 {
			j.buf.WriteByte(',')
		}
		if err := encode(&j.buf, cell.Name); err != nil {
			return err
		}
		j.buf.WriteByte(':')
		if err := encode(&j.buf, plain(cell.Value)); err != nil {
			return fmt.Errorf("column %q: %w", cell.Name, err)
		}
	}
	j.buf.WriteString("}\n")
	_, err := j.w.Write(j.buf.Bytes())
	return err
}

func (j *jsonLines) Close() error {
	j.closed = true
	return nil
}

// encode appends v as JSON, without the escapes that only HTML needs, but with those that a terminal needs and JSON
// does not ask for: a reader of JSON sees no difference.
func encode(buf *bytes.Buffer, v any) error {
	start := buf.Len()
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1) // the encoder's newline
	if bytes.IndexFunc(buf.Bytes()[start:], hidden) < 0 {
		return nil
	}
	encoded := string(buf.Bytes()[start:])
	buf.Truncate(start)
	for _, r := range encoded {
		switch {
		case !hidden(r):
			buf.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(buf, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(buf, `\u%04x\u%04x`, high, low)
		}
	}
	return nil
}

// plain returns a value that JSON can carry without loss. What JSON has no form for becomes a string: times as RFC 3339,
// durations as Go writes them, infinities and NaN by name, bytes that are not UTF-8 as hexadecimal digits.
func plain(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case time.Duration:
		return v.String()
	case *big.Int:
		return json.Number(v.String())
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
	case []byte:
		if !utf8.Valid(v) {
			return fmt.Sprintf("%x", v)
		}
		return string(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = plain(e)
		}
		return out
	}
	return v
}
