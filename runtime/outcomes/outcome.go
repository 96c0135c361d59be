package outcomes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/jobs"
)

// Interrupted is the outcome of a job that was running when it was cancelled, or when its run was broken off.
const Interrupted jobs.Outcome = "interrupted"

// order is that in which outcomes are counted.
var order = [...]jobs.Outcome{jobs.OutcomeDone, jobs.OutcomeFailed, jobs.OutcomeTimedOut, Interrupted, jobs.OutcomeOffline, jobs.OutcomeNotRun}

// Of gives what became of a job whose run is over. A job that has not come to its end is interrupted if it was running,
// offline if it waited for its endpoint, and else not run.
func Of(r jobs.Record) jobs.Outcome {
	switch {
	case r.State == jobs.Cancelled && r.Outcome == jobs.OutcomeFailed:
		return Interrupted
	case r.Outcome != "":
		return r.Outcome
	case r.State == jobs.Running:
		return Interrupted
	case r.State == jobs.Offline:
		return jobs.OutcomeOffline
	}
	return jobs.OutcomeNotRun
}

// Why gives the reason why a job is not done, and nothing for one that is.
func Why(r jobs.Record) string {
	outcome, why := Of(r), ""
	switch {
	case r.Failure != nil:
		why = r.Failure.Text
	case outcome == Interrupted:
		why = "the run was broken off"
	}
	switch {
	case outcome == Interrupted && r.Changing:
		return why + "; what it changes may have been done"
	case r.Failure != nil, r.Outcome != "", outcome == Interrupted:
		return why
	case outcome == jobs.OutcomeOffline:
		return "it did not check in before the run was over"
	}
	return "the run was over before its turn came"
}

// Took is how long the job's function ran the last time; false when it was not called or has not ended.
func Took(r jobs.Record) (time.Duration, bool) {
	if r.Started.IsZero() || r.Ended.Before(r.Started) {
		return 0, false
	}
	return r.Ended.Sub(r.Started), true
}

// Summary counts jobs: "5 jobs: 3 done, 1 failed, 1 offline". A run of 2 or more is that of the jobs: those that came to
// their end in an earlier one are told apart.
func Summary(list []jobs.Record, run int) string {
	counts, earlier := map[jobs.Outcome]int{}, 0
	for _, r := range list {
		counts[Of(r)]++
		if r.State.Ended() && r.Run < run {
			earlier++
		}
	}
	text := fmt.Sprintf("%d jobs", len(list))
	if len(list) == 1 {
		text = "1 job"
	}
	var parts []string
	for _, o := range order {
		if n := counts[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	if earlier > 0 {
		text += fmt.Sprintf("; %d of them in an earlier run", earlier)
	}
	return text
}

// Progress is how far jobs are, for a line that changes: "jobs 12/20 done, 3 running, 1 failed, 4 waiting".
func Progress(c jobs.Counts) string {
	text := fmt.Sprintf("jobs %d/%d done", c.Done, c.Total())
	for _, one := range []struct {
		n    int
		name string
	}{{c.Running, "running"}, {c.Failed, "failed"}, {c.Waiting, "waiting"}, {c.Offline, "offline"}, {c.Cancelled + c.NotRun, "not run"}} {
		if one.n > 0 {
			text += fmt.Sprintf(", %d %s", one.n, one.name)
		}
	}
	return text
}

// Sort orders records by server, sensor, name and occurrence.
func Sort(list []jobs.Record) {
	slices.SortFunc(list, func(a, b jobs.Record) int { return compareKeys(a.Key, b.Key) })
}
