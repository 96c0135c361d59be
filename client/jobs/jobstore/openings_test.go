package jobstore_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
)

// left gives what earlier runs left open on a server.
func left(t *testing.T, s *jobstore.Store, server string) []client.Opening {
	t.Helper()
	list, err := s.Left(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestOpenings holds that what a run opened and did not close is there for the next ones, by its server, until it is closed.
func TestOpenings(t *testing.T) {
	const server = "https://cb/api/v1/cblr"
	path := filepath.Join(t.TempDir(), "a.jobs")
	a := client.Opening{Server: server, ID: json.RawMessage(`7`), Endpoint: 11}
	b := client.Opening{Server: server, ID: json.RawMessage(`"1:<2>"`)}
	closed := client.Opening{Server: server, ID: json.RawMessage(`70`), Endpoint: 12}
	elsewhere := client.Opening{Server: server + "2", ID: json.RawMessage(`7`), Endpoint: 13}
	s := open(t, path)
	for _, o := range []client.Opening{a, b, closed, elsewhere} {
		if err := s.Opened(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time it is not known
		if err := s.Closed(t.Context(), closed); err != nil {
			t.Fatal(err)
		}
	}
	if got := left(t, s, server); got != nil {
		t.Errorf("its own run left %v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Opened(t.Context(), a); err == nil {
		t.Error("kept after the end")
	}

	s = open(t, path)
	same := cmp.Transformer("id", func(id json.RawMessage) (v any) { _ = json.Unmarshal(id, &v); return v })
	if diff := cmp.Diff([]client.Opening{b, a}, left(t, s, server), same); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := s.Closed(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]client.Opening{a}, left(t, s, server), same); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]client.Opening{elsewhere}, left(t, s, server+"2"), same); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := left(t, s, "https://other/api/v1/cblr"); got != nil {
		t.Errorf("another server has %v", got)
	}
}

func TestOpeningErrors(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "a.jobs"))
	for name, o := range map[string]client.Opening{
		"no server": {ID: json.RawMessage(`7`)},
		"no id":     {Server: "https://cb"},
		"no JSON":   {Server: "https://cb", ID: json.RawMessage(`{`)},
		"long":      {Server: "https://cb", ID: json.RawMessage(`"` + strings.Repeat("x", 40_000) + `"`)},
	} {
		if s.Opened(t.Context(), o) == nil || s.Closed(t.Context(), o) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := client.Opening{Server: "https://cb", ID: json.RawMessage(`7`)}
	if _, err := s.Left(ctx, "https://cb"); err == nil || s.Opened(ctx, o) == nil || s.Closed(ctx, o) == nil {
		t.Error("no error after the end of the context")
	}
}
