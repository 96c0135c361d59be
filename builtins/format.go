package builtins

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

func fmtBuiltin(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("%s: missing argument for format", b.Name())
	}
	format, ok := starlark.AsString(args[0])
	if !ok {
		return nil, fmt.Errorf("%s: for parameter format: got %s, want string", b.Name(), args[0].Type())
	}
	f := &formatter{format: format, args: args[1:], named: kwargs}
	text, err := f.run()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return starlark.String(text), nil
}

// formatter walks over a format and the arguments that it takes.
type formatter struct {
	format string
	at     int // index in format
	args   starlark.Tuple
	used   int // how many of args were taken
	named  []starlark.Tuple
	out    strings.Builder
}

// directive is one %-directive.
type directive struct {
	minus, plus, space, zero, sharp bool
	width                           int
	precision                       int // -1 when absent
	verb                            byte
}

func (f *formatter) run() (string, error) {
	for f.at < len(f.format) {
		percent := strings.IndexByte(f.format[f.at:], '%')
		if percent < 0 {
			f.out.WriteString(f.format[f.at:])
			break
		}
		f.out.WriteString(f.format[f.at : f.at+percent])
		f.at += percent + 1
		if err := f.directive(); err != nil {
			return "", err
		}
	}
	if f.used < len(f.args) {
		return "", fmt.Errorf("got %d arguments, the format takes %d", len(f.args), f.used)
	}
	return f.out.String(), nil
}

var errUnfinished = errors.New("the format ends inside a directive, write %% for the sign")

// next returns the byte at the cursor and moves on.
func (f *formatter) next() (byte, error) {
	if f.at == len(f.format) {
		return 0, errUnfinished
	}
	f.at++
	return f.format[f.at-1], nil
}

func (f *formatter) directive() error {
	var d directive
	name, err := f.name()
	if err != nil {
		return err
	}
	if err := f.flags(&d); err != nil {
		return err
	}
	if d.width, err = f.number(); err != nil {
		return err
	}
	if d.width < 0 {
		d.minus, d.width = true, -d.width
	}
	d.precision = -1
	if f.at < len(f.format) && f.format[f.at] == '.' {
		f.at++
		if d.precision, err = f.number(); err != nil {
			return err
		}
		d.precision = max(0, d.precision)
	}
	if d.verb, err = f.next(); err != nil {
		return err
	}
	if d.verb == '%' {
		f.out.WriteByte('%')
		return nil
	}
	v, err := f.argument(name)
	if err != nil {
		return err
	}
	text, err := d.text(v)
	if err != nil {
		return fmt.Errorf("%%%c: %w", d.verb, err)
	}
	f.out.WriteString(text)
	return nil
}

// name reads "(host)" after the percent sign.
func (f *formatter) name() (string, error) {
	if f.at == len(f.format) || f.format[f.at] != '(' {
		return "", nil
	}
	name, _, ok := strings.Cut(f.format[f.at+1:], ")")
	if !ok {
		return "", errUnfinished
	}
	f.at += len(name) + 2
	return name, nil
}

func (f *formatter) flags(d *directive) error {
	for {
		c, err := f.next()
		if err != nil {
			return err
		}
		switch c {
		case '-':
			d.minus = true
		case '+':
			d.plus = true
		case ' ':
			d.space = true
		case '0':
			d.zero = true
		case '#':
			d.sharp = true
		default:
			f.at--
			return nil
		}
	}
}

// number reads a width or a precision: digits, a star, or nothing, which is 0.
func (f *formatter) number() (int, error) {
	if f.at < len(f.format) && f.format[f.at] == '*' {
		f.at++
		v, err := f.argument("")
		if err != nil {
			return 0, err
		}
		n, err := starlark.AsInt32(v)
		if err != nil || n < -maxWidth || n > maxWidth {
			return 0, fmt.Errorf("got %s for a width, want an int up to %d", v, maxWidth)
		}
		return n, nil
	}
	n := 0
	for f.at < len(f.format) && '0' <= f.format[f.at] && f.format[f.at] <= '9' {
		if n = n*10 + int(f.format[f.at]-'0'); n > maxWidth {
			return 0, fmt.Errorf("a width or precision is more than %d", maxWidth)
		}
		f.at++
	}
	return n, nil
}

