//go:build unix

package worker_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
	"github.com/cbscript/cbscript/runtime/worker"
)

// The parts that the test program plays when it is started with their name.
const (
	// host starts a worker that is a witness, and has it run the script of its argument; without one it only waits.
	host = "host"
	// witness is a worker that holds its third file open until it ends, and says so there.
	witness = "witness"
	// parent starts a child that outlives it and keeps what it was started with.
	parent = "parent"
	child  = "child"
)

// witnessFile is the file of a witness.
const witnessFile = 3

// act plays a part.
func act(ctx context.Context, part string, args []string) (code int, ok bool) {
	switch part {
	case host:
		return actHost(ctx, args), true
	case witness:
		f := os.NewFile(witnessFile, "witness")
		unix.CloseOnExec(witnessFile) // a worker closes what is not marked so
		fmt.Fprintln(f, "here")
		code := worker.Main(ctx, worker.Program{})
		f.Close()
		return code, true
	case parent:
		cmd := exec.CommandContext(ctx, os.Args[0], child)
		cmd.Stdin, cmd.Stderr = os.Stdin, os.Stderr
		if err := cmd.Start(); err != nil {
			return 1, true
		}
		return 0, true
	case child:
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0, true
	}
	return 0, false
}

func actHost(ctx context.Context, args []string) int {
	w, err := worker.Start(worker.Options{Command: []string{os.Args[0], witness}})
	if err != nil {
		return 1
	}
	if len(args) == 0 {
		select {}
	}
	script := &runtime.Script{Name: "script.star", Source: args[0]}
	config := runtime.Config{Print: os.Stdout, Now: func() time.Time {
		fmt.Println("begun")
		select {}
	}}
	err = w.Run(ctx, script, config, worker.Access{Servers: servers.New(servers.Config{})})
	fmt.Println("ended:", err)
	return 1
}

// TestHostKilled: a worker whose host is killed, which nobody can tell it, ends by itself, whatever it does then.
func TestHostKilled(t *testing.T) {
	for name, args := range map[string][]string{
		"waiting for its script": nil,
		"in the middle of a builtin": {`print("begun")` + "\n" + `
for i in range(50000000):
    max(range(50000000))`},
		"waiting for the host": {`time.now()`},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer ours.Close()
			cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{host}, args...)...)
			cmd.ExtraFiles = []*os.File{theirs}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			err = cmd.Start()
			theirs.Close()
			if err != nil {
				t.Fatal(err)
			}
			here := bufio.NewReader(ours)
			if line, err := here.ReadString('\n'); line != "here\n" {
				t.Fatalf("the worker says %q: %v", line, err)
			}
			if args != nil {
				if line, err := bufio.NewReader(out).ReadString('\n'); line != "begun\n" {
					t.Errorf("the host says %q: %v", line, err)
				}
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
			_ = cmd.Wait() // it was killed
			if err := ours.SetReadDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			if _, err := here.ReadByte(); !errors.Is(err, io.EOF) {
				t.Errorf("the worker lives on: %v", err)
			}
		})
	}
}

// TestSignals: what a terminal or a supervisor sends to all processes of a run does not end the worker: the host does.
func TestSignals(t *testing.T) {
	w, err := worker.Start(worker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	config := runtime.Config{Now: func() time.Time {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
			if err := syscall.Kill(w.Pid(), signal); err != nil {
				t.Error(err)
			}
		}
		return time.Date(2016, 11, 11, 21, 30, 0, 0, time.UTC)
	}}
	got, err := runIn(t, w, `print([time.now().year for i in range(3)])`, config, guard.Config{})
	if want := "[2016, 2016, 2016]\n"; got.Out != want || err != nil {
		t.Errorf("got %q, want %q: %v", got.Out, want, err)
	}
}

// TestOrphan: a process that a worker started, where nothing kept it from that, does not hold up the host.
func TestOrphan(t *testing.T) {
	w, err := worker.Start(worker.Options{Command: []string{os.Args[0], parent}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := runIn(t, w, "", runtime.Config{}, guard.Config{})
		ended <- err
	}()
	select {
	case err := <-ended:
		if got := runtime.ExitCode(err); got != runtime.ExitInternal || !strings.Contains(fmt.Sprint(err), "the process that ran the script ended") {
			t.Errorf("exit code %d: %v", got, err)
		}
	case <-time.After(patience):
		t.Fatal("the host waits for a process that the worker started")
	}
}
