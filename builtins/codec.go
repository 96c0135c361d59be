package builtins

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
)

// data is text or bytes, as the bytes of either.
type data string

// Unpack implements starlark.Unpacker.
func (d *data) Unpack(v starlark.Value) error {
	switch v := v.(type) {
	case starlark.String:
		*d = data(v)
	case starlark.Bytes:
		*d = data(v)
	default:
		return fmt.Errorf("got %s, want string or bytes", v.Type())
	}
	return nil
}

func base64Module() Builtin {
	in := Param{Name: "data", Doc: "string or bytes"}
	text := Param{Name: "text", Doc: "padding and line breaks may be missing or present"}
	encode := func(e *base64.Encoding) attrs.Func {
		return transform("data", func(d string) (starlark.Value, error) { return starlark.String(e.EncodeToString([]byte(d))), nil })
	}
	decode := func(e *base64.Encoding) attrs.Func {
		return transform("text", func(d string) (starlark.Value, error) {
			d = strings.TrimRight(strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(d), "=")
			out, err := e.WithPadding(base64.NoPadding).DecodeString(d)
			return starlark.Bytes(out), err
		})
	}
	return module("base64", "Base64.",
		function("base64.b64encode", encode(base64.StdEncoding), "string", "Encodes data.", in),
		function("base64.b64decode", decode(base64.StdEncoding), "bytes",
			`Decodes text; for what powershell -enc takes: decode(base64.b64decode(x), "utf-16-le").`, text),
		function("base64.urlsafe_b64encode", encode(base64.URLEncoding), "string", "Encodes data, with - and _ for + and /.", in),
		function("base64.urlsafe_b64decode", decode(base64.URLEncoding), "bytes", "Decodes text with - and _ for + and /.", text),
	)
}

func binasciiModule() Builtin {
	return module("binascii", "Hexadecimal digits.",
		function("binascii.hexlify", transform("data", func(d string) (starlark.Value, error) {
			return starlark.String(hex.EncodeToString([]byte(d))), nil
		}), "string", "Gives the hexadecimal digits of data.", Param{Name: "data", Doc: "string or bytes"}),
		function("binascii.unhexlify", transform("text", func(d string) (starlark.Value, error) {
			out, err := hex.DecodeString(d)
			return starlark.Bytes(out), err
		}), "bytes", "Gives the data of hexadecimal digits.", Param{Name: "text"}),
	)
}

// transform makes a builtin of a function of one parameter, text or bytes.
func transform(param string, f func(string) (starlark.Value, error)) attrs.Func {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var d data
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, param, &d); err != nil {
			return nil, err
		}
		v, err := f(string(d))
		return named(b, v, err)
	}
}

func decodeBuiltin() Builtin {
	return function("decode", decodeText, "string", "Gives the text that bytes hold.",
		Param{Name: "data", Doc: "bytes"},
		Param{Name: "encoding", Default: `"utf-8"`, Doc: "utf-8, utf-16 (with a byte order mark), utf-16-le, utf-16-be, latin-1 or ascii"},
		Param{Name: "errors", Default: `"strict"`, Doc: `"strict" fails on malformed data, "replace" puts U+FFFD, "ignore" leaves it out`})
}

func decodeText(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var in data
	encoding, onError := "utf-8", "strict"
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "data", &in, "encoding?", &encoding, "errors?", &onError); err != nil {
		return nil, err
	}
	d := decoder{onError: onError}
	switch onError {
	case "strict", "replace", "ignore":
	default:
		return nil, fmt.Errorf(`%s: for parameter errors: got %q, want "strict", "replace" or "ignore"`, b.Name(), onError)
	}
	var err error
	switch name := strings.ReplaceAll(strings.ToLower(encoding), "_", "-"); name {
	case "utf-8", "utf8":
		err = d.utf8(string(in))
	case "ascii", "us-ascii":
		err = d.narrow(string(in), utf8.RuneSelf)
	case "latin-1", "latin1", "iso-8859-1":
		err = d.narrow(string(in), 256)
	case "utf-16", "utf16", "utf-16-le", "utf-16le", "utf-16-be", "utf-16be":
		big := strings.HasSuffix(name, "be")
		if name == "utf-16" || name == "utf16" {
			switch {
			case strings.HasPrefix(string(in), "\xfe\xff"):
				big, in = true, in[2:]
			case strings.HasPrefix(string(in), "\xff\xfe"):
				in = in[2:]
			}
		}
		err = d.utf16(string(in), big)
	default:
		return nil, fmt.Errorf("%s: for parameter encoding: unknown %q, want utf-8, utf-16, utf-16-le, utf-16-be, latin-1 or ascii", b.Name(), encoding)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the data is not %s: %w", b.Name(), encoding, err)
	}
	return starlark.String(d.out.String()), nil
}

// decoder writes characters, and what stands for malformed data.
type decoder struct {
	onError string
	out     strings.Builder
}

func (d *decoder) malformed(at int) error {
	switch d.onError {
	case "strict":
		return fmt.Errorf(`malformed at byte %d (errors="replace" reads it all the same)`, at)
	case "replace":
		d.out.WriteRune(utf8.RuneError)
	}
	return nil
}

func (d *decoder) utf8(in string) error {
	for i, r := range in {
		if r == utf8.RuneError && !strings.HasPrefix(in[i:], "\uFFFD") {
			if err := d.malformed(i); err != nil {
				return err
			}
			continue
		}
		d.out.WriteRune(r)
	}
	return nil
}

// narrow reads one character a byte, below top.
func (d *decoder) narrow(in string, top int) error {
	for i := range len(in) {
		if int(in[i]) >= top {
			if err := d.malformed(i); err != nil {
				return err
			}
			continue
		}
		d.out.WriteRune(rune(in[i]))
	}
	return nil
}

func (d *decoder) utf16(in string, big bool) error {
	unit := func(i int) rune {
		if big {
			return rune(in[i])<<8 | rune(in[i+1])
		}
		return rune(in[i+1])<<8 | rune(in[i])
	}
	for i := 0; i < len(in); i += 2 {
		if i+1 == len(in) {
			return d.malformed(i)
		}
		r := unit(i)
		if utf16.IsSurrogate(r) {
			r2 := rune(0)
			if i+3 < len(in) {
				r2 = unit(i + 2)
			}
			if r = utf16.DecodeRune(r, r2); r == utf8.RuneError {
				if err := d.malformed(i); err != nil {
					return err
				}
				continue
			}
			i += 2
		}
		d.out.WriteRune(r)
	}
	return nil
}
