package main

import (
	"context"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime"
)

// TestEvidenceInterrupted ends a verification: that is no fault of the directory.
func TestEvidenceInterrupted(t *testing.T) {
	p, _, errs := surroundings(t)
	script := p.workDir + "/x.star"
	if err := writeNew(script, []byte(`artifact("a", "b")`), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := run(t.Context(), []string{"run", "--demo", "--no-journal", "--in-process", "--out", "case", script}, p); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	errs.Reset()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&runtime.InterruptedError{})
	if code := run(ctx, []string{"evidence", "verify", "case"}, p); code != runtime.ExitInterrupted || strings.Contains(errs.String(), "hint") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
