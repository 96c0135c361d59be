package main

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSimulate serves a demo, uses the profile that it prints, and ends it.
func TestSimulate(t *testing.T) {
	needInterrupts(t)
	for product, script := range map[string]string{
		"response":   "print(cb.info()[\"version\"][:4])\n",
		"protection": "load(\"cb/protection\", \"select\", \"Computer\")\nprint(bool(select(Computer)))\n",
		"defense":    "load(\"cb/defense\", \"select\", \"Device\")\nprint(bool(select(Device)))\n",
	} {
		t.Run(product, func(t *testing.T) { simulates(t, product, script) })
	}
}

func simulates(t *testing.T, product, script string) {
	dir := t.TempDir()
	sim := start(t, dir, "simulate", "--profile", "sim", "--product", product, "--verbose")
	var profile strings.Builder
	for range 6 {
		profile.WriteString(sim.line() + "\n")
	}
	file := filepath.Join(dir, "sim."+product)
	for name, text := range map[string]string{file: profile.String(), filepath.Join(dir, "ask.star"): script} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "cbscript", "run", "--credentials", file, "--profile", "sim",
		filepath.Join(dir, "ask.star")).CombinedOutput()
	if want := map[string]string{"response": "6.2.\n"}[product]; err != nil || string(out) != cmp.Or(want, "True\n") {
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
