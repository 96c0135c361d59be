package runtime

import (
	"strings"

	"go.starlark.net/syntax"
)

// aim moves the position of a parser's error to the token that it speaks of. The parser reports where it stood when it
// gave up, which is behind an unexpected token: behind its closing quote for a string, on the next line for a newline.
func aim(p problem, line func(n int) string) syntax.Position {
	pos := p.pos
	rest, ok := strings.CutPrefix(p.msg, "got ")
	if !ok {
		return pos
	}
	token, _, _ := strings.Cut(rest, ", want")
	token = strings.Trim(token, "'")
	if token == "newline" || token == "indent" || token == "outdent" || token == "end of file" {
		return lineEnd(pos, token, line)
	}
	runes := []rune(line(int(pos.Line)))
	col := min(int(pos.Col)-1, len(runes)) // the token, if it ends here, is runes[:col]'s tail
	switch token {
	case "string literal", "bytes literal":
		if col < 2 || runes[col-1] != '"' && runes[col-1] != '\'' {
			return pos
		}
		start := col - 2
		for start > 0 && runes[start] != runes[col-1] {
			start--
		}
		pos.Col = int32(start + 1)
	case "identifier", "int literal", "float literal":
		start := col
		for start > 0 && wordRune(runes[start-1]) {
			start--
		}
		if start < col {
			pos.Col = int32(start + 1)
		}
	default:
		if width := len([]rune(token)); width <= col && string(runes[col-width:col]) == token {
			pos.Col = int32(col - width + 1)
		}
	}
	return pos
}

// lineEnd aims at the end of the line before, where something is missing.
func lineEnd(pos syntax.Position, token string, line func(n int) string) syntax.Position {
	if pos.Col > 1 || pos.Line <= 1 || token == "indent" {
		return pos
	}
	for n := pos.Line - 1; n >= 1; n-- {
		if text := strings.TrimRight(line(int(n)), " \t"); text != "" {
			pos.Line, pos.Col = n, int32(len([]rune(text))+1)
			break
		}
	}
	return pos
}

func wordRune(r rune) bool {
	return r == '_' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
}
