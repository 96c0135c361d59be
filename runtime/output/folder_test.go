package output_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/output"
)

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "run 1")
	f, err := output.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	outside := filepath.Join(filepath.Dir(dir), "outside")
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("Ctrl-C"))
	tests := []struct {
		name string
		ctx  context.Context
		data string
		want string // part of the error, or empty
	}{
		{"ws-12/memory.dmp", t.Context(), "data", ""},
		{"a.txt", t.Context(), "", ""},
		{"a.txt", t.Context(), "other", "there is such a file already"},
		{"../a.txt", t.Context(), "x", "is no name for a file"},
		{"/a.txt", t.Context(), "x", "is no name for a file"},
		{"", t.Context(), "x", "is no name for a file"},
		{"link", t.Context(), "x", "save \"link\""},
		{"a.txt/b", t.Context(), "x", "save \"a.txt/b\""},
		{"cancelled", ended, "x", "Ctrl-C"},
	}
	for _, tt := range tests {
		size, err := f.Save(tt.ctx, tt.name, strings.NewReader(tt.data))
		if tt.want == "" {
			got, readErr := os.ReadFile(filepath.Join(dir, tt.name))
			if err != nil || size != int64(len(tt.data)) || string(got) != tt.data || readErr != nil {
				t.Errorf("%q: size %d, %v; the file holds %q, %v", tt.name, size, err, got, readErr)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want an error with %q", tt.name, err, tt.want)
		}
	}
	if files, bytes := f.Saved(); files != 2 || bytes != 4 {
		t.Errorf("saved %d files with %d bytes, want 2 with 4", files, bytes)
	}
	for _, name := range []string{outside, filepath.Join(dir, "cancelled")} {
		if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s exists (%v)", name, err)
		}
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := output.OpenFolder(file); err == nil {
		t.Error("a file was opened as a folder")
	}
}
