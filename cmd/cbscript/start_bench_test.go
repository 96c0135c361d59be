package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The programs that BenchmarkStart compares with, after "package main": they do nothing, alone or with the three largest
// libraries, or start themselves once more and wait for one byte, as a run does with its worker.
const (
	emptySource = `
func main() {}
`
	librariesSource = `
import (
	_ "net/http"

	_ "github.com/spf13/cobra"
	_ "go.starlark.net/starlark"
)
`
	twiceSource = `
import (
	"bytes"
	"io"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) > 1 {
		io.Copy(os.Stdout, os.Stdin)
		return
	}
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(self, "again")
	cmd.Stdin = bytes.NewReader([]byte{1})
	if out, err := cmd.Output(); err != nil || len(out) != 1 {
		panic(err)
	}
}
`
)

// BenchmarkStart measures whole processes, from start to exit: the version and a script that does nothing, and programs
// that do nothing, for comparison. Each is run in turn with an empty program: "empties" is the median of how many times as
// long it takes, which holds when the machine is not quiet. Run it with -benchtime 200x.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	write := func(name, text string) string {
		b.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		return file
	}
	build := func(name, from string) string {
		b.Helper()
		file := filepath.Join(dir, name+".exe")
		cmd := exec.CommandContext(b.Context(), "go", "build", "-ldflags=-s -w", "-buildvcs=false", "-o", file, from)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return file
	}
	source := func(name, text string) string { return build(name, write(name+".go", "package main\n"+text)) }
	empty := source("empty", emptySource)
	program, script := build("cbscript", "."), write("empty.star", "")
	run := func(b *testing.B, args ...string) time.Duration {
		b.Helper()
		cmd := exec.CommandContext(b.Context(), args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir)
		begin := time.Now()
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		return time.Since(begin)
	}
	for _, c := range []struct {
		name string
		args []string
	}{
		{"empty program", []string{empty}},
		{"libraries", []string{source("libraries", librariesSource+emptySource)}},
		{"two processes", []string{source("twice", twiceSource)}},
		{"two processes with libraries", []string{source("librariestwice", librariesSource+twiceSource)}},
		{"version", []string{program, "version"}},
		{"empty script in process", []string{program, "run", "--in-process", script}},
		{"empty script", []string{program, "run", script}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			var empties []float64
			for b.Loop() {
				b.StopTimer()
				alone := run(b, empty)
				b.StartTimer()
				took = append(took, run(b, c.args...))
				empties = append(empties, float64(took[len(took)-1])/float64(alone))
			}
			slices.Sort(took)
			slices.Sort(empties)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(empties[len(empties)/2], "empties")
		})
	}
}
