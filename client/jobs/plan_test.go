package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/jobs"
)

// outcomes collects how jobs ended.
type outcomes struct {
	mu      sync.Mutex
	records []jobs.Record
}

func (o *outcomes) add(r jobs.Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.records = append(o.records, r)
}

// count gives how many jobs had which outcome.
func (o *outcomes) count() map[jobs.Outcome]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := map[jobs.Outcome]int{}
	for _, r := range o.records {
		n[r.Outcome]++
	}
	return n
}

// TestUntil holds that sensors which are offline are waited for until the time of the plan, and are run when they check in,
// in this run or the next.
func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(memory)
		f := &fleet{offline: map[int64]bool{1: true, 2: true, 3: true}}
		run := func(number int, until time.Duration, during func(s *jobs.Scheduler)) (map[jobs.Outcome]int, []string) {
			var o outcomes
			config := f.config()
			config.Plan = &jobs.Plan{Store: store, Run: number, Until: time.Now().Add(until), Ended: o.add}
			s := jobs.New(config)
			list := []*jobs.Job{
				submit(t, s, 1, lasting(time.Second), kept(jobs.Options{})),
				submit(t, s, 2, lasting(time.Second), kept(jobs.Options{})),
				submit(t, s, 3, lasting(time.Second), kept(jobs.Options{OfflineWait: time.Minute})),
				submit(t, s, 4, lasting(time.Second), kept(jobs.Options{})),
			}
			during(s)
			texts := ended(list...)
			if err := s.End(t.Context()); err != nil {
				t.Error(err)
			}
			return o.count(), texts
		}
		checkedIn := time.Duration(0)
		began := time.Now()
		count, texts := run(1, 72*time.Hour, func(s *jobs.Scheduler) {
			time.Sleep(20 * time.Hour)
			synctest.Wait()
			if diff := cmp.Diff(jobs.Counts{Offline: 2, Done: 1, Failed: 1}, s.Counts()); diff != "" {
				t.Errorf("after 20 hours (-want +got):\n%s", diff)
			}
			f.set(func() { f.offline[1] = false })
			checkedIn = time.Since(began)
			job := s.Jobs()[0]
			if _, err := job.Result(t.Context()); err != nil || time.Since(began)-checkedIn > 6*time.Minute {
				t.Errorf("done %s after it checked in, %v", time.Since(began)-checkedIn, err)
			}
		})
		if diff := cmp.Diff(map[jobs.Outcome]int{jobs.OutcomeDone: 2, jobs.OutcomeOffline: 2}, count); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		want := []string{"done", "failed: sensor 2 is offline: it did not check in within 72h0m0s", "failed: sensor 3 is offline: it did not check in within 1m0s", "done"}
		if diff := cmp.Diff(want, texts); diff != "" || time.Since(began) > 72*time.Hour+time.Minute {
			t.Errorf("after %s (-want +got):\n%s", time.Since(began), diff)
		}
		f.set(func() { f.offline[2] = false })
		opened := f.opened
		count, _ = run(2, time.Hour, func(*jobs.Scheduler) {})
		if diff := cmp.Diff(map[jobs.Outcome]int{jobs.OutcomeDone: 3, jobs.OutcomeOffline: 1}, count); diff != "" || f.opened != opened+1 {
			t.Errorf("%d sessions (-want +got):\n%s", f.opened-opened, diff)
		}
	})
}

