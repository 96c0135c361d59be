package bindings_test

import (
	"os/exec"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/cbscript/cbscript/"
	for dep := range strings.Lines(string(out)) {
		for _, above := range []string{"builtins", "runtime", "cmd"} {
			if strings.HasPrefix(dep, module+above) {
				t.Errorf("bindings must not depend on %s", dep)
			}
		}
	}
}
