package gate_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImports holds that the gate and the credentials are the lowest layer: they know no Starlark, and nothing of the
// client above them.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".", "../credentials").Output()
	if err != nil {
		t.Fatal(err)
	}
	const own = "github.com/cbscript/cbscript/"
	lowest := []string{own + "client/gate", own + "client/caller", own + "client/credentials", own + "client/nearest", own + "client/pathcause"}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimSpace(dep)
		if strings.HasPrefix(dep, "go.starlark.net/") || strings.HasPrefix(dep, own) && !slices.Contains(lowest, dep) {
			t.Errorf("the gate must not depend on %s", dep)
		}
	}
}
