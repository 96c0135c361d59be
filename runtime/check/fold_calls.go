package check

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"go.starlark.net/syntax"
)

// foldCall knows the functions and methods that take a text apart or put it together.
func (f *folder) foldCall(e *syntax.CallExpr) (constant, bool) {
	switch fn := e.Fn.(type) {
	case *syntax.Ident:
		return f.foldFunction(fn.Name, e.Args)
	case *syntax.DotExpr:
		if id, ok := fn.X.(*syntax.Ident); ok && (decodes(id.Name, fn.Name.Name) != "" || fn.Name.Name == "fromhex") {
			return f.foldDecode(decodes(id.Name, fn.Name.Name), e.Args)
		}
		recv, ok := f.fold(fn.X)
		if !ok {
			return constant{}, false
		}
		return f.foldMethod(recv, fn.Name.Name, e.Args)
	}
	return constant{}, false
}

// decodes names the encoding that module.function undoes; "" when it does none.
func decodes(module, function string) string {
	function = strings.ToLower(function)
	switch {
	case strings.Contains(function, "b64decode"), strings.Contains(function, "base64_decode"), strings.Contains(function, "decode_base64"):
		return "base64"
	case strings.Contains(function, "unhex"), function == "fromhex", function == "hex_decode", function == "decode_hex", function == "from_hex":
		return "hex"
	case strings.Contains(function, "decode") && strings.Contains(strings.ToLower(module), "base64"):
		return "base64"
	case strings.Contains(function, "decode") && strings.Contains(strings.ToLower(module), "hex"):
		return "hex"
	}
	return ""
}

func (f *folder) foldDecode(encoding string, args []syntax.Expr) (constant, bool) {
	if len(args) == 0 {
		return constant{}, false
	}
	c, ok := f.fold(args[0])
	if !ok || c.kind != constText {
		return constant{}, false
	}
	var out []byte
	if encoding == "base64" {
		out, ok = decodeBase64(c.text)
	} else {
		var err error
		out, err = hex.DecodeString(c.text)
		ok = err == nil
	}
	if !ok {
		return constant{}, false
	}
	return f.derived(c, string(out), encoding)
}

var base64Alphabet = strings.NewReplacer("\n", "", "\r", "", " ", "", "-", "+", "_", "/")

// decodeBase64 reads the standard and the URL alphabet, with or without padding.
func decodeBase64(s string) ([]byte, bool) {
	s = strings.TrimRight(base64Alphabet.Replace(s), "=")
	if len(s)%4 == 1 {
		return nil, false
	}
	out, err := base64.RawStdEncoding.DecodeString(s)
	return out, err == nil
}

func (f *folder) foldFunction(name string, args []syntax.Expr) (constant, bool) {
	if enc := decodes("", name); enc != "" {
		return f.foldDecode(enc, args)
	}
	if len(args) != 1 {
		return constant{}, false
	}
	c, ok := f.fold(args[0])
	if !ok {
		return constant{}, false
	}
	switch name {
	case "str", "list", "tuple", "fmt":
		if c.kind == constText || c.kind == constList {
			return c, true
		}
	case "chr":
		if s, ok := runeText(c.num); ok && c.kind == constNum {
			return f.text(s, nil, "joined")
		}
	case "reversed":
		return f.reverse(f.elems(c))
	case "bytes":
		if c.kind == constText {
			return c, true
		}
		return f.bytesOf(c)
	}
	return constant{}, false
}

func (f *folder) bytesOf(c constant) (constant, bool) {
	if c.kind != constList {
		return constant{}, false
	}
	b := make([]byte, 0, len(c.list))
	for _, item := range c.list {
		if item.kind != constNum || item.num < 0 || item.num > 255 {
			return constant{}, false
		}
		b = append(b, byte(item.num))
	}
	return f.text(string(b), nil, "joined")
}

// elems turns a text into the list of its bytes.
func (f *folder) elems(c constant) constant {
	if c.kind != constText || len(c.text) > maxFoldItems {
		return c
	}
	out := constant{kind: constList, list: make([]constant, 0, len(c.text))}
	for i := range len(c.text) {
		out.list = append(out.list, constant{kind: constText, text: c.text[i : i+1], pieces: wholePiece(c.first(), 1)})
	}
	return out
}

func (f *folder) foldMethod(recv constant, name string, args []syntax.Expr) (constant, bool) {
	if recv.kind != constText {
		return constant{}, false
	}
	if name == "format" {
		return f.foldFormat(recv, args)
	}
	list, ok := f.foldList(args)
	if !ok {
		return constant{}, false
	}
	texts := make([]string, len(list.list))
	for i, c := range list.list {
		texts[i] = c.text
	}
	switch {
	case name == "join" && len(texts) == 1:
		return f.join(recv, f.elems(list.list[0]))
	case name == "replace" && len(texts) == 2 && texts[0] != "":
		if strings.Count(recv.text, texts[0])*len(texts[1]) > maxFoldText {
			return constant{}, false
		}
		return f.derived(recv, strings.ReplaceAll(recv.text, texts[0], texts[1]), "joined")
	case name == "elems" || name == "codepoints":
		return f.elems(recv), true
	case name == "split" || name == "splitlines":
		return f.split(recv, texts)
	case name == "encode" || name == "decode":
		return recv, true
	}
	if s, ok := trimmed(recv.text, name, texts); ok {
		return f.derived(recv, s, "")
	}
	return constant{}, false
}

