package gate

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

func causeOf(ctx context.Context) error { return context.Cause(ctx) }

// answerBody is an answer's body: it ends the exchange when it was read or closed, and fails when no more of it comes
// within the gate's timeout. Time that the reader takes does not count.
type answerBody struct {
	gate   *Gate
	x      *exchange
	source io.ReadCloser
	leave  func() // ends the request's time in flight
	kept   bool   // the exchange goes on after this answer
	once   sync.Once
}

// Read reads from the answer. Its error is io.EOF or an [*Error].
func (b *answerBody) Read(p []byte) (int, error) {
	if b.gate.timeout > 0 {
		timer := time.AfterFunc(b.gate.timeout, func() { b.x.cancel(errIdle) })
		defer timer.Stop()
	}
	n, err := b.source.Read(p)
	if err == nil || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		if err != nil {
			b.finish()
		}
		return n, err
	}
	fault := b.gate.classify(b.x.req, "read", err, causeOf(b.x.ctx))
	b.finish()
	return n, fault
}

// Close gives up what was not read.
func (b *answerBody) Close() error {
	err := b.source.Close()
	b.finish()
	return cleaned(err, b.gate.Redact)
}

func (b *answerBody) finish() {
	b.once.Do(func() {
		b.leave()
		if !b.kept {
			b.gate.end(b.x)
		}
	})
}

// errSpent is a body that was read and cannot be read again.
var errSpent = errors.New("the body was read once and cannot be sent again")

// replay is the caller's body, for each try anew.
type replay struct {
	source io.ReadCloser // nil when there is none
	get    func() (io.ReadCloser, error)
	read   atomic.Bool // some of source was read
	once   sync.Once
}

func newReplay(req *http.Request) *replay {
	r := &replay{get: req.GetBody}
	if req.Body != nil && req.Body != http.NoBody {
		r.source = req.Body
	}
	return r
}

// again reports whether the body can be sent once more, after a try that may have begun to send it.
func (r *replay) again(begun bool) bool {
	return r.source == nil || r.get != nil || !begun && !r.read.Load()
}

// next is the body for a try, nil when there is none.
func (r *replay) next() (*attemptBody, error) {
	switch {
	case r.source == nil:
		return nil, nil
	case r.get != nil:
		body, err := r.get()
		if err != nil {
			return nil, err
		}
		return &attemptBody{replay: r, source: body, own: true}, nil
	case r.read.Load():
		return nil, errSpent
	}
	return &attemptBody{replay: r, source: r.source}, nil
}

// close closes the caller's body, as a RoundTripper must.
func (r *replay) close() {
	if r.source != nil {
		r.once.Do(func() { r.source.Close() })
	}
}

// attemptBody is the body as one try reads it. The transport may close it late, or go on to read: neither reaches the
// next try's.
type attemptBody struct {
	replay *replay
	source io.ReadCloser
	own    bool // made for this try
	closed atomic.Bool
}

// Read reads what is to be sent.
func (b *attemptBody) Read(p []byte) (int, error) {
	if b.closed.Load() {
		return 0, http.ErrBodyReadAfterClose
	}
	if !b.own {
		b.replay.read.Store(true)
	}
	return b.source.Read(p)
}

// Close ends this try's use of the body.
func (b *attemptBody) Close() error {
	if b.closed.Swap(true) || !b.own {
		return nil
	}
	return b.source.Close()
}
