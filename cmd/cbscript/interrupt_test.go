//go:build !windows

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cbscript/cbscript/runtime"
)

// TestInterruptedScript ends a script that computes, and one that waits for a server.
func TestInterruptedScript(t *testing.T) {
	for name, script := range map[string]string{
		"computing": "print(\"ready\")\nfor i in range(50000000):\n    for j in range(50000000):\n        pass\n",
		"asking":    "cb.info()\nprint(\"ready\")\nfor i in range(50000000):\n    cb.info()\n",
		"attempting": "print(\"ready\")\ndef f():\n    for i in range(50000000):\n        pass\n" +
			"for i in range(1000):\n    attempt(f)\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "script.star")
			if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			p := start(t, dir, "run", "--demo", "--max-steps", "none", file)
			if got := p.line(); got != "ready" {
				t.Fatalf("got %q", got)
			}
			p.interrupt()
			if code := p.wait(); code != runtime.ExitInterrupted {
				t.Errorf("exit code %d, want %d", code, runtime.ExitInterrupted)
			}
			if got := p.err.String(); !strings.Contains(got, "cbscript: error: ") || !strings.Contains(got, "interrupted") ||
				strings.Contains(got, "goroutine") {
				t.Errorf("standard error is %q", got)
			}
		})
	}
}

// TestSecondInterrupt ends the process at once. It sends signals to the test itself, so it runs alone.
func TestSecondInterrupt(t *testing.T) {
	p, _, _ := surroundings(t)
	exits := make(chan int, 1)
	p.exit = func(code int) { exits <- code }
	ctx, stop := p.interruptible(t.Context())
	defer stop()
	for _, waited := range []<-chan struct{}{ctx.Done(), nil} {
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if waited == nil {
			break
		}
		select {
		case <-waited:
		case <-time.After(patience):
			t.Fatal("the first signal did not end the context")
		}
	}
	var interrupted *runtime.InterruptedError
	if !errors.As(context.Cause(ctx), &interrupted) {
		t.Errorf("the cause is %v, want an InterruptedError", context.Cause(ctx))
	}
	select {
	case code := <-exits:
		if code != runtime.ExitInterrupted {
			t.Errorf("exit code %d, want %d", code, runtime.ExitInterrupted)
		}
	case <-time.After(patience):
		t.Fatal("the second signal did not end the process")
	}
}
