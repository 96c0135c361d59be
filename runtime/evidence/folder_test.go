package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/evidence"
)

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "run 1")
	f, err := evidence.Open(dir, evidence.Config{})
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
		{"../a.txt", t.Context(), "x", `it has the part ".."`},
		{"/a.txt", t.Context(), "x", "it has an empty part"},
		{"MANIFEST.jsonl", t.Context(), "x", "the host keeps this name"},
		{"", t.Context(), "x", "a name of 0 bytes"},
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
	if _, err := evidence.Open(file, evidence.Config{}); err == nil {
		t.Error("a file was opened as a folder")
	}
}

// TestSameFileAgain saves a file that is there.
func TestSameFileAgain(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("0123456789", 20_000)
	if err := os.WriteFile(filepath.Join(dir, "left"), []byte("x"), 0o600); err != nil { // by a run that was killed before it could tell of it
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for run := range 2 {
		book := evidence.NewBook()
		f, err := evidence.Open(dir, evidence.Config{Book: book})
		if err != nil {
			t.Fatal(err)
		}
		for i, test := range []struct {
			name, data string
			refused    bool
		}{
			{"a", long, false}, {"a", long, false}, {"left", "x", false},
			{"a", long[:len(long)-1], true}, {"a", long + "x", true}, {"a", "x" + long[1:], true}, {"a", "", true}, {"left", "xx", true}, {"folder", "x", true},
		} {
			book.Note(client.Receipt{SHA256: sha(test.data), Kind: client.ReceiptFile, Sensor: int64(10*run + i + 1)})
			if size, err := f.Save(t.Context(), test.name, strings.NewReader(test.data)); (err != nil) != test.refused || err == nil && size != int64(len(test.data)) {
				t.Errorf("run %d, %d: %q: got %d, %v", run, i, test.name, size, err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := evidence.List(dir, func(e *evidence.Entry) error {
		got = append(got, fmt.Sprintf("%s from %d", e.Name, e.Sources[0].Sensor))
		return nil
	})
	want := []string{"a from 1", "a from 2", "left from 3", "a from 11", "a from 12", "left from 13"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	report, err := evidence.Verify(t.Context(), dir, evidence.Expected{})
	if err != nil || len(report.Findings) > 0 || report.Files != 2 || report.Lines != 6 {
		t.Errorf("got %+v, %v", report, err)
	}
}

// TestOneRunAtATime opens a folder that is open.
func TestOneRunAtATime(t *testing.T) {
	dir := t.TempDir()
	first, err := evidence.Open(dir, evidence.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var busy *evidence.ManifestError
	if second, err := evidence.Open(dir, evidence.Config{}); !errors.As(err, &busy) || busy.Reason != "another run is writing to it" {
		t.Errorf("got %v, %v", second, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := evidence.Open(dir, evidence.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestManifestGoesOn saves files in several runs, and in many goroutines.
func TestManifestGoesOn(t *testing.T) {
	dir := t.TempDir()
	for run := range 3 {
		f, err := evidence.Open(dir, evidence.Config{})
		if err != nil {
			t.Fatal(err)
		}
		var saving sync.WaitGroup
		for i := range 20 {
			saving.Go(func() {
				if _, err := f.Save(t.Context(), fmt.Sprintf("%d/%d", run, i), strings.NewReader("x")); err != nil {
					t.Error(err)
				}
			})
		}
		saving.Wait()
		sum, err := f.Sum()
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		report, err := evidence.Verify(t.Context(), dir, evidence.Expected{SHA256: sum})
		if err != nil || len(report.Findings) > 0 || report.Lines != 20*(run+1) || report.Files != report.Lines {
			t.Errorf("after run %d: got %+v, %v", run, report, err)
		}
	}
}

// TestDamagedManifestIsNotContinued leaves it as it is.
func TestDamagedManifestIsNotContinued(t *testing.T) {
	for name, text := range map[string]string{"torn": `{"n":1`, "foreign": "hello\n", "empty line": "\n"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "manifest.jsonl")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var damaged *evidence.ManifestError
		if _, err := evidence.Open(dir, evidence.Config{}); !errors.As(err, &damaged) {
			t.Errorf("%s: got %v, want a ManifestError", name, err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%s: the manifest holds %q, %v", name, got, err)
		}
	}
}

// TestOneNameAtATime saves two files of one name at once: one of them is saved, and whole.
func TestOneNameAtATime(t *testing.T) {
	dir := t.TempDir()
	f, err := evidence.Open(dir, evidence.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	first := make(chan error)
	go func() {
		_, err := f.Save(t.Context(), "a", r)
		first <- err
	}()
	if _, err := w.Write([]byte("half")); err != nil { // it is being saved from now on
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a half written file has its name (%v)", err)
	}
	if _, err := f.Save(t.Context(), "a", strings.NewReader("x")); err == nil || !strings.Contains(err.Error(), "is just being saved") {
		t.Errorf("got %v", err)
	}
	w.Close()
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Save(t.Context(), "b", strings.NewReader("x")); err == nil {
		t.Error("a file was saved in a folder that is closed")
	}
	report, err := evidence.Verify(t.Context(), dir, evidence.Expected{})
	if err != nil || len(report.Findings) > 0 || report.Files != 1 {
		t.Errorf("got %+v, %v", report, err)
	}
}

// TestCloseEndsSaving closes a folder while a file is saved: no part of it is left.
func TestCloseEndsSaving(t *testing.T) {
	dir := t.TempDir()
	f, err := evidence.Open(dir, evidence.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	saved, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := f.Save(t.Context(), "a", r)
		r.Close() // ends a write that nobody would read
		saved <- err
	}()
	if _, err := w.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	go func() { closed <- f.Close() }()
	for more := true; more; {
		select {
		case err := <-saved:
			if err == nil {
				t.Error("half a file was saved")
			}
			more = false
		default:
			_, _ = w.Write([]byte("x")) // until the folder is being closed
		}
	}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	report, err := evidence.Verify(t.Context(), dir, evidence.Expected{})
	if err != nil || len(report.Findings) > 0 || report.Files != 0 {
		t.Errorf("got %+v, %v", report, err)
	}
}
