package liveresponse_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// kept is what runs keep of their sessions: those in left are of earlier runs.
type kept struct {
	mu        sync.Mutex
	left, own []client.Opening
}

func (k *kept) Left(_ context.Context, server string) ([]client.Opening, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(k.left), func(o client.Opening) bool { return o.Server != server }), nil
}

func (k *kept) Opened(_ context.Context, o client.Opening) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.own = append(k.own, o)
	return nil
}

func (k *kept) Closed(_ context.Context, o client.Opening) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	same := func(other client.Opening) bool { return string(o.ID) == string(other.ID) }
	k.left, k.own = slices.DeleteFunc(k.left, same), slices.DeleteFunc(k.own, same)
	return nil
}

// TestLeftover lets a run begin after one that was killed with the session 1, with sensor 12, open.
func TestLeftover(t *testing.T) {
	for _, test := range []struct {
		name  string
		left  func(place string) client.Opening
		fault simulator.Fault
		open  []int // sensors with a session, at the end
		kept  int   // what the next run is to close
		want  string
	}{
		{name: "closed", left: func(p string) client.Opening {
			return client.Opening{Server: p, ID: json.RawMessage(`1`), Endpoint: 12}
		}},
		{name: "with another sensor", open: []int{12}, left: func(p string) client.Opening {
			return client.Opening{Server: p, ID: json.RawMessage(`1`), Endpoint: 13}
		}},
		{name: "not there", open: []int{12}, left: func(p string) client.Opening {
			return client.Opening{Server: p, ID: json.RawMessage(`99`), Endpoint: 12}
		}},
		{name: "on another server", open: []int{12}, kept: 1, left: func(p string) client.Opening {
			return client.Opening{Server: p + "x", ID: json.RawMessage(`1`), Endpoint: 12}
		}},
		{name: "the server fails", open: []int{12}, kept: 1, left: func(p string) client.Opening {
			return client.Opening{Server: p, ID: json.RawMessage(`1`), Endpoint: 12}
		}, fault: simulator.Fault{Method: "PUT", Path: regexp.MustCompile(`/session/1$`), Status: 500}, want: "closing session 1 of Live Response: the server answered 500"},
		{name: "the server failed once", left: func(p string) client.Opening {
			return client.Opening{Server: p, ID: json.RawMessage(`1`), Endpoint: 12}
		}, fault: simulator.Fault{Method: "PUT", Path: regexp.MustCompile(`/session/1$`), Status: 500, Times: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			sim, err := simulator.New(simulator.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer sim.Close()
			way := memory{sim}
			killed := response.New(way)
			if _, err := killed.Do(t.Context(), client.Request{Method: http.MethodPost, Path: "/api/v1/cblr/session", Body: map[string]any{"sensor_id": 12}}); err != nil {
				t.Fatal(err)
			}
			if test.fault.Method != "" {
				sim.Inject(test.fault)
			}
			store := &kept{left: []client.Opening{test.left(strings.TrimRight(way.URL().String(), "/") + "/api/v1/cblr")}}
			w := watched{way, liveresponse.Response().Watch(way, way.URL(), store)}
			if _, err := response.New(w).Do(t.Context(), client.Request{Method: http.MethodPost, Path: "/api/v1/cblr/session", Body: map[string]any{"sensor_id": 11}}); err != nil {
				t.Fatal(err)
			}
			if len(store.own) != 1 || store.own[0].Endpoint != 11 {
				t.Errorf("kept is %v, want a session with sensor 11", store.own)
			}
			err = w.ledger.Close()
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			var open []int
			for _, s := range sim.LiveSessions() {
				open = append(open, s.Sensor)
			}
			if diff := cmp.Diff(test.open, open); diff != "" {
				t.Errorf("open at the end (-want +got):\n%s", diff)
			}
			if len(store.left) != test.kept || len(store.own) > 0 {
				t.Errorf("kept at the end are %v and %v", store.left, store.own)
			}
		})
	}
}
