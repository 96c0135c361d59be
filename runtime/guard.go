package runtime

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"go.starlark.net/starlark"
)

const (
	// stepQuantum is how many steps pass between two checks: the hook then costs about a twentieth of a loop.
	stepQuantum = 2000
	// memoryEvery is how many of these checks pass between two looks at the memory, which cost more than the others.
	memoryEvery = 4
	// sampleEvery is how often memory is sampled beside the script, for growth within few steps.
	sampleEvery = 5 * time.Millisecond
)

// guard enforces the limits of one run: it counts for all threads, and ends the run's context with the limit's error
// as the cause.
type guard struct {
	limits   Limits // with defaults
	cancel   context.CancelCauseFunc
	err      atomic.Pointer[error] // why the guard ended the run
	memory   *gauge
	steps    atomic.Int64
	output   atomic.Int64
	requests atomic.Int64
	saved    *ArtifactMeter
}

// guardKey is the key of a run's guard in its context.
type guardKey struct{}

// newGuard makes the guard of a run and the context that it ends. The limits have their defaults filled in. The returned function releases what they hold.
func newGuard(ctx context.Context, limits Limits) (context.Context, *guard, func()) {
	g := &guard{limits: limits, memory: newGauge(limits.Memory), saved: NewArtifactMeter(limits)}
	release := func() {}
	if limits.Time > 0 {
		ctx, release = context.WithTimeoutCause(ctx, limits.Time, limits.exceeded(limitTime))
	}
	ctx, g.cancel = context.WithCancelCause(context.WithValue(ctx, guardKey{}, g))
	return ctx, g, func() { g.cancel(context.Canceled); release() }
}

// trip ends the run with an error. The first one counts.
func (g *guard) trip(err error) {
	g.err.CompareAndSwap(nil, &err)
	g.cancel(err)
}

// tripped returns the error that the guard ended the run with, or nil.
func (g *guard) tripped() error {
	if err := g.err.Load(); err != nil {
		return *err
	}
	return nil
}

// arm puts a thread under the guard until the returned function is called: its steps are counted, and it is cancelled
// when ctx ends.
func (g *guard) arm(ctx context.Context, t *starlark.Thread) (disarm func()) {
	quantum := uint64(stepQuantum)
	if g.limits.Steps > 0 {
		quantum = min(quantum, uint64(g.limits.Steps))
	}
	r := newReading()
	checks, counted := 0, t.ExecutionSteps()
	t.OnMaxSteps = func(t *starlark.Thread) {
		steps := t.ExecutionSteps()
		t.SetMaxExecutionSteps(steps + quantum)
		checks++
		g.check(ctx, t, int64(steps-counted), checks%memoryEvery == 0 && g.memory.over(r))
		counted = steps
	}
	t.SetMaxExecutionSteps(counted + quantum)
	stopCancel := context.AfterFunc(ctx, func() { t.Cancel(causeOf(ctx).Error()) })
	return func() {
		stopCancel()
		g.steps.Add(int64(t.ExecutionSteps() - counted))
	}
}

// check runs on the thread itself, every few steps. full says that the memory is over its limit.
func (g *guard) check(ctx context.Context, t *starlark.Thread, steps int64, full bool) {
	total := g.steps.Add(steps)
	switch {
	case ctx.Err() != nil:
	case g.limits.Steps > 0 && total >= g.limits.Steps:
		g.trip(g.limits.exceeded(limitSteps))
	case g.limits.Depth > 0 && t.CallStackDepth() > g.limits.Depth:
		g.trip(g.limits.exceeded(limitDepth))
	case full:
		g.trip(g.limits.exceeded(limitMemory))
	default:
		return
	}
	// AfterFunc does the same, but on another goroutine and therefore some steps later.
	t.Cancel(causeOf(ctx).Error())
}

// sample looks at the memory from beside the script.
func (g *guard) sample(r *reading) {
	if g.memory.over(r) {
		g.trip(g.limits.exceeded(limitMemory))
	}
}

// wrote counts n bytes of output, and returns the limit's error when they are too many: nothing of them should then be
// written.
func (g *guard) wrote(n int) error {
	if g.limits.Output > 0 && g.output.Add(int64(n)) > g.limits.Output {
		err := g.limits.exceeded(limitOutput)
		g.trip(err)
		return err
	}
	return nil
}

// requested counts one request.
func (g *guard) requested() error {
	if g.limits.Requests > 0 && g.requests.Add(1) > g.limits.Requests {
		err := g.limits.exceeded(limitRequests)
		g.trip(err)
		return err
	}
	return nil
}

// CountRequests returns a transport that counts the requests of each run against [Limits].Requests before it passes
// them on to next. A request belongs to the run whose context it carries; others pass uncounted. It is safe for
// concurrent use if next is.
func CountRequests(next http.RoundTripper) http.RoundTripper { return counting{next} }

type counting struct{ next http.RoundTripper }

// RoundTrip counts the request and passes it on.
func (c counting) RoundTrip(req *http.Request) (*http.Response, error) {
	if g, ok := req.Context().Value(guardKey{}).(*guard); ok {
		if err := g.requested(); err != nil {
			if req.Body != nil {
				req.Body.Close()
			}
			return nil, err
		}
	}
	return c.next.RoundTrip(req)
}
