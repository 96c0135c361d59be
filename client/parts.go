package client

import (
	"context"
	"crypto/md5"
	"slices"
	"strings"
	"sync"
)

// Choice is a keyword condition of a query with several values, any of which may match.
type Choice struct {
	Field  string
	Values []any

	term int // index of its text in the query's terms
}

// Choices are the keyword conditions with several values, in the order they were added. They must not be changed.
func (q *Query) Choices() []Choice { return q.choices }

// WithChoice gives the query with other values in its i-th choice.
func (q *Query) WithChoice(i int, values []any) (*Query, error) {
	was := q.choices[i]
	text, err := q.kind.Style.Term(q, was.Field, values)
	if err != nil {
		return nil, err
	}
	next := q.clone()
	next.terms = slices.Clone(q.terms)
	next.terms[was.term] = text
	next.choices = slices.Clone(q.choices)
	next.choices[i].Values = values
	return next, nil
}

// Parts gives the queries that are asked in the place of a query that is too long for one request, or nil when it is
// asked as it is. It may ask for the server's version.
func (q *Query) Parts(ctx context.Context) ([]*Query, error) {
	if q.kind.Style == nil || q.kind.Style.Parts == nil || len(q.choices) == 0 || q.raw != nil {
		return nil, nil
	}
	memo := q.Memo("parts", func() any { return new(partsMemo) }).(*partsMemo)
	memo.mu.Lock()
	defer memo.mu.Unlock()
	if !memo.known {
		parts, err := q.kind.Style.Parts(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(parts) < 2 {
			parts = nil
		}
		memo.parts, memo.known = parts, true
	}
	return memo.parts, nil
}

type partsMemo struct {
	mu    sync.Mutex
	parts []*Query
	known bool
}

// countParts counts the results of a query in parts: parts that cannot have a result in common are counted by the
// server, others are read through.
func (q *Query) countParts(ctx context.Context, parts []*Query) (int, error) {
	if !q.kind.Style.Disjoint(q, parts) {
		n := 0
		it := q.Iterate(ctx)
		defer it.Close()
		for it.Next() {
			n++
		}
		return n, it.Err()
	}
	counts := make([]int, len(parts))
	err := together(ctx, len(parts), func(ctx context.Context, i int) (err error) {
		counts[i], err = parts[i].Count(ctx)
		return err
	})
	total := 0
	for _, n := range counts {
		total += n
	}
	return total, err
}

// partsTogether is how many parts are asked for at the same time.
const partsTogether = 4

// together calls f for 0 to n-1, a few at a time, and gives the first error, after which no more are begun.
func together(ctx context.Context, n int, f func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	free := make(chan struct{}, partsTogether)
	for i := range n {
		free <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-free }()
			if err := f(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// merger reads the results of several queries as those of one: in the order of the query, and each once, though
// several parts may find it. What it remembers of each result is 16 bytes.
type merger struct {
	q     *Query
	parts []*Iterator
	heads []*mergeHead // of the parts that have a result left
	seen  map[[md5.Size]byte]struct{}
	field string
	desc  bool
}

// mergeHead is a part's next result.
type mergeHead struct {
	it   *Iterator
	part int
	key  any // what it is sorted by
}

func newMerger(ctx context.Context, q *Query, parts []*Query, limit int) *merger {
	m := &merger{q: q, seen: map[[md5.Size]byte]struct{}{}}
	order, _ := q.Order()
	field, direction, _ := strings.Cut(order, " ")
	m.field, m.desc = field, strings.EqualFold(strings.TrimSpace(direction), "desc")
	for _, part := range parts {
		m.parts = append(m.parts, part.iterate(ctx, 0, limit))
	}
	return m
}

// begin reads the first result of every part.
func (m *merger) begin(ctx context.Context) error {
	found := make([]bool, len(m.parts))
	err := together(ctx, len(m.parts), func(_ context.Context, i int) error {
		found[i] = m.parts[i].Next()
		return m.parts[i].Err()
	})
	if err != nil {
		return err
	}
	for i, it := range m.parts {
		if found[i] {
			m.heads = append(m.heads, &mergeHead{it: it, part: i, key: m.keyOf(it.Object())})
		}
	}
	return nil
}

func (m *merger) keyOf(o *Object) any {
	if m.field == "" {
		return nil
	}
	v, _ := o.Held(m.field)
	return v
}

// next gives the next result, or nil at the end.
func (m *merger) next() (*Object, error) {
	for len(m.heads) > 0 {
		first := slices.MinFunc(m.heads, m.compare)
		o := first.it.Object()
		if first.it.Next() {
			first.key = m.keyOf(first.it.Object())
		} else if err := first.it.Err(); err != nil {
			return nil, err
		} else {
			m.heads = slices.DeleteFunc(m.heads, func(h *mergeHead) bool { return h == first })
		}
		mark := md5.Sum([]byte(m.q.kind.Style.Identity(m.q, o)))
		if _, again := m.seen[mark]; !again {
			m.seen[mark] = struct{}{}
			return o, nil
		}
	}
	return nil, nil
}

// compare orders the next results of two parts. Without an order, parts come one after the other. A result without
// the field comes last in either direction.
func (m *merger) compare(a, b *mergeHead) int {
	c := 0
	switch {
	case a.key == nil || b.key == nil:
		c = presence(b.key) - presence(a.key)
	default:
		if c = compareValues(a.key, b.key); m.desc {
			c = -c
		}
	}
	if c == 0 {
		c = a.part - b.part
	}
	return c
}

// take gives up to n further results.
func (m *merger) take(n int) ([]*Object, error) {
	var rows []*Object
	for len(rows) < n {
		o, err := m.next()
		if o == nil || err != nil {
			return rows, err
		}
		rows = append(rows, o)
	}
	return rows, nil
}
