package liveresponse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// observed is a way to a simulator on which each request to an endpoint is compared with what the store says by then.
type observed struct {
	memory
	t     *testing.T
	store jobs.Store
	key   jobs.Key
	seen  []string // what was sent, and whether it was saved before that something changes
}

func (o *observed) RoundTrip(req *http.Request) (*http.Response, error) {
	file, command := strings.HasSuffix(req.URL.Path, "/file"), strings.HasSuffix(req.URL.Path, "/command")
	if req.Method != http.MethodPost || !file && !command {
		return o.memory.RoundTrip(req)
	}
	name := "upload"
	if command {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		var doc struct{ Name string }
		if err := json.Unmarshal(body, &doc); err != nil {
			return nil, err
		}
		name = doc.Name
	}
	r, found, err := o.store.Load(req.Context(), o.key)
	if err != nil || !found || !r.Began {
		o.t.Errorf("%s is sent when the record is %+v, %v", name, r, err)
	}
	o.seen = append(o.seen, fmt.Sprintf("%s: %t", name, r.Changing))
	return o.memory.RoundTrip(req)
}

// TestChangesAreSavedFirst holds for each method of a session that it is saved before a command of it is sent that the job
// changes something, and for none that only reads.
func TestChangesAreSavedFirst(t *testing.T) {
	const file = `c:\windows\system32\drivers\etc\hosts`
	const key = `HKLM\Software\Microsoft\Windows\CurrentVersion\Run`
	for _, test := range []struct {
		method string
		args   client.Args
		want   []string
	}{
		{"get_file", client.Args{"path": file}, []string{"get file: false"}},
		{"get_raw_file", client.Args{"path": file}, []string{"get file: false"}},
		{"put_file", client.Args{"data": []byte("x"), "path": `c:\temp\x.txt`}, []string{"upload: true", "put file: true"}},
		{"delete_file", client.Args{"path": file}, []string{"delete file: true"}},
		{"list_directory", client.Args{"path": `c:\windows\`}, []string{"directory list: false"}},
		{"create_directory", client.Args{"path": `c:\new`}, []string{"create directory: true"}},
		{"list_processes", nil, []string{"process list: false"}},
		{"kill_process", client.Args{"pid": int64(4)}, []string{"kill: true"}},
		{"create_process", client.Args{"command_string": "hostname"}, []string{"create process: true", "get file: true", "delete file: true"}},
		{"list_registry_keys_and_values", client.Args{"regkey": key}, []string{"reg enum key: false"}},
		{"list_registry_keys", client.Args{"regkey": key}, []string{"reg enum key: false"}},
		{"get_registry_value", client.Args{"regkey": key + `\x`}, []string{"reg query value: false"}},
		{"set_registry_value", client.Args{"regkey": key + `\x`, "value": "y"}, []string{"reg set value: true"}},
		{"delete_registry_value", client.Args{"regkey": key + `\x`}, []string{"reg delete value: true"}},
		{"create_registry_key", client.Args{"regkey": key + `\new`}, []string{"reg create key: true"}},
		{"delete_registry_key", client.Args{"regkey": key}, []string{"reg delete key: true"}},
		{"start_memdump", nil, []string{"memdump: true"}},
	} {
		t.Run(test.method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, err := jobstore.Open(filepath.Join(t.TempDir(), "a.jobs"), jobstore.Identity{})
				if err != nil {
					t.Fatal(err)
				}
				defer store.Close()
				sim, err := simulator.New(simulator.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer sim.Close()
				way := &observed{memory: memory{sim}, t: t, store: store, key: jobs.Key{Server: "response https://cb.example", Endpoint: 11, Occurrence: 1, Name: "f"}}
				c := response.New(way, liveresponse.WithPlan(&jobs.Plan{Store: store}))
				var scope client.Scope
				ctx := scope.Context(t.Context())
				j := submit(ctx, t, service(t, c), int64(11), func(ctx context.Context, s *liveresponse.Session) (any, error) {
					_, err := callWith(ctx, t, s, test.method, test.args) // that it fails on the endpoint does not matter here
					return nil, err
				}, nil)
				_, _ = callWith(ctx, t, j, "error", nil)
				if err := scope.End(ctx); err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(test.want, slices.Compact(way.seen)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// TestLaterRun ends a run in the middle, as Ctrl-C does, and goes on with the next.
func TestLaterRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, err := simulator.New(simulator.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Close()
		path := filepath.Join(t.TempDir(), "a.jobs")
		sensors := []int64{11, 12, 13, 39} // the last one is offline
		var mu sync.Mutex
		calls := map[int64]int{}
		run := func(f func(context.Context, *liveresponse.Session) (any, error), during func(list []client.RecordMethods)) (got []string) {
			store, err := jobstore.Open(path, jobstore.Identity{})
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			outcomes := map[int64]string{}
			c := response.New(memory{sim}, liveresponse.WithPlan(&jobs.Plan{Store: store, Run: store.Run(), Ended: func(r jobs.Record) {
				outcomes[r.Key.Endpoint] = fmt.Sprintf("%s %s in run %d: %s", r.Key.Name, r.Host, r.Run, r.Outcome)
			}}))
			var scope client.Scope
			ctx := scope.Context(t.Context())
			var list []client.RecordMethods
			for _, id := range sensors {
				j := submit(ctx, t, service(t, c), id, func(ctx context.Context, s *liveresponse.Session) (any, error) {
					mu.Lock()
					calls[id]++
					mu.Unlock()
					return f(ctx, s)
				}, client.Args{"key": "names"})
				list = append(list, j)
			}
			during(list)
			if err := scope.End(ctx); err != nil {
				t.Error(err)
			}
			for _, id := range sensors {
				got = append(got, outcomes[id])
			}
			return got
		}
		hold := func(ctx context.Context, s *liveresponse.Session) (any, error) {
			if s.Endpoint().ID != 11 {
				if s.Endpoint().ID == 13 { // it is not known what became of this
					if err := s.DeleteFile(ctx, `c:\windows\system32\drivers\etc\hosts`); err != nil {
						return nil, err
					}
				}
				<-ctx.Done()
				return nil, context.Cause(ctx)
			}
			return s.Endpoint().Name, nil
		}
		got := run(hold, func(list []client.RecordMethods) {
			if v, err := callWith(t.Context(), t, list[0], "result", nil); v != "WS-FIN-01" || err != nil {
				t.Errorf("got %v, %v", v, err)
			}
			time.Sleep(10 * time.Second)
		})
		want := []string{"names WS-FIN-01 in run 1: done", "names WS-FIN-02 in run 1: failed", "names WS-FIN-03 in run 1: failed", "names WS-LEG-02 in run 1: not run"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		sim.SetOnline(39, true)
		got = run(func(_ context.Context, s *liveresponse.Session) (any, error) { return s.Endpoint().Name, nil }, func(list []client.RecordMethods) {
			for i, j := range list {
				v, err := callWith(t.Context(), t, j, "result", nil)
				if (i == 2) != (err != nil) || err == nil && v == "" {
					t.Errorf("%s: %v, %v", j, v, err)
				}
			}
		})
		want = []string{"names WS-FIN-01 in run 1: done", "names WS-FIN-02 in run 2: done", "names WS-FIN-03 in run 2: failed", "names WS-LEG-02 in run 2: done"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if diff := cmp.Diff(map[int64]int{11: 1, 12: 2, 13: 1, 39: 1}, calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if open := sim.LiveSessions(); len(open) > 0 {
			t.Errorf("still open: %v", open)
		}
	})
}
