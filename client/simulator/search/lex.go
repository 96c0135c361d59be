package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapable are the characters from which a backslash takes their meaning, besides spaces.
const escapable = `"():`

// quoted reads a text in double quotes.
func (p *parser) quoted() (string, error) {
	start := p.pos
	var b strings.Builder
	for i := p.pos + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			p.pos = i + 1
			if !p.end() && !delimited(p.text[p.pos:]) {
				return "", p.fail(p.pos, "text directly after a closing quotation mark")
			}
			return b.String(), nil
		case c == '\\' && i+1 < len(p.text) && p.text[i+1] == '"':
			b.WriteByte('"')
			i++
		case c == '\\' && i+1 < len(p.text) && p.text[i+1] == '\\':
			b.WriteByte('\\')
			i++
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, "a quotation mark that is never closed")
}

// value reads a word or a range.
func (p *parser) value(field string, start int) (node, error) {
	if n, ok, err := p.span(field, start); ok || err != nil {
		return n, err
	}
	text, err := p.word()
	if err != nil {
		return nil, err
	}
	return &term{field: field, text: text, offset: start}, nil
}

// word reads up to a space, a parenthesis or the end.
func (p *parser) word() (string, error) {
	var b strings.Builder
	start := p.pos
	for !p.end() {
		r, n := utf8.DecodeRuneInString(p.text[p.pos:])
		if r == '\\' && p.escape(&b) {
			continue
		}
		if unicode.IsSpace(r) || r == '(' || r == ')' {
			break
		}
		if r == '"' {
			return "", p.fail(p.pos, "a quotation mark inside a word")
		}
		b.WriteString(p.text[p.pos : p.pos+n])
		p.pos += n
	}
	text := b.String()
	if p.end() {
		text = strings.TrimRight(text, `\`) // it protects nothing
	}
	if text == "" {
		return "", p.fail(start, "a term is missing")
	}
	return text, nil
}

// escape consumes a backslash and what it protects, if it protects something.
func (p *parser) escape(b *strings.Builder) bool {
	r, n := utf8.DecodeRuneInString(p.text[p.pos+1:])
	if n == 0 || !unicode.IsSpace(r) && !strings.ContainsRune(escapable, r) {
		return false
	}
	b.WriteRune(r)
	p.pos += 1 + n
	return true
}

// span reads a range, if the text begins with one: [low TO high], with braces for excluded bounds.
func (p *parser) span(field string, start int) (node, bool, error) {
	first := p.text[p.pos]
	if first != '[' && first != '{' {
		return nil, false, nil
	}
	stop := strings.IndexAny(p.text[p.pos+1:], "]}")
	var parts []string
	if stop >= 0 {
		parts = strings.Fields(p.text[p.pos+1 : p.pos+1+stop])
	}
	if len(parts) != 3 || !strings.EqualFold(parts[1], "to") {
		if first == '{' {
			return nil, false, nil // a word such as a class identifier
		}
		return nil, false, p.fail(p.pos, "a range that is not of the form [low TO high]")
	}
	if field == "" {
		return nil, false, p.fail(p.pos, "a range without a field")
	}
	end := p.pos + 1 + stop
	n := &span{
		field: field, low: unquoted(parts[0]), high: unquoted(parts[2]),
		openLow: first == '{', openTop: p.text[end] == '}', offset: start,
	}
	p.pos = end + 1
	if !p.end() && !delimited(p.text[p.pos:]) {
		return nil, false, p.fail(p.pos, "text directly after a range")
	}
	return n, true, nil
}

// unquoted takes the quotation marks around a bound away.
func unquoted(s string) string {
	if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

func (n and) write(b *strings.Builder) { join(b, n, " ") }
func (n or) write(b *strings.Builder)  { join(b, n, " or ") }

func join(b *strings.Builder, list []node, between string) {
	b.WriteByte('(')
	for i, n := range list {
		if i > 0 {
			b.WriteString(between)
		}
		n.write(b)
	}
	b.WriteByte(')')
}

func (n not) write(b *strings.Builder) {
	b.WriteString("not ")
	n.of.write(b)
}

func (n *term) write(b *strings.Builder) {
	if n.field != "" {
		b.WriteString(n.field + ":")
	}
	if n.quoted {
		b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(n.text) + `"`)
		return
	}
	for rest := n.text; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if unicode.IsSpace(r) || strings.ContainsRune(escapable, r) {
			b.WriteByte('\\')
		}
		b.WriteString(rest[:size]) // also what is not UTF-8, as it is
		rest = rest[size:]
	}
}

func (n *span) write(b *strings.Builder) {
	open, shut := "[", "]"
	if n.openLow {
		open = "{"
	}
	if n.openTop {
		shut = "}"
	}
	b.WriteString(n.field + ":" + open + n.low + " TO " + n.high + shut)
}
