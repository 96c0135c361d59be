package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
)

// memory is a store that keeps the JSON of records.
type memory struct {
	mu      sync.Mutex
	records map[jobs.Key][]byte
}

func (m *memory) Load(_ context.Context, k jobs.Key) (jobs.Record, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.records[k]
	if !ok {
		return jobs.Record{}, false, nil
	}
	r, err := jobs.ParseRecord(b)
	return r, true, err
}

func (m *memory) Save(ctx context.Context, r jobs.Record) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	b, err := r.Encode()
	if err == nil {
		_, err = jobs.ParseRecord(b)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records == nil {
		m.records = map[jobs.Key][]byte{}
	}
	m.records[r.Key] = b
	return err
}

var errKilled = errors.New("the process was killed")

// process is one run's process: it is killed at a save, before or after that is on the disk. From then on nothing that it
// does has an effect.
type process struct {
	jobs.Store
	mu    sync.Mutex
	left  int // saves until it is killed; less than 0 for never
	after bool
	dead  bool
}

func (p *process) Load(ctx context.Context, k jobs.Key) (jobs.Record, bool, error) {
	if p.killed() {
		return jobs.Record{}, false, errKilled
	}
	return p.Store.Load(ctx, k)
}

func (p *process) Save(ctx context.Context, r jobs.Record) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return errKilled
	}
	if p.left == 0 {
		p.dead = true
		if p.after {
			if err := p.Store.Save(ctx, r); err != nil {
				return err
			}
		}
		return errKilled
	}
	p.left--
	return p.Store.Save(ctx, r)
}

func (p *process) killed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead
}

// world is what the jobs of all runs have done to a server.
type world struct {
	mu      sync.Mutex
	calls   map[string]int // of functions, by job
	changes map[string]int
}

// connection is the way of one run to the server: changing requests of a process that was killed do not arrive.
type connection struct {
	w *world
	p *process
}

func (c connection) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb"} }

func (c connection) RoundTrip(req *http.Request) (*http.Response, error) {
	if c.p.killed() {
		return nil, errKilled
	}
	if req.Method == http.MethodPost {
		c.w.mu.Lock()
		defer c.w.mu.Unlock()
		c.w.changes[strings.TrimPrefix(req.URL.Path, "/")]++
	}
	return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: req}, nil
}

// called counts a call of a job's function.
func (c connection) called(name string) {
	if !c.p.killed() {
		c.w.mu.Lock()
		defer c.w.mu.Unlock()
		c.w.calls[name]++
	}
}

// change makes a changing request, as a script's function does.
func (c connection) change(ctx context.Context, name string) error {
	_, err := client.New(&client.Product{Name: "response", Title: "Cb Response"}, c).Do(ctx, client.Request{Method: http.MethodPost, Path: "/" + name})
	return err
}

// kept keeps values as JSON.
func kept(o jobs.Options) jobs.Options {
	o.Keep = func(v any) (json.RawMessage, error) { return json.Marshal(v) }
	o.Recall = func(b json.RawMessage) (v any, err error) { err = json.Unmarshal(b, &v); return v, err }
	return o
}

func (w *world) of(name string) [2]int { return [2]int{w.calls[name], w.changes[name]} }

