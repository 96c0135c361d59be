package main

import (
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime/servers"
)

// lazyDemo is a demo server that starts when it is first needed. It is safe for concurrent use.
type lazyDemo struct {
	mu     sync.Mutex
	server *simulator.Server
	err    error
	closed bool
}

// start gives the server.
func (d *lazyDemo) start() (*simulator.Server, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return nil, servers.ErrClosed
	case d.server == nil && d.err == nil:
		d.server, d.err = simulator.Start(simulator.Options{})
	}
	return d.server, d.err
}

// now is the demo's clock, which stands still.
func (d *lazyDemo) now() time.Time {
	server, err := d.start()
	if err != nil {
		return time.Now() // what asks the server next says why there is none
	}
	return server.Now()
}

// close ends the server, if there is one.
func (d *lazyDemo) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	if d.server == nil {
		return nil
	}
	return d.server.Close()
}
