// Package along reads the bodies of answers while they pass to whoever asked: nothing is asked twice, held up, or changed.
package along

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
)

// MaxText bounds the text of an answer that is read along, in bytes: a few answers are on their way at once.
const MaxText = 16 << 20

// Text gives the answer's body, and calls f with its text once it was read to its end, before its reader sees that. A
// longer text than MaxText is not given.
func Text(resp *http.Response, f func(text []byte)) io.ReadCloser {
	var text bytes.Buffer
	return &body{ReadCloser: resp.Body, length: resp.ContentLength, sink: &limited{&text}, end: func(size int64) {
		if size <= MaxText {
			f(text.Bytes())
		}
	}}
}

// Hash gives the answer's body, and calls f with its SHA-256 and its size once it was read to its end, before its reader sees
// that.
func Hash(resp *http.Response, f func(sum [32]byte, size int64)) io.ReadCloser {
	h := sha256.New()
	return &body{ReadCloser: resp.Body, length: resp.ContentLength, sink: h, end: func(size int64) { f([32]byte(h.Sum(nil)), size) }}
}

// HashOf is Hash for a part of the body: open gives the part, as it is read from the body. f is called before the reader of
// the body has the last byte that the part is made of; it is not called for a part that is not whole.
func HashOf(resp *http.Response, open func(r io.Reader) (io.Reader, error), f func(sum [32]byte, size int64)) io.ReadCloser {
	s := newSteps(func(r io.Reader) {
		part, err := open(r)
		if err != nil {
			return // its reader finds out, too
		}
		h := sha256.New()
		if size, err := io.Copy(h, part); err == nil {
			f([32]byte(h.Sum(nil)), size)
		}
	})
	return &body{ReadCloser: resp.Body, length: resp.ContentLength, sink: s, end: func(int64) { s.close() }, left: s.close}
}

// limited takes no more than MaxText bytes, and drops the rest.
type limited struct{ b *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	l.b.Write(p[:min(len(p), max(0, MaxText-l.b.Len()))])
	return len(p), nil
}

// body is a body that is read along.
type body struct {
	io.ReadCloser
	length int64 // that was announced, or -1
	sink   io.Writer
	n      int64 // that were read

	mu   sync.Mutex       // held while the sink works: a body may be closed while it is read
	end  func(size int64) // called once, when the whole body was read
	left func()           // called when it is closed before; may be nil
}

// Read reads as io.Reader does.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n += int64(n)
	if b.end == nil {
		return n, err
	}
	_, _ = b.sink.Write(p[:n]) // none of the sinks fails
	if err == io.EOF || b.n == b.length {
		b.end(b.n)
		b.end, b.left = nil, nil
	}
	return n, err
}

// Close closes the body.
func (b *body) Close() error {
	b.mu.Lock()
	if b.left != nil {
		b.left()
	}
	b.end, b.left = nil, nil
	b.mu.Unlock()
	return b.ReadCloser.Close()
}

// steps lets a function that reads go on step by step, as far as there is something to read: between two writes it waits
// for the next.
type steps struct {
	data chan []byte
	want chan struct{} // it has used what it was given
	done chan struct{} // closed at its end
	over bool
}

func newSteps(f func(r io.Reader)) *steps {
	s := &steps{data: make(chan []byte), want: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		f(&step{s: s})
	}()
	s.await()
	return s
}

// await waits until the function wants more, or has come to its end.
func (s *steps) await() {
	select {
	case <-s.want:
	case <-s.done:
		s.over = true
	}
}

// Write gives the function p, and waits until it has used it.
func (s *steps) Write(p []byte) (int, error) {
	if !s.over && len(p) > 0 {
		s.data <- p
		s.await()
	}
	return len(p), nil
}

// close has the function see the end, and waits for its own.
func (s *steps) close() {
	if !s.over {
		s.over = true
		close(s.data)
		<-s.done
	}
}

// step is what the function reads from.
type step struct {
	s     *steps
	rest  []byte
	ended bool
}

func (r *step) Read(p []byte) (int, error) {
	if len(r.rest) == 0 && !r.ended {
		r.s.want <- struct{}{}
		rest, more := <-r.s.data
		r.rest, r.ended = rest, !more
	}
	if r.ended {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
