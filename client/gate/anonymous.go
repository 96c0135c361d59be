package gate

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/cbscript/cbscript/client/credentials"
)

// Anonymous is a way to one server that adds no token: for a server's own login, which is asked for one. It trusts
// and reaches the server as a [Gate] does, with the same timeout, and takes the profile's secrets and cookies out of the
// answer's headers; it sends a request as its caller made it, once, follows no redirect, asks no check and keeps no journal.
// It is safe for concurrent use.
type Anonymous struct {
	gate *Gate
}

var _ http.RoundTripper = (*Anonymous)(nil)

// NewAnonymous makes the way to the profile's server. The profile needs no token, and one that it has is not sent. It
// opens no connection. It fails with a [*credentials.Error] for a profile that cannot be used.
func NewAnonymous(profile credentials.Profile, options ...Option) (*Anonymous, error) {
	g, err := build(profile, options)
	if err != nil {
		return nil, err
	}
	return &Anonymous{g}, nil
}

// URL is the server's origin: scheme, host and port, without a path.
func (a *Anonymous) URL() *url.URL { return a.gate.URL() }

// RoundTrip sends the request and gives the answer, whatever its status. It fails with an [*Error]. The body of the answer
// must be read to its end or closed; an error while reading it is an [*Error], also when no more of it comes.
func (a *Anonymous) RoundTrip(req *http.Request) (*http.Response, error) {
	x, fault := a.gate.begin(req)
	if fault != nil {
		newReplay(req).close()
		return nil, fault
	}
	resp, fault := a.send(x)
	if fault != nil {
		a.gate.end(x)
		return nil, fault
	}
	resp.Body = &answerBody{gate: a.gate, x: x, source: resp.Body, leave: func() {}}
	return resp, nil
}

func (a *Anonymous) send(x *exchange) (*http.Response, *Error) {
	if fault := a.gate.admit(x.req); fault != nil {
		return nil, fault
	}
	out := x.req.Clone(x.ctx)
	if out.Header == nil {
		out.Header = http.Header{}
	}
	for name := range out.Header {
		if http.CanonicalHeaderKey(name) == tokenHeader {
			delete(out.Header, name)
		}
	}
	out.Host = ""
	out.Header.Set("User-Agent", a.gate.userAgent)
	resp, err := a.gate.transport.RoundTrip(out)
	if err != nil {
		op := "connect"
		if x.linked.Load() {
			op = "send"
		}
		return nil, a.gate.classify(x.req, op, err, causeOf(x.ctx))
	}
	return a.gate.incoming(resp, x.req), nil
}

// CloseIdleConnections closes connections that wait for their next request.
func (a *Anonymous) CloseIdleConnections() { a.gate.transport.CloseIdleConnections() }

// String tells the server.
func (a *Anonymous) String() string { return fmt.Sprintf("way to %s without a token", a.gate.origin) }
