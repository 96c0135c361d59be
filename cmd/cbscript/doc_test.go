package main

import (
	"path/filepath"
	"testing"
)

// TestReferenceIsFresh holds that docs/reference is what the tables say.
func TestReferenceIsFresh(t *testing.T) {
	p, out, err := surroundings(t)
	dir, pathErr := filepath.Abs("../../docs/reference")
	if pathErr != nil {
		t.Fatal(pathErr)
	}
	if code := run(t.Context(), []string{"doc", "--check", "--dir", dir}, p); code != 0 || out.Len() > 0 {
		t.Errorf("exit code %d: %s\ngo run ./cmd/cbscript doc writes it", code, err)
	}
}