// TestKillPoints kills a run at each of its saves, before and after that is on the disk, and looks at what the next run
// makes of the job.
func TestKillPoints(t *testing.T) {
	const interrupted = "failed: the job work on sensor 7 was under way when an earlier run ended, begun at 2000-01-01 00:00:00 UTC: " +
		"a change had been sent or was about to be, and whether it was made, and what was left to do, is not known"
	type want struct {
		State string // of the job in the next run
		Times [2]int // calls of the function, changes made, in all runs
	}
	once, again := want{"done", [2]int{1, 1}}, want{"done", [2]int{2, 1}}
	for _, test := range []struct {
		name    string
		work    string
		retries int
		want    []want // killed before and after the first save, before and after the second, ...
	}{
		{"it changes something", "change", 0, []want{once, once, once, once, again, {interrupted, [2]int{1, 0}}, {interrupted, [2]int{1, 1}}, once}},
		{"it changes something and may be repeated", "change", 1, []want{once, once, once, once, again, again, {"done", [2]int{2, 2}}, once}},
		{"it reads", "read", 0, []want{{"done", [2]int{1, 0}}, {"done", [2]int{1, 0}}, {"done", [2]int{1, 0}}, {"done", [2]int{1, 0}}, {"done", [2]int{2, 0}}, {"done", [2]int{1, 0}}}},
		{"it changes something and fails", "fail", 0, []want{{"failed: no", [2]int{1, 1}}, {"failed: no", [2]int{1, 1}}, {"failed: no", [2]int{1, 1}}, {"failed: no", [2]int{1, 1}},
			{"failed: no", [2]int{2, 1}}, {interrupted, [2]int{1, 0}}, {interrupted, [2]int{1, 1}}, {"failed: no", [2]int{1, 1}}}},
	} {
		for i, want := range test.want {
			t.Run(fmt.Sprintf("%s/save %d/on disk %t", test.name, i/2+1, i%2 == 1), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := &world{calls: map[string]int{}, changes: map[string]int{}}
					path := filepath.Join(t.TempDir(), "a.jobs")
					run := func(left int, retryFailed bool) (string, any) {
						store, err := jobstore.Open(path, jobstore.Identity{Script: "a.star"})
						if err != nil {
							t.Fatal(err)
						}
						defer store.Close()
						p := &process{Store: store, left: left, after: i%2 == 1}
						plan := &jobs.Plan{Store: p, Run: store.Run(), RetryFailed: retryFailed}
						s := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: plan, Server: "response https://cb"})
						defer s.End(t.Context())
						c := connection{w, p}
						j, err := s.Submit(t.Context(), 7, "work", func(ctx context.Context, _ jobs.Session) (any, error) {
							c.called("job")
							if test.work == "read" {
								return "value", nil
							}
							if err := c.change(ctx, "job"); err != nil || test.work == "change" {
								return "value", err
							}
							return nil, errors.New("no")
						}, kept(jobs.Options{Retries: test.retries}))
						if err != nil {
							return err.Error(), nil
						}
						v, _ := j.Result(t.Context())
						return ended(j)[0], v
					}
					run(i/2, false)
					state, value := run(-1, false)
					if got := (struct {
						State string
						Times [2]int
					}{state, w.of("job")}); got != want {
						t.Errorf("got %+v, want %+v", got, want)
					}
					if state == "done" && value != "value" {
						t.Errorf("the value is %v", value)
					}
					before := w.of("job")
					if third, v := run(-1, false); third != state || v != value || w.of("job") != before {
						t.Errorf("a further run gives %s and %v after %v", third, v, w.of("job"))
					}
					if state == interrupted {
						if forced, _ := run(-1, true); forced != map[string]string{"change": "done", "fail": "failed: no"}[test.work] {
							t.Errorf("tried again, it is %s", forced)
						}
					}
				})
			})
		}
	}
}

