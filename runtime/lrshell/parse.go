package lrshell

import (
	"errors"
	"strings"
)

// word is a word of a command line.
type word struct {
	text       string // without its quotes
	start, end int    // where it stands in the line
	quoted     bool   // it begins with a quote, so that it is no flag
	open       bool   // the line ends within its quotes
}

// statement is one command of a line.
type statement struct {
	words []word
	end   int // of the statement in the line, without what separates it from the next one
}

// errOpenQuote is a line that ends within quotes.
var errOpenQuote = errors.New("a quote is not closed")

// split takes a line apart. The grammar is the same for every endpoint, and made for Windows paths:
//
//   - words stand between blanks; a part of a word in double quotes may hold blanks and semicolons
//   - a backslash is a backslash, also before a quote; two quotes within quotes are one quote
//   - a semicolon outside of quotes ends a command
//   - a # at the beginning of a command makes the rest of the line a comment
//
// A quote that is not closed extends to the end of the line, and the last word tells.
func split(line string) []statement {
	var all []statement
	var current statement
	finish := func(at int) {
		if len(current.words) > 0 {
			current.end = at
			all = append(all, current)
		}
		current = statement{}
	}
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case c == ';':
			finish(i)
			i++
		case c == '#' && len(current.words) == 0:
			return all
		default:
			var w word
			w, i = scanWord(line, i)
			current.words = append(current.words, w)
		}
	}
	finish(len(line))
	return all
}

// scanWord reads the word that begins at start, and tells where it ends.
func scanWord(line string, start int) (w word, end int) {
	var text strings.Builder
	w.start, w.quoted = start, line[start] == '"'
	i := start
scan:
	for ; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '"' && w.open && i+1 < len(line) && line[i+1] == '"':
			text.WriteByte(c)
			i++
		case c == '"':
			w.open = !w.open
		case !w.open && strings.IndexByte(" \t\r\n;", c) >= 0:
			break scan
		default:
			text.WriteByte(c)
		}
	}
	w.text, w.end = text.String(), i
	return w, i
}

// parse is split for a line that is to be run.
func parse(line string) ([]statement, error) {
	all := split(line)
	for _, s := range all {
		if s.words[len(s.words)-1].open {
			return nil, usage("quotes come in pairs; a quote within quotes is written twice", "%w", errOpenQuote)
		}
	}
	return all, nil
}

// special are the characters that end a word outside of quotes, or are quotes.
const special = " \t\r\n;\""

// quoteRest writes text that continues a word: within quotes that are open, or with quotes of its own around each run of
// characters that need them, so that what was typed before stays as it is.
func quoteRest(text string, open bool) string {
	if open {
		return strings.ReplaceAll(text, `"`, `""`)
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		if needs := strings.IndexByte(special, text[i]) >= 0; needs != quoted {
			b.WriteByte('"')
			quoted = needs
		}
		if text[i] == '"' {
			b.WriteByte('"')
		}
		b.WriteByte(text[i])
	}
	if quoted {
		b.WriteByte('"')
	}
	return b.String()
}

// quote writes a word so that split reads it back.
func quote(text string) string {
	if text == "" || strings.ContainsAny(text, special) || text[0] == '#' || text[0] == '-' {
		return `"` + quoteRest(text, true) + `"`
	}
	return text
}
