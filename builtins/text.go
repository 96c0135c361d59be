package builtins

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// maxWidth bounds a column width that a script asks for.
const maxWidth = 10_000

func textBuiltins() []Builtin {
	return []Builtin{
		function("fmt", fmtBuiltin, "string",
			"Formats as Python's % does, with widths and precisions, which the language's own % lacks: "+
				`fmt("%-10s %6.2f", name, x), or by name: fmt("%(host)-10s", host=h).`,
			Param{Name: "format"}, Param{Name: "*args"}, Param{Name: "**named"}),
		function("pad", pad, "string", "Fills a text up to n characters. A longer one stays as it is.",
			Param{Name: "s", Doc: "text, or any value, as str shows it"}, Param{Name: "n"},
			Param{Name: "align", Default: `"left"`, Doc: `where the text stands: "left", "right" or "center"`},
			Param{Name: "fill", Default: `" "`, Doc: "the character to fill with"}),
		decodeBuiltin(),
	}
}

func pad(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		s     starlark.Value
		n     width
		align = "left"
		fill  = " "
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "s", &s, "n", &n, "align?", &align, "fill?", &fill); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(fill) != 1 {
		return nil, fmt.Errorf("%s: for parameter fill: got %q, want one character", b.Name(), fill)
	}
	text := textOf(s)
	missing := max(0, int(n)-utf8.RuneCountInString(text))
	left := 0
	switch align {
	case "left":
	case "right":
		left = missing
	case "center":
		left = missing / 2
	default:
		return nil, fmt.Errorf(`%s: for parameter align: got %q, want "left", "right" or "center"`, b.Name(), align)
	}
	return starlark.String(strings.Repeat(fill, left) + text + strings.Repeat(fill, missing-left)), nil
}

// width is a number of characters, 0 to maxWidth.
type width int

// Unpack implements starlark.Unpacker.
func (w *width) Unpack(v starlark.Value) error {
	n, err := starlark.AsInt32(v)
	if err != nil || n < 0 || n > maxWidth {
		got := v.Type()
		if i, ok := v.(starlark.Int); ok {
			got = i.String()
		}
		return fmt.Errorf("got %s, want 0 to %d", got, maxWidth)
	}
	*w = width(n)
	return nil
}

// textOf returns the text of a value as str shows it.
func textOf(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.String:
		return string(v)
	case starlark.Bytes:
		return strings.ToValidUTF8(string(v), "\uFFFD")
	}
	return v.String()
}

// joinTexts joins the texts of values.
func joinTexts(values starlark.Tuple, sep string) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(textOf(v))
	}
	return b.String()
}
