package gate

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// exchange is one call of RoundTrip, over all its tries, until the answer's body is read or closed.
type exchange struct {
	req    *http.Request   // the caller's, or for a redirect one like it
	ctx    context.Context // ends with the caller's, with the gate, or when the answer stalls
	cancel context.CancelCauseFunc
	body   *replay
	linked atomic.Bool // the try under way has a connection, so that something may have been sent
	sent   atomic.Bool // some try had
	tries  int
}

// valueless is a context without values: a trace among the caller's would be shown the headers, token included.
type valueless struct{ context.Context }

// Value has nothing.
func (valueless) Value(any) any { return nil }

// AfterFunc lets package context watch the caller's context without a goroutine.
func (c valueless) AfterFunc(f func()) func() bool { return context.AfterFunc(c.Context, f) }

// begin starts an exchange, which must be ended.
func (g *Gate) begin(req *http.Request) (*exchange, *Error) {
	ctx, cancel := context.WithCancelCause(valueless{req.Context()})
	x := &exchange{req: req, cancel: cancel, body: newReplay(req)}
	x.ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { x.linked.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { x.linked.Store(true); x.sent.Store(true) },
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		cancel(errClosed)
		return nil, g.fault(req, "check", Closed, nil, "")
	}
	g.active[x] = cancel
	return x, nil
}

// end releases what the exchange holds.
func (g *Gate) end(x *exchange) {
	g.mu.Lock()
	delete(g.active, x)
	g.mu.Unlock()
	x.cancel(context.Canceled)
	x.body.close()
}

// RoundTrip sends the request, with the token, and gives the answer, whatever its status. It fails with an [*Error].
// The body of the answer must be read to its end or closed: it counts as in flight until then. An error while reading
// it is an [*Error] too.
func (g *Gate) RoundTrip(req *http.Request) (*http.Response, error) {
	x, fault := g.begin(req)
	if fault != nil {
		newReplay(req).close()
		return nil, fault
	}
	started := time.Now()
	resp, fault := g.follow(x)
	g.record(x, req, started, resp, fault)
	if fault != nil {
		g.end(x)
		return nil, fault
	}
	return resp, nil
}

// maxRedirects bounds how many redirects one request follows.
const maxRedirects = 3

// follow sends the request and follows redirects of a reading one within the server. Each is checked as any request.
func (g *Gate) follow(x *exchange) (*http.Response, *Error) {
	for hops := 0; ; hops++ {
		if fault := g.allow(x.req); fault != nil {
			return nil, fault
		}
		g.logSending(x.req)
		resp, fault := g.send(x)
		if fault != nil {
			return nil, fault
		}
		next := g.redirected(x.req, resp)
		if next == nil || hops == maxRedirects {
			return resp, nil
		}
		discard(resp)
		x.req = next
	}
}

// allow asks the gate and the host whether the request may be sent.
func (g *Gate) allow(req *http.Request) *Error {
	if fault := g.admit(req); fault != nil {
		return fault
	}
	for _, check := range g.checks {
		if err := check(req); err != nil {
			return g.fault(req, "check", Denied, err, "")
		}
	}
	return nil
}

// redirected is the request that an answer leads to, or nil when it is none that is followed.
func (g *Gate) redirected(req *http.Request, resp *http.Response) *http.Request {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil
	}
	location := resp.Header.Get("Location")
	if !isReading(req.Method) || location == "" {
		return nil
	}
	u, err := req.URL.Parse(location)
	if err != nil || !sameOrigin(u, g.origin) {
		return nil
	}
	next := req.Clone(req.Context())
	next.URL = u
	return next
}
