package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkStart measures whole processes, from start to exit: an empty Go program, the version, and a script that does
// nothing. Run it with -count 10 -benchtime 100x, and read the medians.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	for name, text := range map[string]string{
		"go.mod":     "module empty\n",
		"main.go":    "package main\n\nfunc main() {}\n",
		"empty.star": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	build := func(from, to string) string {
		b.Helper()
		file := filepath.Join(dir, to)
		cmd := exec.CommandContext(b.Context(), "go", "build", "-ldflags=-s -w", "-buildvcs=false", "-o", file, ".")
		cmd.Dir = from
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		return file
	}
	empty, program := build(dir, "empty.exe"), build(".", "cbscript.exe")
	for _, c := range []struct {
		name string
		args []string
	}{
		{"empty program", []string{empty}},
		{"version", []string{program, "version"}},
		{"empty script", []string{program, "run", filepath.Join(dir, "empty.star")}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.CommandContext(b.Context(), c.args[0], c.args[1:]...)
				cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir)
				if err := cmd.Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
