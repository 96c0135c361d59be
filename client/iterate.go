package client

import (
	"context"
	"iter"
	"math"
)

// aheadMost is how many pages are on their way at most while one is being read. Measured: docs/performance.md.
const aheadMost = 4

// Iterator reads the results of a query one by one. Pages are fetched ahead of the reader: none before it is half
// through the first page, so that looking at a few results costs one request, and up to four from the second page
// on. A server that does not tell how many results there are is asked for one page ahead, and for none after a page
// that came short. The iterator must be closed; it is not safe for concurrent use, though the pages it waits for are
// fetched concurrently.
//
//	it := q.Iterate(ctx)
//	defer it.Close()
//	for it.Next() {
//		use(it.Object())
//	}
//	return it.Err()
type Iterator struct {
	q      *Query
	ctx    context.Context // of the whole iteration; cancelled by Close
	cancel context.CancelFunc

	page    []*Object
	at      int // index in page of the current result
	start   int // index in the results of page's first
	limit   int // index before which to stop
	size    int // rows asked for at once
	short   int // rows of the last page when they were fewer than asked for and not the end, else 0
	total   int // of the results, as the last page told; -1 when not known
	pages   int // how many were read
	pending []*pageFetch
	merged  *merger // of a query that is asked in parts
	done    bool
	err     error
}

// pageFetch is a page on its way.
type pageFetch struct {
	start  int
	ready  chan struct{}
	cancel context.CancelFunc
	rows   []*Object
	total  int
	err    error
}

// Iterate begins to read the results. It makes no request before the first Next.
func (q *Query) Iterate(ctx context.Context) *Iterator { return q.iterate(ctx, 0, math.MaxInt) }

func (q *Query) iterate(ctx context.Context, a, b int) *Iterator {
	it := &Iterator{q: q, start: a, at: -1, limit: b, total: -1, err: q.err}
	it.ctx, it.cancel = context.WithCancel(ctx)
	if it.done = q.err != nil; it.done {
		return it
	}
	it.size = q.pageSize()
	if b < math.MaxInt {
		it.size = min(it.size, b-a)
	}
	return it
}

// All gives the results one by one. An error is yielded once, and last.
func (q *Query) All(ctx context.Context) iter.Seq2[*Object, error] {
	return func(yield func(*Object, error) bool) {
		it := q.Iterate(ctx)
		defer it.Close()
		for it.Next() {
			if !yield(it.Object(), nil) {
				return
			}
		}
		if it.Err() != nil {
			yield(nil, it.Err())
		}
	}
}

// Next goes to the next result and reports whether there is one. When there is none, Err says whether that is the
// end of the results or a failure.
func (it *Iterator) Next() bool {
	if it.done {
		return false
	}
	it.at++
	if it.start+it.at >= it.limit {
		return it.end(nil)
	}
	if it.at >= len(it.page) && !it.nextPage() {
		return false
	}
	if it.pages == 1 && it.at >= len(it.page)/2 {
		it.fetchAhead(1)
	}
	return true
}

// Object is the current result.
func (it *Iterator) Object() *Object { return it.page[it.at] }

// Err is what ended the iteration before the end of the results, or nil.
func (it *Iterator) Err() error { return it.err }

// Close ends the iteration and every request that is on its way for it.
func (it *Iterator) Close() {
	it.done = true
	it.cancel()
}

func (it *Iterator) end(err error) bool {
	it.err = err
	it.Close()
	return false
}

// nextPage moves to the page that follows, waiting for it. An empty page is the end, and so is the announced total.
func (it *Iterator) nextPage() bool {
	next := it.start + len(it.page)
	if it.pages > 0 && it.isEnd(next) {
		return it.end(nil)
	}
	rows, total, err := it.take(next)
	if err != nil {
		return it.end(err)
	}
	announced := max(total, it.total)
	it.pages++
	it.start, it.page, it.at, it.total = next, rows, 0, total
	if len(rows) == 0 {
		if announced > next {
			it.q.client.log.WarnContext(it.ctx, "server reported total_results overestimated the number of results for this query",
				"by", announced-next)
			it.q.store.learn(next)
		}
		return it.end(nil)
	}
	if it.pages > 1 && it.pageIsFull() {
		it.fetchAhead(aheadMost)
	}
	return true
}

