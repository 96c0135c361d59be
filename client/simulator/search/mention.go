package search

import "time"

// Mentions gives a function that reports whether a single value of a field is one that the query asks for: by a term
// that is not negated, whatever the rest of the query is. It is what a preview of a document highlights. The function
// is for use by one goroutine. The error is a *SyntaxError, as of Compile.
func Mentions(q *Query, schema *Schema, now time.Time) (func(field, value string) bool, error) {
	c := &compiler{query: q.text, schema: schema, now: now}
	byField := make(map[string][]test)
	if err := c.mentions(q.root, byField); err != nil {
		return nil, err
	}
	e := &Evaluator{}
	return func(field, value string) bool {
		for _, t := range byField[field] {
			if t.match(e, single{field, value}) {
				return true
			}
		}
		return false
	}, nil
}

// mentions collects the terms below n that are not negated, by their fields.
func (c *compiler) mentions(n node, byField map[string][]test) error {
	switch n := n.(type) {
	case and:
		return c.mentionsAll(n, byField)
	case or:
		return c.mentionsAll(n, byField)
	case *term:
		fields := []string{n.field}
		if n.field == "" {
			fields = c.schema.Bare
		}
		for _, field := range fields {
			one := *n
			one.field = field
			t, err := c.term(&one)
			if err != nil && n.field != "" {
				return err
			}
			if err == nil {
				byField[field] = append(byField[field], t)
			}
		}
	case *span:
		t, err := c.span(n)
		if err != nil {
			return err
		}
		byField[n.field] = append(byField[n.field], t)
	}
	return nil
}

func (c *compiler) mentionsAll(list []node, byField map[string][]test) error {
	for _, n := range list {
		if err := c.mentions(n, byField); err != nil {
			return err
		}
	}
	return nil
}

// single is a document of one field with one value.
type single struct{ field, value string }

// Strings gives the value.
func (s single) Strings(field string, buf []string) []string {
	if field == s.field && s.value != "" {
		buf = append(buf, s.value)
	}
	return buf
}

// Numbers gives nothing: only texts are highlighted.
func (s single) Numbers(_ string, buf []int64) []int64 { return buf }
