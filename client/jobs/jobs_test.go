package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/jobs"
)

// fleet is a number of endpoints, as sessions are opened with them. Its clock is that of the test's bubble.
type fleet struct {
	setup time.Duration // to open a session

	mu      sync.Mutex
	offline map[int64]bool
	broken  map[int64]error // what opening fails with
	open    map[int64]int
	most    int // sessions that were open at once
	opened  int
}

func (f *fleet) config() jobs.Config { return jobs.Config{Open: f.Open, Look: f.Look} }

func (f *fleet) Look(_ context.Context, id int64) (jobs.Presence, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return jobs.Presence{Online: !f.offline[id]}, nil
}

func (f *fleet) Open(ctx context.Context, id int64) (jobs.Session, error) {
	f.mu.Lock()
	if f.open == nil {
		f.open = map[int64]int{}
	}
	if err := f.broken[id]; err != nil {
		f.mu.Unlock()
		return nil, err
	}
	f.open[id]++
	f.opened++
	n := 0
	for _, sessions := range f.open {
		n += sessions
	}
	f.most = max(f.most, n)
	if f.open[id] > 1 {
		f.mu.Unlock()
		return nil, fmt.Errorf("endpoint %d has two sessions", id)
	}
	f.mu.Unlock()
	if err := sleep(ctx, f.setup); err != nil {
		f.closed(id)
		return nil, err
	}
	return session{f, id}, nil
}

func (f *fleet) closed(id int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[id]--
}

func (f *fleet) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

type session struct {
	f  *fleet
	id int64
}

func (s session) Close(context.Context) error { s.f.closed(s.id); return nil }

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// lasting is work of that duration.
func lasting(d time.Duration) jobs.Func {
	return func(ctx context.Context, _ jobs.Session) (any, error) { return d, sleep(ctx, d) }
}

// makespan runs 500 jobs on 200 endpoints and gives how long they took beside the ideal: all slots busy from the
// beginning to the end, or the one endpoint that takes longest.
func makespan(t testing.TB) (took, ideal time.Duration) {
	const (
		endpoints = 200
		work      = 500
		setup     = 2 * time.Second
	)
	f := &fleet{setup: setup}
	s := jobs.New(f.config())
	began := time.Now()
	total, longest := time.Duration(0), time.Duration(0)
	chains := map[int64]time.Duration{}
	random := uint64(7)
	for range work {
		random = random*6364136223846793005 + 1442695040888963407
		id, d := int64(random>>33%endpoints)+1, time.Duration(1+random>>45%9)*time.Second
		if chains[id] == 0 {
			chains[id], total = setup, total+setup
		}
		chains[id], total = chains[id]+d, total+d
		submit(t, s, id, lasting(d), jobs.Options{})
	}
	for _, d := range chains {
		longest = max(longest, d)
	}
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := s.Counts(); c.Done != work || f.most > jobs.DefaultSlots || f.opened != len(chains) {
		t.Errorf("%+v with %d sessions at once, %d opened for %d endpoints", c, f.most, f.opened, len(chains))
	}
	if err := s.End(t.Context()); err != nil {
		t.Error(err)
	}
	return time.Since(began), max(total/jobs.DefaultSlots, longest)
}

func TestMakespan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, ideal := makespan(t)
		if float64(took) > 1.15*float64(ideal) {
			t.Errorf("it took %s, the ideal is %s", took, ideal)
		}
		t.Logf("makespan %s, ideal %s, ratio %.3f", took, ideal, float64(took)/float64(ideal))
	})
}

