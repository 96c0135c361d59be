package main

import (
	"strings"
	"testing"
)

// TestProgressOfJobs shows at a terminal how far the jobs are, and takes that off before the table of what became of them.
func TestProgressOfJobs(t *testing.T) {
	dir := t.TempDir()
	f := startFleet(t, dir)
	f.write("fleet.star", fleetScript)
	y := atTerminal(t, dir, "run", "--allow", "respond,respond-write", "fleet.star")
	y.sees("jobs 2/5 done, 2 running, 1 waiting")
	f.release()
	y.sees("\r\x1b[Kcbscript: note: 5 jobs: 5 done")
	y.sees("sensor  host")
	if code := y.leaves(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if rest := y.seen.String()[y.read:]; strings.Contains(rest, "jobs ") {
		t.Errorf("the progress is shown after the end: %q", rest)
	}
}
