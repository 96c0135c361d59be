package liveresponse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cbscript/cbscript/client"
)

// maxDocument bounds the answer that tells of a new session.
const maxDocument = 1 << 20

// Ledger is the way to a server that notes which sessions are made on it and not closed. It outlives the process of a
// script that is ended from outside, and closes what that could not; what it is ended in the middle of itself, the ledger of a
// later run closes. It is safe for concurrent use.
type Ledger struct {
	d      Dialect
	next   http.RoundTripper
	origin *url.URL
	kept   client.Openings // nil for none

	making sync.WaitGroup // requests for sessions

	looked  sync.Once
	cleared chan struct{} // closed when it was tried to close what earlier runs left open

	mu     sync.Mutex
	open   map[string]noted
	left   []noted // by earlier runs, as far as it could not be closed
	broken error   // why what is open could not be kept, or not be read
}

var _ client.Watcher = (*Ledger)(nil)

// noted is a session that is open.
type noted struct {
	client.Opening
	ctx     context.Context // what the request that made it carried, without its end
	earlier bool            // an earlier run made it
}

// Watch gives the ledger of a server, for [client.Product.Watch].
func (d Dialect) Watch(next http.RoundTripper, origin *url.URL, kept client.Openings) client.Watcher {
	return &Ledger{d: d, next: next, origin: origin, kept: kept, open: map[string]noted{}, cleared: make(chan struct{})}
}

// RoundTrip passes a request on. One that makes a session is waited for also when its sender is gone, since the server
// may have made it.
func (l *Ledger) RoundTrip(req *http.Request) (*http.Response, error) {
	rest, ours := strings.CutPrefix(req.URL.Path, l.d.base+"/session")
	if err := l.clear(req.Context(), ours); err != nil {
		return nil, err
	}
	switch {
	case ours && req.Method == http.MethodPost && (rest == "" && !l.d.perEndpoint || l.d.perEndpoint && strings.Count(rest, "/") == 1):
		return l.make(req)
	case ours && req.Method == http.MethodPut && strings.Count(rest, "/") <= 1:
		return l.end(req, strings.TrimPrefix(rest, "/"))
	}
	return l.next.RoundTrip(req)
}

func (l *Ledger) make(req *http.Request) (*http.Response, error) {
	type result struct {
		resp *http.Response
		err  error
	}
	req, asked, err := held(req)
	if err != nil {
		return nil, err
	}
	made := make(chan result, 1)
	ctx := context.WithoutCancel(req.Context())
	l.making.Go(func() {
		lasting, cancel := context.WithTimeout(ctx, createTime)
		defer cancel()
		resp, err := l.next.RoundTrip(req.WithContext(lasting))
		if err == nil {
			err = l.note(ctx, resp, asked.Sensor)
		}
		made <- result{resp, err}
	})
	select {
	case r := <-made:
		return r.resp, r.err
	case <-req.Context().Done():
		return nil, context.Cause(req.Context())
	}
}

// document is what the ledger reads of the requests that make and close sessions.
type document struct {
	Sensor  int64           `json:"sensor_id"`
	Session json.RawMessage `json:"session_id"`
}

// held reads the document of a request, and gives one that can be sent. A document of another form is empty: the server will
// say what it thinks of it.
func held(req *http.Request) (again *http.Request, doc document, err error) {
	if req.Body == nil {
		return req, doc, nil
	}
	text, err := io.ReadAll(io.LimitReader(req.Body, maxDocument))
	req.Body.Close() // what was wanted of it is read
	if err != nil {
		return nil, doc, err
	}
	if json.Unmarshal(text, &doc) != nil {
		doc = document{}
	}
	again = req.Clone(req.Context())
	again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	again.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	return again, doc, nil
}

// note reads the answer to a request for a session, and puts it back.
func (l *Ledger) note(ctx context.Context, resp *http.Response, endpoint int64) error {
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument))
	resp.Body.Close() // its reader may be gone
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(text))
	var doc struct{ ID json.RawMessage }
	if resp.StatusCode < 300 && json.Unmarshal(text, &doc) == nil && len(doc.ID) > 0 {
		n := noted{Opening: client.Opening{Server: l.place(), ID: doc.ID, Endpoint: endpoint}, ctx: ctx}
		l.mu.Lock()
		l.open[idText(doc.ID)] = n
		l.mu.Unlock()
		l.keep(n)
	}
	return nil
}

