package gate

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tokenHeader carries the token, for all products. Source: contract/transport.md, section 2.
const tokenHeader = "X-Auth-Token"

// ownHeaders are set here alone: what a caller put there is dropped.
func ownHeaders() []string {
	return []string{tokenHeader, "Authorization", "Proxy-Authorization", "Cookie", "User-Agent"}
}

// admit refuses what must not be sent: a request for another server, one whose path would be read differently by a
// check and by the server, and methods that would show the token or open a tunnel.
func (g *Gate) admit(req *http.Request) *Error {
	if req.URL == nil {
		return &Error{Op: "check", Method: req.Method, Kind: Malformed, Err: errors.New("no URL")}
	}
	if !sameOrigin(req.URL, g.origin) {
		return g.fault(req, "check", Origin, fmt.Errorf("this gate leads to %s only", g.origin),
			"a profile's token goes to its own server only: use the profile of that server")
	}
	malformed := func(reason string) *Error { return g.fault(req, "check", Malformed, errors.New(reason), "") }
	switch {
	case req.URL.User != nil:
		return malformed("the URL holds a user name or password")
	case req.URL.Opaque != "":
		return malformed("the URL has no path of its own")
	case !strings.HasPrefix(req.URL.Path, "/") && req.URL.Path != "":
		return malformed("the path does not begin with /")
	case hasDotSegment(req.URL.Path):
		return malformed("the path holds . or .. as a segment")
	case strings.EqualFold(req.Method, http.MethodTrace), strings.EqualFold(req.Method, http.MethodConnect):
		return malformed("method " + req.Method + " is never sent")
	}
	return nil
}

// sameOrigin compares scheme, host and port, an absent port being that of https.
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return "443"
}

// hasDotSegment reports a segment that a server may take for "here" or "one up", also where slashes are encoded: the
// path is the decoded one.
func hasDotSegment(path string) bool {
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
	return slices.Contains(segments, ".") || slices.Contains(segments, "..")
}

// isReading reports a method that changes nothing.
func isReading(method string) bool {
	return method == "" || method == http.MethodGet || method == http.MethodHead
}

// isIdempotent reports a method that may be sent twice. Source: contract/transport.md, section 4.
func isIdempotent(method string) bool {
	return isReading(method) || method == http.MethodPut || method == http.MethodDelete || method == http.MethodOptions
}

// pathOf is the path and query, as logs and journals show it.
func (g *Gate) pathOf(req *http.Request) string { return g.Redact(req.URL.RequestURI()) }

// outgoing is the request as it is sent, with the token. It never leaves this package.
func (g *Gate) outgoing(x *exchange, body *attemptBody) *http.Request {
	out := x.req.Clone(x.ctx)
	for name := range out.Header {
		if slices.Contains(ownHeaders(), http.CanonicalHeaderKey(name)) {
			delete(out.Header, name)
		}
	}
	if out.Header == nil {
		out.Header = http.Header{}
	}
	out.Header.Set(tokenHeader, g.token.Reveal())
	out.Header.Set("User-Agent", g.userAgent)
	out.URL.Scheme, out.URL.Host = g.origin.Scheme, g.origin.Host
	out.URL.Fragment, out.URL.RawFragment = "", ""
	out.Host = ""
	out.GetBody = nil
	out.Body = nil
	if body != nil {
		out.Body = body
	}
	return out
}

// incoming is an answer without what a caller must not see: the request with the token, secrets that the server echoes
// in headers, the session cookies that it offers, and trailers, which nothing here needs. It is a copy, since the
// transport adds the trailers to its own.
func (g *Gate) incoming(resp *http.Response, req *http.Request) *http.Response {
	out := *resp
	out.Request = req
	out.Status = g.Redact(resp.Status)
	out.Trailer = nil
	out.Header = http.Header{}
	for name, values := range resp.Header {
		if name == "Set-Cookie" || name == "Trailer" || g.Redact(name) != name {
			continue
		}
		for _, v := range values {
			out.Header[name] = append(out.Header[name], g.Redact(v))
		}
	}
	return &out
}
