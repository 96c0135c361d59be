package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSimulate serves a demo, uses the profile that it prints, and ends it.
func TestSimulate(t *testing.T) {
	needInterrupts(t)
	dir := t.TempDir()
	sim := start(t, dir, "simulate", "--profile", "sim", "--verbose")
	var profile strings.Builder
	for range 6 {
		profile.WriteString(sim.line() + "\n")
	}
	file := filepath.Join(dir, "sim.response")
	if err := os.WriteFile(file, []byte(profile.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "cbscript", "profiles", "--credentials", file, "--output", "csv").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "response,sim,https://127.0.0.1:") || !strings.Contains(string(out), ",ready") {
		t.Errorf("the printed profile cannot be used: %v\n%s%s", err, profile.String(), out)
	}
	// The file that it names is there, and trusts the server.
	_, rest, _ := strings.Cut(profile.String(), "url=")
	url, rest, _ := strings.Cut(rest, "\n")
	_, certificate, _ := strings.Cut(rest, "ssl_cert_file=")
	certificate = strings.TrimSpace(certificate)
	out, err = exec.CommandContext(t.Context(), "cbscript", "check-tls", url, "--cert-file", certificate).CombinedOutput()
	if err != nil {
		t.Errorf("check-tls: %v\n%s", err, out)
	}
	sim.interrupt()
	if code := sim.wait(); code != 0 {
		t.Errorf("exit code %d, standard error %s", code, sim.err.String())
	}
	if _, err := os.Stat(certificate); !os.IsNotExist(err) {
		t.Errorf("the temporary certificate is still there: %v", err)
	}
}
