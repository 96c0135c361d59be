package liveresponse

import (
	"context"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client"
)

// The times of sessions. Source: contract/live-response.md, section 1.
const (
	DefaultWait  = 360 * time.Second // until a session is active
	keepaliveGap = 30 * time.Second
	closeTime    = 10 * time.Second // to close one when its owner's time is over
)

// Manager opens the sessions of a client, and shares them between everyone who wants one with the same sensor. It is
// safe for concurrent use.
type Manager struct {
	c *client.Client
	d Dialect

	mu       sync.Mutex
	channels map[int64]*channel // by sensor
	runs     map[*client.Scope]*runJobs
}

type managerKey struct{}

// Of gives the manager of a client: the same one each time.
func Of(c *client.Client, d Dialect) *Manager {
	return c.Part(managerKey{}, func() any { return newManager(c, d) }).(*Manager)
}

func newManager(c *client.Client, d Dialect) *Manager {
	return &Manager{c: c, d: d, channels: map[int64]*channel{}, runs: map[*client.Scope]*runJobs{}}
}

// Open gives a session with an endpoint, waiting until its sensor has joined it; a wait of zero means [DefaultWait]. The
// caller closes it. A sensor that does not join in time is a [client.TimeoutError].
func (m *Manager) Open(ctx context.Context, e Endpoint, wait time.Duration) (*Session, error) {
	ch := m.channel(e)
	if err := ch.enter(ctx, wait); err != nil {
		m.leave(ch)
		return nil, err
	}
	s := &Session{ch: ch}
	s.settled = client.ScopeOf(ctx).Defer(s.Close)
	return s, nil
}

// channel gives what holds the server's session with an endpoint.
func (m *Manager) channel(e Endpoint) *channel {
	m.mu.Lock()
	defer m.mu.Unlock()
	ch := m.channels[e.ID]
	if ch == nil {
		ch = &channel{m: m, e: e, turn: make(chan struct{}, 1), made: map[any]bool{}}
		m.channels[e.ID] = ch
	}
	ch.users++
	return ch
}

// leave takes a user away. It reports whether that was the last.
func (m *Manager) leave(ch *channel) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	ch.users--
	return ch.users == 0
}

// close closes the server's session of a channel that nobody uses, unless somebody came meanwhile.
func (m *Manager) close(ctx context.Context, ch *channel) error {
	if err := ch.take(ctx); err != nil {
		return err
	}
	defer func() { <-ch.turn }()
	unused := func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return ch.users == 0
	}
	if l := ch.current(); l != nil && unused() {
		l.stop()
		if err := ch.end(ctx, l); err != nil {
			return err
		}
		ch.set(nil)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if ch.users == 0 && m.channels[ch.e.ID] == ch {
		delete(m.channels, ch.e.ID)
	}
	return nil
}
