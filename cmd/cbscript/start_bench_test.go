package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkStart measures whole processes, from start to exit: an empty Go program, one that links the three largest
// libraries and does nothing, the version, and a script that does nothing. Each is run in turn with the empty program:
// "empties" is the median of how many times as long it takes, which holds when the machine is not quiet. Run it with
// -benchtime 200x.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	for name, text := range map[string]string{
		"empty.go":     "package main\n\nfunc main() {}\n",
		"libraries.go": "package main\n\nimport (\n\t_ \"net/http\"\n\n\t_ \"github.com/spf13/cobra\"\n\t_ \"go.starlark.net/starlark\"\n)\n\nfunc main() {}\n",
		"empty.star":   "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	build := func(from, to string) string {
		b.Helper()
		file := filepath.Join(dir, to)
		cmd := exec.CommandContext(b.Context(), "go", "build", "-ldflags=-s -w", "-buildvcs=false", "-o", file, from)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return file
	}
	empty := build(filepath.Join(dir, "empty.go"), "empty.exe")
	libraries := build(filepath.Join(dir, "libraries.go"), "libraries.exe")
	program, script := build(".", "cbscript.exe"), filepath.Join(dir, "empty.star")
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
		{"libraries", []string{libraries}},
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
