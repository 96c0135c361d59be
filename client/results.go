package client

import (
	"context"
	"slices"
	"sync"
	"time"
)

// results is what a query value remembers about its results.
type results struct {
	mu      sync.Mutex
	total   int
	counted bool

	start int       // of rows
	rows  []*Object // a page, or the whole list of a query without pages
	read  time.Time // when rows were read; zero when there are none
	few   bool      // rows are what a slice asked for, less than a page
	used  int       // the index that was asked for last by a request of its own, plus one

	notes map[string]any // the style's
}

// Memo gives what a style keeps beside a query value under a name, which make makes the first time. It is not shared
// with queries that are composed from this one.
func (q *Query) Memo(name string, make func() any) any {
	q.store.mu.Lock()
	defer q.store.mu.Unlock()
	v, ok := q.store.notes[name]
	if !ok {
		v = make()
		if q.store.notes == nil {
			q.store.notes = map[string]any{}
		}
		q.store.notes[name] = v
	}
	return v
}

// keep remembers a page, so that what follows is read from it. Source: the life of cached objects.
func (r *results) keep(start int, rows []*Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.start, r.rows, r.read, r.few = start, rows, time.Now(), false
}

// keepFew remembers rows that are fewer than a page, in the place of nothing only.
func (r *results) keepFew(start int, rows []*Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read.IsZero() || time.Since(r.read) > cacheLife {
		r.start, r.rows, r.read, r.few = start, rows, time.Now(), true
	}
}

func (r *results) learn(total int) {
	if total < 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total, r.counted = total, true
}

func (r *results) known() (int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total, r.counted
}

// kept gives the rows [a, b) when they all are in the page that is kept. The end of the results counts as kept.
func (r *results) kept(a, b int) ([]*Object, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read.IsZero() || time.Since(r.read) > cacheLife || a < r.start {
		return nil, false
	}
	end := r.start + len(r.rows)
	if r.counted {
		b = min(b, max(a, r.total))
	}
	if b > end {
		return nil, false
	}
	return slices.Clone(r.rows[min(a, end)-r.start : b-r.start]), true
}

// fetch reads rows from start on. It learns the total from the answer.
func (q *Query) fetch(ctx context.Context, start, rows int) ([]*Object, int, error) {
	if err := q.client.Supports(ctx, q.kind); err != nil {
		return nil, 0, err
	}
	page, err := q.kind.Style.Page(ctx, q, start, rows)
	if err != nil {
		return nil, 0, err
	}
	q.store.learn(page.Total)
	return q.client.newPage(q.kind, page), page.Total, nil
}

