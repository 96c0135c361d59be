package liveresponse

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client"
)

// channel is the server's session with an endpoint, which all sessions with that endpoint share.
type channel struct {
	m     *Manager
	e     Endpoint
	users int           // guarded by the manager's lock
	turn  chan struct{} // held to open and to close

	made     map[any]bool // ids of the sessions that were made here; guarded by turn
	doubtful bool         // one may have been made whose answer was lost; guarded by turn

	mu   sync.Mutex // guards live
	live *live      // nil when there is none
}

// live is a session of the server.
type live struct {
	id    any            // as the server gave it: a number, or text
	doc   map[string]any // as it was when the sensor joined
	found bool           // it was there before
	path  string
	stop  context.CancelFunc // ends the keepalive

	settled func() // takes back that the scope's end closes it
}

// take waits for the turn to open or close.
func (ch *channel) take(ctx context.Context) error {
	select {
	case ch.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (ch *channel) current() *live {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	return ch.live
}

func (ch *channel) set(l *live) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.live = l
}

// enter sees to it that there is a session.
func (ch *channel) enter(ctx context.Context, wait time.Duration) error {
	if err := ch.take(ctx); err != nil {
		return err
	}
	defer func() { <-ch.turn }()
	if ch.current() != nil {
		return nil
	}
	l, err := ch.establish(ctx, wait)
	if err == nil {
		ch.set(l)
	}
	return err
}

// use gives the session, opening one when an earlier attempt to open it again failed.
func (ch *channel) use(ctx context.Context) (*live, error) {
	if l := ch.current(); l != nil {
		return l, nil
	}
	err := ch.enter(ctx, 0)
	return ch.current(), err
}

// reopen takes the place of a session that the server does not know any more. Several users may find that out.
func (ch *channel) reopen(ctx context.Context, was *live) (*live, error) {
	if err := ch.take(ctx); err != nil {
		return nil, err
	}
	defer func() { <-ch.turn }()
	if l := ch.current(); l != was && l != nil {
		return l, nil
	}
	was.stop()
	ch.set(nil)
	ch.m.c.Log().WarnContext(ctx, "the server dropped a session of Live Response, which is opened again", "sensor", ch.e.ID, "session", fmt.Sprint(was.id))
	l, err := ch.establish(ctx, 0)
	if err == nil {
		ch.set(l)
	}
	return l, err
}

// establish finds or makes a session, and waits until the sensor has joined it.
func (ch *channel) establish(ctx context.Context, wait time.Duration) (*live, error) {
	if wait <= 0 {
		wait = DefaultWait
	}
	l, err := ch.find(ctx)
	if l == nil && err == nil {
		l, err = ch.create(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := ch.await(ctx, l, wait); err != nil {
		var failed *Error
		if !errors.As(err, &failed) {
			ch.abandon(ctx, l)
		}
		return nil, err
	}
	l.settled() // from now on its users see to it
	ch.keepAlive(ctx, l)
	return l, nil
}

// find gives a session with the sensor that is there already, or nil.
func (ch *channel) find(ctx context.Context) (*live, error) {
	if !ch.m.d.reuse {
		return nil, nil
	}
	list, err := ch.m.c.Get(ctx, ch.m.d.base+"/session", client.QueryParam{Name: "active_only", Value: "true"})
	if err != nil {
		return nil, err
	}
	sessions, _ := list.Any().([]any)
	for _, s := range sessions {
		doc, _ := s.(map[string]any)
		status := doc["status"]
		if sensor, _ := doc["sensor_id"].(int64); sensor == ch.e.ID && (status == "active" || status == "pending") {
			return ch.newLive(doc, !ch.made[doc["id"]] && !ch.doubtful)
		}
	}
	return nil, nil
}

func (ch *channel) newLive(doc map[string]any, found bool) (*live, error) {
	if doc["id"] == nil {
		return nil, client.Errorf("the server gave no id for the session with sensor %d", ch.e.ID)
	}
	path, err := client.JoinPath(ch.m.d.base+"/session", fmt.Sprint(doc["id"]))
	return &live{id: doc["id"], doc: doc, found: found, path: path, stop: func() {}, settled: func() {}}, err
}

// createTime bounds how long the answer to the making of a session is waited for after its user has left.
const createTime = time.Minute

// create makes a session. When ctx ends before the server has answered, the session that may come of it is closed by the
// end of the scope, or as soon as it is there.
func (ch *channel) create(ctx context.Context) (*live, error) {
	type result struct {
		live *live
		err  error
	}
	made := make(chan result, 1)
	lasting, stop := context.WithTimeout(context.WithoutCancel(ctx), createTime)
	go func() {
		defer stop()
		l, err := ch.ask(lasting)
		made <- result{l, err}
	}()
	late := func(ctx context.Context) error {
		select {
		case r := <-made:
			if r.err == nil {
				return ch.end(ctx, r.live)
			}
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	select {
	case r := <-made:
		var broken *client.ConnectionError
		ch.doubtful = errors.As(r.err, &broken)
		if r.err == nil {
			ch.made[r.live.id] = true
			r.live.settled = client.ScopeOf(ctx).Defer(func(ctx context.Context) error { return ch.end(ctx, r.live) })
		}
		return r.live, r.err
	case <-ctx.Done():
		if scope := client.ScopeOf(ctx); scope != nil {
			scope.Defer(late)
		} else {
			go func() {
				ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), createTime+closeTime)
				defer stop()
				_ = late(ctx) // nobody is left who could be told
			}()
		}
		return nil, context.Cause(ctx)
	}
}

// ask asks the server for a session.
func (ch *channel) ask(ctx context.Context) (*live, error) {
	path := ch.m.d.base + "/session"
	if ch.m.d.perEndpoint {
		path += fmt.Sprintf("/%d", ch.e.ID)
	}
	resp, err := ch.m.c.Do(ctx, client.Request{Method: http.MethodPost, Path: path, Body: map[string]any{"sensor_id": ch.e.ID},
		Change: &client.Change{Needs: []client.Capability{client.Respond}, Action: fmt.Sprintf("open a session with sensor %d", ch.e.ID)}})
	var full *client.ServerError
	if errors.As(err, &full) && full.Advice == "" {
		full.Advice = "a server has room for ten sessions by default: others may be in use"
	}
	if err != nil {
		return nil, err
	}
	answer, err := ch.m.c.JSON(resp)
	if err != nil {
		return nil, err
	}
	doc, _ := answer.Any().(map[string]any)
	return ch.newLive(doc, false)
}

// await polls until the sensor has joined. Source: contract/live-response.md, section 1.
func (ch *channel) await(ctx context.Context, l *live, wait time.Duration) error {
	failed := func(err error) error {
		return &client.TimeoutError{URI: ch.m.c.URL() + l.path, Err: err,
			Message: fmt.Sprintf("could not establish a session with sensor %d: is it online?", ch.e.ID)}
	}
	limit := time.NewTimer(wait)
	defer limit.Stop()
	for pause := firstPause; ; pause = min(2*pause, time.Second) {
		doc, err := ch.read(ctx, l)
		var missing *client.ObjectNotFoundError
		switch status, _ := doc["status"].(string); {
		case errors.As(err, &missing):
			return failed(err)
		case err != nil && !passing(err):
			return err
		case status == ch.m.d.active:
			l.doc = doc
			return nil
		case strings.EqualFold(status, "error"):
			return newError(ch.e.ID, "", "", doc)
		case strings.EqualFold(status, "timeout"), strings.EqualFold(status, "close"):
			return failed(client.Errorf("the server gave the session up: its status is %s", status))
		}
		if !pausing(ctx, pause, limit.C) {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return failed(nil)
		}
	}
}

// read asks for the session's document.
func (ch *channel) read(ctx context.Context, l *live) (map[string]any, error) {
	v, err := ch.m.c.Get(ctx, l.path)
	if err != nil {
		return nil, err
	}
	doc, ok := v.Any().(map[string]any)
	if !ok {
		return nil, client.Errorf("GET %s answered %s where a session was expected", l.path, v.Kind())
	}
	return doc, nil
}

// keepAlive asks for the session now and then, so that the server does not end it while its users think.
func (ch *channel) keepAlive(ctx context.Context, l *live) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	over := make(chan struct{})
	l.stop = func() { stop(); <-over }
	go func() {
		defer close(over)
		tick := time.NewTicker(keepaliveGap)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if _, err := ch.m.c.Do(ctx, client.Request{Path: l.path + "/keepalive"}); err != nil && ctx.Err() == nil {
				// The next command finds out what became of the session.
				ch.m.c.Log().DebugContext(ctx, "a session of Live Response could not be kept alive", "sensor", ch.e.ID, "error", err)
			}
		}
	}()
}

// end closes a session on the server, unless it was there before. One that the server does not know is closed.
func (ch *channel) end(ctx context.Context, l *live) error {
	if l.found {
		return nil
	}
	for try := 1; ; try++ {
		err := ch.endOnce(ctx, l)
		if err == nil || try == mostRepeats || !passing(err) || ctx.Err() != nil {
			return err
		}
	}
}

func (ch *channel) endOnce(ctx context.Context, l *live) error {
	change := &client.Change{Needs: []client.Capability{client.Respond}, Action: fmt.Sprintf("close the session with sensor %d", ch.e.ID), Continues: true}
	request := client.Request{Method: http.MethodPut, Path: ch.m.d.base + "/session", Change: change,
		Body: map[string]any{"session_id": l.id, "status": ch.m.d.closed}}
	var missing *client.ObjectNotFoundError
	if !ch.m.d.perEndpoint {
		doc, err := ch.read(ctx, l)
		if errors.As(err, &missing) {
			return nil
		}
		if err != nil {
			return err
		}
		doc["status"] = ch.m.d.closed
		request.Path, request.Body = l.path, doc
	}
	_, err := ch.m.c.Do(ctx, request)
	if errors.As(err, &missing) {
		return nil
	}
	return err
}

// abandon closes a session that was not established. When ctx has ended, that is left to the end of its scope.
func (ch *channel) abandon(ctx context.Context, l *live) {
	if ctx.Err() != nil && client.ScopeOf(ctx) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	if err := ch.end(ctx, l); err != nil {
		ch.m.c.Log().WarnContext(ctx, "a session of Live Response was left open", "sensor", ch.e.ID, "session", fmt.Sprint(l.id), "error", err)
		return
	}
	l.settled()
}

// firstPause is the first of the growing pauses between polls.
const firstPause = 20 * time.Millisecond

// pausing waits. It is false when the context or the limit ended first.
func pausing(ctx context.Context, d time.Duration, limit <-chan time.Time) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-limit:
	case <-ctx.Done():
	}
	return false
}
