package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client/simulator"
)

// fleet is a demo server that holds some commands for endpoints back, for as long as a test wants it.
type fleet struct {
	*simulator.Server
	t    *testing.T
	dir  string
	held chan string // the commands that are held, as they arrive

	released chan struct{} // closed when nothing is held any more
	keepOpen atomic.Bool   // sessions are not closed either: who closes one is held
}

// startFleet starts a fleet, whose profile is the default one of a home directory. A command whose document has "held" in
// it is held.
func startFleet(t *testing.T, dir string) *fleet {
	t.Helper()
	sim, err := simulator.New(simulator.Options{Token: marker})
	if err != nil {
		t.Fatal(err)
	}
	f := &fleet{Server: sim, t: t, dir: dir, held: make(chan string, 100), released: make(chan struct{})}
	server := httptest.NewUnstartedServer(http.HandlerFunc(f.serve))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of processes that are killed
	server.StartTLS()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); sim.Close() })
	certificate := filepath.Join(dir, "server.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	f.write("server.pem", string(block))
	f.write(".carbonblack/credentials.response", "[default]\nurl="+server.URL+"\ntoken="+marker+"\nssl_cert_file="+certificate+"\n")
	return f
}

// write writes a file of the home directory.
func (f *fleet) write(name, text string) {
	f.t.Helper()
	file := filepath.Join(f.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fleet) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body) // whole: else the end of the connection is not seen
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	command := r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/command") && bytes.Contains(body, []byte("held"))
	closes := r.Method == http.MethodPut && f.keepOpen.Load()
	if (command || closes) && !f.wait(r.Context(), string(body)) {
		return
	}
	f.Handler().ServeHTTP(w, r)
}

// wait holds a command until release. It is false when nobody waits for the answer any more.
func (f *fleet) wait(ctx context.Context, command string) bool {
	select {
	case <-f.released:
		return true
	default:
	}
	f.held <- command
	select {
	case <-f.released:
		return true
	case <-ctx.Done():
		return false
	}
}

// release lets all commands pass.
func (f *fleet) release() { close(f.released) }

// waitHeld waits until n commands are held.
func (f *fleet) waitHeld(n int, p *process) {
	f.t.Helper()
	for range n {
		select {
		case <-f.held:
		case <-time.After(patience):
			f.t.Fatalf("fewer than %d commands came; standard error: %s", n, p.err.String())
		}
	}
}

// commands counts the commands that endpoints were sent, by their documents' names.
func (f *fleet) commands() map[string]int {
	counts := map[string]int{}
	for _, r := range f.Requests() {
		var command struct{ Name, Object string }
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/command") && json.Unmarshal(r.Body, &command) == nil {
			counts[strings.TrimSpace(command.Name+" "+command.Object)]++
		}
	}
	return counts
}

// cbscript runs a command to its end, and gives its output and exit code.
func (f *fleet) cbscript(args ...string) (stdout, stderr string, code int) {
	f.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(f.t.Context(), "cbscript", args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = f.dir, homeEnv(f.dir), &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		f.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// outcomesOf reads what became of jobs from JSON Lines: the outcome, a slash and the tries, by sensor and function.
func outcomesOf(t *testing.T, lines string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(lines) {
		var one struct {
			Sensor   json.Number `json:"sensor_id"`
			Function string
			Outcome  string
			Tries    json.Number
		}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
		found[one.Sensor.String()+" "+one.Function] = one.Outcome + "/" + one.Tries.String()
	}
	return found
}

// outcomesIn reads them from a file of the home directory.
func (f *fleet) outcomesIn(name string) map[string]string {
	f.t.Helper()
	text, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		f.t.Fatal(err)
	}
	return outcomesOf(f.t, string(text))
}
