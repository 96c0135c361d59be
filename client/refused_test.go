package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
)

// refusing is a server that refuses every request, as a gate does whose host denies it.
type refusing struct {
	fakeServer
	err error
}

func (s *refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, s.err }

func TestWhoRefusedARequestIsToldAsItIs(t *testing.T) {
	denied := &client.PermissionError{Capability: client.Write, Action: "save"}
	s := &refusing{err: fmt.Errorf("check: denied: %w", denied)}
	c := client.New(&client.Product{Name: "test", Title: "Test"}, s)
	if _, err := c.Get(t.Context(), "/x"); !errors.Is(err, denied) || err != error(denied) {
		t.Errorf("got %v, want the PermissionError itself", err)
	}
	s.err = errors.New("no route to host")
	var connection *client.ConnectionError
	if _, err := c.Get(t.Context(), "/x"); !errors.As(err, &connection) {
		t.Errorf("got %v, want a ConnectionError", err)
	}
}

// answering is a server that gives every request the same answer.
type answering struct {
	fakeServer
	status int
	header http.Header
}

func (s *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Header: s.header, Body: http.NoBody, Request: r}, nil
}

// TestUnfollowed: answers that ask to go elsewhere, or to come later, are errors that say so.
func TestUnfollowed(t *testing.T) {
	for _, c := range []struct {
		status       int
		header       http.Header
		message, tip string
	}{
		{302, http.Header{"Location": {"https://elsewhere.example/x"}}, `it redirects to "https://elsewhere.example/x", which is not followed`, "alone: if the server is elsewhere now"},
		{307, nil, `it redirects to "", which is not followed`, "alone: if the server is elsewhere now"},
		{429, http.Header{"Retry-After": {"3600"}}, "no further information", `Retry-After is "3600"`},
		{503, http.Header{"Retry-After": {"soon"}}, "no further information", `Retry-After is "soon"`},
		{503, nil, "no further information", ""},
	} {
		api := client.New(&client.Product{Name: "test", Title: "Test"}, &answering{status: c.status, header: c.header})
		_, whole := api.Do(t.Context(), client.Request{Path: "/x"})
		_, stream := api.Stream(t.Context(), client.Request{Path: "/x"})
		for _, err := range []error{whole, stream} {
			var server *client.ServerError
			if !errors.As(err, &server) || server.Status != c.status || !strings.Contains(err.Error(), c.message) ||
				(c.tip == "") != (server.Hint() == "") || !strings.Contains(server.Hint(), c.tip) {
				t.Errorf("status %d, %v: got %v, want a ServerError with %q and the hint %q", c.status, c.header, err, c.message, c.tip)
			}
		}
	}
}
