package liveresponse_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
	live "github.com/cbscript/cbscript/client/simulator/liveresponse"
)

// faulty is a way to a simulator on which one request of twenty fails: the connection breaks, or the server does.
type faulty struct {
	memory
	mu     *sync.Mutex
	random *uint64
	faults *int
}

func (f faulty) RoundTrip(req *http.Request) (*http.Response, error) {
	f.mu.Lock()
	*f.random = *f.random*6364136223846793005 + 1442695040888963407
	bad := strings.Contains(req.URL.Path, "/cblr/") && *f.random>>33%20 == 0
	broken := *f.random>>45%2 == 0
	if bad {
		*f.faults++
	}
	f.mu.Unlock()
	switch {
	case bad && broken:
		return nil, io.ErrUnexpectedEOF
	case bad:
		return &http.Response{StatusCode: 500, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("overloaded")), Request: req}, nil
	}
	return f.memory.RoundTrip(req)
}

// service gives cb.live_response of a client.
func service(t testing.TB, c *client.Client) client.RecordMethods {
	t.Helper()
	for _, call := range c.Product().Calls {
		if call.Name == "live_response" {
			v, err := call.Do(t.Context(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			return v.(client.RecordMethods)
		}
	}
	t.Fatal("the product has no live_response")
	return nil
}

// submit submits a job as a script does.
func submit(ctx context.Context, t testing.TB, s client.RecordMethods, sensor any, f func(context.Context, *liveresponse.Session) (any, error), more client.Args) client.RecordMethods {
	t.Helper()
	args := client.Args{"sensor": sensor, "fn": client.Task{Name: "f", Call: func(ctx context.Context, _ string, args []any) (any, error) {
		return f(ctx, args[0].(*liveresponse.Session))
	}, Keep: func(v any) (json.RawMessage, error) { return json.Marshal(v) }, Recall: func(b json.RawMessage) (v any, err error) {
		err = json.Unmarshal(b, &v)
		return v, err
	}}}
	for name, v := range more {
		args[name] = v
	}
	v, err := callWith(ctx, t, s, "submit_job", args)
	if err != nil {
		t.Fatal(err)
	}
	return v.(client.RecordMethods)
}

func callWith(ctx context.Context, t testing.TB, r client.RecordMethods, name string, args client.Args) (any, error) {
	t.Helper()
	for _, m := range r.Methods() {
		if m.Name == name {
			filled, err := client.Fill(name, m.Params, args)
			if err != nil {
				return nil, err
			}
			return m.Do(ctx, filled)
		}
	}
	t.Fatalf("there is no method %s", name)
	return nil, nil
}

// TestJobsUnderFaults runs 500 jobs on 200 sensors while one request of twenty fails: each job is called once, and comes
// to its end.
func TestJobsUnderFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const (
			work    = 500
			sensors = 200
		)
		sim, err := simulator.New(simulator.Options{Fleet: sensors, LiveResponse: live.Options{CheckIn: time.Second, Command: time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Close()
		random, faults := uint64(1), 0
		c := response.New(faulty{memory{sim}, new(sync.Mutex), &random, &faults})
		s := service(t, c)
		var scope client.Scope
		ctx := scope.Context(t.Context())
		var mu sync.Mutex
		calls := make([]int, work)
		var list []client.RecordMethods
		for i := range work {
			list = append(list, submit(ctx, t, s, int64(51+i%sensors), func(ctx context.Context, s *liveresponse.Session) (any, error) {
				mu.Lock()
				calls[i]++
				mu.Unlock()
				processes, err := s.ListProcesses(ctx)
				return len(processes), err
			}, nil))
		}
		failed := 0
		for i, j := range list {
			if _, err := callWith(ctx, t, j, "result", nil); err != nil {
				failed++
				t.Logf("job %d: %v", i, err)
			}
		}
		if err := scope.Settle(ctx); err != nil {
			t.Error(err)
		}
		for i, n := range calls {
			if n != 1 {
				t.Errorf("job %d was called %d times", i, n)
			}
		}
		if faults < 50 || failed > 0 {
			t.Errorf("%d faults, %d jobs failed: want at least 50 and none", faults, failed)
		}
		if err := scope.End(t.Context()); err != nil {
			t.Error(err)
		}
		if open := sim.LiveSessions(); len(open) > 0 {
			t.Errorf("still open: %v", open)
		}
	})
}

func TestSubmitJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, c := connect(t, simulator.Options{LiveResponse: live.Options{MaxSessions: 2}})
		s := service(t, c)
		var scope client.Scope
		ctx := scope.Context(t.Context())
		count := func(ctx context.Context, s *liveresponse.Session) (any, error) {
			p, err := s.ListProcesses(ctx)
			return len(p) > 0, err
		}
		// The server has room for two sessions, the scheduler would take ten: those without room wait.
		var list []client.RecordMethods
		for _, sensor := range []any{int64(11), int64(12), int64(13), int64(14)} {
			list = append(list, submit(ctx, t, s, sensor, count, nil))
		}
		offline := submit(ctx, t, s, int64(39), count, nil)
		for _, j := range list {
			if v, err := callWith(ctx, t, j, "result", nil); v != true || err != nil {
				t.Errorf("%s: %v, %v", j, v, err)
			}
		}
		if _, err := callWith(ctx, t, offline, "result", client.Args{"timeout": time.Second}); err == nil || !strings.Contains(err.Error(), "did not end within 1s: it is offline") {
			t.Errorf("got %v, want a timeout", err)
		}
		sim.SetOnline(39, true)
		if v, err := callWith(ctx, t, offline, "error", nil); v != nil || err != nil {
			t.Errorf("after it came online: %v, %v", v, err)
		}
		for name, args := range map[string]client.Args{
			"sensor":       {"sensor": "x"},
			"retries":      {"sensor": int64(1), "retries": int64(-1)},
			"timeout":      {"sensor": int64(1), "timeout": -time.Second},
			"offline_wait": {"sensor": int64(1), "offline_wait": time.Duration(0)},
			"key":          {"sensor": int64(1), "key": ""},
		} {
			args["fn"] = client.Task{Call: func(context.Context, string, []any) (any, error) { return nil, nil }}
			if _, err := callWith(ctx, t, s, "submit_job", args); err == nil || !strings.Contains(err.Error(), "for parameter "+name) {
				t.Errorf("%v: got %v, want an error about %s", args, err, name)
			}
		}
		running := submit(ctx, t, s, int64(11), func(ctx context.Context, _ *liveresponse.Session) (any, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}, nil)
		synctest.Wait()
		if err := scope.End(t.Context()); err != nil {
			t.Error(err)
		}
		if v, err := running.Get(ctx, "state"); v != string(jobs.Cancelled) || err != nil {
			t.Errorf("after the end it is %v, %v", v, err)
		}
		if open := sim.LiveSessions(); len(open) > 0 {
			t.Errorf("still open: %v", open)
		}
		if diff := cmp.Diff([]string{"id", "name", "sensor_id", "state"}, running.Names()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}
