package liveresponse

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cbscript/cbscript/client"
)

// The times of commands. Source: contract/live-response.md, section 2.
const (
	DefaultInterval = 500 * time.Millisecond
	DefaultTimeout  = 120 * time.Second

	mostPosts    = 5 // of a command whose session the server does not know
	mostFailures = 5 // of questions in a row whether a command is done
	mostRepeats  = 5 // of a command that may be sent again after the network or the server failed
)

// Poll says how long a command may take, and how often the server is asked whether it is done; zero means
// [DefaultTimeout] and [DefaultInterval]. The first questions come faster, so that a quick command costs little.
type Poll struct{ Timeout, Interval time.Duration }

func (p Poll) filled() Poll {
	if p.Timeout <= 0 {
		p.Timeout = DefaultTimeout
	}
	if p.Interval <= 0 {
		p.Interval = DefaultInterval
	}
	return p
}

// command is one that is sent to an endpoint.
type command struct {
	name    string
	object  any            // what it is about, or nil
	fields  map[string]any // further fields of its body
	changes bool           // it changes the endpoint, so that sending it twice is another thing than sending it once
	// prepare is called for each session that the command is sent through, and gives further fields. Nil means none.
	prepare func(ctx context.Context, l *live) (map[string]any, error)
}

// path is what the command is about as text.
func (c command) path() string {
	if c.object == nil {
		return ""
	}
	return fmt.Sprint(c.object)
}

func (c command) needs() client.Capability {
	if c.changes {
		return client.RespondWrite
	}
	return client.Respond
}

// change describes a request that belongs to the command. Changes of the same endpoint count as one.
func (ch *channel) change(c command) *client.Change {
	action := c.name
	if path := c.path(); path != "" {
		action += " " + path
	}
	id := strconv.FormatInt(ch.e.ID, 10)
	kind, _ := ch.m.c.Product().Kind(ch.m.d.model)
	return &client.Change{Needs: []client.Capability{c.needs()}, Action: action + " on sensor " + id, Kind: kind, ID: id}
}

// running is a command that the server has taken.
type running struct {
	live *live
	id   string
	path string
	doc  map[string]any // as it was taken
}

// errSkipped says that a command was only shown, because the host wants no changes.
var errSkipped = errors.New("the command was only shown")

// run sends a command and waits for its end. It gives the command's document, and the session of the server that has its
// files.
//
// A command that only reads is sent again when the server drops the session under it, and when the network or the server
// fails. One that changes the endpoint is sent again only when the server has not taken it.
func (s *Session) run(ctx context.Context, c command, poll Poll) (map[string]any, *live, error) {
	for try := 1; ; try++ {
		r, err := s.post(ctx, c)
		if err == nil {
			var doc map[string]any
			if doc, err = s.wait(ctx, c, r, poll); err == nil {
				return doc, r.live, nil
			}
			var missing *client.ObjectNotFoundError
			if errors.As(err, &missing) {
				if !gone(missing) {
					return nil, nil, err
				}
				if c.changes {
					return nil, nil, &client.APIError{Err: err, Message: fmt.Sprintf("the server dropped the session with sensor %d while %s %s was under way", s.ch.e.ID, c.name, c.path()),
						Advice: "look whether it was done before doing it again"}
				}
				if _, err := s.ch.reopen(ctx, r.live); err != nil {
					return nil, nil, err
				}
			}
		}
		if c.changes || try >= mostRepeats || !passing(err) || ctx.Err() != nil {
			return nil, nil, err
		}
		if !pausing(ctx, time.Duration(try)*200*time.Millisecond, nil) {
			return nil, nil, context.Cause(ctx)
		}
	}
}

// passing reports a failure that may be over when the same is tried again.
func passing(err error) bool {
	var (
		broken  *client.ConnectionError
		server  *client.ServerError
		missing *client.ObjectNotFoundError
	)
	switch {
	case errors.As(err, &server):
		return server.Status >= 500
	case errors.As(err, &missing):
		return gone(missing)
	}
	return errors.As(err, &broken)
}