// TestUntilUnreachable holds that jobs with a time outlast a server that fails for hours, and a time that has passed is no
// reason not to try.
func TestUntilUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("the server is down")
		f := &fleet{broken: map[int64]error{1: broken, 2: broken}}
		config := f.config()
		config.Plan = &jobs.Plan{Until: time.Now().Add(10 * time.Hour)}
		s := jobs.New(config)
		back := submit(t, s, 1, lasting(time.Second), jobs.Options{})
		never := submit(t, s, 2, lasting(time.Second), jobs.Options{})
		began := time.Now()
		time.Sleep(4 * time.Hour)
		f.set(func() { delete(f.broken, 1) })
		if diff := cmp.Diff([]string{"done"}, ended(back)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if diff := cmp.Diff([]string{"failed: the server is down"}, ended(never)); diff != "" || time.Since(began) > 10*time.Hour+time.Minute {
			t.Errorf("after %s (-want +got):\n%s", time.Since(began), diff)
		}
		config.Plan = &jobs.Plan{Until: time.Now().Add(4 * time.Second)} // before it was tried often enough
		short := jobs.New(config)
		began = time.Now()
		if diff := cmp.Diff([]string{"failed: the server is down"}, ended(submit(t, short, 2, lasting(time.Second), jobs.Options{}))); diff != "" || time.Since(began) != 4*time.Second {
			t.Errorf("after %s (-want +got):\n%s", time.Since(began), diff)
		}
		late := submit(t, s, 3, lasting(time.Second), jobs.Options{})
		if diff := cmp.Diff([]string{"done"}, ended(late)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if err := errors.Join(s.End(t.Context()), short.End(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// TestOrder holds that the endpoint with most jobs is served first, and one that does not answer does not keep the others
// waiting.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var order []int64
		s := jobs.New(jobs.Config{Slots: 1, Plan: &jobs.Plan{Until: time.Now().Add(time.Hour)}, Open: func(ctx context.Context, id int64) (jobs.Session, error) {
			mu.Lock()
			order = append(order, id)
			mu.Unlock()
			if id == 2 {
				return nil, errors.Join(errors.New("no answer"), sleep(ctx, 2*time.Minute))
			}
			return session{&fleet{open: map[int64]int{}}, id}, nil
		}})
		for _, id := range []int64{1, 2, 2, 2, 3, 4, 4, 5, 6, 6, 6, 6} {
			submit(t, s, id, lasting(time.Second), jobs.Options{})
		}
		time.Sleep(10 * time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if diff := cmp.Diff([]int64{1, 6, 2, 4, 3, 5, 2, 2, 2}, order[:min(len(order), 9)]); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if err := s.End(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestStopAfter holds that no job of any server is begun after so many failures, and that the next run does the rest.
func TestStopAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(memory)
		no := errors.New("no")
		var begun atomic.Int64
		run := func(number, stopAfter int) (map[jobs.Outcome]int, *jobs.Job, jobs.Counts) {
			var o outcomes
			var counts jobs.Counts
			plan := &jobs.Plan{Store: store, Run: number, StopAfter: stopAfter, Ended: o.add, Changed: func(c jobs.Counts) { counts = c }}
			var list []*jobs.Scheduler
			for _, server := range []string{"response https://a", "response https://b"} {
				list = append(list, jobs.New(jobs.Config{Open: new(fleet).Open, Plan: plan, Server: server, Slots: 2}))
			}
			var last *jobs.Job
			for i := range 20 {
				last = submit(t, list[i%2], int64(i), func(ctx context.Context, _ jobs.Session) (any, error) {
					begun.Add(1)
					if err := sleep(ctx, time.Duration(i+1)*time.Second); err != nil || i%4 == 0 && number == 1 {
						return nil, no
					}
					return i, nil
				}, kept(jobs.Options{}))
			}
			for _, s := range list {
				for _, j := range s.Jobs() {
					<-j.Done()
				}
				var failures *jobs.FailuresError
				if err := s.Wait(t.Context()); number == 1 && !errors.As(err, &failures) {
					t.Errorf("got %v, want failures", err)
				}
				if err := s.End(t.Context()); err != nil {
					t.Error(err)
				}
			}
			return o.count(), last, counts
		}
		count, last, counts := run(1, 2)
		if count[jobs.OutcomeFailed] != 2 || count[jobs.OutcomeNotRun] == 0 || begun.Load()+int64(count[jobs.OutcomeNotRun]) != 20 || counts.NotRun != count[jobs.OutcomeNotRun] || counts.Total() != 20 {
			t.Errorf("%v with %d begun, told %+v", count, begun.Load(), counts)
		}
		var not *jobs.NotRunError
		var stopped *jobs.StoppedError
		if err := last.Err(t.Context()); !errors.As(err, &not) || !errors.As(err, &stopped) ||
			err.Error() != "the job on sensor 19 was not run: 2 jobs failed, as many as --stop-after-failures allows" {
			t.Errorf("got %v", err)
		}
		if last.State() != jobs.NotRun || last.Cancel() {
			t.Errorf("it is %s, and can be cancelled", last.State())
		}
		for range 20 { // who learns of the last failure finds that no further job is begun
			s := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: &jobs.Plan{StopAfter: 1}})
			_ = submit(t, s, 1, func(context.Context, jobs.Session) (any, error) { return nil, no }, jobs.Options{}).Err(t.Context())
			if next := ended(submit(t, s, 2, lasting(0), jobs.Options{})); next[0] == "done" {
				t.Error("a further job was begun")
			}
			if err := s.End(t.Context()); err != nil {
				t.Error(err)
			}
		}
		before := begun.Load()
		count, _, _ = run(2, 2) // the failures of the first run do not count
		if diff := cmp.Diff(map[jobs.Outcome]int{jobs.OutcomeDone: 18, jobs.OutcomeFailed: 2}, count); diff != "" || begun.Load() > before+18 {
			t.Errorf("%d calls (-want +got):\n%s", begun.Load()-before, diff)
		}
	})
}

// TestOfflineIsNoFailure holds that sensors that are offline do not end the beginning of jobs, and those that time out do.
func TestOfflineIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{offline: map[int64]bool{1: true, 2: true}}
		config := f.config()
		config.Slots = 1
		config.Plan = &jobs.Plan{StopAfter: 1}
		s := jobs.New(config)
		away := ended(submit(t, s, 1, lasting(0), jobs.Options{}), submit(t, s, 2, lasting(0), jobs.Options{}))
		here := ended(submit(t, s, 3, lasting(0), jobs.Options{}), submit(t, s, 3, lasting(time.Hour), jobs.Options{Timeout: time.Second}), submit(t, s, 3, lasting(0), jobs.Options{}))
		want := []string{"failed: sensor 1 is offline: it did not check in within 2m0s", "failed: sensor 2 is offline: it did not check in within 2m0s",
			"done", "failed: the job on sensor 3 took longer than 1s", "not run: the job on sensor 3 was not run: 1 job failed, as many as --stop-after-failures allows"}
		if diff := cmp.Diff(want, append(away, here...)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if err := s.End(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestMaxEndpoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := &jobs.Plan{MaxEndpoints: 2}
		a := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: plan, Server: "response https://a"})
		b := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: plan, Server: "response https://b"})
		submit(t, a, 1, lasting(time.Second), jobs.Options{})
		submit(t, b, 1, lasting(time.Second), jobs.Options{})
		submit(t, a, 1, lasting(time.Second), jobs.Options{})
		var many *jobs.TooManyEndpointsError
		_, err := a.Submit(t.Context(), 2, "f", lasting(time.Second), jobs.Options{})
		if !errors.As(err, &many) || err.Error() != "a job for sensor 2: the run has jobs for 2 endpoints already, and --max-hosts allows no more" || many.Hint() == "" {
			t.Errorf("got %v", err)
		}
		if err := errors.Join(a.Wait(t.Context()), b.Wait(t.Context()), a.End(t.Context()), b.End(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plan := &jobs.Plan{Rate: jobs.Rate{Sessions: 6, Per: time.Minute}}
		var mu sync.Mutex
		var times []time.Duration
		began := time.Now()
		var all []*jobs.Scheduler
		for server := range 2 {
			f := new(fleet)
			s := jobs.New(jobs.Config{Server: fmt.Sprint(server), Plan: plan, Open: func(ctx context.Context, id int64) (jobs.Session, error) {
				mu.Lock()
				times = append(times, time.Since(began))
				mu.Unlock()
				return f.Open(ctx, id)
			}})
			all = append(all, s)
			for i := range int64(10) {
				submit(t, s, i, lasting(time.Second), jobs.Options{})
			}
		}
		for _, s := range all {
			if err := errors.Join(s.Wait(t.Context()), s.End(t.Context())); err != nil {
				t.Error(err)
			}
		}
		for i, at := range times {
			if want := time.Duration(i) * 10 * time.Second; at < want-time.Millisecond || at > want+time.Second {
				t.Errorf("session %d was begun after %s, want %s", i, at, want)
			}
		}
		if len(times) != 20 {
			t.Errorf("%d sessions", len(times))
		}
		// The end does not wait for the turn of those that are left.
		s := jobs.New(jobs.Config{Plan: plan, Open: new(fleet).Open})
		submit(t, s, 1, lasting(time.Second), jobs.Options{})
		submit(t, s, 2, lasting(time.Second), jobs.Options{})
		synctest.Wait()
		ended := time.Now()
		if err := s.End(t.Context()); err != nil || time.Since(ended) > time.Second {
			t.Errorf("after %s: %v", time.Since(ended), err)
		}
	})
}

