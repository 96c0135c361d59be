package bundle_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports holds that a program which only loads bundles does not get the client of registries, nor the interpreter.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimSpace(dep)
		if strings.HasPrefix(dep, "oras.land/") || strings.HasPrefix(dep, "go.starlark.net/") || dep == "net/http" {
			t.Errorf("runtime/bundle must not depend on %s", dep)
		}
	}
}
