package gate_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

// pipes is a listener whose connections are in memory, so that a test's clock may jump over every wait.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.done) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	there, back := newStream(), newStream()
	select {
	case p.conns <- &memoryConn{in: there, out: back}:
		return &memoryConn{in: back, out: there}, nil
	case <-p.done:
		return nil, &net.OpError{Op: "dial", Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// stream carries bytes one way. Writing never waits: who waits to write while holding a lock, as package http does when
// it closes a connection, would stop the clock of the bubble for ever.
type stream struct {
	mu       sync.Mutex
	data     bytes.Buffer
	closed   bool
	deadline time.Time     // of reading
	changed  chan struct{} // closed when any of these changes
}

func newStream() *stream { return &stream{changed: make(chan struct{})} }

// change makes a change and wakes who reads.
func (s *stream) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stream) read(p []byte) (int, error) {
	for {
		s.mu.Lock()
		expired := !s.deadline.IsZero() && !s.deadline.After(time.Now())
		n, closed, changed := 0, s.closed, s.changed
		if !expired {
			n, _ = s.data.Read(p)
		}
		left := time.Until(s.deadline)
		if s.deadline.IsZero() {
			left = 100 * time.Hour
		}
		s.mu.Unlock()
		switch {
		case expired:
			return 0, os.ErrDeadlineExceeded
		case n > 0 || len(p) == 0:
			return n, nil
		case closed:
			return 0, io.EOF
		}
		timer := time.NewTimer(left)
		select {
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// memoryConn is one end of two streams.
type memoryConn struct{ in, out *stream }

func (c *memoryConn) Read(p []byte) (int, error) { return c.in.read(p) }

func (c *memoryConn) Write(p []byte) (n int, err error) {
	c.out.change(func() {
		if c.out.closed {
			err = io.ErrClosedPipe
			return
		}
		n, err = c.out.data.Write(p)
	})
	return n, err
}

func (c *memoryConn) Close() error {
	c.in.change(func() { c.in.closed = true })
	c.out.change(func() { c.out.closed = true })
	return nil
}

func (c *memoryConn) LocalAddr() net.Addr              { return &net.UnixAddr{Name: "memory"} }
func (c *memoryConn) RemoteAddr() net.Addr             { return c.LocalAddr() }
func (c *memoryConn) SetWriteDeadline(time.Time) error { return nil }
func (c *memoryConn) SetDeadline(t time.Time) error    { return c.SetReadDeadline(t) }

func (c *memoryConn) SetReadDeadline(t time.Time) error {
	c.in.change(func() { c.in.deadline = t })
	return nil
}

// memoryURL is the origin of every server in memory.
const memoryURL = "https://cb.example"

// inMemory runs test in a bubble whose clock jumps, against a server in memory.
func inMemory(t *testing.T, handler http.HandlerFunc, test func(t *testing.T, g *gate.Gate), options ...gate.Option) {
	t.Helper()
	inMemoryThrough(t, func(dial dialFunc) dialFunc { return dial }, handler, test, options...)
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// inMemoryThrough is inMemory with something between the gate and its dialling.
func inMemoryThrough(t *testing.T, wrap func(dialFunc) dialFunc, handler http.HandlerFunc, test func(t *testing.T, g *gate.Gate), options ...gate.Option) {
	t.Helper()
	serveInMemory(t, handler, func(t *testing.T, p credentials.Profile, dial dialFunc) {
		g, err := gate.New(p, append([]gate.Option{gate.WithDialer(wrap(dial))}, options...)...)
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		test(t, g)
	})
}

// serveInMemory runs test in a bubble whose clock jumps, with the profile of a server in memory and the way to dial it.
func serveInMemory(t *testing.T, handler http.HandlerFunc, test func(t *testing.T, p credentials.Profile, dial dialFunc)) {
	t.Helper()
	certificates := testCertificates()
	synctest.Test(t, func(t *testing.T) {
		listener := newPipes()
		server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
		go server.Serve(tls.NewListener(listener, &tls.Config{Certificates: certificates}))
		defer server.Close()
		p, err := credentials.New(credentials.Response, memoryURL, token)
		if err != nil {
			t.Fatal(err)
		}
		p.Name, p.SkipVerify = "memory", true
		test(t, p, listener.dial)
	})
}

// testCertificates borrows the certificate of package httptest.
func testCertificates() []tls.Certificate {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return server.TLS.Certificates
}
