package repl

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/cbscript/cbscript/runtime/output"
	"github.com/jedib0t/go-pretty/v6/text"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

const (
	// shownElements is how many elements of one value are shown.
	shownElements = 20
	// shownDepth is how deep values inside values are opened.
	shownDepth = 4
)

// Format returns how a REPL shows a value on a terminal of width columns: on one line if it fits, else its elements on
// lines of their own, cut at the width, and of many the first ones with the number of the rest. It looks only into
// values that hold their elements; of others it shows their String, so that nothing is fetched. print shows all.
func Format(v starlark.Value, width int) string {
	f := &formatter{width: max(width, 20)}
	if line, ok := f.inline(v, f.width); ok {
		return line
	}
	f.open(v, "", "", "")
	return strings.TrimSuffix(f.b.String(), "\n")
}

type formatter struct {
	width int
	b     strings.Builder
}

// item is an element of a value, after its key or name.
type item struct {
	key   string
	value starlark.Value
}

// parts returns the elements of a value that holds them, at most n, their whole number, and the brackets around them.
func parts(v starlark.Value, n int) (items []item, total int, left, right string) {
	elements := func(values starlark.Iterable) (items []item) {
		for e := range starlark.Elements(values) {
			if len(items) == n {
				break
			}
			items = append(items, item{"", e})
		}
		return items
	}
	switch v := v.(type) {
	case *starlark.List:
		return elements(v), v.Len(), "[", "]"
	case starlark.Tuple:
		return elements(v), v.Len(), "(", ")"
	case *starlark.Set:
		return elements(v), v.Len(), "set([", "])"
	case *starlark.Dict:
		for k, e := range v.Entries() {
			if len(items) == n {
				break
			}
			items = append(items, item{short(k) + ": ", e})
		}
		return items, v.Len(), "{", "}"
	case *starlarkstruct.Struct:
		names := v.AttrNames()
		for _, name := range names[:min(n, len(names))] {
			if e, err := v.Attr(name); err == nil {
				items = append(items, item{name + " = ", e})
			}
		}
		constructor := v.Constructor().String()
		if name, ok := v.Constructor().(starlark.String); ok {
			constructor = string(name)
		}
		return items, len(names), constructor + "(", ")"
	}
	return nil, -1, "", ""
}

// short returns a key on one line.
func short(k starlark.Value) string {
	s := output.VisibleLine(k.String())
	if len(s) > 60 {
		s = text.Snip(s, 60, "…")
	}
	return s
}

// inline returns v on one line if it fits into width columns. It gives up early: a value may hold millions.
func (f *formatter) inline(v starlark.Value, width int) (string, bool) {
	if s, ok := v.(starlark.String); ok && len(s) > 4*width {
		return "", false
	}
	items, total, left, right := parts(v, width/2+1)
	if total < 0 {
		s := output.VisibleLine(v.String())
		return s, text.StringWidth(s) <= width
	}
	if total > len(items) {
		return "", false
	}
	var b strings.Builder
	b.WriteString(left)
	for i, it := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		s, ok := f.inline(it.value, width-b.Len()/4)
		if !ok {
			return "", false
		}
		b.WriteString(it.key + s)
		if b.Len() > 4*width { // bytes: a column takes up to four
			return "", false
		}
	}
	if _, ok := v.(starlark.Tuple); ok && total == 1 {
		b.WriteByte(',')
	}
	b.WriteString(right)
	return b.String(), text.StringWidth(b.String()) <= width
}

// open writes v over several lines, after prefix and before suffix.
func (f *formatter) open(v starlark.Value, indent, prefix, suffix string) {
	if s, ok := f.inline(v, f.width-text.StringWidth(indent+prefix+suffix)); ok {
		f.b.WriteString(indent + prefix + s + suffix + "\n")
		return
	}
	items, total, left, right := parts(v, shownElements)
	if total < 0 || len(indent) >= 2*shownDepth {
		f.cut(v, indent+prefix, suffix)
		return
	}
	f.b.WriteString(indent + prefix + left + "\n")
	for _, it := range items {
		f.open(it.value, indent+"  ", it.key, ",")
	}
	if total > len(items) {
		fmt.Fprintf(&f.b, "%s  … and %d more of %d\n", indent, total-len(items), total)
	}
	f.b.WriteString(indent + right + suffix + "\n")
}

// cut writes the beginning of a value that does not fit its line, and how long it is.
func (f *formatter) cut(v starlark.Value, prefix, suffix string) {
	if _, total, left, right := parts(v, 0); total >= 0 {
		fmt.Fprintf(&f.b, "%s%s… %d inside …%s%s\n", prefix, left, total, right, suffix)
		return
	}
	rest, s := "", ""
	if str, ok := v.(starlark.String); ok {
		rest = fmt.Sprintf(" (%d bytes)", len(str))
		s = starlark.String(head(string(str), 4*f.width)).String()
	} else {
		s = v.String()
		rest = fmt.Sprintf(" (%d bytes)", len(s))
		s = head(s, 4*f.width)
	}
	room := max(f.width-text.StringWidth(prefix+rest+suffix), 10)
	f.b.WriteString(prefix + text.Snip(output.VisibleLine(s), room, "…") + rest + suffix + "\n")
}

// head returns the first n bytes of s, or a few less so that no character is split.
func head(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
