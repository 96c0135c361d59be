package servers_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime/servers"
)

// TestJobsThatChangeSharedState holds that the error of such a job explains itself, to the script and to the table of outcomes,
// and that no other error is explained so.
func TestJobsThatChangeSharedState(t *testing.T) {
	const why = ": a job runs beside the script and other jobs, so what its function finds outside itself is frozen; return the value instead, and gather it from job.result()"
	for _, test := range []struct{ name, change, want string }{
		{"list", `shared.append(1)`, "append: cannot append to frozen list" + why},
		{"dict", `counts["x"] = 1`, "cannot insert into frozen hash table" + why},
		{"set", `seen.add(1)`, "add: cannot insert into frozen hash table" + why},
		{"hash", `digest.update("x")`, "update: cannot add to a frozen hash" + why},
		{"words of the script", `fail("cannot append to frozen list")`, "cannot append to frozen list"},
		{"another error", `[][1]`, "index 1 out of range: empty list"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, open, _ := simulated(t)
			var told []string
			plan := &jobs.Plan{Ended: func(r jobs.Record) { told = append(told, r.Failure.Text) }}
			pool := servers.New(servers.Config{Open: open, Client: []client.Option{liveresponse.WithPlan(plan)}})
			defer pool.Close()
			script := "shared, counts, seen, digest = [], {}, set(), hashlib.sha256()\ndef change(session):\n    " + test.change +
				"\ne = cb.live_response.submit_job(change, 12).error()\nprint(e.kind)\nprint(e.message)\nprint(e.hint)\nprint(e.backtrace)\n"
			text, err := execute(t, pool, script)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(text, "\n")
			if diff := cmp.Diff([]string{"Error", test.want}, lines[:2]); diff != "" {
				t.Errorf("the script has (-want +got):\n%s", diff)
			}
			if advised := strings.Contains(lines[2], "as_completed(jobs)"); advised != strings.HasSuffix(test.want, why) {
				t.Errorf("the hint is %q", lines[2])
			}
			if !strings.Contains(text, ":3:") {
				t.Errorf("there is no place of the error in %q", text)
			}
			if diff := cmp.Diff([]string{test.want}, told); diff != "" {
				t.Errorf("the table has (-want +got):\n%s", diff)
			}
		})
	}
}
