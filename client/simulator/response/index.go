package response

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/simulator/search"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// index holds the process documents in the order in which a search without an order shows them: the last updated
// first. It is immutable but for its caches.
type index struct {
	version   version
	story     *story.Story
	schema    *search.Schema
	rows      []*row
	processes map[story.GUID]*process
	bulk      *bulk
	layout    *partitions // as they were at the start: what documents say about their partition never changes

	mu    sync.Mutex
	cache map[string]*hits // results of searches, by what was searched for; guarded by mu
	order []string         // the keys of cache, oldest first
}

// maxCached bounds the results that are kept so that the pages of a search do not each search again.
const maxCached = 64

func newIndex(s *story.Story, v version, bulkRows int) *index {
	x := &index{
		version: v, story: s, schema: processSchema(), processes: make(map[story.GUID]*process, len(s.Processes)),
		cache: make(map[string]*hits), layout: newPartitions(s.Now, false),
	}
	for _, p := range s.Processes {
		if p.Suppressed && v.suppresses() {
			continue
		}
		shared := newProcess(p, v.segmented())
		for _, r := range shared.rows {
			r.hits = s.Hits(p.Binary, r.events)
		}
		x.processes[p.ID] = shared
		x.rows = append(x.rows, shared.rows...)
	}
	slices.SortStableFunc(x.rows, func(a, b *row) int {
		return cmp.Or(b.last.Compare(a.last), cmp.Compare(a.proc.id, b.proc.id), cmp.Compare(a.id, b.id))
	})
	x.bulk = newBulk(x, bulkRows)
	return x
}

// firstStored is when the server stored the first segment of a row's process.
func (x *index) firstStored(r *row) time.Time { return r.proc.rows[0].stored }

// hits is the result of a search: numbers of documents in order. Non-negative numbers are rows of the index, negative
// ones generated documents (^i is number i); tail more generated documents, from number 0 on, follow in their order.
// It is immutable.
type hits struct {
	docs []int32
	tail int
}

func (h *hits) total() int { return len(h.docs) + h.tail }

// at gives the number of document i of the result.
func (h *hits) at(i int) int32 {
	if i < len(h.docs) {
		return h.docs[i]
	}
	return ^int32(i - len(h.docs))
}

// doc gives a document by its number.
func (x *index) doc(n int32) search.Doc {
	if n >= 0 {
		return x.rows[n]
	}
	return x.bulk.at(int(^n))
}

// criteria are the parts of a search that decide which documents are found, and in which order.
type criteria struct {
	matcher  *search.Matcher
	order    search.Order
	ordered  bool
	group    string
	visible  func(*row) bool
	updated  window // by the sensor's clock
	received window // by the server's clock
}

// window is a span of time; a zero bound is none. Both bounds are included.
type window struct{ from, to time.Time }

func (w window) open() bool { return w.from.IsZero() && w.to.IsZero() }

func (w window) contains(t time.Time) bool {
	return (w.from.IsZero() || !t.Before(w.from)) && (w.to.IsZero() || !t.After(w.to))
}

// find gives the documents that meet the criteria. key names the criteria: equal keys find the same documents.
func (x *index) find(key string, c criteria) *hits {
	x.mu.Lock()
	found := x.cache[key]
	x.mu.Unlock()
	if found != nil {
		return found
	}
	found = x.search(c)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.cache[key] == nil {
		if len(x.order) == maxCached {
			delete(x.cache, x.order[0])
			x.order = x.order[1:]
		}
		x.cache[key] = found
		x.order = append(x.order, key)
	}
	return found
}

func (x *index) search(c criteria) *hits {
	h := &hits{}
	e := c.matcher.Evaluator()
	for i, r := range x.rows {
		if c.visible(r) && c.updated.contains(r.last) && c.received.contains(r.stored) && e.Match(r) {
			h.docs = append(h.docs, int32(i))
		}
	}
	rest, all := x.bulk.search(c, e)
	h.docs = append(h.docs, rest...)
	if all {
		h.tail = x.bulk.n
	}
	x.arrange(h, c)
	if c.group != "" {
		x.groupBy(h, c.group)
	}
	return h
}

// arrange puts a result into the order asked for. The index and the generated documents are in the default order
// already.
func (x *index) arrange(h *hits, c criteria) {
	if !c.ordered || c.order.Field == "last_update" && c.order.Desc {
		return
	}
	for i := range h.tail {
		h.docs = append(h.docs, ^int32(i))
	}
	h.tail = 0
	type keyed struct {
		doc int32
		key search.Key
	}
	list := make([]keyed, len(h.docs))
	for i, n := range h.docs {
		list[i] = keyed{n, c.order.Key(x.doc(n))}
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return c.order.Compare(a.key, b.key) })
	for i, k := range list {
		h.docs[i] = k.doc
	}
}

// groupBy leaves the first document for each value of a field.
func (x *index) groupBy(h *hits, field string) {
	seen := make(map[string]bool)
	h.docs = slices.DeleteFunc(h.docs, func(n int32) bool {
		if n < 0 && (field == "id" || field == "process_id") {
			return false // generated processes have one document each
		}
		value := x.value(n, field)
		if seen[value] {
			return true
		}
		seen[value] = true
		return false
	})
	if h.tail > 0 && field != "id" && field != "process_id" {
		for i := range h.tail {
			if value := x.value(^int32(i), field); !seen[value] {
				seen[value] = true
				h.docs = append(h.docs, ^int32(i))
			}
		}
		h.tail = 0
	}
}

// value gives the first value of a field as text, "" for none.
func (x *index) value(n int32, field string) string {
	if values := facetValues(x, n, field, nil); len(values) > 0 {
		return values[0]
	}
	return ""
}
