package liveresponse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client"
)

// maxDocument bounds the answer that tells of a new session.
const maxDocument = 1 << 20

// Ledger is the way to a server that notes which sessions are made on it and not closed. It outlives the process of a
// script that is ended from outside, and closes what that could not. It is safe for concurrent use.
type Ledger struct {
	d      Dialect
	next   http.RoundTripper
	origin *url.URL

	making sync.WaitGroup // requests for sessions

	mu   sync.Mutex
	open map[string]noted
}

var _ client.Watcher = (*Ledger)(nil)

// noted is a session that is open.
type noted struct {
	id  json.RawMessage
	ctx context.Context // what the request that made it carried, without its end
}

// Watch gives the ledger of a server, for [client.Product.Watch].
func (d Dialect) Watch(next http.RoundTripper, origin *url.URL) client.Watcher {
	return &Ledger{d: d, next: next, origin: origin, open: map[string]noted{}}
}

// RoundTrip passes a request on. One that makes a session is waited for also when its sender is gone, since the server
// may have made it.
func (l *Ledger) RoundTrip(req *http.Request) (*http.Response, error) {
	rest, ours := strings.CutPrefix(req.URL.Path, l.d.base+"/session")
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
	made := make(chan result, 1)
	ctx := context.WithoutCancel(req.Context())
	l.making.Go(func() {
		lasting, cancel := context.WithTimeout(ctx, createTime)
		defer cancel()
		resp, err := l.next.RoundTrip(req.WithContext(lasting))
		if err == nil {
			err = l.note(ctx, resp)
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

// note reads the answer to a request for a session, and puts it back.
func (l *Ledger) note(ctx context.Context, resp *http.Response) error {
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument))
	resp.Body.Close() // its reader may be gone
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(text))
	var doc struct{ ID json.RawMessage }
	if resp.StatusCode < 300 && json.Unmarshal(text, &doc) == nil && len(doc.ID) > 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.open[idText(doc.ID)] = noted{doc.ID, ctx}
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
	if l.d.perEndpoint && req.Body != nil {
		text, err := io.ReadAll(io.LimitReader(req.Body, maxDocument))
		req.Body.Close()
		if err != nil {
			return nil, err
		}
		var body struct {
			ID json.RawMessage `json:"session_id"`
		}
		if json.Unmarshal(text, &body) == nil {
			id = idText(body.ID)
		}
		req = req.Clone(req.Context())
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	}
	resp, err := l.next.RoundTrip(req)
	if err == nil && (resp.StatusCode < 300 || resp.StatusCode == http.StatusNotFound) {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, id)
	}
	return resp, err
}

// Close closes the sessions that nobody closed. The requests take no longer than ten seconds.
func (l *Ledger) Close() error {
	made := make(chan struct{})
	go func() { l.making.Wait(); close(made) }()
	select {
	case <-made:
	case <-time.After(closeTime):
	}
	l.mu.Lock()
	left := l.open
	l.open = map[string]noted{}
	l.mu.Unlock()
	var errs []error
	var closing sync.WaitGroup
	var mu sync.Mutex
	for id, n := range left {
		closing.Go(func() {
			if err := l.closeOne(id, n); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, fmt.Errorf("closing session %s of Live Response: %w", id, err))
			}
		})
	}
	closing.Wait()
	return errors.Join(errs...)
}

// closeOne closes a session as its owner would have.
func (l *Ledger) closeOne(id string, n noted) error {
	ctx, cancel := context.WithTimeout(n.ctx, closeTime)
	defer cancel()
	path, body := l.d.base+"/session", map[string]any{"session_id": n.id, "status": l.d.closed}
	if !l.d.perEndpoint {
		path += "/" + url.PathEscape(id)
		status, text, err := l.ask(ctx, http.MethodGet, path, nil)
		if err != nil || status == http.StatusNotFound {
			return err
		}
		body = map[string]any{}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&body); err != nil {
			return fmt.Errorf("the answer is no session: %w", err)
		}
		body["status"] = l.d.closed
	}
	status, _, err := l.ask(ctx, http.MethodPut, path, body)
	if err == nil && status >= 300 && status != http.StatusNotFound {
		err = fmt.Errorf("the server answered %d", status)
	}
	return err
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
