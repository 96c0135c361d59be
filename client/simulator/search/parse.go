package search

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDepth bounds the nesting of parentheses and negations, so that a query cannot exhaust the stack.
const maxDepth = 100

// SyntaxError says what is wrong with a query, and where.
type SyntaxError struct {
	Query  string
	Offset int // in bytes
	Text   string
}

// Error names the query, the place and the fault.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("query %q: at offset %d: %s", e.Query, e.Offset, e.Text)
}

// Query is a parsed query. The zero value matches every document.
type Query struct {
	root node
	text string
}

// node is a part of a query: and, or, not, *term or *span.
type node interface{ write(*strings.Builder) }

type (
	and []node
	or  []node
	not struct{ of node }
	// term asks for a value; without a field it is a bare word.
	term struct {
		field  string
		text   string
		quoted bool
		offset int
	}
	// span asks for a range of values; "*" is no bound.
	span struct {
		field            string
		low, high        string
		openLow, openTop bool // the bound itself is excluded
		offset           int
	}
)

// Parse reads a query. The error is a *SyntaxError.
func Parse(text string) (*Query, error) {
	p := &parser{text: text}
	p.space()
	if p.end() {
		return &Query{text: text}, nil
	}
	root, err := p.or("", 0)
	if err != nil {
		return nil, err
	}
	if !p.end() {
		return nil, p.fail(p.pos, "unexpected closing parenthesis")
	}
	return &Query{root: root, text: text}, nil
}

// String gives the query in a normal form, which parses to the same query.
func (q *Query) String() string {
	if q.root == nil {
		return ""
	}
	var b strings.Builder
	q.root.write(&b)
	return b.String()
}

type parser struct {
	text string
	pos  int
}

func (p *parser) fail(offset int, text string) error {
	return &SyntaxError{Query: p.text, Offset: offset, Text: text}
}

func (p *parser) end() bool { return p.pos >= len(p.text) }

func (p *parser) space() {
	for !p.end() {
		r, n := utf8.DecodeRuneInString(p.text[p.pos:])
		if !unicode.IsSpace(r) {
			return
		}
		p.pos += n
	}
}

// operator consumes a word that joins terms, in either case.
func (p *parser) operator(names ...string) bool {
	rest := p.text[p.pos:]
	for _, name := range names {
		if len(rest) >= len(name) && strings.EqualFold(rest[:len(name)], name) && delimited(rest[len(name):]) {
			p.pos += len(name)
			p.space()
			return true
		}
	}
	return false
}

func delimited(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || unicode.IsSpace(r) || r == '(' || r == ')'
}

// or reads terms up to the end or a closing parenthesis. field is that of the list the terms stand in, "" outside.
func (p *parser) or(field string, depth int) (node, error) {
	var alternatives or
	for {
		n, err := p.and(field, depth)
		if err != nil {
			return nil, err
		}
		alternatives = append(alternatives, n)
		if !p.operator("or", "||") {
			break
		}
	}
	if len(alternatives) == 1 {
		return alternatives[0], nil
	}
	return alternatives, nil
}

func (p *parser) and(field string, depth int) (node, error) {
	var all and
	for {
		n, err := p.unary(field, depth)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		p.space()
		joined := p.operator("and", "&&")
		if joined {
			continue // a term must follow
		}
		if p.end() || p.text[p.pos] == ')' || p.peekOr() {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func (p *parser) peekOr() bool {
	at := p.pos
	found := p.operator("or", "||")
	p.pos = at
	return found
}

func (p *parser) unary(field string, depth int) (node, error) {
	if depth > maxDepth {
		return nil, p.fail(p.pos, "nested too deeply")
	}
	p.space()
	start := p.pos
	if p.operator("or", "and", "||", "&&") {
		return nil, p.fail(start, "an operator without a term before it")
	}
	if p.operator("not") || p.minus() {
		n, err := p.unary(field, depth+1)
		if err != nil {
			return nil, err
		}
		return not{n}, nil
	}
	return p.primary(field, depth)
}

func (p *parser) minus() bool {
	if p.end() || p.text[p.pos] != '-' && p.text[p.pos] != '!' {
		return false
	}
	p.pos++
	return true
}

func (p *parser) primary(field string, depth int) (node, error) {
	if p.end() {
		return nil, p.fail(p.pos, "a term is missing")
	}
	start := p.pos
	switch p.text[p.pos] {
	case ')':
		return nil, p.fail(start, "a term is missing before the closing parenthesis")
	case '(':
		return p.group(field, depth)
	case '"':
		text, err := p.quoted()
		return &term{field: field, text: text, quoted: true, offset: start}, err
	}
	name := p.fieldName()
	if name == "" {
		return p.value(field, start)
	}
	if field != "" {
		return nil, p.fail(start, "a field inside the list of another field")
	}
	if p.end() || delimited(p.text[p.pos:]) && p.text[p.pos] != '(' {
		return nil, p.fail(p.pos, "the value of field "+name+" is missing")
	}
	switch p.text[p.pos] {
	case '(':
		return p.group(name, depth)
	case '"':
		text, err := p.quoted()
		return &term{field: name, text: text, quoted: true, offset: start}, err
	}
	return p.value(name, start)
}

func (p *parser) group(field string, depth int) (node, error) {
	start := p.pos
	p.pos++
	n, err := p.or(field, depth+1)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.end() {
		return nil, p.fail(start, "an opening parenthesis that is never closed")
	}
	p.pos++ // the closing parenthesis: or stops nowhere else
	return n, nil
}

// fieldName consumes "name:" when the text begins like that. One letter is no field but a drive.
func (p *parser) fieldName() string {
	i := p.pos
	for i < len(p.text) && nameByte(p.text[i]) {
		i++
	}
	if i-p.pos < 2 || i >= len(p.text) || p.text[i] != ':' {
		return ""
	}
	name := p.text[p.pos:i]
	p.pos = i + 1
	return strings.ToLower(name)
}

func nameByte(c byte) bool {
	return c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// All gives a query that asks for what all of the given queries ask for.
func All(queries ...*Query) *Query {
	var all and
	var texts []string
	for _, q := range queries {
		if q.root != nil {
			all = append(all, q.root)
			texts = append(texts, q.text)
		}
	}
	switch len(all) {
	case 0:
		return &Query{}
	case 1:
		return &Query{root: all[0], text: texts[0]}
	}
	return &Query{root: all, text: strings.Join(texts, " ")}
}

// Term gives a query for one field by a value that stands alone, such as the value of a parameter: spaces and
// parentheses in it mean themselves. A range, a relative time and asterisks mean what they do in a query.
func Term(field, value string) *Query {
	text := field + ":" + value
	if strings.HasPrefix(value, "[") {
		if q, err := Parse(text); err == nil {
			return q
		}
	}
	return &Query{root: &term{field: strings.ToLower(field), text: value}, text: text}
}

// Exactly gives a query for one field by values of which one must be equal as it is written.
func Exactly(field string, values ...string) *Query {
	var one or
	for _, v := range values {
		one = append(one, &term{field: strings.ToLower(field), text: v, quoted: true})
	}
	return &Query{root: one, text: field + ":(" + strings.Join(values, " or ") + ")"}
}
