package runtime_test

import (
	"os/exec"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".", "./hint", "./lrshell", "./output", "./repl", "./scripttest").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.Lines(string(out)) {
		dep = strings.TrimPrefix(strings.TrimSpace(dep), "github.com/cbscript/cbscript/")
		for _, product := range []string{"client/response", "client/protection", "client/defense", "client/gate", "client/simulator", "cmd"} {
			if dep == product || strings.HasPrefix(dep, product+"/") {
				t.Errorf("runtime must not depend on %s: it knows no product", dep)
			}
		}
	}
}
