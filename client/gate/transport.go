package gate

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// newTransport makes the connection pool. It speaks HTTP/1.1 only: with few requests at once and big answers that is
// faster than HTTP/2 here. Source: feasibility.md, section 6.
func newTransport(trust *tls.Config, proxy *url.URL, c *config) *http.Transport {
	dial := c.dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: c.timeout, KeepAlive: 30 * time.Second}).DialContext
	}
	dial = withTimeouts(dial, c.timeout)
	t := &http.Transport{
		TLSClientConfig:        trust,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		TLSHandshakeTimeout:    c.timeout,
		ResponseHeaderTimeout:  c.timeout,
		MaxIdleConns:           poolSize,
		MaxIdleConnsPerHost:    poolSize,
		IdleConnTimeout:        90 * time.Second,
		ReadBufferSize:         64 << 10,
		WriteBufferSize:        64 << 10,
		MaxResponseHeaderBytes: 1 << 20,
	}
	if proxy != nil {
		dial = throughProxy(dial, proxy)
		seen := *proxy
		if seen.Scheme == "https" {
			seen.Scheme, seen.Host = "http", proxyAddress(proxy) // its TLS is dial's
		}
		t.Proxy = func(*http.Request) (*url.URL, error) { return &seen, nil }
		t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				return &proxyAnswer{proxy: proxyAddress(proxy), status: answer.StatusCode}
			}
			return nil
		}
	}
	t.DialContext = dial
	return t
}

// poolSize is how many connections wait for their next request. Source: contract/transport.md, section 1.
const poolSize = 10

// withTimeouts bounds dialling, also by a dialler that was handed in, and each write.
func withTimeouts(dial dialFunc, timeout time.Duration) dialFunc {
	if timeout <= 0 {
		return dial
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &timedConn{Conn: conn, timeout: timeout}, nil
	}
}

// timedConn fails a write that makes no progress for the timeout. Reading is bounded elsewhere, since a connection
// that waits for its next request is being read as well.
type timedConn struct {
	net.Conn
	timeout time.Duration
}

// Write writes p within the timeout.
func (c *timedConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// throughProxy dials the proxy, and speaks TLS with one of https: trusted as the web is, whatever the profile says
// about its server.
func throughProxy(dial dialFunc, proxy *url.URL) dialFunc {
	address := proxyAddress(proxy)
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, &proxyFailure{proxy: address, err: err}
		}
		if proxy.Scheme != "https" {
			return conn, nil
		}
		secure := tls.Client(conn, &tls.Config{MinVersion: tls.VersionTLS12, ServerName: proxy.Hostname()})
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, &proxyFailure{proxy: address, err: err}
		}
		return secure, nil
	}
}

// proxyAddress is host and port, with the scheme's usual port when none is given.
func proxyAddress(proxy *url.URL) string {
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[proxy.Scheme]
	}
	if port == "" {
		port = "1080"
	}
	return net.JoinHostPort(proxy.Hostname(), port)
}
