package gate

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// pace decides when a request may be sent to the server: how many are in flight, and whether the server asked for a
// pause. It is safe for concurrent use.
type pace struct {
	max      int           // most in flight, ever
	maxPause time.Duration // longest pause that is waited for

	mu       sync.Mutex
	limit    int             // most in flight now, 1 to max
	inFlight int             //
	waiting  []chan struct{} // who wants to send, first come first served; closed when it may
	until    time.Time       // end of the pause
	good     int             // good answers since the limit last changed
	settling int             // answers before the limit may fall again for slowness, those sent before it fell
	typical  map[string]time.Duration
}

// Figures of the limit in flight.
const (
	slowFactor = 3           // an answer is slow when it takes this many times the typical time of its route
	slowFloor  = time.Second // and longer than this
	goodRun    = 8           // good answers in a row that raise the limit by one
	maxRoutes  = 256         // routes whose typical time is remembered
)

func newPace(inFlight int, maxPause time.Duration) *pace {
	return &pace{max: inFlight, limit: inFlight, maxPause: maxPause, typical: map[string]time.Duration{}}
}

// pauseError says that the server asked for a longer pause than is waited for.
type pauseError struct{ until time.Time }

func (e *pauseError) Error() string {
	return fmt.Sprintf("until %s UTC", e.until.UTC().Format("15:04:05"))
}

// enter waits until a request may be sent, and gives the function that is to be called when its answer was read. It
// fails with the context's cause, or with a pauseError.
func (p *pace) enter(ctx context.Context) (leave func(), err error) {
	for {
		if err := p.sitOut(ctx); err != nil {
			return nil, err
		}
		if err := p.take(ctx); err != nil {
			return nil, err
		}
		if p.pauseLeft() <= 0 { // none began while this one waited for its turn
			return sync.OnceFunc(p.giveBack), nil
		}
		p.giveBack()
	}
}

// sitOut waits for the end of a pause.
func (p *pace) sitOut(ctx context.Context) error {
	for {
		left := p.pauseLeft()
		if left <= 0 {
			return context.Cause(ctx)
		}
		if left > p.maxPause {
			return &pauseError{until: time.Now().Add(left)}
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

func (p *pace) pauseLeft() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until.IsZero() {
		return 0
	}
	return time.Until(p.until)
}

// pause stops all requests until then. A longer pause is not shortened.
func (p *pace) pause(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.until) {
		p.until = until
	}
}

// take waits for its turn to be in flight.
func (p *pace) take(ctx context.Context) error {
	p.mu.Lock()
	if p.inFlight < p.limit && len(p.waiting) == 0 {
		p.inFlight++
		p.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	p.waiting = append(p.waiting, turn)
	p.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.waiting, turn); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
	} else { // its turn came in the same moment
		p.inFlight--
		p.admitWaiting()
	}
	return context.Cause(ctx)
}

func (p *pace) giveBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	p.admitWaiting()
}

// admitWaiting gives free places to those who wait. The lock is held.
func (p *pace) admitWaiting() {
	for p.inFlight < p.limit && len(p.waiting) > 0 {
		close(p.waiting[0])
		p.waiting = p.waiting[1:]
		p.inFlight++
	}
}

// observe learns from an answer: how long the server took to begin it, and whether it said that it is overloaded.
func (p *pace) observe(route string, took time.Duration, busy bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if busy {
		p.limit = max(1, p.limit/2)
		p.good, p.settling = 0, p.limit
		return
	}
	slow := p.learn(route, took)
	switch {
	case p.settling > 0:
		p.settling--
	case slow:
		// Not below half: the same route also answers questions that are hard in themselves.
		p.limit = min(p.limit, max(p.limit-1, p.max/2, 1))
		p.settling = p.limit
	}
	if slow {
		p.good = 0
		return
	}
	if p.good++; p.good >= goodRun && p.limit < p.max {
		p.limit, p.good = p.limit+1, 0
		p.admitWaiting()
	}
}

// learn reports whether an answer was slow for its route, and moves the route's typical time: halfway to a shorter
// one, a little to a longer one, so that a server that slows down is noticed, and one that has become slow accepted.
func (p *pace) learn(route string, took time.Duration) bool {
	typical, known := p.typical[route]
	if !known {
		if len(p.typical) == maxRoutes {
			clear(p.typical)
		}
		p.typical[route] = took
		return false
	}
	if took < typical {
		p.typical[route] = (typical + took) / 2
		return false
	}
	p.typical[route] = typical + (took-typical)/128
	return took > slowFactor*typical && took > slowFloor
}

// routeOf is what requests of one kind have in common: the method and the path without ids.
func routeOf(req *http.Request) string {
	segments := strings.Split(req.URL.Path, "/")
	for i, s := range segments {
		if isVersion := len(s) < 4 && strings.HasPrefix(s, "v"); strings.ContainsAny(s, "0123456789") && !isVersion || len(s) > 40 {
			segments[i] = "*"
		}
	}
	return req.Method + " " + strings.Join(segments, "/")
}
