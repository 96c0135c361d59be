package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
)

// random is a sequence of numbers that is the same for the same seed.
type random struct {
	mu   sync.Mutex
	seed uint64
}

func (r *random) below(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seed = r.seed*6364136223846793005 + 1442695040888963407
	return int(r.seed>>33) % n
}

// TestManyRuns kills runs of 500 jobs on 200 endpoints by chance, while one call of twenty fails and endpoints come and go,
// until a run comes to its end. Then none is lost, and none was done twice that must not be.
func TestManyRuns(t *testing.T) {
	seeds := 12
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { manyRuns(t, &random{seed: uint64(seed) + 1}, new(memory)) })
		})
	}
	t.Run("in a file", func(t *testing.T) {
		if testing.Short() {
			t.Skip("it writes to the disk thousands of times")
		}
		synctest.Test(t, func(t *testing.T) {
			store, err := jobstore.Open(filepath.Join(t.TempDir(), "a.jobs"), jobstore.Identity{Script: "a.star"})
			if err != nil {
				t.Fatal(err)
			}
			manyRuns(t, &random{seed: 99}, store)
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
	})
}

// The kinds of jobs of manyRuns, by their number modulo 3.
const (
	changing = iota
	repeatable
	reading
	kinds
)

func manyRuns(t *testing.T, random *random, disk jobs.Store) {
	const (
		work      = 500
		endpoints = 200
		mostRuns  = 8
	)
	w := &world{calls: map[string]int{}, changes: map[string]int{}}
	var faults atomic.Int64
	for number := 1; ; number++ {
		p := &process{Store: disk, left: random.below(2 * work), after: random.below(2) == 0}
		if number == mostRuns {
			p.left = -1
		}
		f := &fleet{setup: time.Second, offline: map[int64]bool{}}
		for id := range int64(endpoints) {
			f.offline[id] = number < mostRuns && random.below(10) == 0
		}
		told := map[jobs.Key]int{}
		plan := &jobs.Plan{Store: p, Run: number, Ended: func(r jobs.Record) { told[r.Key]++ }}
		config := f.config()
		config.Plan = plan
		s := jobs.New(config)
		c := connection{w, p}
		var list []*jobs.Job
		for i := range work {
			name := fmt.Sprint("job", i)
			j, err := s.Submit(t.Context(), int64(i%endpoints), name, func(ctx context.Context, _ jobs.Session) (any, error) {
				if r, _, err := disk.Load(ctx, jobs.Key{Endpoint: int64(i % endpoints), Occurrence: 1, Name: name}); err != nil || r.State == jobs.Done {
					t.Errorf("%s is called when it is done, %v", name, err)
				}
				c.called(name)
				if err := sleep(ctx, time.Duration(1+random.below(5000))*time.Millisecond); err != nil {
					return nil, err
				}
				fault := random.below(20)
				if fault == 0 && random.below(2) == 0 {
					faults.Add(1)
					return nil, errors.New("a fault before the change")
				}
				if i%kinds != reading {
					if err := c.change(ctx, name); err != nil {
						return nil, err
					}
				}
				if fault == 0 {
					faults.Add(1)
					return nil, errors.New("a fault after the change")
				}
				return name, nil
			}, kept(jobs.Options{Retries: map[int]int{repeatable: 5}[i%kinds]}))
			if err != nil {
				break
			}
			list = append(list, j)
		}
		for _, j := range list {
			_ = j.Err(t.Context())
		}
		if err := s.End(t.Context()); err != nil {
			t.Fatal(err)
		}
		if f.most > jobs.DefaultSlots {
			t.Errorf("%d sessions at once", f.most)
		}
		if p.killed() {
			continue
		}
		away := 0
		for i, j := range list {
			away += verdict(t, w, i, j)
			if n := told[j.Record().Key]; n != 1 {
				t.Errorf("the end of job %d was told %d times", i, n)
			}
		}
		if away == 0 {
			t.Logf("after %d runs with %d faults", number, faults.Load())
			return
		}
		if number == mostRuns {
			t.Fatalf("%d jobs were not done in the last run", away)
		}
	}
}

// verdict checks that a job that is said to have ended has, and was done as often as it may be. It gives 1 for one whose
// endpoint was offline.
func verdict(t *testing.T, w *world, i int, j *jobs.Job) int {
	t.Helper()
	name := fmt.Sprint("job", i)
	value, err := j.Result(t.Context())
	changes := w.changes[name]
	var kinded interface{ Kind() string }
	isInterrupted := errors.As(err, &kinded) && kinded.Kind() == "InterruptedJobError"
	switch kind, outcome := i%kinds, j.Record().Outcome; {
	case outcome == jobs.OutcomeOffline:
		return 1
	case outcome != jobs.OutcomeDone && outcome != jobs.OutcomeFailed:
		t.Errorf("%s is %s: %v", name, outcome, err)
	case outcome == jobs.OutcomeDone && value != name:
		t.Errorf("%s gave %v", name, value)
	case kind == changing && changes > 1:
		t.Errorf("%s was done %d times", name, changes)
	case kind == changing && outcome == jobs.OutcomeDone && changes != 1, kind == repeatable && outcome == jobs.OutcomeDone && changes == 0:
		t.Errorf("%s is done, with %d changes", name, changes)
	case kind != changing && isInterrupted:
		t.Errorf("%s was given up: %v", name, err)
	case outcome == jobs.OutcomeFailed && !isInterrupted && !strings.HasPrefix(err.Error(), "a fault"):
		t.Errorf("%s failed with %v", name, err)
	}
	return 0
}
