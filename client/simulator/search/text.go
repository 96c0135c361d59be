package search

import (
	"slices"
	"strings"
	"unicode"
)

// glob is a text in which an asterisk stands for any text.
type glob struct {
	text string
	wild bool
}

func newGlob(text string, wildcards bool) glob {
	return glob{text, wildcards && strings.Contains(text, "*")}
}

// whole reports whether all of s is meant.
func (g glob) whole(s string) bool {
	if !g.wild {
		return s == g.text
	}
	return globMatch(g.text, s)
}

// globMatch matches in linear space and, by going back to the last asterisk only, at worst quadratic time.
func globMatch(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// pathSeparators are equal to each other in paths and account names.
const pathSeparators = `\/`

// phrase is a run of whole parts that is looked for between separators.
type phrase struct {
	glob       glob // parts joined by one backslash, or by the only separator
	further    glob // the same with more parts after it
	separators string
	probe      string // a part that must occur, to be quick about most values; "" for none
}

func newPhrase(text string, wildcards bool, separators string) phrase {
	text = normal(text, separators)
	p := phrase{
		glob: newGlob(text, wildcards), further: newGlob(text+separators[:1]+"*", wildcards), separators: separators,
	}
	for part := range strings.SplitSeq(text, separators[:1]) {
		if len(part) > len(p.probe) && !(wildcards && strings.Contains(part, "*")) {
			p.probe = part
		}
	}
	return p
}

// normal makes each run of separators one, and removes them at the ends.
func normal(s, separators string) string {
	separator := separators[0]
	s = strings.Trim(s, separators)
	if !strings.Contains(s, separators[:1]+separators[:1]) && (len(separators) == 1 || !strings.Contains(s, separators[1:])) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		if strings.IndexByte(separators, c) >= 0 {
			if c = separator; b[len(b)-1] == separator {
				continue
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// in reports whether the parts follow each other in s.
func (p phrase) in(s string) bool {
	if !strings.Contains(s, p.probe) {
		return false
	}
	s = normal(s, p.separators)
	for {
		if p.glob.wild {
			if globMatch(p.glob.text, s) || globMatch(p.further.text, s) {
				return true
			}
		} else if rest, ok := strings.CutPrefix(s, p.glob.text); ok && (rest == "" || rest[0] == p.separators[0]) {
			return true
		}
		i := strings.IndexByte(s, p.separators[0])
		if i < 0 {
			return false
		}
		s = s[i+1:]
	}
}

// sequence is a run of tokens that is looked for in a text cut into tokens.
type sequence struct {
	field  string
	needle []glob
	cut    func(string, []string) []string
	probe  string // a text that must occur, to be quick about most documents; "" for none
}

func newSequence(field string, needle []string, cut func(string, []string) []string, wildcards bool) sequence {
	t := sequence{field: field, cut: cut}
	for _, n := range needle {
		g := newGlob(n, wildcards)
		t.needle = append(t.needle, g)
		if plain := strings.TrimLeft(n, "/"); !g.wild && len(plain) > len(t.probe) {
			t.probe = plain
		}
	}
	return t
}

func (t sequence) match(e *Evaluator, d Doc) bool {
	e.strings = d.Strings(t.field, e.strings[:0])
	for _, s := range e.strings {
		if t.probe != "" && !strings.Contains(s, t.probe) {
			continue
		}
		e.tokens = t.cut(s, e.tokens[:0])
		for i := 0; i+len(t.needle) <= len(e.tokens); i++ {
			if t.at(e.tokens, i) {
				return true
			}
		}
	}
	return false
}

func (t sequence) at(tokens []string, i int) bool {
	for k, g := range t.needle {
		if !sameToken(g, tokens[i+k], i+k == 0) {
			return false
		}
	}
	return true
}

// sameToken compares a token asked for with one of a command line. A file extension alone is found in each name that
// has it, and the slash that begins a command line may be left out or written.
func sameToken(g glob, token string, first bool) bool {
	if g.whole(token) || first && strings.HasPrefix(g.text, "/") && (glob{g.text[1:], g.wild}).whole(token) {
		return true
	}
	if !strings.HasPrefix(g.text, ".") {
		return false
	}
	dot := strings.LastIndexByte(token, '.')
	return dot > 0 && g.whole(token[dot:])
}

// commandSeparators separate the tokens of a command line, besides spaces.
const commandSeparators = `\"'()[]{},=<>&|;`

// commandTokens cuts a command line like the server. A slash after a separator begins a token, a switch; inside a token
// it separates, as in a path or a URL; the one that begins the whole line begins a path and is left out.
func commandTokens(s string, tokens []string) []string {
	start, slashed := -1, false
	flush := func(end int) {
		if start >= 0 && s[start:end] != "/" {
			tokens = append(tokens, s[start:end])
		}
		start = -1
	}
	for i, r := range s {
		switch {
		case unicode.IsSpace(r) || strings.ContainsRune(commandSeparators, r):
			flush(i)
			slashed = false
		case r == '/' && (i == 0 || start >= 0 || slashed):
			flush(i)
			slashed = true
		case start < 0:
			start, slashed = i, false
		}
	}
	flush(len(s))
	return tokens
}

// words cuts a text into runs of letters and digits; an asterisk belongs to them.
func words(s string, tokens []string) []string {
	return slices.AppendSeq(tokens, strings.FieldsFuncSeq(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '*'
	}))
}
