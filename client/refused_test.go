package client_test

import (
	"errors"
	"fmt"
	"net/http"
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