// list gives all results of a query without pages: one request for each query value, filtered and sorted here.
func (q *Query) list(ctx context.Context) ([]*Object, error) {
	if q.err != nil {
		return nil, q.err
	}
	if rows, ok := q.store.whole(); ok {
		return rows, nil
	}
	rows, _, err := q.fetch(ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	if q.kind.Style.Local {
		if rows, err = q.narrow(ctx, rows); err != nil {
			return nil, err
		}
	}
	q.store.learn(len(rows))
	q.store.keep(0, rows)
	return rows, nil
}

func (r *results) whole() ([]*Object, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rows, !r.read.IsZero()
}

// Count gives the number of results. It asks for the number alone unless it is known.
func (q *Query) Count(ctx context.Context) (int, error) {
	if q.err != nil {
		return 0, q.err
	}
	if !q.paged() {
		rows, err := q.list(ctx)
		return len(rows), err
	}
	if n, ok := q.store.known(); ok {
		return n, nil
	}
	if err := q.client.Supports(ctx, q.kind); err != nil {
		return 0, err
	}
	n, err := q.count(ctx)
	if err == nil {
		q.store.learn(n)
	}
	return n, err
}

func (q *Query) count(ctx context.Context) (int, error) {
	parts, err := q.Parts(ctx)
	switch {
	case err != nil:
		return 0, err
	case parts != nil:
		return q.countParts(ctx, parts)
	}
	return q.kind.Style.Count(ctx, q)
}

// Len gives the number of results. Unlike Count it reads and keeps the first page when the number is not known, since
// who asks for a length mostly reads the results next.
func (q *Query) Len(ctx context.Context) (int, error) {
	if q.err != nil {
		return 0, q.err
	}
	if n, ok := q.store.known(); ok {
		return n, nil
	}
	parts, err := q.Parts(ctx)
	if err != nil {
		return 0, err
	}
	if !q.paged() || parts != nil {
		return q.Count(ctx)
	}
	if _, err := q.firstPage(ctx); err != nil {
		return 0, err
	}
	return q.Count(ctx)
}

func (q *Query) firstPage(ctx context.Context) ([]*Object, error) {
	rows, total, err := q.fetch(ctx, 0, q.pageSize())
	if err != nil {
		return nil, err
	}
	if total < 0 && len(rows) < q.pageSize() {
		q.store.learn(len(rows))
	}
	q.store.keep(0, rows)
	return rows, nil
}

// Any reports whether there are results, reading the first page if nothing is known.
func (q *Query) Any(ctx context.Context) (bool, error) {
	if n, ok := q.store.known(); ok && q.err == nil {
		return n > 0, nil
	}
	n, err := q.Len(ctx)
	return n > 0, err
}

// head gives the first n results.
func (q *Query) head(ctx context.Context, n int) ([]*Object, error) { return q.between(ctx, 0, n) }

// between gives the results [a, b) with one request a page.
func (q *Query) between(ctx context.Context, a, b int) ([]*Object, error) {
	if q.err != nil {
		return nil, q.err
	}
	if !q.paged() {
		rows, err := q.list(ctx)
		if err != nil {
			return nil, err
		}
		return rows[min(a, len(rows)):min(b, len(rows))], nil
	}
	if rows, ok := q.store.kept(a, b); ok {
		return rows, nil
	}
	var out []*Object
	it := q.iterate(ctx, a, b)
	defer it.Close()
	for it.Next() {
		out = append(out, it.Object())
	}
	if it.Err() == nil && b-a <= q.pageSize() {
		q.store.keepFew(a, out)
	}
	return out, it.Err()
}

// At gives the result at an index, or nil when there is none there; a negative index counts from the end. The first
// index that is asked for is read alone, a second one with the page around it.
//
// Source: contract/query.md, section 3.
func (q *Query) At(ctx context.Context, i int) (*Object, error) {
	if q.err != nil {
		return nil, q.err
	}
	if i < 0 {
		n, err := q.Count(ctx)
		if err != nil {
			return nil, err
		}
		if i += n; i < 0 {
			return nil, nil
		}
	}
	if rows, ok := q.store.kept(i, i+1); ok || !q.paged() {
		if !ok {
			rows, err := q.list(ctx)
			if err != nil || i >= len(rows) {
				return nil, err
			}
			return rows[i], nil
		}
		return firstOf(rows), nil
	}
	rows, err := q.fetchAt(ctx, i)
	return firstOf(rows), err
}

func (q *Query) fetchAt(ctx context.Context, i int) ([]*Object, error) {
	if parts, err := q.Parts(ctx); err != nil || parts != nil {
		if err != nil {
			return nil, err
		}
		return q.between(ctx, i, i+1)
	}
	q.store.mu.Lock()
	again := q.store.used != 0 && q.store.used != i+1
	q.store.used = i + 1
	q.store.mu.Unlock()
	if !again {
		rows, _, err := q.fetch(ctx, i, 1)
		return rows, err
	}
	start := i - i%q.pageSize()
	rows, _, err := q.fetch(ctx, start, q.pageSize())
	if err != nil {
		return nil, err
	}
	q.store.keep(start, rows)
	return rows[min(i-start, len(rows)):], nil
}

func firstOf(rows []*Object) *Object {
	if len(rows) == 0 {
		return nil
	}
	return rows[0]
}

// Slice gives the results from a on and before b; negative bounds count from the end.
// Source: contract/query.md, section 3; known-bugs.md, row 21.
func (q *Query) Slice(ctx context.Context, a, b int) ([]*Object, error) {
	if a < 0 || b < 0 {
		n, err := q.Count(ctx)
		if err != nil {
			return nil, err
		}
		if a < 0 {
			a = max(0, a+n)
		}
		if b < 0 {
			b = max(0, b+n)
		}
		b = min(b, n)
	}
	if b <= a {
		return nil, q.err
	}
	return q.between(ctx, a, b)
}
