//go:build unix

package scriptfiles_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/cbscript/cbscript/runtime/scriptfiles"
)

// TestPipes: nothing waits for the writer of a pipe, or reads a device.
func TestPipes(t *testing.T) {
	root, dir := tree(t, map[string]string{"x.star": "x", "link.star": "-> pipe.star"})
	if err := unix.Mkfifo(filepath.Join(dir, "pipe.star"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero.star")); err != nil {
		t.Fatal(err)
	}
	below := scriptfiles.Dir(dir)
	for name, open := range map[string]func() error{
		"module":           func() error { _, err := root.Open("pipe.star"); return err },
		"link":             func() error { _, err := root.Open("link.star"); return err },
		"main":             func() error { _, err := root.Main("pipe.star"); return err },
		"file":             func() error { _, err := scriptfiles.Open(filepath.Join(dir, "link.star")); return err },
		"device":           func() error { _, err := scriptfiles.Open("/dev/zero"); return err },
		"below a folder":   func() error { _, err := below.Open("pipe.star"); return err },
		"device, by links": func() error { _, err := below.Open("zero.star"); return err },
	} {
		if err := open(); !errors.Is(err, scriptfiles.ErrNotRegular) {
			t.Errorf("%s: %v, want %v", name, err, scriptfiles.ErrNotRegular)
		}
	}
	if _, err := root.ReadDir("pipe.star"); err == nil {
		t.Error("a pipe was listed")
	}
	if text, err := fs.ReadFile(below, "x.star"); err != nil || string(text) != "x" {
		t.Errorf("a regular file: %q, %v", text, err)
	}
	if entries, err := fs.ReadDir(below, "."); err != nil || len(entries) != 4 {
		t.Errorf("the folder: %v, %v", entries, err)
	}
	if _, err := below.Open("../x.star"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a path upwards: %v, want %v", err, fs.ErrInvalid)
	}
}
