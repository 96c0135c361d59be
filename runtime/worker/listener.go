package worker

import (
	"net"
	"sync"
)

// single is a listener with one connection.
type single struct {
	conns chan net.Conn
	addr  net.Addr
	over  chan struct{}
	once  sync.Once
}

func newSingle(conn net.Conn) *single {
	s := &single{conns: make(chan net.Conn, 1), addr: conn.LocalAddr(), over: make(chan struct{})}
	s.conns <- conn
	return s
}

// Accept gives the connection, and then waits for Close.
func (s *single) Accept() (net.Conn, error) {
	select {
	case conn := <-s.conns:
		return conn, nil
	case <-s.over:
		return nil, net.ErrClosed
	}
}

// Close ends the wait.
func (s *single) Close() error {
	s.once.Do(func() { close(s.over) })
	return nil
}

// Addr is that of the connection.
func (s *single) Addr() net.Addr { return s.addr }
