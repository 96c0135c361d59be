package servers_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime/servers"
)

// TestValuesOfEarlierRuns holds that a script reads of a job that an earlier run has done what it would have read then.
func TestValuesOfEarlierRuns(t *testing.T) {
	const script = `
def names(session):
    list = session.list_directory("c:\\windows\\")
    return (session.hostname, set([7, "x"]), {("a", 1): [None, True, 1 << 80, 1.5]}, b"\xff", struct(n = len(list) > 0), time.from_timestamp(5))

def broken(session):
    session.get_file("c:\\no such file")

def odd(session):
    return session

j = cb.live_response.submit_job(names, 11)
print(type(j.result()), j.result(), j.state)
print(attempt(lambda: j.result()[2].clear()).error.message)
k = cb.live_response.submit_job(broken, select(Sensor, 12), key="the broken one")
error = k.error()
print(error.kind, error.symbol, error.path, error.message, error.hint)
print(attempt(cb.live_response.submit_job, broken, 12, key="the broken one").error.message)
o = cb.live_response.submit_job(odd, 13)
print(o.error(), o.state)
r = attempt(o.result)
print(r.ok, r.error and r.error.kind)
`
	sim, open, _ := simulated(t)
	path := filepath.Join(t.TempDir(), "a.jobs")
	run := func() (printed, hosts []string) {
		store, err := jobstore.Open(path, jobstore.Identity{Script: "test.star"})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		plan := &jobs.Plan{Store: store, Run: store.Run(), Ended: func(r jobs.Record) { hosts = append(hosts, r.Host) }}
		pool := servers.New(servers.Config{Open: open, Client: []client.Option{liveresponse.WithPlan(plan)}})
		defer pool.Close()
		text, err := execute(t, pool, script)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(text), "\n"), hosts
	}
	first, firstHosts := run()
	want := []string{
		`tuple ("WS-FIN-01", set([7, "x"]), {("a", 1): [None, True, 1208925819614629174706176, 1.5]}, b"\xff", struct(n = True), 1970-01-01 00:00:05) done`,
		`cannot clear frozen hash table`,
		`LiveResponseError ERROR_FILE_NOT_FOUND c:\no such file get file "c:\no such file" on sensor 12 failed: Win32 error code 0x80070002 (ERROR_FILE_NOT_FOUND) `,
		`submit_job: "the broken one" is no key of a job: another job for the same endpoint has it in this run`,
		`None done`,
		`True None`,
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("the first run (-want +got):\n%s", diff)
	}
	sim.ResetRequests()
	second, secondHosts := run()
	want[5] = "False ValueLostError"
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("the second run (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(firstHosts, secondHosts); diff != "" || len(firstHosts) != 3 {
		t.Errorf("the names of endpoints (-first +second):\n%s", diff)
	}
	for _, r := range sim.Requests() {
		if strings.Contains(r.Path, "/cblr/") {
			t.Errorf("the second run sent %s %s", r.Method, r.Path)
		}
	}
}
