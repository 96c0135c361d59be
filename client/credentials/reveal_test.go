package credentials_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhoReveals reads the module's sources and holds that nothing but what sends or stores a secret asks for its
// text. The event bus sends the password of its broker; the check of scripts looks for the user's own secrets in them.
func TestWhoReveals(t *testing.T) {
	allowed := []string{"client/credentials/", "client/gate/", "client/eventbus/", "cmd/cbscript/configure", "cmd/cbscript/checkknown.go"}
	const root = "../.."
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	callers := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !strings.Contains(string(text), ".Reveal") {
			return nil
		}
		callers++
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		for _, prefix := range allowed {
			if strings.HasPrefix(filepath.ToSlash(name), prefix) {
				return nil
			}
		}
		t.Errorf("%s may not read secrets", name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if callers < 3 {
		t.Errorf("found only %d files that read secrets: this test looks in the wrong place", callers)
	}
}
