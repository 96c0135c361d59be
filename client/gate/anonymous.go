package gate

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/cbscript/cbscript/client/credentials"
)

// Anonymous is a way to one server that adds no token: for a server's own login, which is asked for one. It trusts
// and reaches the server as a [Gate] does, sends a request as its caller made it, once, and follows no redirect. It is
// safe for concurrent use.
type Anonymous struct {
	gate *Gate
}

var _ http.RoundTripper = (*Anonymous)(nil)

// NewAnonymous makes the way to the profile's server. The profile needs no token, and one that it has is not sent. It
// opens no connection. It fails with a [*credentials.Error] for a profile that cannot be used.
func NewAnonymous(profile credentials.Profile, options ...Option) (*Anonymous, error) {
	c := newConfig(profile.Product, options)
	if err := c.check(); err != nil {
		return nil, err
	}
	origin, err := profile.Origin()
	if err != nil {
		return nil, err
	}
	proxy, err := findProxy(profile, origin, c.getenv)
	if err != nil {
		return nil, err
	}
	trust, err := tlsConfig(profile, nil)
	if err != nil {
		return nil, err
	}
	return &Anonymous{&Gate{
		origin:    origin,
		userAgent: strings.TrimSpace("cbscript/" + c.version + " " + c.integration),
		transport: newTransport(trust, proxy, &c),
		redactor:  NewRedactor(secretsOf(profile, proxy)...),
		timeout:   c.timeout,
	}}, nil
}

// URL is the server's origin: scheme, host and port, without a path.
func (a *Anonymous) URL() *url.URL { return a.gate.URL() }

// RoundTrip sends the request and gives the answer, whatever its status. It fails with an [*Error].
func (a *Anonymous) RoundTrip(req *http.Request) (*http.Response, error) {
	if fault := a.gate.admit(req); fault != nil {
		newReplay(req).close()
		return nil, fault
	}
	var linked atomic.Bool
	out := req.Clone(httptrace.WithClientTrace(valueless{req.Context()}, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { linked.Store(true) },
	}))
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
		if linked.Load() {
			op = "send"
		}
		return nil, a.gate.classify(req, op, err, context.Cause(req.Context()))
	}
	resp.Request = req
	return resp, nil
}

// CloseIdleConnections closes connections that wait for their next request.
func (a *Anonymous) CloseIdleConnections() { a.gate.transport.CloseIdleConnections() }

// String tells the server.
func (a *Anonymous) String() string { return fmt.Sprintf("way to %s without a token", a.gate.origin) }
