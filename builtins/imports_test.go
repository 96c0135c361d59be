package builtins_test

import (
	"os/exec"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/cbscript/cbscript/"
	for dep := range strings.Lines(string(out)) {
		if strings.HasPrefix(dep, module+"runtime") || strings.HasPrefix(dep, module+"cmd") {
			t.Errorf("builtins must not depend on %s", dep)
		}
	}
}