// fullDisk is a store whose saves fail from the n-th on.
type fullDisk struct {
	memory
	left int
}

func (d *fullDisk) Save(ctx context.Context, r jobs.Record) error {
	if d.left--; d.left < 0 {
		return errors.New("no space left on device")
	}
	return d.memory.Save(ctx, r)
}

// TestStoreFails holds that no job is begun whose beginning cannot be saved, and that this does not look like success.
func TestStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		s := jobs.New(jobs.Config{Open: new(fleet).Open, Slots: 1, Plan: &jobs.Plan{Store: &fullDisk{left: 5}}})
		var list []*jobs.Job
		for i := range int64(3) {
			list = append(list, submit(t, s, i+1, func(context.Context, jobs.Session) (any, error) { calls++; return calls, nil }, kept(jobs.Options{})))
		}
		got := ended(list...)
		const why = "what becomes of the job work on sensor 2 cannot be read or kept: no space left on device"
		if diff := cmp.Diff([]string{"done", "failed: " + why, "not run: the job on sensor 3 was not run: " + why}, got); diff != "" || calls != 1 {
			t.Errorf("%d calls (-want +got):\n%s", calls, diff)
		}
		away := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: &jobs.Plan{Store: &fullDisk{left: 1}},
			Look: func(context.Context, int64) (jobs.Presence, error) { return jobs.Presence{}, nil }})
		offline := submit(t, away, 7, lasting(time.Second), jobs.Options{})
		// That it was offline is true all the same.
		if diff := cmp.Diff([]string{"failed: sensor 7 is offline: it did not check in within 2m0s"}, ended(offline)); diff != "" || offline.Record().Outcome != jobs.OutcomeOffline {
			t.Errorf("%+v (-want +got):\n%s", offline.Record(), diff)
		}
		if err := away.End(t.Context()); err != nil {
			t.Error(err)
		}
		var failed *jobs.StoreError
		if _, err := s.Submit(t.Context(), 4, "work", lasting(time.Second), jobs.Options{}); !errors.As(err, &failed) {
			t.Errorf("got %v", err)
		}
		if err := s.End(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// A second run finds what the first one did.
func ExamplePlan() {
	ctx := context.Background()
	store := new(memory)
	for run := 1; run <= 2; run++ {
		plan := &jobs.Plan{Store: store, Run: run, Ended: func(r jobs.Record) { fmt.Printf("run %d: %s, by run %d\n", run, r.Outcome, r.Run) }}
		s := jobs.New(jobs.Config{Open: new(fleet).Open, Plan: plan, Server: "response https://cb.example.com"})
		job, err := s.Submit(ctx, 7, "answer", func(context.Context, jobs.Session) (any, error) {
			fmt.Println("working")
			return "42", nil
		}, kept(jobs.Options{}))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(job.Result(ctx))
		if err := s.End(ctx); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// working
	// run 1: done, by run 1
	// 42 <nil>
	// run 2: done, by run 1
	// 42 <nil>
}
