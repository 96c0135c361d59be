package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
)

// The names under which the worker reaches the host's services, and the servers.
const (
	hostName     = "host"
	serverPrefix = "server-"
)

// Headers between the two processes. The host takes them off what a server sends.
const (
	faultHeader  = "Cbscript-Fault"  // an error in the place of an answer, or behind a part of one
	lengthHeader = "Cbscript-Length" // the length of the body that the server announced
	callerHeader = "Cbscript-Caller" // where the script asks for a request, escaped as in a query
)

// window bounds how much of one body is on its way, and frameSize one part of it.
const (
	window    = 4<<20 - 1
	frameSize = 1 << 20
)

// protocols is HTTP/2 without TLS, known beforehand: it carries many requests over the one connection that there is.
func protocols() *http.Protocols {
	p := new(http.Protocols)
	p.SetUnencryptedHTTP2(true)
	return p
}

func http2Config() *http.HTTP2Config {
	return &http.HTTP2Config{MaxConcurrentStreams: 250, StrictMaxConcurrentRequests: true, MaxReadFrameSize: frameSize,
		MaxReceiveBufferPerConnection: window, MaxReceiveBufferPerStream: window}
}

// Link is the worker's end of the connection to the host: the only way out that a worker has. It is safe for concurrent
// use.
type Link struct{ transport *http.Transport }

// errLinkSpent is the error of a second connection, which there is none of.
var errLinkSpent = errors.New("the connection to the host is gone")

// NewLink speaks to the host over a connection.
func NewLink(conn net.Conn) *Link {
	var used atomic.Bool
	return &Link{&http.Transport{
		Protocols: protocols(), HTTP2: http2Config(), DisableCompression: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if used.Swap(true) {
				// The transport asks for another one when the first is not known to be shared yet: it comes round to that.
				<-ctx.Done()
				return nil, errLinkSpent
			}
			return conn, nil
		},
	}}
}

// RoundTrip sends a request to the host: to its services, or to a server that was opened when the request's Host is its
// name. The host in the URL is "host" in any case, since there is one connection.
func (l *Link) RoundTrip(req *http.Request) (*http.Response, error) {
	return l.transport.RoundTrip(req)
}

// call asks a service of the host, whose answer is JSON or a fault.
func (l *Link) call(ctx context.Context, method, service string, params url.Values, body io.Reader, answer any) error {
	target := &url.URL{Scheme: "http", Host: hostName, Path: "/" + service, RawQuery: params.Encode()}
	req, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return err
	}
	resp, err := l.RoundTrip(req)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("ask the host: %w", err)
	}
	defer resp.Body.Close()
	if f := resp.Header.Get(faultHeader); f != "" {
		return faultOf(f)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxFrame)).Decode(answer); err != nil {
		return fmt.Errorf("ask the host: %w", err)
	}
	return nil
}
