package jobs

import (
	"cmp"
	"container/heap"
)

// ready are the endpoints that may be served now, in a heap: the one that is to be served next is the first.
type ready []*endpoint

var _ heap.Interface = (*ready)(nil)

func (r ready) Len() int { return len(r) }

// Less has endpoints that were reached before those that were not, those with most jobs first, since they take longest, and
// of equal ones those which check in first. Source: contract/known-bugs.md, row 35.
func (r ready) Less(i, k int) bool {
	a, b := r[i], r[k]
	return cmp.Or(cmp.Compare(a.failures, b.failures), cmp.Compare(len(b.waiting), len(a.waiting)), a.next.Compare(b.next),
		cmp.Compare(a.waiting[0].Number, b.waiting[0].Number)) < 0
}

func (r ready) Swap(i, k int) {
	r[i], r[k] = r[k], r[i]
	r[i].at, r[k].at = i+1, k+1
}

// Push adds an endpoint at the end.
func (r *ready) Push(e any) {
	*r = append(*r, e.(*endpoint))
	e.(*endpoint).at = len(*r)
}

// Pop takes the last one.
func (r *ready) Pop() any {
	old := *r
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*r, e.at = old[:len(old)-1], 0
	return e
}

// arrange brings an endpoint to its place, or takes it out, after something of it has changed. While it is in the heap it
// has jobs. It needs the lock.
func (s *Scheduler) arrange(e *endpoint) {
	may := !e.busy && e.parked == nil && len(e.waiting) > 0
	switch {
	case may && e.at > 0:
		heap.Fix(&s.ready, e.at-1)
	case may:
		heap.Push(&s.ready, e)
	case e.at > 0:
		s.drop(e)
	}
}

// drop takes an endpoint out of the heap, which may have no jobs any more.
func (s *Scheduler) drop(e *endpoint) {
	i, last := e.at-1, len(s.ready)-1
	if i != last {
		s.ready.Swap(i, last)
	}
	s.ready.Pop()
	if i != last {
		heap.Fix(&s.ready, i)
	}
}
