package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime"
)

// TestJobsSurviveAKilledWorker ends the process that runs the script, as Linux does when memory is short: the run fails, and
// tells what became of each job.
func TestJobsSurviveAKilledWorker(t *testing.T) {
	dir := t.TempDir()
	f := startFleet(t, dir)
	f.write("fleet.star", fleetScript)
	for _, way := range [][]string{{"--jobs", "fleet.jobs"}, nil} {
		p := start(t, dir, append([]string{"run", "--allow", "respond,respond-write", "--outcomes", "out.jsonl", "fleet.star"}, way...)...)
		f.waitHeld(2, p)
		worker := childOf(t, p.cmd.Process.Pid)
		if err := syscall.Kill(worker, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if code := p.wait(); code != runtime.ExitLimit {
			t.Errorf("exit code %d, want %d", code, runtime.ExitLimit)
		}
		want := map[string]string{"11 read": "done/1", "12 read": "done/1", "13 change": "interrupted/1", "13 later": "not run/0", "14 look": "interrupted/1"}
		if diff := cmp.Diff(want, f.outcomesIn("out.jsonl")); diff != "" {
			t.Errorf("%s: -want +got:\n%s", way, diff)
		}
		for _, want := range []string{"cbscript: note: 5 jobs: 2 done, 2 interrupted, 1 not run\nsensor  host", "what it changes may have been done"} {
			if errs := p.err.String(); !strings.Contains(errs, want) {
				t.Errorf("standard error is %q, want %q in it", errs, want)
			}
		}
		if open := f.LiveSessions(); len(open) > 0 {
			t.Errorf("sessions are open: %v", open)
		}
	}
	f.release()
	if _, errs, code := f.cbscript("run", "--allow", "respond,respond-write", "--jobs", "fleet.jobs", "fleet.star"); code != 0 {
		t.Errorf("the next run: exit code %d, %s", code, errs)
	}
	want := map[string]string{"11 read": "done/1", "12 read": "done/1", "13 change": "failed/1", "13 later": "done/1", "14 look": "done/2"}
	if diff := cmp.Diff(want, f.outcomesIn("fleet.jobs.outcomes.jsonl")); diff != "" {
		t.Errorf("the next run: -want +got:\n%s", diff)
	}
}

// childOf gives the one child of a process, whichever of its threads began it.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	if len(threads) == 0 {
		t.Skip("the kernel does not tell a process's children")
	}
	var all []string
	for _, name := range threads {
		children, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ESRCH) { // that thread may have ended
			t.Fatal(err)
		}
		all = append(all, strings.Fields(string(children))...)
	}
	if len(all) != 1 {
		t.Fatalf("the children are %q, want one", all)
	}
	child, err := strconv.Atoi(all[0])
	if err != nil {
		t.Fatal(err)
	}
	return child
}
