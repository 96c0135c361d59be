package liveresponse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// memory is the way to a simulator without a network, for tests whose time stands still.
type memory struct{ sim *simulator.Server }

// URL is a name that nothing answers to.
func (memory) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

// RoundTrip answers a request. A connection that a fault drops is an error, as on a network.
func (m memory) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	defer func() {
		if recover() != nil {
			resp, err = nil, io.ErrUnexpectedEOF
		}
	}()
	if err := context.Cause(req.Context()); err != nil {
		return nil, err
	}
	inner := req.Clone(req.Context())
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	inner.Header.Set("X-Auth-Token", m.sim.Token())
	w := httptest.NewRecorder()
	m.sim.Handler().ServeHTTP(w, inner)
	resp = w.Result()
	resp.Request = req
	return resp, nil
}

// connect makes a simulator and a client of it.
func connect(t testing.TB, o simulator.Options, options ...client.Option) (*simulator.Server, *client.Client) {
	t.Helper()
	sim, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	return sim, response.New(memory{sim}, options...)
}

// workstation is WS-FIN-01 of the story.
var workstation = liveresponse.Endpoint{ID: 11, Name: "WS-FIN-01", System: liveresponse.Windows}

func open(t testing.TB, c *client.Client, e liveresponse.Endpoint) *liveresponse.Session {
	t.Helper()
	s, err := liveresponse.Of(c, liveresponse.Response()).Open(t.Context(), e, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sent gives the requests about sessions since the last call as "METHOD path body", with the base left out. What a request
// repeats of the session's document is left out too.
func sent(t testing.TB, sim *simulator.Server) []string {
	t.Helper()
	var lines []string
	for _, r := range sim.Requests() {
		path, about := strings.CutPrefix(r.Path, "/api/v1/cblr")
		if !about {
			continue
		}
		line := r.Method + " " + path
		if r.RawQuery != "" {
			line += "?" + r.RawQuery
		}
		if r.Method == http.MethodPut {
			var doc map[string]any
			if err := json.Unmarshal(r.Body, &doc); err != nil {
				t.Fatal(err)
			}
			line += " with the status " + doc["status"].(string) + " in a document of " + doc["hostname"].(string)
		} else if bytes.HasPrefix(r.Body, []byte("{")) {
			line += " " + string(r.Body)
		}
		lines = append(lines, line)
	}
	sim.ResetRequests()
	return lines
}
