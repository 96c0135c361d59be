package servers_test

import (
	"context"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
)

// TestNoSessionStaysOpen ends scripts in every way there is, and looks what they leave on the server.
func TestNoSessionStaysOpen(t *testing.T) {
	const leave = "s = select(Sensor, 11).lr_session()\nselect(Sensor, 12).lr_session()\n"
	for _, test := range []struct {
		name, script, want string
		limits             runtime.Limits
	}{
		{"it forgets them", leave, "", runtime.Limits{}},
		{"it closes them", leave + "s.close()\ns.close()\n", "", runtime.Limits{}},
		{"it fails", leave + "fail('no')\n", "no", runtime.Limits{}},
		{"a command fails", leave + "s.get_file('c:\\\\nothing')\n", "ERROR_FILE_NOT_FOUND", runtime.Limits{}},
		{"a query fails", leave + "for p in select(Process).where('a:('): pass\n", "", runtime.Limits{}},
		{"a function fails", "select(Sensor, 11).lr_session(lambda s: fail('no'))\n", "no", runtime.Limits{}},
		{"a function succeeds", "print(select(Sensor, 11).lr_session(lambda s: len(s.list_processes()) > 3))\n", "", runtime.Limits{}},
		{"inside attempt", "attempt(lambda: [select(Sensor, 11).lr_session(), fail('no')])\n", "", runtime.Limits{}},
		{"in workers", "parallel(lambda n: lr_session(select(Sensor, n)), [11, 12, 13])\n", "", runtime.Limits{}},
		{"workers fail", "parallel(lambda n: [lr_session(select(Sensor, n)), fail('no')], [11, 12, 13])\n", "no", runtime.Limits{}},
		{"jobs end", "jobs = [cb.live_response.submit_job(lambda s: len(s.list_processes()), n) for n in range(11, 15)]\nfor j in as_completed(jobs): j.result()\n", "", runtime.Limits{}},
		{"jobs go on at the end", "cb.live_response.submit_job(lambda s: print(s.hostname), 11)\n", "", runtime.Limits{}},
		{"a job's failure is not looked at", "cb.live_response.submit_job(lambda s: fail('no'), 11)\n", "1 of 1 jobs failed", runtime.Limits{}},
		{"the script fails beside its jobs", "def slow(s):\n    for _ in range(40000000): pass\nj = cb.live_response.submit_job(slow, 11)\nfor _ in range(50000000):\n    if j.state == 'running': break\nfail('no')\n", "no", runtime.Limits{}},
		{"interrupted beside its jobs", "def slow(s):\n    print('now')\n    for _ in range(40000000): pass\nwait([cb.live_response.submit_job(slow, 11)])\n", "interrupted", runtime.Limits{}},
		{"a job shares what changes", "n = 0\nn += 1\nselect(Sensor, 11).lr_session()\ncb.live_response.submit_job(lambda s: n, 11)\n", "assigned more than once", runtime.Limits{}},
		{"the limit of requests", leave + "for _ in range(1000): s.list_processes()\n", "requests", runtime.Limits{Requests: 30}},
		{"the limit of steps", leave + "for _ in range(40000000): pass\n", "steps", runtime.Limits{Steps: 1e6}},
		{"interrupted", leave + "print('now')\nfor _ in range(40000000): pass\n", "interrupted", runtime.Limits{}},
		{"interrupted while it waits", "print('soon')\nselect(Sensor, 39).lr_session()\n", "interrupted", runtime.Limits{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			sim, open, _ := simulated(t)
			pool := servers.New(servers.Config{Open: open})
			defer pool.Close()
			ctx, interrupt := context.WithCancelCause(t.Context())
			defer interrupt(nil)
			print := writer(func(text string) {
				switch {
				case strings.HasPrefix(text, "now"):
					interrupt(&runtime.InterruptedError{})
				case strings.HasPrefix(text, "soon"):
					go func() {
						for len(sim.LiveSessions()) == 0 && ctx.Err() == nil {
						}
						interrupt(&runtime.InterruptedError{})
					}()
				}
			})
			rt, err := runtime.New(runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules(), Limits: test.limits, Print: print})
			if err != nil {
				t.Fatal(err)
			}
			_, err = rt.Run(ctx, &runtime.Script{Name: "test.star", Source: test.script})
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) || test.want == "" && err != nil && !strings.Contains(test.name, "fails") {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if open := sim.LiveSessions(); len(open) > 0 {
				t.Errorf("still open: %v", open)
			}
			made := false
			for _, r := range sim.Requests() {
				made = made || r.Method == "POST" && strings.HasSuffix(r.Path, "/cblr/session")
			}
			if !made {
				t.Error("the script opened no session")
			}
		})
	}
}

type writer func(string)

func (w writer) Write(p []byte) (int, error) { w(string(p)); return len(p), nil }

// TestInteractiveSessions holds that a session with an endpoint lives on between the inputs of an interactive session,
// and not longer.
func TestInteractiveSessions(t *testing.T) {
	sim, open, _ := simulated(t)
	pool := servers.New(servers.Config{Open: open})
	defer pool.Close()
	rt, err := runtime.New(runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules()})
	if err != nil {
		t.Fatal(err)
	}
	session := rt.NewSession(nil)
	for _, line := range []string{"s = select(Sensor, 11).lr_session()", "s.list_processes()[0]", "fail('no')", "s.hostname"} {
		chunk, err := session.Read(func() (string, error) { return line, nil })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := session.Eval(t.Context(), chunk); err != nil && !strings.Contains(line, "fail") {
			t.Errorf("%s: %v", line, err)
		}
	}
	if len(sim.LiveSessions()) != 1 {
		t.Errorf("open: %v, want one", sim.LiveSessions())
	}
	session.Close(t.Context())
	if open := sim.LiveSessions(); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
}