// argument returns the named argument, or the next one.
func (f *formatter) argument(name string) (starlark.Value, error) {
	if name != "" {
		for _, kv := range f.named {
			if kv[0] == starlark.String(name) {
				return kv[1], nil
			}
		}
		return nil, fmt.Errorf("no argument is named %q", name)
	}
	if f.used == len(f.args) {
		return nil, fmt.Errorf("got %d arguments, the format takes more", len(f.args))
	}
	f.used++
	return f.args[f.used-1], nil
}

// text formats one value.
func (d *directive) text(v starlark.Value) (string, error) {
	switch d.verb {
	case 's', 'r':
		text := v.String()
		if d.verb == 's' {
			text = textOf(v)
		}
		if d.precision >= 0 {
			text = firstRunes(text, d.precision)
		}
		return d.justify("", text, false), nil
	case 'c':
		return d.char(v)
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return d.integer(v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return d.float(v)
	}
	return "", errors.New("unknown directive, want one of s r d i u o x X e E f F g G c %")
}

func (d *directive) char(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		if utf8.RuneCountInString(string(v)) == 1 {
			return d.justify("", string(v), false), nil
		}
	case starlark.Int:
		if n, err := starlark.AsInt32(v); err == nil && n >= 0 && utf8.ValidRune(rune(n)) {
			return d.justify("", string(rune(n)), false), nil
		}
	}
	return "", fmt.Errorf("got %s, want one character or its number", v)
}

func (d *directive) integer(v starlark.Value) (string, error) {
	i, err := starlark.NumberToInt(v)
	if err != nil {
		return "", err
	}
	base, prefix := 10, ""
	switch d.verb {
	case 'o':
		base, prefix = 8, "0o"
	case 'x', 'X':
		base, prefix = 16, "0x"
	}
	digits := new(big.Int).Abs(i.BigInt()).Text(base)
	if n := d.precision - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	if !d.sharp {
		prefix = ""
	}
	if d.verb == 'X' {
		digits, prefix = strings.ToUpper(digits), strings.ToUpper(prefix)
	}
	return d.justify(d.sign(i.Sign() < 0)+prefix, digits, true), nil
}

func (d *directive) float(v starlark.Value) (string, error) {
	x, ok := starlark.AsFloat(v)
	if !ok {
		return "", fmt.Errorf("got %s, want a number", v.Type())
	}
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	verb := d.verb
	if verb == 'F' {
		verb = 'f'
	}
	negative := math.Signbit(x) && !math.IsNaN(x)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		text := "inf"
		if math.IsNaN(x) {
			text = "nan"
		}
		if d.verb == 'E' || d.verb == 'F' || d.verb == 'G' {
			text = strings.ToUpper(text)
		}
		return d.justify(d.sign(negative), text, false), nil
	}
	layout := "%.*" + string(verb)
	if d.sharp {
		layout = "%#.*" + string(verb)
	}
	return d.justify(d.sign(negative), fmt.Sprintf(layout, precision, math.Abs(x)), true), nil
}

func (d *directive) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case d.plus:
		return "+"
	case d.space:
		return " "
	}
	return ""
}

// justify fills text up to the width. Zeros, for numbers only, stand between the sign and the digits.
func (d *directive) justify(sign, text string, number bool) string {
	missing := max(0, d.width-utf8.RuneCountInString(sign)-utf8.RuneCountInString(text))
	switch {
	case d.minus:
		return sign + text + strings.Repeat(" ", missing)
	case d.zero && number:
		return sign + strings.Repeat("0", missing) + text
	}
	return strings.Repeat(" ", missing) + sign + text
}

// firstRunes returns the first n characters of s.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