// pageIsFull reports whether the page has the rows that were asked for, so that it is known where the pages after the
// next begin. A server that twice gives the same lower number has a limit of its own, which is kept to from then on.
func (it *Iterator) pageIsFull() bool {
	n := len(it.page)
	if n >= it.rows(it.start) || it.isEnd(it.start+n) {
		it.short = 0
		return true
	}
	if it.short == n {
		it.size, it.short = n, 0
		return true
	}
	it.short = n
	return false
}

// isEnd reports whether nothing can follow before index next.
func (it *Iterator) isEnd(next int) bool {
	if !it.q.paged() {
		return true
	}
	if it.total < 0 {
		return len(it.page) < it.size
	}
	return next >= it.total
}

// take gives the rows from next on: from the page that the query keeps, from the one that is on its way, or by a
// request. A page that came short makes those that are on their way begin at the wrong place: they are dropped.
func (it *Iterator) take(next int) ([]*Object, int, error) {
	if !it.q.paged() {
		rows, err := it.q.list(it.ctx)
		return rows[min(next, len(rows)):], len(rows), err
	}
	if it.pages == 0 {
		if rows, total, ok := it.q.store.page(next); ok {
			return rows, total, nil
		}
		if err := it.merge(next); err != nil {
			return nil, 0, err
		}
	}
	if it.merged != nil {
		rows, err := it.merged.take(it.rows(next))
		return rows, -1, err
	}
	for len(it.pending) > 0 {
		p := it.pending[0]
		it.pending = it.pending[1:]
		if p.start != next {
			p.cancel()
			continue
		}
		select {
		case <-p.ready:
			return p.rows, p.total, p.err
		case <-it.ctx.Done():
			return nil, 0, context.Cause(it.ctx)
		}
	}
	return it.q.fetch(it.ctx, next, it.rows(next))
}

// rows is how many rows are asked for from start on: a page, or what is left before the limit.
func (it *Iterator) rows(start int) int { return min(it.size, it.limit-start) }

// merge begins to read a query that is asked in parts, at an index.
func (it *Iterator) merge(start int) error {
	parts, err := it.q.Parts(it.ctx)
	if err != nil || parts == nil {
		return err
	}
	it.merged = newMerger(it.ctx, it.q, parts, it.limit)
	if err := it.merged.begin(it.ctx); err != nil {
		return err
	}
	_, err = it.merged.take(start)
	return err
}

// page gives the kept page from start on, and the total. Few rows that were kept are no page, unless nothing follows them.
func (r *results) page(start int) ([]*Object, int, bool) {
	rows, ok := r.kept(start, start+1)
	if !ok || len(rows) == 0 {
		return nil, 0, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.counted || r.few && r.start+len(r.rows) < r.total {
		return nil, 0, false
	}
	return r.rows[start-r.start:], r.total, true
}

// fetchAhead has up to n pages on their way after the current one. A query in parts leaves that to the parts.
func (it *Iterator) fetchAhead(n int) {
	if !it.q.paged() || it.merged != nil {
		return
	}
	next, end := it.start+len(it.page), it.total
	if it.total < 0 {
		if len(it.page) < it.size {
			return
		}
		n, end = 1, it.limit
	}
	if k := len(it.pending); k > 0 {
		next = it.pending[k-1].start + it.size
	}
	for len(it.pending) < n && next < min(end, it.limit) {
		ctx, cancel := context.WithCancel(it.ctx)
		p := &pageFetch{start: next, ready: make(chan struct{}), cancel: cancel}
		it.pending = append(it.pending, p)
		go func() {
			defer cancel()
			defer close(p.ready)
			p.rows, p.total, p.err = it.q.fetch(ctx, p.start, it.rows(p.start))
		}()
		next += it.size
	}
}
