package response

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// plain is a searchable document whose fields are looked up by name. It is replaced and never changed.
type plain struct {
	names  []string // in the order in which they are written
	values map[string]any
	hidden map[string]bool // fields that are searched but not shown
}

// set adds a field: a text, a list of texts, a truth value, a whole number, a fraction, an instant, or anything else
// that can be JSON and is not searched.
func (d *plain) set(name string, value any) {
	if d.values == nil {
		d.values = make(map[string]any)
	}
	if _, there := d.values[name]; !there {
		d.names = append(d.names, name)
	}
	d.values[name] = value
}

// hide adds a field that can be searched by and is not shown.
func (d *plain) hide(name string, value any) {
	d.set(name, value)
	if d.hidden == nil {
		d.hidden = make(map[string]bool)
	}
	d.hidden[name] = true
}

// clone gives a copy to be changed.
func (d *plain) clone() *plain {
	c := &plain{hidden: d.hidden}
	for _, name := range d.names {
		c.set(name, d.values[name])
	}
	return c
}

// Strings gives the values of a text field for a search.
func (d *plain) Strings(field string, buf []string) []string {
	from := len(buf)
	buf = d.facet(field, buf)
	for i := from; i < len(buf); i++ {
		buf[i] = strings.ToLower(buf[i])
	}
	return buf
}

// Numbers gives the values of a field of numbers or times for a search.
func (d *plain) Numbers(field string, buf []int64) []int64 {
	switch v := d.values[field].(type) {
	case int:
		return append(buf, int64(v))
	case float64:
		return append(buf, int64(v))
	case time.Time:
		return append(buf, v.UnixMicro())
	}
	return buf
}

// facet gives the values of a field as they are spelt.
func (d *plain) facet(field string, buf []string) []string {
	switch v := d.values[field].(type) {
	case nil:
		return buf
	case []string:
		return append(buf, v...)
	case time.Time:
		return append(buf, v.UTC().Truncate(24*time.Hour).Format(indexTime))
	default:
		return append(buf, fmt.Sprint(v))
	}
}

// append appends the document as JSON.
func (d *plain) append(buf []byte) []byte {
	o := open(buf)
	for _, name := range d.names {
		if d.hidden[name] {
			continue
		}
		if t, ok := d.values[name].(time.Time); ok {
			o.instant(name, t)
			continue
		}
		encoded, err := json.Marshal(d.values[name])
		if err != nil {
			panic("simulator: field " + name + " cannot be JSON: " + err.Error()) // a mistake in the source
		}
		o.key(name)
		o.buf = append(o.buf, encoded...)
	}
	return o.close()
}
