//go:build linux && !race

package worker_test

import (
	"context"
	"io"
	goruntime "runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
	"github.com/cbscript/cbscript/runtime/worker"
)

// TestNoSessionStaysOpen ends runs in every way there is while sessions with endpoints are open, and looks what is left on
// the servers when the host has closed its pool.
func TestNoSessionStaysOpen(t *testing.T) {
	const (
		open = "s = select(Sensor, 11).lr_session()\nt = select(Sensor, 12).lr_session()\n"
		both = open + "load(\"cb/defense\", d = \"select\", Device = \"Device\")\nd(Device).first().lr_session()\n"
		busy = "for _ in range(50000000):\n    for _ in range(50000000): pass\n"
		bomb = "x = [0] * ((1 << 30) - 1)\n"
		hung = "max(range(50000000)) if False else [max(range(50000000)) for _ in range(50000000)]\n"
	)
	for _, test := range []struct {
		name, script, want string
		limits             runtime.Limits
		killed, stopped    bool // when the script prints "now", or the server has a session after it prints "soon"
	}{
		{name: "it forgets them", script: both},
		{name: "it fails", script: both + "fail('no')\n", want: "no"},
		{name: "inside attempt", script: "attempt(lambda: [select(Sensor, 11).lr_session(), fail('no')])\n"},
		{name: "its steps end", script: both + busy, want: "steps", limits: runtime.Limits{Steps: 1e6}},
		{name: "its time ends", script: both + busy, want: "longer than", limits: runtime.Limits{Time: 2 * time.Second, Steps: runtime.Unlimited}},
		{name: "its time ends in a builtin", script: both + hung, want: "longer than", limits: runtime.Limits{Time: 2 * time.Second, Steps: runtime.Unlimited}},
		{name: "its requests end", script: open + "for _ in range(1000): s.list_processes()\n", want: "requests", limits: runtime.Limits{Requests: 30}},
		{name: "its output ends", script: open + "for _ in range(1000): print('x' * 10000)\n", want: "output", limits: runtime.Limits{Output: 1 << 20}},
		{name: "it takes too much memory in one step", script: both + bomb, want: "memory", limits: runtime.Limits{Memory: 128 << 20}},
		{name: "it takes more and more memory", script: both + "l = []\nfor i in range(50000000): l.append(str(i) * 1000)\n", want: "memory", limits: runtime.Limits{Memory: 128 << 20}},
		{name: "it is interrupted", script: both + "print('now')\n" + busy, want: "interrupted", stopped: true},
		{name: "it is interrupted in a builtin", script: both + "print('now')\n" + hung, want: "interrupted", stopped: true},
		{name: "it is interrupted while it waits for one", script: "print('soon')\nselect(Sensor, 39).lr_session()\n", want: "interrupted", stopped: true},
		{name: "its process is killed", script: both + "print('now')\n" + busy, want: "memory", killed: true},
		{name: "its process is killed while it waits for one", script: "print('soon')\nselect(Sensor, 39).lr_session()\n", want: "memory", killed: true},
		{name: "its process is killed beside its jobs", script: "def slow(s):\n    print('now')\n    " + strings.ReplaceAll(busy, "\n", "\n    ") + "\nwait([cb.live_response.submit_job(slow, n) for n in [11, 12]])\n",
			want: "memory", killed: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sim, err := simulator.Start(simulator.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer sim.Close()
			pool := servers.New(servers.Config{Open: func(product *client.Product, _ string) (servers.Way, error) {
				return demo.Connect(sim, credentials.Product(product.Name))
			}})
			w, err := worker.Start(worker.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			ctx, interrupt := context.WithCancelCause(t.Context())
			defer interrupt(nil)
			end := func() {
				switch {
				case test.killed:
					if err := syscall.Kill(w.Pid(), syscall.SIGKILL); err != nil {
						t.Error(err)
					}
				case test.stopped:
					interrupt(&runtime.InterruptedError{})
				}
			}
			print := told(func(text string) {
				switch {
				case strings.HasPrefix(text, "now"):
					end()
				case strings.HasPrefix(text, "soon"):
					go func() {
						for len(sim.LiveSessions()) == 0 && t.Context().Err() == nil {
							goruntime.Gosched() // until the server knows it
						}
						end()
					}()
				}
			})
			err = w.Run(ctx, &runtime.Script{Name: "x.star", Source: test.script}, runtime.Config{Print: print, Limits: test.limits},
				worker.Access{Servers: pool, Guard: guard.Config{Allow: client.Capabilities()}})
			if report := runtime.Report(err); test.want == "" && err != nil || !strings.Contains(report, test.want) {
				t.Errorf("the report is\n%s\nwant %q in it", report, test.want)
			}
			if err := pool.Close(); err != nil {
				t.Error(err)
			}
			if open := sim.LiveSessions(); len(open) > 0 {
				t.Errorf("still open: %v", open)
			}
			made := false
			for _, r := range sim.Requests() {
				made = made || r.Method == "POST" && strings.Contains(r.Path, "/cblr/session")
			}
			if !made {
				t.Error("the script opened no session")
			}
		})
	}
}

// told is a writer that tells what is written.
type told func(text string)

var _ io.Writer = told(nil)

func (f told) Write(p []byte) (int, error) { f(string(p)); return len(p), nil }
