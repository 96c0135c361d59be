//go:build unix

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/check"
)

// TestPipesAreNotRead: neither check nor run waits for the writer of a pipe, or reads a device to its end.
func TestPipesAreNotRead(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"loads.star": `load("./pipe.star", "x")`, "device.star": `load("./zero.star", "x")`, "lib/x.star": "x = 1\n"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, pipe := range []string{"pipe.star", "lib/pipe.star"} {
		if err := unix.Mkfifo(filepath.Join(dir, pipe), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero.star")); err != nil {
		t.Fatal(err)
	}
	const notRegular = "not a regular file"
	tests := []struct {
		args string
		code int
		want []string
	}{
		{"check pipe.star", runtime.ExitScript, []string{"pipe.star", notRegular}},
		{"check lib", runtime.ExitScript, []string{"lib/pipe.star", notRegular}},
		{"check zero.star", runtime.ExitScript, []string{"zero.star", notRegular}},
		{"check /dev/zero", runtime.ExitScript, []string{"/dev/zero", notRegular}},
		{"check loads.star", 0, []string{"loads.star"}},
		{"check device.star", 0, []string{"device.star"}},
		{"run --demo pipe.star", runtime.ExitUsage, []string{"open pipe.star: ", notRegular}},
		{"run --demo --in-process loads.star", runtime.ExitScript, []string{"read pipe.star: ", notRegular}},
		{"run --demo loads.star", runtime.ExitScript, []string{"read pipe.star: ", notRegular}},
		{"run --demo device.star", runtime.ExitScript, []string{"zero.star leads out of the script's root"}},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			p := start(t, dir, strings.Fields(tt.args)...)
			var out strings.Builder
			for line := range p.lines {
				out.WriteString(line + "\n")
			}
			code := p.wait()
			if all := out.String() + p.err.String(); code != tt.code || !containsAll(all, tt.want) {
				t.Errorf("exit code %d, want %d, with %q:\n%s", code, tt.code, tt.want, all)
			}
		})
	}
}

func containsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

// TestCheckEnds: a check that a file system holds up ends with its context.
func TestCheckEnds(t *testing.T) {
	held := make(chan struct{})
	defer close(held)
	began := make(chan struct{})
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := unlessEnded(ctx, func() ([]check.Report, error) {
			close(began)
			<-held
			return nil, nil
		})
		ended <- err
	}()
	<-began
	cancel(&runtime.InterruptedError{})
	select {
	case err := <-ended:
		var interrupted *runtime.InterruptedError
		if !errors.As(err, &interrupted) {
			t.Errorf("the error is %v, want an InterruptedError", err)
		}
	case <-time.After(patience):
		t.Fatal("it waits for the file system")
	}
}