// submit submits a job that is taken.
func submit(t testing.TB, s *jobs.Scheduler, id int64, f jobs.Func, o jobs.Options) *jobs.Job {
	t.Helper()
	j, err := s.Submit(t.Context(), id, "work", f, o)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// ended gives states and errors of jobs as texts.
func ended(list ...*jobs.Job) []string {
	var out []string
	for _, j := range list {
		_, err := j.Result(context.Background())
		text := string(j.State())
		if err != nil {
			text += ": " + err.Error()
		}
		out = append(out, text)
	}
	return out
}

func TestOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{offline: map[int64]bool{1: true, 2: true}}
		c := f.config()
		c.Slots = 1
		s := jobs.New(c)
		away := submit(t, s, 1, lasting(time.Second), jobs.Options{OfflineWait: time.Hour})
		gone := submit(t, s, 2, lasting(time.Second), jobs.Options{})
		here := submit(t, s, 3, lasting(time.Second), jobs.Options{})
		began := time.Now()
		if diff := cmp.Diff([]string{"done"}, ended(here)); diff != "" || time.Since(began) > 2*time.Second {
			t.Errorf("the one that is online waited %s, -want +got:\n%s", time.Since(began), diff)
		}
		synctest.Wait()
		if diff := cmp.Diff(jobs.Counts{Offline: 2, Done: 1}, s.Counts()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		want := []string{"failed: sensor 2 is offline: it did not check in within 2m0s"}
		if diff := cmp.Diff(want, ended(gone)); diff != "" || time.Since(began) > 3*time.Minute {
			t.Errorf("after %s, -want +got:\n%s", time.Since(began), diff)
		}
		f.set(func() { f.offline[1] = false })
		if diff := cmp.Diff([]string{"done"}, ended(away)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if err := s.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestFailures(t *testing.T) {
	broken, hopeless := errors.New("server too busy"), errors.New("not supported")
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{broken: map[int64]error{1: broken, 2: hopeless, 3: broken}}
		c := f.config()
		c.Slots = 2
		c.Hopeless = func(err error) bool { return errors.Is(err, hopeless) }
		s := jobs.New(c)
		tries := 0
		list := []*jobs.Job{
			submit(t, s, 1, lasting(time.Second), jobs.Options{}),
			submit(t, s, 2, lasting(time.Second), jobs.Options{}),
			submit(t, s, 3, lasting(time.Second), jobs.Options{}),
			submit(t, s, 4, lasting(time.Hour), jobs.Options{Timeout: time.Minute}),
			submit(t, s, 5, func(context.Context, jobs.Session) (any, error) { panic("a fault") }, jobs.Options{}),
			submit(t, s, 6, func(context.Context, jobs.Session) (any, error) { tries++; return nil, errors.New("no") }, jobs.Options{Retries: 2}),
			submit(t, s, 7, func(context.Context, jobs.Session) (any, error) { return nil, errors.New("once") }, jobs.Options{}),
		}
		time.AfterFunc(3*time.Second, func() { f.set(func() { delete(f.broken, 3) }) })
		err := s.Wait(t.Context())
		var failures *jobs.FailuresError
		if !errors.As(err, &failures) || len(failures.Failed) != 6 || !errors.Is(err, broken) {
			t.Errorf("got %v, want six failures", err)
		}
		want := []string{"failed: server too busy", "failed: not supported", "done", "failed: the job on sensor 4 took longer than 1m0s",
			"failed: internal error in job 5: a fault", "failed: no", "failed: once"}
		if diff := cmp.Diff(want, ended(list...)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if tries != 3 {
			t.Errorf("called %d times, want 3", tries)
		}
		if err := s.Wait(t.Context()); err != nil {
			t.Errorf("after all were looked at: %v", err)
		}
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{offline: map[int64]bool{3: true}}
		c := f.config()
		c.Slots = 1
		s := jobs.New(c)
		running := submit(t, s, 1, lasting(time.Hour), jobs.Options{})
		waiting := submit(t, s, 2, lasting(time.Hour), jobs.Options{})
		away := submit(t, s, 3, lasting(time.Hour), jobs.Options{})
		last := submit(t, s, 4, lasting(time.Second), jobs.Options{})
		synctest.Wait()
		for _, j := range []*jobs.Job{waiting, running, away} {
			if !j.Cancel() {
				t.Errorf("job %d was not cancelled", j.Number)
			}
		}
		want := []string{"cancelled: the job was cancelled", "cancelled: the job was cancelled", "cancelled: the job was cancelled", "done"}
		if diff := cmp.Diff(want, ended(running, waiting, away, last)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if running.Cancel() || last.Cancel() {
			t.Error("a job that has ended was cancelled")
		}
	})
}

func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{setup: time.Second, offline: map[int64]bool{3: true}}
		s := jobs.New(f.config())
		list := []*jobs.Job{
			submit(t, s, 1, lasting(time.Hour), jobs.Options{}),
			submit(t, s, 1, lasting(time.Hour), jobs.Options{}),
			submit(t, s, 3, lasting(time.Hour), jobs.Options{}),
		}
		time.Sleep(time.Minute)
		if err := s.End(t.Context()); err != nil {
			t.Error(err)
		}
		list = append(list, submit(t, s, 4, lasting(time.Second), jobs.Options{}))
		for i, text := range ended(list...) {
			if text != "cancelled: the job was cancelled" {
				t.Errorf("job %d is %s", i+1, text)
			}
		}
		if f.open[1] != 0 {
			t.Error("a session is still open")
		}
		stuck := jobs.New(new(fleet).config())
		submit(t, stuck, 1, func(context.Context, jobs.Session) (any, error) { time.Sleep(time.Minute); return nil, nil }, jobs.Options{})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := stuck.End(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the patience", err)
		}
		time.Sleep(time.Minute) // in the bubble: until the job ends
	})
}

// TestCallbacks holds that functions which wait for a job are called once, by who waits for it.
func TestCallbacks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		var reported []jobs.Counts
		c := f.config()
		c.Plan = &jobs.Plan{Changed: func(c jobs.Counts) { reported = append(reported, c) }}
		s := jobs.New(c)
		j := submit(t, s, 1, lasting(time.Second), jobs.Options{})
		called, bad := 0, errors.New("callback failed")
		j.OnEnd(func(context.Context) error { called++; return nil })
		j.OnEnd(func(context.Context) error { called++; return bad })
		time.Sleep(time.Minute)
		if called != 0 {
			t.Error("called before anyone waited")
		}
		if _, err := j.Result(t.Context()); !errors.Is(err, bad) {
			t.Errorf("got %v, want the callback's error", err)
		}
		if v, err := j.Result(t.Context()); v != time.Second || err != nil || called != 2 {
			t.Errorf("got %v, %v after %d calls", v, err, called)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := submit(t, s, 1, lasting(time.Second), jobs.Options{}).Result(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the end of the context", err)
		}
		if err := s.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if !slices.Contains(reported, jobs.Counts{Running: 1}) || reported[len(reported)-1] != (jobs.Counts{Done: 2}) {
			t.Errorf("reported: %+v", reported)
		}
	})
}

func BenchmarkScheduler(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s := jobs.New(jobs.Config{Open: new(fleet).Open})
		for i := range 500 {
			submit(b, s, int64(i%200), lasting(0), jobs.Options{})
		}
		if err := s.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleScheduler() {
	var f fleet
	ctx := context.Background()
	s := jobs.New(jobs.Config{Open: f.Open})
	defer s.End(ctx)
	job, err := s.Submit(ctx, 7, "answer", func(context.Context, jobs.Session) (any, error) { return 42, nil }, jobs.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(job.Result(ctx))
	// Output: 42 <nil>
}