// idText is an id, a number or a text, as it stands in a path.
func idText(id json.RawMessage) string {
	var text string
	if json.Unmarshal(id, &text) == nil {
		return text
	}
	return string(id)
}

// end passes the closing of a session on, and forgets one that was closed.
func (l *Ledger) end(req *http.Request, id string) (*http.Response, error) {
	if l.d.perEndpoint {
		again, asked, err := held(req)
		if err != nil {
			return nil, err
		}
		req, id = again, idText(asked.Session)
	}
	resp, err := l.next.RoundTrip(req)
	if err == nil && (resp.StatusCode < 300 || resp.StatusCode == http.StatusNotFound) {
		l.mu.Lock()
		n, known := l.open[id]
		delete(l.open, id)
		l.mu.Unlock()
		if known {
			l.forget(n)
		}
	}
	return resp, err
}

// Close closes the sessions that nobody closed, also those that an earlier run left and that could not be closed before. The
// requests take no longer than ten seconds. What could not be kept for a later run is an error too.
func (l *Ledger) Close() error {
	l.looked.Do(func() { close(l.cleared) }) // from now on nobody looks
	made := make(chan struct{})
	go func() { l.making.Wait(); <-l.cleared; close(made) }()
	select {
	case <-made:
	case <-time.After(closeTime):
	}
	l.mu.Lock()
	left := slices.AppendSeq(l.left, maps.Values(l.open))
	l.open, l.left = map[string]noted{}, nil
	l.mu.Unlock()
	_, err := l.closeAll(left)
	l.mu.Lock()
	defer l.mu.Unlock()
	err, l.broken = errors.Join(err, l.broken), nil
	return err
}

// atOnce is how many sessions are closed at once.
const atOnce = 16

// closeAll closes sessions, and gives those that could not be closed and why.
func (l *Ledger) closeAll(list []noted) (failed []noted, err error) {
	var closing errgroup.Group
	closing.SetLimit(atOnce)
	var mu sync.Mutex
	var errs []error
	deadline := time.Now().Add(closeTime)
	for _, n := range list {
		closing.Go(func() error {
			ctx, cancel := context.WithDeadline(n.ctx, deadline)
			defer cancel()
			err := l.closeOne(ctx, n)
			if err == nil {
				l.forget(n)
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			failed = append(failed, n)
			errs = append(errs, fmt.Errorf("closing session %s of Live Response: %w", idText(n.ID), err))
			return nil
		})
	}
	_ = closing.Wait() // the errors are in errs
	return failed, errors.Join(errs...)
}

// closeOne closes a session as its owner would have. One of an earlier run is looked at first.
func (l *Ledger) closeOne(ctx context.Context, n noted) error {
	path, body := l.d.base+"/session", map[string]any{"session_id": n.ID, "status": l.d.closed}
	if !l.d.perEndpoint || n.earlier {
		own := path + "/" + url.PathEscape(idText(n.ID))
		doc, err := l.look(ctx, own)
		if err != nil || doc == nil || n.earlier && !l.d.stillOpen(doc, n.Endpoint) {
			return err
		}
		if !l.d.perEndpoint {
			doc["status"] = l.d.closed
			path, body = own, doc
		}
	}
	status, _, err := l.ask(ctx, http.MethodPut, path, body)
	if err == nil && status >= 300 && status != http.StatusNotFound {
		err = fmt.Errorf("the server answered %d", status)
	}
	return err
}

// look reads a session, nil when the server does not know it.
func (l *Ledger) look(ctx context.Context, path string) (doc map[string]any, err error) {
	status, text, err := l.ask(ctx, http.MethodGet, path, nil)
	switch {
	case err != nil || status == http.StatusNotFound:
		return nil, err
	case status >= 300:
		return nil, fmt.Errorf("the server answered %d", status)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("the answer is no session: %w", err)
	}
	return doc, nil
}

// ask makes one request and reads its answer.
func (l *Ledger) ask(ctx context.Context, method, path string, body any) (int, []byte, error) {
	target, err := url.Parse(strings.TrimRight(l.origin.String(), "/") + path)
	if err != nil {
		return 0, nil, err
	}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, target.String(), content)
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument))
	return resp.StatusCode, text, err
}
