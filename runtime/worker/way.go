package worker

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/caller"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/runtime/servers"
)

// opened is the answer to the wish for a server.
type opened struct {
	Number  int
	URL     string
	Profile string
}

// way is the worker's way to a server: through the host, which has the gate.
type way struct {
	link    *Link
	number  string
	url     *url.URL
	profile string
	redact  func(text string) string
}

var _ servers.Way = (*way)(nil)

// open asks the host for the way to a server.
func (l *Link) open(ctx context.Context, product *client.Product, role string) (*way, error) {
	var o opened
	err := l.call(ctx, http.MethodPost, "open", url.Values{"product": {product.Name}, "role": {role}}, nil, &o)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, &FrameError{"a server's URL"}
	}
	number := strconv.Itoa(o.Number)
	redact := func(text string) string {
		var clean string
		err := l.call(context.WithoutCancel(ctx), http.MethodPost, "redact", url.Values{"server": {number}}, strings.NewReader(text), &clean)
		if err != nil {
			return "(what the server said cannot be shown: " + err.Error() + ")"
		}
		return clean
	}
	return &way{link: l, number: number, url: u, profile: o.Profile, redact: redact}, nil
}

func (w *way) URL() *url.URL       { u := *w.url; return &u }
func (w *way) ProfileName() string { return w.profile }
func (w *way) Close() error        { return nil }

// Redact asks the host, which knows the secrets. A text that it cannot clean is not given.
func (w *way) Redact(text string) string { return w.redact(text) }

// RoundTrip sends a request by the host's gate. Its errors are those of the gate.
func (w *way) RoundTrip(req *http.Request) (*http.Response, error) {
	if !strings.EqualFold(req.URL.Host, w.url.Host) || req.URL.Scheme != w.url.Scheme {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, &gate.Error{Op: "check", Method: req.Method, URI: req.URL.String(), Kind: gate.Origin}
	}
	out := req.Clone(req.Context())
	out.URL.Scheme, out.URL.Host, out.Host = "http", hostName, serverPrefix+w.number
	if at := caller.Of(req.Context()); at != "" {
		out.Header.Set(callerHeader, url.QueryEscape(at))
	}
	resp, err := w.link.RoundTrip(out)
	if err != nil {
		return nil, &gate.Error{Op: "send", Method: req.Method, URI: req.URL.String(), Kind: gate.Connection, Err: err}
	}
	if f := resp.Header.Get(faultHeader); f != "" {
		resp.Body.Close()
		return nil, faultOf(f)
	}
	resp.Request = req
	resp.ContentLength = -1
	if n, err := strconv.ParseInt(resp.Header.Get(lengthHeader), 10, 64); err == nil {
		resp.ContentLength = n
	}
	resp.Header.Del(lengthHeader)
	resp.Body = &answerBody{resp: resp, source: resp.Body}
	return resp, nil
}

// answerBody is an answer's body. What broke it off is in the trailer.
type answerBody struct {
	resp   *http.Response
	source io.ReadCloser
}

func (b *answerBody) Read(p []byte) (int, error) {
	n, err := b.source.Read(p)
	if err == nil {
		return n, nil
	}
	if f := b.resp.Trailer.Get(faultHeader); f != "" {
		return n, faultOf(f)
	}
	if err != io.EOF {
		err = &gate.Error{Op: "read", Method: b.resp.Request.Method, URI: b.resp.Request.URL.String(), Kind: gate.Connection, Err: err}
	}
	return n, err
}

func (b *answerBody) Close() error { return b.source.Close() }
