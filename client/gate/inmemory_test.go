package gate_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
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
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.done:
		return nil, &net.OpError{Op: "dial", Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
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
	certificates := testCertificates()
	synctest.Test(t, func(t *testing.T) {
		listener := newPipes()
		server := &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
		go server.Serve(tls.NewListener(listener, &tls.Config{Certificates: certificates}))
		p, err := credentials.New(credentials.Response, memoryURL, token)
		if err != nil {
			t.Fatal(err)
		}
		p.Name, p.SkipVerify = "memory", true
		g, err := gate.New(p, append([]gate.Option{gate.WithDialer(wrap(listener.dial))}, options...)...)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			g.Close()
			server.Close()
			time.Sleep(time.Minute) // both sides of a pipe may be saying goodbye to each other, for as long as TLS allows
		}()
		test(t, g)
	})
}

// testCertificates borrows the certificate of package httptest.
func testCertificates() []tls.Certificate {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return server.TLS.Certificates
}
