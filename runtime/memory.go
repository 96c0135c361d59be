package runtime

import (
	goruntime "runtime"
	"runtime/metrics"
	"sync"
	"time"
)

// collectEvery is the least time between two garbage collections that a gauge forces: more often they would cost more
// than the script.
const collectEvery = time.Second

// gauge judges whether the process has grown by more than a limit since the gauge was made. It is safe for concurrent
// use.
type gauge struct {
	limit      int64
	used, live int64 // at the start

	collecting sync.Mutex
	collected  time.Time // of the last forced collection, guarded by collecting
}

// reading holds the samples of one reader of a gauge, which metrics.Read wants to reuse.
type reading [3]metrics.Sample

func newReading() *reading {
	return &reading{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
}

// take returns the bytes that the process holds, garbage included, and the bytes that the last collection found alive.
func (r *reading) take() (used, live int64) {
	metrics.Read(r[:])
	return int64(r[0].Value.Uint64() - r[1].Value.Uint64()), int64(r[2].Value.Uint64())
}

// newGauge makes a gauge of limit bytes; 0 means that it never trips.
func newGauge(limit int64) *gauge {
	g := &gauge{limit: limit}
	if limit > 0 {
		g.used, g.live = newReading().take()
	}
	return g
}

// over reports whether more than the limit is in use. What is held may be garbage, so it collects first, at most once a
// second. Between two collections it trusts Go's own pace, which keeps the heap below twice what is alive.
func (g *gauge) over(r *reading) bool {
	if g.limit <= 0 {
		return false
	}
	used, live := r.take()
	switch {
	case used-g.used <= g.limit:
		return false
	case live-g.live > g.limit, used-g.used > 2*g.limit:
		return true
	}
	if !g.collecting.TryLock() {
		return false
	}
	defer g.collecting.Unlock()
	if time.Since(g.collected) < collectEvery {
		return false
	}
	goruntime.GC()
	g.collected = time.Now()
	_, live = r.take()
	return live-g.live > g.limit
}