// post sends a command, through a new session if the server does not know the one that there was.
func (s *Session) post(ctx context.Context, c command) (*running, error) {
	if s.Closed() {
		return nil, client.Errorf("%s: the session with sensor %d is closed", c.name, s.ch.e.ID)
	}
	l, err := s.ch.use(ctx)
	if err != nil {
		return nil, err
	}
	if known, ok := l.doc["supported_commands"].([]any); ok && !slices.Contains(known, any(c.name)) {
		return nil, client.Errorf("Command %s not supported by this sensor (%d)", c.name, s.ch.e.ID)
	}
	for try := 1; ; try++ {
		r, err := s.postOnce(ctx, c, l)
		var missing *client.ObjectNotFoundError
		switch {
		case !errors.As(err, &missing):
			return r, err
		case !gone(missing):
			return nil, &client.APIError{Message: "Received 404 error from server: " + missing.Message, Err: err}
		case try == mostPosts:
			return nil, &client.TimeoutError{Err: err, Message: fmt.Sprintf("Command %s failed after %d retries", c.name, mostPosts)}
		}
		if l, err = s.ch.reopen(ctx, l); err != nil {
			return nil, err
		}
	}
}

// postOnce sends a command through a session of the server.
func (s *Session) postOnce(ctx context.Context, c command, l *live) (*running, error) {
	body := map[string]any{"name": c.name, "session_id": l.id}
	if c.object != nil {
		body["object"] = c.object
	}
	for name, v := range c.fields {
		body[name] = v
	}
	if c.prepare != nil {
		further, err := c.prepare(ctx, l)
		if err != nil {
			return nil, err
		}
		for name, v := range further {
			body[name] = v
		}
	}
	resp, err := s.ch.m.c.Do(ctx, client.Request{Method: http.MethodPost, Path: l.path + "/command", Body: body, Change: s.ch.change(c)})
	if err != nil {
		return nil, err
	}
	if resp.Skipped {
		return nil, errSkipped
	}
	answer, err := s.ch.m.c.JSON(resp)
	if err != nil {
		return nil, err
	}
	doc, _ := answer.Any().(map[string]any)
	if doc["id"] == nil {
		return nil, client.Errorf("the server gave no id for the command %s on sensor %d", c.name, s.ch.e.ID)
	}
	r := &running{live: l, id: fmt.Sprint(doc["id"]), doc: doc}
	r.path, err = client.JoinPath(l.path+"/command", r.id)
	return r, err
}

// wait polls until a command is done.
func (s *Session) wait(ctx context.Context, c command, r *running, poll Poll) (map[string]any, error) {
	poll = poll.filled()
	limit := time.NewTimer(poll.Timeout)
	defer limit.Stop()
	failures := 0
	for pause := min(firstPause, poll.Interval); ; pause = min(2*pause, poll.Interval) {
		v, err := s.ch.m.c.Get(ctx, r.path)
		var missing *client.ObjectNotFoundError
		if failures++; err == nil {
			failures = 0
		} else if failures == mostFailures || !passing(err) || errors.As(err, &missing) || ctx.Err() != nil {
			return nil, err
		}
		doc, _ := v.Any().(map[string]any)
		switch doc["status"] {
		case "complete":
			return doc, nil
		case "error":
			return nil, newError(s.ch.e.ID, c.name, c.path(), doc)
		case "cancel":
			return nil, client.Errorf("%s %s on sensor %d was cancelled on the server", c.name, c.path(), s.ch.e.ID)
		}
		if pausing(ctx, pause, limit.C) {
			continue
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, &client.TimeoutError{URI: s.ch.m.c.URL() + r.path,
			Message: fmt.Sprintf("timeout polling for Live Response: %s %s on sensor %d took longer than %s", c.name, c.path(), s.ch.e.ID, poll.Timeout)}
	}
}

// do is run for a command whose document matters only for one of its fields.
func (s *Session) do(ctx context.Context, c command) (map[string]any, error) {
	doc, _, err := s.run(ctx, c, Poll{})
	if errors.Is(err, errSkipped) {
		return nil, nil
	}
	return doc, err
}
