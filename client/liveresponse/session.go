package liveresponse

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/nearest"
)

// Session is a user's session with an endpoint. It is safe for concurrent use: the endpoint does one command after the
// other.
type Session struct {
	ch      *channel
	settled func() // takes back that the scope's end closes it

	mu       sync.Mutex
	released bool // it is no longer counted as a user
	closed   bool
}

// Close closes the session; the last user's Close closes it on the server. Closing it again does nothing. When ctx has
// ended and it has a scope, the scope's end does it.
func (s *Session) Close(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	m := s.ch.m
	if !s.released {
		s.released = true
		if last := m.leave(s.ch); !last {
			s.finish()
			return nil
		}
	}
	if ctx.Err() != nil {
		if client.ScopeOf(ctx) != nil {
			return nil
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
	}
	if err := m.close(ctx, s.ch); err != nil {
		return client.Errorf("closing the session with sensor %d: %w", s.ch.e.ID, err)
	}
	s.finish()
	return nil
}

func (s *Session) finish() {
	s.closed = true
	s.settled()
}

// Endpoint is the endpoint that the session is with.
func (s *Session) Endpoint() Endpoint { return s.ch.e }

// Closed reports whether Close was called.
func (s *Session) Closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.released
}

// document is the server's description of the session.
func (s *Session) document() map[string]any {
	if l := s.ch.current(); l != nil {
		return l.doc
	}
	return map[string]any{}
}

// PathJoin joins the parts of a path of the endpoint, with its system's separator. What the parts hold is not changed.
// Source: contract/live-response.md, section 2.
func (s *Session) PathJoin(parts ...string) string {
	separator := "/"
	if s.ch.e.System == Windows {
		separator = `\`
	}
	path := ""
	for i, p := range parts {
		if i > 0 {
			path += separator
		}
		path += p
	}
	return path
}

// Type is "Session".
func (*Session) Type() string { return "Session" }

// sessionFields are the attributes that come from the server's document.
var sessionFields = []string{"hostname", "address", "supported_commands", "drives", "current_working_directory", "os_version"}

// Names lists the attributes.
func (*Session) Names() []string {
	names := append(slices.Clone(sessionFields), "id", "sensor_id", "os_type", "is_open")
	slices.Sort(names)
	return names
}

// Get gives an attribute, without a request.
func (s *Session) Get(_ context.Context, name string) (any, error) {
	switch name {
	case "id":
		return s.document()["id"], nil
	case "sensor_id":
		return s.ch.e.ID, nil
	case "os_type":
		return int(s.ch.e.System), nil
	case "is_open":
		return !s.Closed(), nil
	}
	if slices.Contains(sessionFields, name) {
		return s.document()[name], nil
	}
	return nil, &client.NoSuchAttributeError{Model: s.Type(), Name: name, Nearest: nearest.Name(name, s.Names())}
}

// String names the sensor.
func (s *Session) String() string {
	if s.ch.e.Name == "" {
		return fmt.Sprintf("<Session with sensor %d>", s.ch.e.ID)
	}
	return fmt.Sprintf("<Session with sensor %d, %s>", s.ch.e.ID, s.ch.e.Name)
}
