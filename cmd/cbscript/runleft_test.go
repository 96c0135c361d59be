package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// busyScript uses sessions with some sensors, and no more of them than a program sends requests at once.
const busyScript = `
def look(session):
    attempt(session.list_directory, "c:\\held\\")
    return session.sensor_id

for job in as_completed([cb.live_response.submit_job(look, sensor) for sensor in %s]):
    job.result()
`

// TestNextRunClosesSessions kills the program with all sessions of the server in use: the next run with the same file closes
// those that it had, and no other, before it opens its own, and so does not wait for the server to end them.
func TestNextRunClosesSessions(t *testing.T) {
	for _, way := range [][]string{nil, {"--in-process"}} {
		t.Run(strings.Join(way, " "), func(t *testing.T) {
			dir := t.TempDir()
			f := startFleet(t, dir)
			var command []string
			for name, sensors := range map[string]string{"others": "[22, 23, 24, 25]", "more": "[26, 27, 28]", "ours": "[11, 12, 13]"} {
				f.write(name+".star", fmt.Sprintf(busyScript, sensors))
				args := append([]string{"run", "--allow", "respond", "--jobs", name + ".jobs", name + ".star"}, way...)
				p := start(t, dir, args...)
				f.waitHeld(strings.Count(sensors, ",")+1, p)
				if err := p.cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				p.wait()
				if name == "ours" {
					command = args
				}
			}
			if open := f.LiveSessions(); len(open) != 10 {
				t.Fatalf("after the kill there are the sessions %v, want ten", open)
			}

			f.release()
			f.ResetRequests()
			if _, errs, code := f.cbscript(command...); code != 0 {
				t.Errorf("the next run: exit code %d, %s", code, errs)
			}
			open := map[int]bool{}
			for _, one := range f.LiveSessions() {
				open[one.Sensor] = true
			}
			if diff := cmp.Diff(map[int]bool{22: true, 23: true, 24: true, 25: true, 26: true, 27: true, 28: true}, open); diff != "" {
				t.Errorf("sensors with an open session (-want +got):\n%s", diff)
			}
			asked := map[int]int{}
			for _, r := range f.Requests() {
				if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/session") {
					asked[r.Status]++
				}
			}
			if diff := cmp.Diff(map[int]int{http.StatusOK: 3}, asked); diff != "" {
				t.Errorf("sessions asked for, by the answer (-want +got):\n%s", diff)
			}
		})
	}
}
