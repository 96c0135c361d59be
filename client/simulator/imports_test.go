package simulator_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports checks that the simulator is independent: it shares no code, and so no mistake, with the rest of the
// module.
func TestImports(t *testing.T) {
	const module = "github.com/cbscript/cbscript/"
	out, err := exec.Command("go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimSpace(dep)
		if strings.HasPrefix(dep, "go.starlark.net/") || strings.HasPrefix(dep, module) && !strings.HasPrefix(dep, module+"client/simulator") {
			t.Errorf("the simulator must not depend on %s", dep)
		}
	}
}
