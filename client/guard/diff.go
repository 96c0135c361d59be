package guard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/pyjson"
)

// diff writes how two values differ, with a line for each part that does.
type diff struct{ b *strings.Builder }

// value compares what is at path. had and has say whether there is a value before and after.
func (d *diff) value(path string, before, after any, had, has bool) {
	switch {
	case had && has && reflect.DeepEqual(before, after) && before != client.SecretPlaceholder: // secrets differ unseen
		return
	case had && has:
		if old, now, ok := both[map[string]any](before, after); ok && len(old) > 0 && len(now) > 0 {
			d.maps(path, old, now)
			return
		}
		if old, now, ok := both[[]any](before, after); ok && len(old) > 0 && len(now) > 0 {
			d.lists(path, old, now)
			return
		}
	}
	if had {
		d.line('-', path, before)
	}
	if has {
		d.line('+', path, after)
	}
}

func (d *diff) maps(path string, before, after map[string]any) {
	names := slices.Collect(maps.Keys(before))
	names = slices.AppendSeq(names, maps.Keys(after))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		old, had := before[name]
		now, has := after[name]
		d.value(path+"."+name, old, now, had, has)
	}
}

// lists compares two lists but for what is equal at their beginning and end: mostly an item was put in or taken out.
func (d *diff) lists(path string, before, after []any) {
	start := 0
	for start < min(len(before), len(after)) && reflect.DeepEqual(before[start], after[start]) {
		start++
	}
	end := 0
	for end < min(len(before), len(after))-start && reflect.DeepEqual(before[len(before)-1-end], after[len(after)-1-end]) {
		end++
	}
	old, now := before[start:len(before)-end], after[start:len(after)-end]
	if len(old) == len(now) {
		for i := range old {
			d.value(fmt.Sprintf("%s[%d]", path, start+i), old[i], now[i], true, true)
		}
		return
	}
	for i, v := range old {
		d.line('-', fmt.Sprintf("%s[%d]", path, start+i), v)
	}
	for i, v := range now {
		d.line('+', fmt.Sprintf("%s[%d]", path, start+i), v)
	}
}

func (d *diff) line(sign byte, path string, v any) {
	text, err := readable(v)
	if err != nil {
		text = fmt.Appendf(nil, "%v", v)
	}
	fmt.Fprintf(d.b, "  %c %s: %s\n", sign, path, text)
}

// readable is a value as JSON for people: letters of every language and the signs < > & as they are.
func readable(v any) ([]byte, error) {
	exact, err := pyjson.Append(nil, v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(exact))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err = e.Encode(plain)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// both gives two values as a type, if both are of it.
func both[T any](a, b any) (x, y T, ok bool) {
	x, ok = a.(T)
	if ok {
		y, ok = b.(T)
	}
	return x, y, ok
}
