package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cbscript/cbscript/runtime"
)

// TestNoSessionStaysOpen sends a program the signals of a terminal and of supervisors, while its script has a session with an
// endpoint: it closes that and then ends.
func TestNoSessionStaysOpen(t *testing.T) {
	const script = "s = select(Sensor, 11).lr_session()\nselect(Sensor, 12).lr_session()\nprint(\"ready\")\nfor i in range(50000000):\n    for j in range(50000000): pass\n"
	heedHangups(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		for _, flag := range []string{"--allow=respond", "--in-process"} {
			t.Run(signal.String()+" "+flag, func(t *testing.T) {
				sim, file, dir := profiled(t)
				path := filepath.Join(dir, "script.star")
				if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
					t.Fatal(err)
				}
				p := start(t, dir, "run", "--credentials", file, "--allow", "respond", "--max-steps", "none", flag, path)
				if got := p.line(); got != "ready" {
					t.Fatalf("got %q", got)
				}
				if open := sim.LiveSessions(); len(open) != 2 {
					t.Fatalf("open: %v, want two", open)
				}
				if err := p.cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				if code := p.wait(); code != runtime.ExitInterrupted || !strings.Contains(p.err.String(), "interrupted") {
					t.Errorf("exit code %d, standard error %q", code, p.err.String())
				}
				closed(t, sim)
			})
		}
	}
}

// heedHangups has programs that the test starts take SIGHUP also where the test itself runs under nohup: they would inherit
// that it is ignored.
func heedHangups(t *testing.T) {
	taken := make(chan os.Signal, 1)
	signal.Notify(taken, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(taken) })
}

// TestReaderLeaves: when who reads the output goes away, as head does, the script ends and its sessions are closed.
func TestReaderLeaves(t *testing.T) {
	const script = "select(Sensor, 11).lr_session()\nprint(\"ready\")\nfor i in range(1000000): print(\"more\")\n"
	const gone = "cbscript: error: the script was ended, since nobody reads its output any more (broken pipe)\n"
	for _, args := range [][]string{{"run", "--allow=respond"}, {"run", "--allow=respond", "--in-process"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			sim, file, dir := profiled(t)
			path := filepath.Join(dir, "script.star")
			if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			cmd := exec.CommandContext(t.Context(), "cbscript", append(args, "--credentials", file, path)...)
			var errs lockedBuffer
			cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, homeEnv(dir), w, &errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			_ = w.Close() // the program has its own
			if line, err := bufio.NewReader(r).ReadString('\n'); line != "ready\n" {
				t.Fatalf("got %q, %v; standard error: %s", line, err, errs.String())
			}
			_ = r.Close()
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != runtime.ExitScript || errs.String() != gone {
				t.Errorf("%v, standard error %q", err, errs.String())
			}
			closed(t, sim)
		})
	}
}

// TestNohup: a program that was started to outlive its terminal does.
func TestNohup(t *testing.T) {
	sim, file, dir := profiled(t)
	path := filepath.Join(dir, "script.star")
	if err := os.WriteFile(path, []byte("select(Sensor, 11).lr_session()\nprint(\"ready\")\nfor i in range(3000000): pass\nprint(\"done\")\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startCommand(t, dir, "nohup", "cbscript", "run", "--credentials", file, "--allow", "respond", path)
	if got := p.line(); got != "ready" {
		t.Fatalf("got %q", got)
	}
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if got := p.line(); got != "done" {
		t.Errorf("got %q", got)
	}
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d: %s", code, p.err.String())
	}
	closed(t, sim)
}