// TestRestored holds that a later run gives what the first one gave, without opening a session.
func TestRestored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(memory)
		type seen struct {
			Text, Kind, Hint string
			Value            any
		}
		run := func(number int) (got []seen, records []jobs.Record, opened int) {
			f := new(fleet)
			config := f.config()
			config.Plan = &jobs.Plan{Store: store, Run: number, Ended: func(r jobs.Record) { records = append(records, r) }}
			s := jobs.New(config)
			work := func(v any, err error) jobs.Func {
				return func(context.Context, jobs.Session) (any, error) { return v, err }
			}
			unkept := jobs.Options{Keep: func(any) (json.RawMessage, error) { return nil, errors.New("it is a function") }}
			large := jobs.Options{Keep: func(any) (json.RawMessage, error) { return json.Marshal(strings.Repeat("x", jobs.MaxValue)) }}
			list := []*jobs.Job{
				submit(t, s, 1, work("a", nil), kept(jobs.Options{Host: "WS-1"})),
				submit(t, s, 1, work(nil, nil), kept(jobs.Options{})), // the same name again
				submit(t, s, 2, work(nil, failed{map[string]any{"status": int64(500)}}), kept(jobs.Options{})),
				submit(t, s, 3, func(ctx context.Context, _ jobs.Session) (any, error) { return nil, sleep(ctx, time.Hour) }, kept(jobs.Options{Timeout: time.Minute})),
				submit(t, s, 4, work("x", nil), unkept),
				submit(t, s, 5, work("x", nil), large),
			}
			for _, j := range list {
				v, err := j.Result(t.Context())
				one := seen{Value: v}
				if err != nil {
					f := jobs.FailureOf(err)
					one = seen{f.Error(), f.Kind(), f.Hint(), v}
				}
				got = append(got, one)
			}
			if err := s.End(t.Context()); err != nil {
				t.Error(err)
			}
			return got, records, f.opened
		}
		first, firstRecords, opened := run(1)
		if opened == 0 {
			t.Error("the first run opened no session")
		}
		time.Sleep(time.Hour)
		second, secondRecords, opened := run(2)
		if opened != 0 {
			t.Errorf("the second run opened %d sessions", opened)
		}
		hint := (&jobs.ValueLostError{}).Hint()
		first[4] = seen{"the job work on sensor 4 was done in an earlier run, but what it gave was not kept: it is a function", "ValueLostError", hint, nil}
		first[5] = seen{fmt.Sprintf("the job work on sensor 5 was done in an earlier run, but what it gave was not kept: it has %d bytes, more than %d", jobs.MaxValue+2, jobs.MaxValue), "ValueLostError", hint, nil}
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("-first +second:\n%s", diff)
		}
		byKey := func(list []jobs.Record) map[string]jobs.Record {
			m := map[string]jobs.Record{}
			for _, r := range list {
				m[r.Key.String()] = r
			}
			return m
		}
		if diff := cmp.Diff(byKey(firstRecords), byKey(secondRecords)); diff != "" || len(secondRecords) != 6 {
			t.Errorf("%d records, -first +second:\n%s", len(secondRecords), diff)
		}
		one := byKey(firstRecords)["|1|1|work"]
		if one.Host != "WS-1" || one.Outcome != jobs.OutcomeDone || string(one.Value) != `"a"` || one.Tries != 1 || one.Run != 1 || one.Ended.IsZero() {
			t.Errorf("got %+v", one)
		}
		if late := byKey(firstRecords)["|3|1|work"]; late.Outcome != jobs.OutcomeTimedOut || late.State != jobs.Failed {
			t.Errorf("got %+v", late)
		}
	})
}

// TestWarnings holds that a value that a later run will not have is warned of once, and only when there is to be a later run.
func TestWarnings(t *testing.T) {
	for want, store := range map[int]jobs.Store{0: nil, 1: new(memory)} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			s := jobs.New(jobs.Config{Open: new(fleet).Open, Log: slog.New(slog.NewTextHandler(&log, nil)),
				Plan: &jobs.Plan{Store: store, Ended: func(jobs.Record) {}}})
			for i := range int64(3) {
				submit(t, s, i, lasting(0), jobs.Options{Keep: func(any) (json.RawMessage, error) { return nil, errors.New("it is a function") }})
			}
			if err := errors.Join(s.Wait(t.Context()), s.End(t.Context())); err != nil {
				t.Error(err)
			}
			if got := strings.Count(log.String(), "it is a function"); got != want {
				t.Errorf("%d warnings, want %d:\n%s", got, want, log.String())
			}
		})
	}
}

