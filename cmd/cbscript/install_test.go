package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// TestInstallsAtOnce: several installs, and several keys that are trusted, at the same time lose nothing of each other.
func TestInstallsAtOnce(t *testing.T) {
	dir := t.TempDir()
	const many = 4
	for i := range many {
		hunts := filepath.Join(dir, fmt.Sprintf("hunts%d", i))
		if err := os.Mkdir(hunts, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{
			"x.star":      fmt.Sprintf("meta(name = \"hunts%d\", version = \"1.0.0\", author = \"acme\", description = \"Hunts.\", needs = [])\nx = %d\n", i, i),
			"x_test.star": "load(\"./x.star\", \"x\")\ndef test_x(): assert.true(x >= 0)\n",
		} {
			if err := os.WriteFile(filepath.Join(hunts, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, args := range [][]string{{"pack", hunts}, {"publish", fmt.Sprintf("acme-hunts%d-1.0.0.tar", i), "--registry", "./bundles"}, {"keygen", "--no-password", fmt.Sprintf("%d.key", i)}} {
			p := start(t, dir, args...)
			if code := p.wait(); code != 0 {
				t.Fatalf("%q: exit code %d: %s", args, code, p.err.String())
			}
		}
	}
	var running []*process
	for i := range many {
		running = append(running, start(t, dir, "install", fmt.Sprintf("acme/hunts%d@1.0.0", i), "--registry", "./bundles"),
			start(t, dir, "trust", fmt.Sprintf("other%d", i), fmt.Sprintf("%d.key.pub", i)))
	}
	for _, p := range running {
		if code := p.wait(); code != 0 {
			t.Errorf("exit code %d: %s", code, p.err.String())
		}
	}
	lock, err := bundle.ReadLock(filepath.Join(dir, bundle.LockName))
	if err != nil {
		t.Fatal(err)
	}
	if len(lock.Entries) != many {
		t.Errorf("locked are %v, want %d", lock.Entries, many)
	}
	var trusted []string
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "trusted-keys" {
			keys, _, readErr := bundle.ReadTrust(name)
			trusted, err = slices.Sorted(slices.Values(keys.Authors())), readErr
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"other0", "other1", "other2", "other3"}, trusted); diff != "" {
		t.Errorf("trusted (-want +got):\n%s", diff)
	}
}
