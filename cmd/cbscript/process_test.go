package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	goruntime "runtime"
	"sync"
	"testing"
	"time"
)

// process is a running cbscript, for what a test script cannot do: speak with it while it runs.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string // of standard output
	err   lockedBuffer
	done  chan struct{} // closed when standard output has ended
}

// lockedBuffer may be written while it is read.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// patience is how long a test waits for a process before it fails.
const patience = 30 * time.Second

// start runs cbscript in a directory of its own.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	return startCommand(t, dir, "cbscript", args...)
}

// startCommand runs a program that runs cbscript.
func startCommand(t *testing.T, dir, name string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.CommandContext(t.Context(), name, args...), lines: make(chan string, 100), done: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Env = homeEnv(dir)
	p.cmd.Stderr = &p.err
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.read(out)
	return p
}

// homeEnv is the environment of a process whose home is a directory.
func homeEnv(dir string) []string {
	return append(os.Environ(), "HOME="+dir, "USERPROFILE="+dir, "XDG_STATE_HOME="+dir, "LocalAppData="+dir, "TMPDIR="+dir)
}

func (p *process) read(out io.Reader) {
	defer close(p.done)
	defer close(p.lines)
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		select {
		case p.lines <- scanner.Text():
		case <-p.t.Context().Done():
			return
		}
	}
}

// line waits for the next line of standard output.
func (p *process) line() string {
	p.t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			p.t.Fatalf("the output has ended; standard error: %s", p.err.String())
		}
		return line
	case <-time.After(patience):
		p.t.Fatalf("no line came; standard error: %s", p.err.String())
	}
	return ""
}

// interrupt is Ctrl-C.
func (p *process) interrupt() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
}

// wait gives the exit code.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("it did not end; standard error: %s", p.err.String())
	}
	var exit *exec.ExitError
	if err := p.cmd.Wait(); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		p.t.Fatal(err)
	}
	return 0
}

// needInterrupts skips a test on a system where a process cannot send Ctrl-C to another.
func needInterrupts(t *testing.T) {
	t.Helper()
	if goruntime.GOOS == "windows" {
		t.Skip("no process can be sent Ctrl-C here")
	}
}
