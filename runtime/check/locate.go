package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// lineStarts are the offsets at which the lines of a text begin.
type lineStarts []int

func lineIndex(text string) lineStarts {
	out := lineStarts{0}
	for i := range len(text) {
		if text[i] == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// position gives the line and column of text[offset], both from 1, the column in characters.
func (l lineStarts) position(text string, offset int) (line, column int) {
	i, exact := slices.BinarySearch(l, offset)
	if !exact {
		i--
	}
	return i + 1, utf8.RuneCountInString(text[l[i]:offset]) + 1
}

// rawLines maps a literal's value to its raw text.
type rawLines struct {
	starts lineStarts
	// shift is the distance of a byte of the value in the raw text, or -1 where escapes make it differ.
	shift int
}

func (j *judge) rawLines(lit *syntax.Literal) *rawLines {
	l := j.lines[lit]
	if l == nil {
		l = &rawLines{starts: lineIndex(lit.Raw), shift: -1}
		if v, ok := lit.Value.(string); ok {
			l.shift = strings.Index(lit.Raw, v)
		}
		j.lines[lit] = l
	}
	return l
}

// locate gives the place of the value at it.text[start:]: the start of the literal that it begins in, or in a literal
// of several lines that of the value itself.
func (j *judge) locate(it item, start int, secret string) found {
	f := found{line: int(it.at.Line), column: int(it.at.Col), made: it.via != ""}
	lit, from := it.whole, 0
	for _, p := range it.pieces {
		if lit == nil && p.start <= start && start < p.end {
			lit, from = p.lit, p.start
		}
	}
	if lit == nil {
		f.first, f.last = f.line, f.line
		return f
	}
	f.line, f.column = int(lit.TokenPos.Line), int(lit.TokenPos.Col)
	lines := j.rawLines(lit)
	f.first, f.last = f.line, f.line+len(lines.starts)-1
	if f.last == f.first || secret == "" {
		return f
	}
	at := lines.shift + start - from
	if it.whole == nil || lines.shift < 0 || !strings.HasPrefix(lit.Raw[min(at, len(lit.Raw)):], secret) {
		at = strings.Index(lit.Raw, secret)
	}
	if at < 0 {
		return f
	}
	if line, column := lines.starts.position(lit.Raw, at); line > 1 {
		f.line, f.column = f.line+line-1, column
	}
	return f
}
