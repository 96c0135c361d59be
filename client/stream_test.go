package client_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
)

// TestManyStreams: however many files are begun and not finished, each gives its bytes, and few hold a connection.
func TestManyStreams(t *testing.T) {
	server := &fakeServer{answer: func(r *http.Request, _ string) (int, string) { return 200, "bytes of " + r.URL.Path }}
	c := newClient(server)
	var open []*client.Stream
	for range 20 {
		s, err := c.Stream(t.Context(), client.Request{Path: "/file"})
		if err != nil {
			t.Fatal(err)
		}
		two := make([]byte, 2)
		if _, err := io.ReadFull(s, two); err != nil || string(two) != "by" {
			t.Fatalf("read %q, %v", two, err)
		}
		open = append(open, s)
	}
	for i, s := range open {
		rest, err := io.ReadAll(s)
		if err != nil || string(rest) != "tes of /file" {
			t.Errorf("file %d: the rest is %q, %v", i, rest, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestStreamsHoldFewConnections: beyond two, the oldest is read to its end, and its connection is free.
func TestStreamsHoldFewConnections(t *testing.T) {
	server := &countingServer{}
	c := client.New(&client.Product{Name: "test", Title: "Test"}, server)
	var streams []*client.Stream
	for i := range 6 {
		s, err := c.Stream(t.Context(), client.Request{Path: "/file"})
		if err != nil {
			t.Fatal(err)
		}
		streams = append(streams, s)
		if want := min(i+1, 2); server.open != want {
			t.Errorf("%d streams hold %d connections, want %d", i+1, server.open, want)
		}
	}
	for _, s := range streams {
		if data, err := io.ReadAll(s); string(data) != "whole" || err != nil {
			t.Errorf("read %q, %v", data, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if server.open != 0 {
		t.Errorf("%d connections are held after the end", server.open)
	}
}

// countingServer counts the answers whose body is open.
type countingServer struct {
	fakeServer
	open int
}

func (s *countingServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.open++
	body := &countedBody{Reader: strings.NewReader("whole"), server: s}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, ContentLength: 5, Request: r}, nil
}

type countedBody struct {
	io.Reader
	server *countingServer
	closed bool
}

func (b *countedBody) Close() error {
	if !b.closed {
		b.closed = true
		b.server.open--
	}
	return nil
}

// TestBrokenStream: a transfer that breaks off is a ConnectionError, also when it was set aside before.
func TestBrokenStream(t *testing.T) {
	server := &brokenServer{}
	c := client.New(&client.Product{Name: "test", Title: "Test"}, server)
	var first *client.Stream
	for range 4 {
		s, err := c.Stream(t.Context(), client.Request{Path: "/file"})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = s
		}
	}
	data, err := io.ReadAll(first)
	var broken *client.ConnectionError
	if !errors.As(err, &broken) || len(data) != 0 && string(data) != "half" {
		t.Errorf("read %q, %v; want a ConnectionError", data, err)
	}
}

// brokenServer answers with bodies that break off.
type brokenServer struct{ fakeServer }

func (s *brokenServer) RoundTrip(r *http.Request) (*http.Response, error) {
	body := io.MultiReader(strings.NewReader("half"), failingReader{})
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(body), ContentLength: 8, Request: r}, nil
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestStreamFile: a fault of what is unpacked from a stream names the file, and one of the connection stays what it is.
func TestStreamFile(t *testing.T) {
	c := client.New(&client.Product{Name: "test", Title: "Test"}, &brokenServer{})
	for _, faulty := range []bool{true, false} {
		s, err := c.Stream(t.Context(), client.Request{Path: "/file"})
		if err != nil {
			t.Fatal(err)
		}
		content := io.Reader(s)
		if faulty {
			content = failingReader{}
		}
		f := s.File("a.exe", -1, content)
		_, err = io.ReadAll(f)
		kind, _ := errors.AsType[client.Error](err)
		if want := map[bool]string{true: "ApiError", false: "ConnectionError"}[faulty]; kind == nil || kind.Kind() != want {
			t.Errorf("got %v, want a %s", err, want)
		}
		if faulty && !strings.HasPrefix(err.Error(), "a.exe cannot be read to its end: ") {
			t.Errorf("got %v, want the file's name", err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
