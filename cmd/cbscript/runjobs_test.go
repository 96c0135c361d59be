package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime"
)

// fleetScript reads from two endpoints, and then begins to change one, to read from another, and to wait for its turn.
const fleetScript = `
def read(session):
    return len(session.list_processes())

def change(session):
    session.create_directory("c:\\held-%d" % session.sensor_id)
    return True

def look(session):
    attempt(session.list_directory, "c:\\held\\")
    return session.sensor_id

def later(session):
    session.create_directory("c:\\later")
    return True

submit = cb.live_response.submit_job
for job in as_completed([submit(read, 11), submit(read, 12)]):
    job.result()
print("begun")
jobs = [submit(change, 13), submit(later, 13), submit(look, 14)]
print("submitted")
for job in jobs:
    error = job.error()
    print(job.sensor_id, job.name, error.message if error else job.result())
`

// TestJobsSurviveAKilledProcess kills the program in the middle of jobs, and goes on: what was done is not done again, what
// only read and what had not begun is run, and a change of which nobody knows how far it came waits for --retry-failed.
func TestJobsSurviveAKilledProcess(t *testing.T) {
	dir := t.TempDir()
	f := startFleet(t, dir)
	f.write("fleet.star", fleetScript)
	command := []string{"run", "--allow", "respond,respond-write", "--jobs", "fleet.jobs", "fleet.star"}
	p := start(t, dir, command...)
	f.waitHeld(2, p)
	const busy = "cbscript: error: open \"fleet.jobs\": it is in use by another run\n"
	if _, errs, code := f.cbscript("jobs", "fleet.jobs"); code != runtime.ExitUsage || !strings.HasPrefix(errs, busy) {
		t.Errorf("beside the run: exit code %d, %q", code, errs)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.wait()
	lines, errs, code := f.cbscript("jobs", "fleet.jobs", "--output", "jsonl")
	want := map[string]string{"11 read": "done/1", "12 read": "done/1", "13 change": "interrupted/1", "13 later": "not run/0", "14 look": "interrupted/1"}
	if diff := cmp.Diff(want, outcomesOf(t, lines)); diff != "" || code != 0 {
		t.Fatalf("after the kill: exit code %d, -want +got:\n%s%s", code, diff, errs)
	}

	f.release()
	f.ResetRequests()
	out, errs, code := f.cbscript(command...)
	want = map[string]string{"11 read": "done/1", "12 read": "done/1", "13 change": "failed/1", "13 later": "done/1", "14 look": "done/2"}
	if diff := cmp.Diff(want, f.outcomesIn("fleet.jobs.outcomes.jsonl")); diff != "" || code != 0 {
		t.Errorf("the second run: exit code %d, -want +got:\n%s%s", code, diff, errs)
	}
	if diff := cmp.Diff(map[string]int{`create directory c:\later`: 1, `directory list c:\held\`: 1}, f.commands()); diff != "" {
		t.Errorf("the second run sent (-want +got):\n%s", diff)
	}
	for _, want := range []string{"14 look 14\n", "13 later True\n", "13 change the job"} {
		if !strings.Contains(out, want) {
			t.Errorf("the second run printed %q, want %q in it", out, want)
		}
	}
	if want := "cbscript: note: 5 jobs: 4 done, 1 failed; 2 of them in an earlier run\n"; !strings.Contains(errs, want) {
		t.Errorf("the second run told %q, want %q in it", errs, want)
	}

	f.ResetRequests()
	if _, errs, code = f.cbscript(append([]string{"run", "--retry-failed"}, command[1:]...)...); code != 0 {
		t.Errorf("the third run: exit code %d, %s", code, errs)
	}
	if diff := cmp.Diff(map[string]int{`create directory c:\held-13`: 1}, f.commands()); diff != "" {
		t.Errorf("the third run sent (-want +got):\n%s", diff)
	}
	want["13 change"] = "done/2"
	if diff := cmp.Diff(want, f.outcomesIn("fleet.jobs.outcomes.jsonl")); diff != "" {
		t.Errorf("the third run: -want +got:\n%s", diff)
	}
}

// TestInterruptedJobs ends a run with Ctrl-C in the middle of jobs: no session stays open, and what became of the jobs is
// told, in a table and in a file.
func TestInterruptedJobs(t *testing.T) {
	needInterrupts(t)
	for _, way := range [][]string{nil, {"--in-process"}, {"--jobs", "fleet.jobs"}} {
		t.Run(strings.Join(way, " "), func(t *testing.T) {
			dir := t.TempDir()
			f := startFleet(t, dir)
			f.write("fleet.star", fleetScript)
			p := start(t, dir, append([]string{"run", "--allow", "respond,respond-write", "--outcomes", "out.jsonl", "fleet.star"}, way...)...)
			f.waitHeld(2, p)
			p.interrupt()
			if code := p.wait(); code != runtime.ExitInterrupted {
				t.Errorf("exit code %d, want %d", code, runtime.ExitInterrupted)
			}
			if open := f.LiveSessions(); len(open) > 0 {
				t.Errorf("sessions are open: %v", open)
			}
			want := map[string]string{"11 read": "done/1", "12 read": "done/1", "13 change": "interrupted/1", "13 later": "not run/0", "14 look": "interrupted/1"}
			if diff := cmp.Diff(want, f.outcomesIn("out.jsonl")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if errs := p.err.String(); !strings.Contains(errs, "cbscript: note: 5 jobs: 2 done, 2 interrupted, 1 not run\nsensor  host") {
				t.Errorf("standard error is %q", errs)
			}
			if len(way) < 2 {
				return
			}
			f.release()
			_, errs, code := f.cbscript(append([]string{"run", "--allow", "respond,respond-write", "fleet.star"}, way...)...)
			want = map[string]string{"11 read": "done/1", "12 read": "done/1", "13 change": "failed/1", "13 later": "done/1", "14 look": "done/2"}
			if diff := cmp.Diff(want, f.outcomesIn("fleet.jobs.outcomes.jsonl")); diff != "" || code != 0 {
				t.Errorf("the next run: exit code %d, -want +got:\n%s%s", code, diff, errs)
			}
		})
	}
}

// TestTwiceInterruptedJobs ends a run at once, while it waits for its sessions to be closed: the outcomes are written still.
func TestTwiceInterruptedJobs(t *testing.T) {
	needInterrupts(t)
	dir := t.TempDir()
	f := startFleet(t, dir)
	f.write("fleet.star", fleetScript)
	p := start(t, dir, "run", "--allow", "respond,respond-write", "--outcomes", "out.jsonl", "fleet.star")
	f.waitHeld(2, p)
	f.keepOpen.Store(true)
	p.interrupt()
	f.waitHeld(1, p)
	p.interrupt()
	if code := p.wait(); code != runtime.ExitInterrupted {
		t.Errorf("exit code %d, want %d", code, runtime.ExitInterrupted)
	}
	want := map[string]string{"11 read": "done/1", "12 read": "done/1", "13 change": "interrupted/1", "13 later": "not run/0", "14 look": "interrupted/1"}
	if diff := cmp.Diff(want, f.outcomesIn("out.jsonl")); diff != "" {
		t.Errorf("-want +got:\n%s%s", diff, p.err.String())
	}
}

// TestOfflineSensorsAreRunLater waits for a sensor as long as --until says, and runs its job in the next run.
func TestOfflineSensorsAreRunLater(t *testing.T) {
	dir := t.TempDir()
	f := startFleet(t, dir)
	f.release()
	f.write("fleet.star", fleetScript)
	f.SetOnline(14, false)
	command := []string{"run", "--allow", "respond,respond-write", "--jobs", "fleet.jobs", "--until", "300ms", "fleet.star"}
	_, errs, code := f.cbscript(command...)
	want := map[string]string{"11 read": "done/1", "12 read": "done/1", "13 change": "done/1", "13 later": "done/1", "14 look": "offline/0"}
	if diff := cmp.Diff(want, f.outcomesIn("fleet.jobs.outcomes.jsonl")); diff != "" || code != 0 {
		t.Errorf("exit code %d, -want +got:\n%s%s", code, diff, errs)
	}
	if want := "cbscript: hint: run the same command again for what is left (1 job)\n"; !strings.Contains(errs, want) {
		t.Errorf("it told %q, want %q in it", errs, want)
	}
	f.SetOnline(14, true)
	f.ResetRequests()
	_, errs, code = f.cbscript(command...)
	want["14 look"] = "done/1"
	if diff := cmp.Diff(want, f.outcomesIn("fleet.jobs.outcomes.jsonl")); diff != "" || code != 0 {
		t.Errorf("the second run: exit code %d, -want +got:\n%s%s", code, diff, errs)
	}
	if diff := cmp.Diff(map[string]int{`directory list c:\held\`: 1}, f.commands()); diff != "" {
		t.Errorf("the second run sent (-want +got):\n%s", diff)
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*.outcomes.jsonl")); err != nil || len(files) != 1 {
		t.Errorf("files %v, %v", files, err)
	}
}
