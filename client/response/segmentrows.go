package response

import (
	"context"
	"sync"

	"github.com/cbscript/cbscript/client"
)

// groupParam is the parameter that has the server give one row for each value of a field.
const groupParam = "cb.group"

// watched bounds how many processes of a query are remembered to see whether one comes again.
const watched = 10_000

// segmentRows sees, as the pages of a query come in, whether a process comes more than once. Servers from 6.0 on give a
// row for each of its segments that matches, which looks like duplicates.
type segmentRows struct {
	mu   sync.Mutex
	seen map[string]int64 // nil once it was pointed out, or given up
}

// watchSegments points out the first process that comes again, once for each query value.
//
// Source: field-notes.md, A.3.
func watchSegments(ctx context.Context, q *client.Query, rows []rowDoc) {
	for _, p := range q.Params() {
		if p.Name == groupParam {
			return
		}
	}
	if q.RawValues().Has(groupParam) {
		return
	}
	w := q.Memo("segments", func() any { return &segmentRows{seen: map[string]int64{}} }).(*segmentRows)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, row := range rows {
		if w.seen == nil {
			return
		}
		id := textOf(row, "id")
		if id == "" {
			continue
		}
		// The same segment again is no news: the query was read twice.
		segment := segmentOf(row)
		if before, again := w.seen[id]; again && before != segment {
			w.seen = nil
			q.Client().Log().WarnContext(ctx, "results are segments of processes, and some processes have several: group_by(\"id\") gives each process once",
				"query", q.String(), "process", id)
			return
		}
		if w.seen[id] = segment; len(w.seen) >= watched {
			w.seen = nil
		}
	}
}

// segmentOf gives the number of the segment that a row is of, 0 when it has none.
func segmentOf(row rowDoc) int64 {
	v, _ := row.Get("segment_id")
	n, _ := client.Whole(v.Any())
	return n
}
