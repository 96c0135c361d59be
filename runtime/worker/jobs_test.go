package worker_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
	"github.com/cbscript/cbscript/runtime/worker"
)

// keptJobs is a store that says what was asked of it.
type keptJobs struct {
	mu    sync.Mutex
	calls []string
	saved map[jobs.Key]jobs.Record
}

func (k *keptJobs) Load(_ context.Context, key jobs.Key) (jobs.Record, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls = append(k.calls, "load "+key.Name)
	r, ok := k.saved[key]
	return r, ok, nil
}

func (k *keptJobs) Save(_ context.Context, r jobs.Record) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls = append(k.calls, "save "+r.Key.Name)
	if r.Key.Name == "full" {
		return errors.New("the disk is full")
	}
	k.saved[r.Key] = r
	return nil
}

const jobsScript = `
def good(session):
    return (session.sensor_id, {"a": 1.5})

def full(session):
    return None

def fails(session):
    session.get_file("c:\\none.txt")

jobs = [cb.live_response.submit_job(f, 17) for f in (good, fails)]
print(jobs[0].result(), jobs[1].error().kind)
`

// TestJobs has a worker keep its jobs with the host, twice: the second run takes from there what the first one did.
func TestJobs(t *testing.T) {
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	run := func(source string, plan *jobs.Plan) (string, error) {
		pool := servers.New(servers.Config{Open: func(product *client.Product, _ string) (servers.Way, error) {
			return demo.Connect(sim, credentials.Product(product.Name))
		}})
		defer pool.Close()
		w, err := worker.Start(worker.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		var out bytes.Buffer
		err = w.Run(t.Context(), &runtime.Script{Name: "s.star", Source: source}, runtime.Config{Print: &out},
			worker.Access{Servers: pool, Guard: guard.Config{Allow: []client.Capability{client.Respond}}, Jobs: plan})
		return out.String(), err
	}
	store := &keptJobs{saved: map[jobs.Key]jobs.Record{}}
	for number := 1; number <= 2; number++ {
		var ended []string
		var last jobs.Counts
		plan := &jobs.Plan{Store: store, Run: number, Changed: func(c jobs.Counts) { last = c },
			Ended: func(r jobs.Record) { ended = append(ended, r.Key.Name+" "+string(r.Outcome)) }}
		out, err := run(jobsScript, plan)
		if err != nil || out != "(17, {\"a\": 1.5}) LiveResponseError\n" {
			t.Errorf("run %d: %v, printed %q", number, err, out)
		}
		slices.Sort(ended)
		if diff := cmp.Diff([]string{"fails failed", "good done"}, ended); diff != "" {
			t.Errorf("run %d: -want +got:\n%s", number, diff)
		}
		if diff := cmp.Diff(jobs.Counts{Done: 1, Failed: 1}, last); diff != "" {
			t.Errorf("run %d: -want +got:\n%s", number, diff)
		}
		for k, r := range store.saved {
			if r.Run != 1 || r.Tries != 1 {
				t.Errorf("run %d: %s was tried %d times, the last in run %d", number, k.Name, r.Tries, r.Run)
			}
		}
	}
	if _, err := run(strings.Replace(jobsScript, "(good, fails)", "(full, full)", 1), &jobs.Plan{Store: store, Run: 3}); err == nil || !strings.Contains(runtime.Report(err), "the disk is full") {
		t.Errorf("a store that is full: %v", err)
	}
}