// TestKeys holds that a job that the script gave a key is found by it, whatever else is submitted.
func TestKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(memory)
		var calls atomic.Int64
		work := func(context.Context, jobs.Session) (any, error) { return calls.Add(1), nil }
		for number := range 2 {
			s := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: &jobs.Plan{Store: store, Run: number + 1}})
			if number == 1 {
				submit(t, s, 1, work, kept(jobs.Options{Key: "further"}))
			}
			j := submit(t, s, 1, work, kept(jobs.Options{Key: "hosts"}))
			if v, err := j.Result(t.Context()); err != nil || fmt.Sprint(v) != "1" {
				t.Errorf("run %d: got %v, %v", number+1, v, err)
			}
			for _, key := range []string{"hosts", "\xff"} {
				var wrong *jobs.KeyError
				if _, err := s.Submit(t.Context(), 1, "work", work, jobs.Options{Key: key}); !errors.As(err, &wrong) {
					t.Errorf("the key %q again gave %v", key, err)
				}
			}
			submit(t, s, 2, work, kept(jobs.Options{Key: "hosts"})) // another endpoint
			submit(t, s, 3, work, kept(jobs.Options{Key: "work"}))
			if same := submit(t, s, 3, work, kept(jobs.Options{})); same.Record().Key.Occurrence != 1 { // the function's name is the same
				t.Errorf("its key is %s", same.Record().Key)
			}
			if err := errors.Join(s.Wait(t.Context()), s.End(t.Context())); err != nil {
				t.Error(err)
			}
		}
		if calls.Load() != 5 {
			t.Errorf("%d calls, want those of hosts on two endpoints, of further, and of two on the third endpoint", calls.Load())
		}
	})
}

// TestForced holds that being asked to run a job again of which nobody knows how far it came counts for one time.
func TestForced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{calls: map[string]int{}, changes: map[string]int{}}
		disk := new(memory)
		number := 0
		run := func(left int, after, retryFailed bool) string {
			number++
			p := &process{Store: disk, left: left, after: after}
			s := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: &jobs.Plan{Store: p, Run: number, RetryFailed: retryFailed}})
			defer s.End(t.Context())
			c := connection{w, p}
			j, err := s.Submit(t.Context(), 7, "work", func(ctx context.Context, _ jobs.Session) (any, error) {
				return "value", c.change(ctx, "job")
			}, kept(jobs.Options{}))
			if err != nil {
				t.Fatal(err)
			}
			_ = j.Err(t.Context())
			return string(j.State())
		}
		run(3, false, false) // the change is made, and the end not saved
		run(0, true, true)   // it has begun again, and has changed nothing
		if state := run(-1, false, false); state != "failed" || w.changes["job"] != 1 {
			t.Errorf("it is %s after %d changes", state, w.changes["job"])
		}
		if state := run(-1, false, true); state != "done" || w.changes["job"] != 2 {
			t.Errorf("it is %s after %d changes", state, w.changes["job"])
		}
	})
}

// TestEndIsSaved holds that the end of a job which was told to stop is saved all the same.
func TestEndIsSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(memory)
		s := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: &jobs.Plan{Store: store}})
		j := submit(t, s, 7, lasting(time.Hour), kept(jobs.Options{}))
		waiting := submit(t, s, 7, lasting(time.Hour), kept(jobs.Options{}))
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_ = s.End(ctx)
		<-j.Done()
		for job, want := range map[*jobs.Job]jobs.State{j: jobs.Cancelled, waiting: jobs.Waiting} {
			if r, _, err := store.Load(t.Context(), job.Record().Key); err != nil || r.State != want {
				t.Errorf("job %d is kept as %s, want %s, %v", job.Number, r.State, want, err)
			}
		}
		if r := waiting.Record(); r.State != jobs.Cancelled || r.Outcome != jobs.OutcomeNotRun {
			t.Errorf("got %+v", r)
		}
	})
}
