package main

import (
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"
)

// TestPreCommitHook commits with the hook of docs/ci in place: a credential that is staged stops the commit, also where
// the working tree has been mended since, and a mended one goes through.
func TestPreCommitHook(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil || goruntime.GOOS == "windows" {
		t.Skip("needs git and a shell")
	}
	hook, err := os.ReadFile(filepath.Join("..", "..", "docs", "ci", "pre-commit"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in := func(want bool, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), git, append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1")
		out, err := cmd.CombinedOutput()
		if (err == nil) != want {
			t.Fatalf("git %s: error %v, want success %t\n%s", strings.Join(args, " "), err, want, out)
		}
		return string(out)
	}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	in(true, "init", "-q")
	write(".git/hooks/pre-commit", string(hook))
	write("hunts/a b.star", "token = \"99ab2c5e7d1f4a6b8c0d2e4f6a8b0c1d2e3f4a5b\"\n")
	in(true, "add", ".")
	write("hunts/a b.star", "token = param(\"token\")\n")
	if out := in(false, "commit", "-m", "x"); !strings.Contains(out, "hunts/a b.star:1:9") || strings.Contains(out, "99ab2c") {
		t.Errorf("the hook says\n%s", out)
	}
	in(true, "add", ".")
	in(true, "commit", "-m", "x")
	in(true, "rm", "-q", "hunts/a b.star")
	in(true, "commit", "-m", "nothing is left to check")
}
