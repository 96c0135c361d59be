package search

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Matcher is a query made ready for the documents of a schema. It is immutable and safe for concurrent use.
type Matcher struct {
	root   test
	fields []string
}

// Evaluator matches documents, one at a time. Each goroutine needs its own.
type Evaluator struct {
	root    test
	strings []string
	numbers []int64
	tokens  []string
}

// test is a compiled part of a query.
type test interface {
	match(e *Evaluator, d Doc) bool
}

// Compile checks a query against a schema. now is what relative times count from. The error is a *SyntaxError: an
// unknown field, or a value that its field cannot have.
func Compile(q *Query, schema *Schema, now time.Time) (*Matcher, error) {
	c := &compiler{query: q.text, schema: schema, now: now}
	if q.root == nil {
		return &Matcher{}, nil
	}
	root, err := c.compile(q.root)
	if err != nil {
		return nil, err
	}
	slices.Sort(c.fields)
	return &Matcher{root: root, fields: slices.Compact(c.fields)}, nil
}

// Fields lists the fields that the query looks at, sorted. A document's match depends on these alone.
func (m *Matcher) Fields() []string { return m.fields }

// Evaluator gives an evaluator for use by one goroutine.
func (m *Matcher) Evaluator() *Evaluator { return &Evaluator{root: m.root} }

// Match reports whether a document is what the query asks for.
func (e *Evaluator) Match(d Doc) bool { return e.root == nil || e.root.match(e, d) }

type compiler struct {
	query  string
	schema *Schema
	now    time.Time
	fields []string
}

func (c *compiler) fail(offset int, format string, args ...any) error {
	return &SyntaxError{Query: c.query, Offset: offset, Text: fmt.Sprintf(format, args...)}
}

type (
	allOf  []test
	anyOf  []test
	noneOf struct{ of test }
	always struct{}
)

func (t allOf) match(e *Evaluator, d Doc) bool {
	for _, part := range t {
		if !part.match(e, d) {
			return false
		}
	}
	return true
}

func (t anyOf) match(e *Evaluator, d Doc) bool {
	for _, part := range t {
		if part.match(e, d) {
			return true
		}
	}
	return false
}

func (t noneOf) match(e *Evaluator, d Doc) bool { return !t.of.match(e, d) }
func (always) match(*Evaluator, Doc) bool       { return true }

func (c *compiler) compile(n node) (test, error) {
	switch n := n.(type) {
	case and:
		list, err := c.list(n)
		return allOf(list), err
	case or:
		list, err := c.list(n)
		return anyOf(list), err
	case not:
		t, err := c.compile(n.of)
		return noneOf{t}, err
	case *span:
		return c.span(n)
	case *term:
		return c.term(n)
	}
	panic("search: unknown kind of node") // all kinds are above
}

func (c *compiler) list(nodes []node) ([]test, error) {
	list := make([]test, len(nodes))
	for i, n := range nodes {
		var err error
		if list[i], err = c.compile(n); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (c *compiler) term(n *term) (test, error) {
	if n.field == "" {
		return c.bare(n)
	}
	kind := c.schema.kind(n.field)
	if kind == 0 {
		return nil, c.fail(n.offset, "unknown field %q", n.field)
	}
	c.fields = append(c.fields, n.field)
	if n.text == "*" && !n.quoted {
		return exists{n.field, numeric(kind)}, nil
	}
	return c.value(n, n.field, kind)
}

// bare looks for a word in all fields that the schema names for it.
func (c *compiler) bare(n *term) (test, error) {
	if n.text == "*" && !n.quoted {
		return always{}, nil
	}
	var list anyOf
	for _, field := range c.schema.Bare {
		t, err := c.value(n, field, c.schema.kind(field))
		if err != nil {
			continue // a word that this field cannot hold
		}
		c.fields = append(c.fields, field)
		list = append(list, t)
	}
	return list, nil
}

func numeric(k Kind) bool { return k == Number || k == Time }

// value compiles the comparison of one field with one value.
func (c *compiler) value(n *term, field string, kind Kind) (test, error) {
	text := strings.ToLower(n.text)
	switch kind {
	case Number:
		return c.number(n, field, text)
	case Time:
		return c.instant(n, field, text)
	case IP:
		if prefix, err := netip.ParsePrefix(text); err == nil {
			return network{field, prefix.Masked()}, nil
		}
		return texts{field, newGlob(text, !n.quoted).whole}, nil
	case Path:
		return texts{field, newPhrase(text, !n.quoted, pathSeparators).in}, nil
	case Domain:
		return texts{field, newPhrase(text, !n.quoted, ".").in}, nil
	case Command, Words:
		cut := words
		if kind == Command {
			cut = commandTokens
		}
		needle := cut(text, nil)
		if len(needle) == 0 {
			return nil, c.fail(n.offset, "the value of field %q has nothing to look for", field)
		}
		if kind == Command && strings.HasPrefix(text, "/") {
			needle[0] = "/" + needle[0] // what is asked for is not the beginning of a line: this is a switch
		}
		return newSequence(field, needle, cut, !n.quoted), nil
	case Bool:
		if text != "true" && text != "false" {
			return nil, c.fail(n.offset, "field %q is true or false, not %q", field, n.text)
		}
	}
	return texts{field, newGlob(text, !n.quoted).whole}, nil
}

// exists asks whether a field has a value at all.
type exists struct {
	field   string
	numeric bool
}

func (t exists) match(e *Evaluator, d Doc) bool {
	if t.numeric {
		e.numbers = d.Numbers(t.field, e.numbers[:0])
		return len(e.numbers) > 0
	}
	e.strings = d.Strings(t.field, e.strings[:0])
	return slices.ContainsFunc(e.strings, func(s string) bool { return s != "" })
}

// texts compares each value of a field.
type texts struct {
	field string
	is    func(string) bool
}

func (t texts) match(e *Evaluator, d Doc) bool {
	e.strings = d.Strings(t.field, e.strings[:0])
	return slices.ContainsFunc(e.strings, t.is)
}

// network compares addresses with a network.
type network struct {
	field  string
	prefix netip.Prefix
}

func (t network) match(e *Evaluator, d Doc) bool {
	e.strings = d.Strings(t.field, e.strings[:0])
	return slices.ContainsFunc(e.strings, func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && t.prefix.Contains(a.Unmap())
	})
}
