package lrshell_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/defense"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/lrshell"
	"github.com/cbscript/cbscript/runtime/output"
)

// memory is the way to a simulator without a network.
type memory struct {
	sim     *simulator.Server
	product string
}

// URL is a name that nothing answers to.
func (memory) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

// RoundTrip answers a request.
func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := context.Cause(req.Context()); err != nil {
		return nil, err
	}
	inner := req.Clone(req.Context())
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	inner.Header.Set("X-Auth-Token", m.sim.TokenFor(m.product))
	w := httptest.NewRecorder()
	m.sim.Handler().ServeHTTP(w, inner)
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

// reach makes a simulator, and a target on it.
func reach(t *testing.T, product, name string) (*simulator.Server, lrshell.Target) {
	t.Helper()
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	target := lrshell.Target{Client: response.New(memory{sim, "response"}), Product: response.LiveResponse(), Name: name}
	if product == "defense" {
		target.Client, target.Product = defense.New(memory{sim, "defense"}), defense.LiveResponse()
	}
	return sim, target
}

func TestAttach(t *testing.T) {
	for _, test := range []struct {
		product, name string
		want          liveresponse.Endpoint
		err           string
		code          int
	}{
		{"response", "11", liveresponse.Endpoint{ID: 11, Name: "WS-FIN-01", System: liveresponse.Windows}, "", 0},
		{"response", "WS-FIN-01", liveresponse.Endpoint{ID: 11, Name: "WS-FIN-01", System: liveresponse.Windows}, "", 0},
		{"response", " ws-fin-01", liveresponse.Endpoint{ID: 11, Name: "WS-FIN-01", System: liveresponse.Windows}, "", 0},
		{"response", "WS-FIN", liveresponse.Endpoint{}, `no endpoint has the name "WS-FIN"`, runtime.ExitUsage},
		{"response", "", liveresponse.Endpoint{}, "is not the number of an endpoint", runtime.ExitUsage},
		{"response", "../user", liveresponse.Endpoint{}, `no endpoint has the name "../user"`, runtime.ExitUsage},
		{"response", "99999", liveresponse.Endpoint{}, "404", runtime.ExitScript},
		{"defense", "ws-fin-04", liveresponse.Endpoint{ID: 14, Name: "WS-FIN-04", System: liveresponse.Windows}, "", 0},
		{"defense", "no-such", liveresponse.Endpoint{}, "no endpoint has the name", runtime.ExitUsage},
	} {
		_, target := reach(t, test.product, test.name)
		s, err := lrshell.Attach(t.Context(), target)
		if code := runtime.ExitCode(err); code != test.code || test.err != "" && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s %q: %v with code %d, want %q with %d", test.product, test.name, err, code, test.err, test.code)
		}
		if err != nil {
			continue
		}
		got := s.Endpoint()
		if test.product == "defense" {
			test.want.ID = got.ID // the service numbers devices
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", test.product, test.name, diff)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestAmbiguous(t *testing.T) {
	sim, target := reach(t, "response", "twin")
	sim.Inject(simulator.Fault{Method: "GET", PathPrefix: "/api/v1/sensor", Status: 200, Body: `[
		{"id": 3, "computer_name": "TWIN", "status": "Online", "last_checkin_time": "2016-11-11 21:29:00.5+00:00"},
		{"id": 4, "computer_name": "twins", "status": "Online"},
		{"id": 9, "computer_name": "Twin", "status": "Offline"}]`})
	_, err := lrshell.Attach(t.Context(), target)
	var several *lrshell.AmbiguousError
	if !errors.As(err, &several) || runtime.ExitCode(err) != runtime.ExitUsage {
		t.Fatalf("got %v, want an AmbiguousError", err)
	}
	want := []output.Row{
		{{Name: "id", Value: int64(3)}, {Name: "name", Value: "TWIN"}, {Name: "status", Value: "Online"},
			{Name: "last_checkin", Value: time.Date(2016, 11, 11, 21, 29, 0, 500_000_000, time.UTC)}},
		{{Name: "id", Value: int64(9)}, {Name: "name", Value: "Twin"}, {Name: "status", Value: "Offline"}, {Name: "last_checkin", Value: nil}},
	}
	if diff := cmp.Diff(want, several.Rows()); diff != "" {
		t.Errorf("candidates (-want +got):\n%s", diff)
	}
}

// TestOffline holds that a sensor which is offline is told of and waited for without a session on the server.
func TestOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, target := reach(t, "response", "39")
		var said []string
		target.Say = func(text string) { said = append(said, text) }
		target.Wait, target.Asking = 10*time.Minute, true
		time.AfterFunc(5*time.Minute, func() {
			if open := sim.LiveSessions(); len(open) > 0 {
				t.Errorf("while it is offline there is %v", open)
			}
			sim.SetOnline(39, true)
		})
		s, err := lrshell.Attach(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"WS-LEG-02 (39) is offline: last check-in 2016-11-09 20:57:53 UTC, next expected 2016-11-09 20:58:23 UTC; waiting 10m0s at most, Ctrl-C gives up",
			"opening a session with WS-LEG-02 (39), which joins it when it checks in; Ctrl-C gives up"}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		time.Sleep(time.Hour) // in the bubble: the server's limit is five minutes
		if open := sim.LiveSessions(); len(open) != 1 {
			t.Errorf("after an idle hour there is %v", open)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		sim, target := reach(t, "response", "39")
		target.Wait = time.Minute
		begun := time.Now()
		_, err := lrshell.Attach(t.Context(), target)
		var late *client.TimeoutError
		if took := time.Since(begun); !errors.As(err, &late) || took != time.Minute {
			t.Errorf("after %s: %v, want a TimeoutError after a minute", took, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := lrshell.Attach(ctx, target); !errors.Is(err, context.Canceled) {
			t.Errorf("given up: %v", err)
		}
		if open := sim.LiveSessions(); len(open) > 0 {
			t.Errorf("still open: %v", open)
		}
	})
}
