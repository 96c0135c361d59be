package search

import (
	"cmp"
	"fmt"
	"strings"
)

// Order is what results are sorted by.
type Order struct {
	Field string
	Desc  bool
	kind  Kind
}

// ParseOrder reads "field", "field asc" or "field desc". The empty text is no order: ok is false.
func ParseOrder(text string, schema *Schema) (o Order, ok bool, err error) {
	parts := strings.Fields(text)
	switch len(parts) {
	case 0:
		return Order{}, false, nil
	case 1, 2:
	default:
		return Order{}, false, fmt.Errorf("sort %q is not a field and a direction", text)
	}
	o = Order{Field: strings.ToLower(parts[0])}
	if len(parts) == 2 {
		switch strings.ToLower(parts[1]) {
		case "desc":
			o.Desc = true
		case "asc":
		default:
			return Order{}, false, fmt.Errorf("sort %q has a direction that is neither asc nor desc", text)
		}
	}
	if o.kind = schema.kind(o.Field); o.kind == 0 {
		return Order{}, false, fmt.Errorf("sort %q names an unknown field", text)
	}
	return o, true, nil
}

// Key is what a document is sorted by.
type Key struct {
	number int64
	text   string
	absent bool
}

// Key gives a document's key: the first value of the field.
func (o Order) Key(d Doc) Key {
	if numeric(o.kind) {
		if v := d.Numbers(o.Field, nil); len(v) > 0 {
			return Key{number: v[0]}
		}
		return Key{absent: true}
	}
	if v := d.Strings(o.Field, nil); len(v) > 0 {
		return Key{text: v[0]}
	}
	return Key{absent: true}
}

// Compare orders two keys. Documents without the field come last in either direction.
func (o Order) Compare(a, b Key) int {
	if a.absent || b.absent {
		switch {
		case a.absent && b.absent:
			return 0
		case a.absent:
			return 1
		}
		return -1
	}
	c := cmp.Or(cmp.Compare(a.number, b.number), strings.Compare(a.text, b.text))
	if o.Desc {
		return -c
	}
	return c
}
