package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"
)

// TestKeygenEncrypts makes a key with a password. That takes a gigabyte and seconds, as minisign wants it.
func TestKeygenEncrypts(t *testing.T) {
	if testing.Short() {
		t.Skip("is slow on purpose")
	}
	p, out, errs := surroundings(t)
	p.in = strings.NewReader("correct horse\ncorrect horse\n")
	if code := run(t.Context(), []string{"keygen", "acme.key"}, p); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	text, err := os.ReadFile(filepath.Join(p.workDir, "acme.key"))
	if err != nil || !minisign.IsEncrypted(text) {
		t.Errorf("the key is not encrypted, or %v", err)
	}
	public, err := minisign.PublicKeyFromFile(filepath.Join(p.workDir, "acme.key.pub"))
	if err != nil || public.String()+"\n" != out.String() {
		t.Errorf("got the public key %s, %v; shown was %s", public, err, out)
	}
	if strings.Contains(errs.String(), "horse") {
		t.Errorf("the password was shown: %s", errs)
	}
}
