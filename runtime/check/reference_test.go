package check_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestReference holds the page of rules in docs against the table.
func TestReference(t *testing.T) {
	const path = "../../docs/reference/check-rules.md"
	var got bytes.Buffer
	if err := check.WriteReference(&got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s is stale; go test ./runtime/check -update (-want +got):\n%s", path, diff)
	}
}

// TestImports holds that a script can be checked without the client, the bindings and the builtins: the surface comes
// as an argument.
func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".", "./report").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dep := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(dep), "github.com/cbscript/cbscript/"); ok && !strings.HasPrefix(rest, "runtime/check") && rest != "runtime/scriptfiles" {
			t.Errorf("check must not depend on %s", rest)
		}
	}
}
