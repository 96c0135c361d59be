package scriptfiles_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/scriptfiles"
)

// tree writes files into a new folder and opens it. A text "-> x" makes a symbolic link to x.
func tree(t *testing.T, files map[string]string) (*scriptfiles.Root, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			if err := os.Symlink(strings.ReplaceAll(target, "$DIR", dir), file); err != nil {
				t.Skip("no symbolic links here: ", err)
			}
		} else if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := scriptfiles.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root, dir
}

func TestRoot(t *testing.T) {
	root, _ := tree(t, map[string]string{
		"x.star": "x", "lib/y.star": "y", ".carbonblack/credentials.response": "secret", "folder.star/z.star": "z",
		"link.star": "-> lib/y.star", "chain.star": "-> link.star", "lib/up.star": "-> ../x.star", "away": "-> lib", "deep.star": "-> away/up.star",
		"secret.star": "-> .carbonblack/credentials.response", "twice.star": "-> secret.star", "last.star": "-> hop", "hop": "-> x.star",
		"home": "-> .carbonblack", "lib/secret.star": "-> ../home/credentials.response", "absolute.star": "-> $DIR/x.star", "circle.star": "-> circle.star",
		"out.star": "-> ../../etc/passwd.star", "none.star": "-> nothing.star",
	})
	const noModule, notThere = "only files that end in .star", "no such file"
	for name, want := range map[string]string{
		"x.star": "x", "lib/y.star": "y", "link.star": "y", "chain.star": "y", "lib/up.star": "x", "away/y.star": "y", "away/up.star": "x", "deep.star": "x", "folder.star/z.star": "z",
		"secret.star": noModule, "twice.star": noModule, "last.star": noModule, "lib/secret.star": noModule, "away/secret.star": noModule,
		".carbonblack/credentials.response": noModule, "home/credentials.response": noModule, "./x.star": noModule, "lib/../x.star": noModule, "/x.star": noModule,
		"": noModule, ".": noModule, "x.STAR": noModule, "x.star.": noModule, "x.star/": noModule, "x.star ": noModule, "x.star\x00": noModule,
		".carbonblack/credentials.response\x00.star": noModule, `lib\y.star`: noModule, ".carbonblack/credentials.response?.star": notThere,
		"absolute.star": "escapes", "out.star": "escapes", "circle.star": "too many", "none.star": notThere, "z.star": notThere, "folder.star": "it is a folder",
	} {
		for range 2 { // the remembered answer is the same
			got, err := fs.ReadFile(root, name)
			text := string(got)
			if err != nil {
				text = err.Error()
			}
			if err == nil && text != want || err != nil && !strings.Contains(text, want) {
				t.Errorf("%q: %q, want %q", name, text, want)
			}
		}
	}
	entries, err := root.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".star") || e.IsDir() {
			t.Errorf("listed %q", e.Name())
		}
	}
	if len(entries) != 11 {
		t.Errorf("%d files listed: %v", len(entries), entries)
	}
}

// TestFirstAnswer: what was read, and what was not there, stays so.
func TestFirstAnswer(t *testing.T) {
	root, dir := tree(t, map[string]string{"main.star": "main", "x.star": "old", "gone.star": "gone", "plain": "plain"})
	seen := func() (all []string) {
		for _, name := range []string{"main.star", "x.star", "gone.star", "late.star"} {
			text, err := fs.ReadFile(root, name)
			all = append(all, fmt.Sprintf("%s %s %v", name, text, errors.Is(err, fs.ErrNotExist)))
		}
		return all
	}
	for _, name := range []string{"main.star", "plain"} {
		if text, err := root.Main(name); err != nil || string(text) != strings.TrimSuffix(name, ".star") {
			t.Errorf("Main(%q): %q, %v", name, text, err)
		}
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("main.star", "another main")
	want := []string{"main.star main false", "x.star old false", "gone.star gone false", "late.star  true"}
	if diff := cmp.Diff(want, seen()); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	write("x.star", "new")
	write("late.star", "late")
	if err := os.Remove(filepath.Join(dir, "gone.star")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, seen()); diff != "" {
		t.Errorf("after the changes (-want +got):\n%s", diff)
	}
}

// TestBounds: past what is kept nothing new is read, and what is kept stays.
func TestBounds(t *testing.T) {
	large := strings.Repeat("x", scriptfiles.MaxSize)
	tests := []struct {
		name  string
		files map[string]string
		fill  func(i int) string
		most  int
	}{
		{"files", map[string]string{"x.star": "x", "y.star": "y"}, func(i int) string { return fmt.Sprintf("no%d.star", i) }, scriptfiles.MaxFiles},
		{"bytes", map[string]string{"x.star": "x", "y.star": "y", "lib/large.star": large},
			func(i int) string { return fmt.Sprintf("d%d/large.star", i) }, scriptfiles.MaxBytes / scriptfiles.MaxSize},
		{"names", map[string]string{"x.star": "x", "y.star": "y"}, func(i int) string { return fmt.Sprintf("%d%s.star", i, large) }, scriptfiles.MaxBytes / scriptfiles.MaxSize},
	}
	for i := range scriptfiles.MaxBytes/scriptfiles.MaxSize + 1 {
		tests[1].files[fmt.Sprintf("d%d", i)] = "-> lib"
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, _ := tree(t, tt.files)
			if _, err := fs.ReadFile(root, "x.star"); err != nil {
				t.Fatal(err)
			}
			var err error
			for i := 0; i <= tt.most && !errors.Is(err, scriptfiles.ErrTooMany); i++ {
				_, err = fs.ReadFile(root, tt.fill(i))
			}
			if !errors.Is(err, scriptfiles.ErrTooMany) {
				t.Fatalf("no bound: %v", err)
			}
			if text, err := fs.ReadFile(root, "x.star"); err != nil || string(text) != "x" {
				t.Errorf("a file that was read: %q, %v", text, err)
			}
			if _, err := fs.ReadFile(root, "y.star"); !errors.Is(err, scriptfiles.ErrTooMany) {
				t.Errorf("a small file past the bound: %v, want %v", err, scriptfiles.ErrTooMany)
			}
		})
	}
}
