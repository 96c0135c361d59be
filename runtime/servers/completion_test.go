package servers_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/repl"
	"github.com/cbscript/cbscript/runtime/servers"
)

// TestCompletion completes what the tables describe, through selections, calls and indexes, without a request.
func TestCompletion(t *testing.T) {
	pool := servers.New(servers.Config{Open: func(*client.Product, string) (servers.Way, error) {
		t.Error("completion asked for a server")
		return nil, errors.New("no server")
	}})
	defer pool.Close()
	complete(t, runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules()}, nil, map[string]string{
		"select(Process).whe":                                     "where",
		"cb.select(Process).fir":                                  "first",
		`select(Process).where("a").group_by("id").first().cmd`:   "cmdline",
		"select(Process)[0].parent.sensor.group.site.thr":         "throttle_rules",
		"select(Sensor, 7).lr_session().get_f":                    "get_file",
		"select(Sensor, 7).lr_session().hostname.star":            "startswith",
		"select(Sensor, id = 7).network_interfaces[0].mac":        "macaddr",
		"select(Process).first().modloads[0].binary.signed":       "signed",
		"select(Process).first().modloads[0].binary.signing_d":    "signing_data",
		"cb.live_response.submit_job(f, 7).res":                   "result",
		"create(Feed).feed_u":                                     "feed_url",
		"first(select(Process)).cmd":                              "cmdline",
		`where(select(Process), "a").fir`:                         "first",
		"select(Feed).first().search_processes().fir":             "first",
		"select(Process).where(process_n":                         "process_name=",
		"select(Sensor, 7).lr_session().get_file(pat":             "path=",
		"cb.live_response.submit_job(f, 7, offl":                  "offline_wait=",
		"select(Sensor, 7, force":                                 "force_init=",
		"first().":                                                "",
		"save(1).":                                                "",
		"select(Nothing).":                                        "",
		"select(1 + Process).":                                    "",
		`select("Process").`:                                      "",
		"select(Process).where(\"a\", Process).first().unknown.x": "",
		"select(Process).count().":                                "",
	})
}

// TestCompletionOfValues: what a session holds completes from its tables, too, without a further request.
func TestCompletionOfValues(t *testing.T) {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	pool := servers.New(servers.Config{Open: func(*client.Product, string) (servers.Way, error) { return d.Gate, nil }})
	defer pool.Close()
	lines := []string{`q = select(Process).where("process_name:net.exe")`, "p = q.first()", "s = select(Sensor, 11)", "event = p.all_events[0]", "w = q.where"}
	complete(t, runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules()}, lines, map[string]string{
		"q[0].sensor.computer_n":          "computer_name",
		"q.sort(\"a\").one().cmd":         "cmdline",
		"p.sensor.lr_session().list_proc": "list_processes",
		"w(\"a\").fir":                    "first",
		"w(process_n":                     "process_name=",
		"event.timest":                    "timestamp",
		"s.lr_session().start_memdump().": "delete get remote_filename wait",
	})
	before := len(d.Simulator.Requests())
	complete(t, runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules()}, nil, map[string]string{"cb.live_resp": "live_response", "cb.url.": ""})
	if n := len(d.Simulator.Requests()) - before; n != 0 {
		t.Errorf("completion made %d requests", n)
	}
}

// complete evaluates lines in a session and completes others: each to all names, with blanks between them.
func complete(t *testing.T, config runtime.Config, lines []string, want map[string]string) {
	t.Helper()
	rt, err := runtime.New(config)
	if err != nil {
		t.Fatal(err)
	}
	session := rt.NewSession(nil)
	for _, line := range lines {
		left := []string{line, ""}
		chunk, err := session.Read(func() (string, error) {
			next := left[0]
			left = left[1:]
			return next, nil
		})
		if err == nil {
			_, err = session.Eval(t.Context(), chunk)
		}
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	c := repl.NewCompleter(session)
	for line, names := range want {
		_, got := c.Complete(line, len(line))
		slices.Sort(got)
		if diff := cmp.Diff(names, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}
