package gate

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// schedule is the delays before the retries: 0, 1, 2, 4, 8 seconds and so on, at most 120. A wait that the server
// asked for takes the place of one delay and does not begin the schedule anew.
// Source: contract/transport.md, section 4.
type schedule struct{ retries int }

const longestDelay = 120 * time.Second

// Reset does nothing: a schedule serves one request, from its beginning.
func (*schedule) Reset() {}

// NextBackOff is the delay before the next retry.
func (s *schedule) NextBackOff() time.Duration {
	s.retries++
	if s.retries == 1 {
		return 0
	}
	if s.retries > 8 { // 2^7 seconds is beyond the longest
		return longestDelay
	}
	return min(time.Second<<(s.retries-2), longestDelay)
}

// errStatus is the cause of a retry that an answer's status asks for.
var errStatus = errors.New("the server could not answer just now")

// send tries the request until it has an answer to give.
func (g *Gate) send(x *exchange) (*http.Response, *Error) {
	x.tries = 0
	resp, err := backoff.Retry(x.ctx, func() (*http.Response, error) { return g.try(x) },
		backoff.WithBackOff(&schedule{}),
		backoff.WithMaxTries(uint(g.retries)+1),
		backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, delay time.Duration) { g.logRetry(x, err, delay) }))
	if err == nil {
		return resp, nil
	}
	var fault *Error
	if errors.As(err, &fault) && x.req.Context().Err() == nil {
		return nil, fault
	}
	return nil, g.classify(x.req, "wait", err, err)
}

// try makes one try. Its error asks for another one, unless it is permanent.
func (g *Gate) try(x *exchange) (*http.Response, error) {
	x.tries++
	resp, fault := g.attempt(x)
	if fault != nil {
		if hopeless(fault) || x.linked.Load() && !isIdempotent(x.req.Method) || !x.body.again(x.linked.Load()) {
			return nil, backoff.Permanent(fault)
		}
		return nil, fault
	}
	if x.tries > g.retries || !isIdempotent(x.req.Method) || !x.body.again(true) {
		return resp, nil
	}
	switch resp.StatusCode {
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		discard(resp)
		return nil, errStatus
	case http.StatusRequestEntityTooLarge, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if wait, ok := retryAfter(resp.Header, time.Now()); ok && wait <= g.maxPause {
			discard(resp)
			return nil, &backoff.RetryAfterError{Duration: wait}
		}
	}
	return resp, nil
}

// attempt sends the request once, when the server's pace allows it.
func (g *Gate) attempt(x *exchange) (*http.Response, *Error) {
	x.linked.Store(false)
	leave, err := g.pace.enter(x.ctx)
	if err != nil {
		var pause *pauseError
		if errors.As(err, &pause) {
			return nil, g.fault(x.req, "wait", Throttled, err, throttledAdvice(pause.until))
		}
		return nil, g.classify(x.req, "wait", err, err)
	}
	if isFile(x.req.Header) {
		leave()
	}
	body, err := x.body.next()
	if err != nil {
		leave()
		return nil, g.fault(x.req, "send", Malformed, err, "")
	}
	started := time.Now()
	resp, err := g.transport.RoundTrip(g.outgoing(x, body))
	took := time.Since(started)
	if err != nil {
		leave()
		op := "connect"
		if x.linked.Load() {
			op = "send"
		}
		fault := g.classify(x.req, op, err, causeOf(x.ctx))
		g.logFailed(x.req, took, fault)
		return nil, fault
	}
	g.observe(x.req, resp, took)
	resp = g.incoming(resp, x.req)
	g.logAnswer(x.req, resp.StatusCode, took)
	if resp.Body == http.NoBody || isFile(resp.Header) {
		leave()
	}
	resp.Body = &answerBody{gate: g, x: x, source: resp.Body, leave: leave}
	return resp, nil
}

// observe has the pace learn from an answer.
func (g *Gate) observe(req *http.Request, resp *http.Response, took time.Duration) {
	busy := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable
	g.pace.observe(routeOf(req), took, busy)
	if busy {
		now := time.Now()
		if wait, ok := retryAfter(resp.Header, now); ok {
			g.pace.pause(now.Add(wait))
		}
	}
}

// maxDiscard is how much of a body is read so that its connection can be used again.
const maxDiscard = 64 << 10

// discard ends an answer that nobody will see, without ending the exchange.
func discard(resp *http.Response) {
	body := resp.Body.(*answerBody)
	body.kept = true
	io.CopyN(io.Discard, body, maxDiscard)
	body.Close()
}

// isFile reports a body that is a file, by its header. Sending one takes minutes and costs a server little; if it counted as
// in flight, a few of them would hold up everything else, and sessions with endpoints would end for want of a keepalive.
func isFile(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "application/octet-stream" || kind == "application/zip" || kind == "multipart/form-data"
}
