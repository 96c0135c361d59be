package liveresponse_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
	live "github.com/cbscript/cbscript/client/simulator/liveresponse"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// The times of the simulated sensors.
const (
	checkIn = time.Second     // to join a session
	command = 2 * time.Second // to do a command
)

// makespan has 500 jobs of one command done on 200 simulated sensors, with ten sessions at once. It gives how long that took
// beside the ideal: the sensors' own time, spread over ten places, or that of the sensor which has most to do.
func makespan(t testing.TB) (took, ideal time.Duration) {
	const (
		work    = 500
		sensors = 200
		first   = 51 // number of the first sensor of the fleet
	)
	sim, err := simulator.New(simulator.Options{Fleet: sensors, LiveResponse: live.Options{CheckIn: checkIn, Command: command,
		Slow: func(*story.Endpoint) bool { return false }}})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	c := response.New(memory{sim})
	s := service(t, c)
	var scope client.Scope
	ctx := scope.Context(t.Context())
	began := time.Now()
	chains := map[int64]time.Duration{}
	random := uint64(7)
	var total, longest time.Duration
	var list []client.RecordMethods
	for range work {
		random = random*6364136223846793005 + 1442695040888963407
		id := int64(first + random>>33%sensors)
		if chains[id] == 0 {
			chains[id], total = checkIn, total+checkIn
		}
		chains[id], total = chains[id]+command, total+command
		longest = max(longest, chains[id])
		list = append(list, submit(ctx, t, s, id, func(ctx context.Context, s *liveresponse.Session) (any, error) {
			processes, err := s.ListProcesses(ctx)
			return len(processes), err
		}, nil))
	}
	for _, j := range list {
		if _, err := callWith(ctx, t, j, "result", nil); err != nil {
			t.Fatal(err)
		}
	}
	took = time.Since(began)
	if err := scope.End(ctx); err != nil {
		t.Error(err)
	}
	return took, max(total/jobs.DefaultSlots, longest)
}

// TestMakespan is in the time of its bubble, so that it depends on the order of the work and on the pauses between
// questions, and not on the machine.
func TestMakespan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, ideal := makespan(t)
		if float64(took) > 1.15*float64(ideal) {
			t.Errorf("it took %s, the ideal is %s", took, ideal)
		}
		t.Logf("makespan %s, ideal %s, ratio %.3f", took, ideal, float64(took)/float64(ideal))
	})
}

// BenchmarkMakespan takes two minutes of real time an iteration.
func BenchmarkMakespan(b *testing.B) {
	var took, ideal time.Duration
	for b.Loop() {
		took, ideal = makespan(b)
	}
	b.ReportMetric(took.Seconds(), "s-makespan")
	b.ReportMetric(ideal.Seconds(), "s-ideal")
	b.ReportMetric(float64(took)/float64(ideal), "ratio")
}
