package protection

import (
	"encoding/json"
	"maps"
	"math"
	"time"
)

// doc is a row of a model: field -> nil, bool, int, float64, string, time.Time, or a list or map of JSON. A row that is in
// a table is replaced and never changed.
type doc map[string]any

// timeForm is how the API writes times.
const timeForm = "2006-01-02T15:04:05.999Z"

// MarshalJSON writes times as the API does.
func (d doc) MarshalJSON() ([]byte, error) {
	plain := make(map[string]any, len(d))
	for name, v := range d {
		if t, ok := v.(time.Time); ok {
			v = t.UTC().Format(timeForm)
		}
		plain[name] = v
	}
	return json.Marshal(plain)
}

func (d doc) number(name string) int { n, _ := d[name].(int); return n }

func (d doc) text(name string) string { s, _ := d[name].(string); return s }

func (d doc) is(name string) bool { b, _ := d[name].(bool); return b }

// with gives a copy of a row with other values.
func (d doc) with(values doc) doc {
	c := maps.Clone(d)
	maps.Copy(c, values)
	return c
}

// read gives the fields that a client sent, in the types of rows; false when it is no object. isTime says which are times.
func read(body []byte, isTime map[string]bool) (doc, bool) {
	var sent map[string]any
	if err := json.Unmarshal(body, &sent); err != nil || sent == nil {
		return nil, false
	}
	d := make(doc, len(sent))
	for name, v := range sent {
		switch x := v.(type) {
		case float64:
			if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
				v = int(x)
			}
		case string:
			if t, ok := parseTime(x); ok && isTime[name] {
				v = t
			}
		}
		d[name] = v
	}
	return d, true
}

// parseTime reads a time as the API writes it, or as clients do.
func parseTime(text string) (time.Time, bool) {
	for _, form := range []string{timeForm, time.RFC3339Nano, "2006-01-02 15:04:05.999999", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
