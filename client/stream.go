package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
)

// Streams that are open at once hold connections, of which there are few for each server. The oldest gives its own
// back when there are more than mostStreams: its rest is read into memory, up to mostSpooled bytes.
const (
	mostStreams = 2
	mostSpooled = 64 << 20
)

// Stream makes a request and gives the answer's body as it arrives; the caller closes it, and may read it from one
// goroutine at a time. Its Read reports a connection that breaks as the typed error that Do would.
//
// Of many open streams only the two youngest keep their connection: the rest of an older one is read into memory. One
// that has more than 64 MiB left then fails; read it to its end, or close it, before opening further ones.
func (c *Client) Stream(ctx context.Context, r Request) (*Stream, error) {
	c.streams.makeRoom()
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		defer resp.Body.Close()
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // what there is of it, for the message
		return nil, c.statusError(resp, body)
	}
	s := &Stream{ctx: ctx, client: c, resp: resp, rest: resp.Body}
	c.streams.add(s)
	return s, nil
}

// Stream is the body of an answer, read as it arrives.
type Stream struct {
	ctx    context.Context // of the request: it bounds the reads too
	client *Client
	resp   *http.Response

	mu   sync.Mutex
	rest io.Reader // the body, or what was spooled of it
}

// Size is the number of bytes that the server announced, or -1.
func (s *Stream) Size() int64 { return s.resp.ContentLength }

// Read reads as io.Reader does.
func (s *Stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.rest.Read(p)
	if err == nil {
		return n, nil
	}
	s.client.streams.drop(s)
	return n, s.failure(err)
}

// failure is the typed error for a body that broke off; the end stays io.EOF.
func (s *Stream) failure(err error) error {
	if _, typed := err.(Error); typed || err == io.EOF {
		return err
	}
	return s.client.transportError(s.ctx, s.resp.Request.Method, s.resp.Request.URL.String(), err)
}

// Close ends the transfer.
func (s *Stream) Close() error {
	s.client.streams.drop(s)
	return s.resp.Body.Close()
}

// File gives content that is unpacked from the stream while it is read as a file, of size bytes or -1. Closing it ends
// the transfer. What is wrong with the content is an [APIError] that names the file; what is wrong with the connection
// stays what it is.
func (s *Stream) File(name string, size int64, content io.Reader) *File {
	return &File{Name: name, Size: size, ReadCloser: &unpacked{s, content, name}}
}

// unpacked is the content of a File.
type unpacked struct {
	stream  *Stream
	content io.Reader
	name    string
}

func (u *unpacked) Close() error { return u.stream.Close() }

func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.content.Read(p)
	if _, typed := errors.AsType[Error](err); err == nil || err == io.EOF || typed || isContextError(err) {
		return n, err
	}
	return n, Errorf("%s cannot be read to its end: %w", u.name, err)
}

// spool reads the rest into memory and gives the connection back. A failure is met by the next Read.
func (s *Stream) spool() {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := io.ReadAll(io.LimitReader(s.rest, mostSpooled+1))
	switch {
	case err != nil:
		err = s.failure(err)
	case len(data) > mostSpooled:
		err = &APIError{Message: fmt.Sprintf("GET %s was set aside while other files were opened, and has more than %d MiB left", s.resp.Request.URL, mostSpooled>>20),
			Advice: "read a file to its end, or close it, before opening further ones"}
		data = nil
	default:
		err = io.EOF
	}
	s.rest = io.MultiReader(bytes.NewReader(data), failing{err})
	_ = s.resp.Body.Close() // everything that will be read of it has been
}

// failing is a reader that gives an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// streams are the open streams of a client that hold a connection, oldest first.
type streams struct {
	mu   sync.Mutex
	open []*Stream
}

func (l *streams) add(s *Stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = append(l.open, s)
}

func (l *streams) drop(s *Stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = slices.DeleteFunc(l.open, func(o *Stream) bool { return o == s })
}

// makeRoom has old streams give their connection back, so that one more can be opened.
func (l *streams) makeRoom() {
	for {
		l.mu.Lock()
		if len(l.open) < mostStreams {
			l.mu.Unlock()
			return
		}
		oldest := l.open[0]
		l.open = l.open[1:]
		l.mu.Unlock()
		oldest.spool()
	}
}
