package worker_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports keeps the worker from knowing a product, the demo or the command.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{join .Imports \"\\n\"}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimPrefix(strings.TrimSpace(dep), "github.com/cbscript/cbscript/")
		for _, other := range []string{"client/response", "client/protection", "client/defense", "client/simulator", "client/demo", "client/credentials", "cmd"} {
			if dep == other || strings.HasPrefix(dep, other+"/") {
				t.Errorf("runtime/worker must not import %s", dep)
			}
		}
	}
}