func trimmed(s, name string, args []string) (string, bool) {
	cut := " \t\r\n"
	if len(args) == 1 {
		cut = args[0]
	}
	switch {
	case name == "lower":
		return strings.ToLower(s), true
	case name == "upper":
		return strings.ToUpper(s), true
	case name == "strip":
		return strings.Trim(s, cut), true
	case name == "lstrip":
		return strings.TrimLeft(s, cut), true
	case name == "rstrip":
		return strings.TrimRight(s, cut), true
	case name == "removeprefix" && len(args) == 1:
		return strings.TrimPrefix(s, cut), true
	case name == "removesuffix" && len(args) == 1:
		return strings.TrimSuffix(s, cut), true
	}
	return "", false
}

func (f *folder) join(sep, list constant) (constant, bool) {
	if list.kind != constList {
		return constant{}, false
	}
	var parts []constant
	for i, c := range list.list {
		if c.kind != constText {
			return constant{}, false
		}
		if i > 0 && sep.text != "" {
			parts = append(parts, constant{kind: constText, text: sep.text})
		}
		parts = append(parts, c)
	}
	out, ok := f.concat(parts...)
	if ok && len(out.pieces) > 1 && out.via == "" {
		out.via = "joined"
	}
	return out, ok
}

func (f *folder) split(recv constant, args []string) (constant, bool) {
	sep := "\n"
	if len(args) > 0 {
		sep = args[0]
	}
	if sep == "" {
		return constant{}, false
	}
	parts := strings.Split(recv.text, sep)
	if len(args) == 0 {
		parts = strings.Fields(recv.text)
	}
	if len(parts) > maxFoldItems {
		return constant{}, false
	}
	out := constant{kind: constList}
	for _, p := range parts {
		out.list = append(out.list, constant{kind: constText, text: p, pieces: wholePiece(recv.first(), len(p))})
	}
	return out, true
}

// segments cuts a format text at its verbs: next gives the length of the verb at the head of a text and the constant
// that replaces it.
func (f *folder) segments(format constant, next func(rest string) (int, constant, bool)) (constant, bool) {
	var parts []constant
	from := 0
	literal := func(to int) {
		if to > from {
			c := constant{kind: constText, text: format.text[from:to], pieces: wholePiece(format.first(), to-from)}
			parts = append(parts, c)
		}
	}
	for i := 0; i < len(format.text); {
		n, c, ok := next(format.text[i:])
		if !ok {
			return constant{}, false
		}
		if n == 0 {
			i++
			continue
		}
		literal(i)
		if c.kind == constText && c.text != "" {
			parts = append(parts, c)
		}
		i += n
		from = i
	}
	literal(len(format.text))
	return f.concat(parts...)
}

func (f *folder) foldPercent(format, operand constant) (constant, bool) {
	args := []constant{operand}
	if operand.kind == constList {
		args = operand.list
	}
	return f.segments(format, func(rest string) (int, constant, bool) {
		if rest[0] != '%' {
			return 0, constant{}, true
		}
		if len(rest) < 2 {
			return 0, constant{}, false
		}
		if rest[1] == '%' {
			return 2, constant{kind: constText, text: "%"}, true
		}
		if rest[1] == '(' {
			end := strings.IndexByte(rest, ')')
			if end < 0 || end+1 >= len(rest) || operand.kind != constDict {
				return 0, constant{}, false
			}
			c, ok := operand.lookup(rest[2:end])
			return end + 2, c, ok
		}
		if len(args) == 0 || args[0].kind != constText {
			return 0, constant{}, false
		}
		c := args[0]
		args = args[1:]
		return 2, c, true
	})
}

func (c constant) lookup(key string) (constant, bool) {
	for i, k := range c.keys {
		if k == key && c.list[i].kind == constText {
			return c.list[i], true
		}
	}
	return constant{}, false
}

func (f *folder) foldFormat(format constant, args []syntax.Expr) (constant, bool) {
	var positional []constant
	named := constant{kind: constDict}
	for _, a := range args {
		if b, ok := a.(*syntax.BinaryExpr); ok && b.Op == syntax.EQ {
			c, ok := f.fold(b.Y)
			id, isName := b.X.(*syntax.Ident)
			if !ok || !isName {
				return constant{}, false
			}
			named.keys, named.list = append(named.keys, id.Name), append(named.list, c)
			continue
		}
		c, ok := f.fold(a)
		if !ok || c.kind != constText {
			return constant{}, false
		}
		positional = append(positional, c)
	}
	auto := 0
	return f.segments(format, func(rest string) (int, constant, bool) {
		if strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}") {
			return 2, constant{kind: constText, text: rest[:1]}, true
		}
		if rest[0] != '{' {
			return 0, constant{}, true
		}
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return 0, constant{}, false
		}
		name, _, _ := strings.Cut(rest[1:end], "!")
		if c, ok := named.lookup(name); ok {
			return end + 1, c, true
		}
		i := auto
		if name != "" {
			if len(name) != 1 || name[0] < '0' || name[0] > '9' {
				return 0, constant{}, false
			}
			i = int(name[0] - '0')
		}
		auto++
		if i >= len(positional) {
			return 0, constant{}, false
		}
		return end + 1, positional[i], true
	})
}
