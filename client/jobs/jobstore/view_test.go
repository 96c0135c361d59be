package jobstore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
)

// TestView looks into a file, twice at once, and changes nothing of it.
func TestView(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jobs")
	s := open(t, path)
	if err := s.Save(t.Context(), record(7)); err != nil {
		t.Fatal(err)
	}
	var busy *jobstore.InUseError
	if _, _, err := jobstore.View(path); !errors.As(err, &busy) {
		t.Errorf("beside a run: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		v, head, err := jobstore.View(path)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if head.Created.IsZero() || head.Runs != 1 {
			t.Errorf("got %+v", head)
		}
		if diff := cmp.Diff(identity, head.Identity); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if diff := cmp.Diff([]jobs.Record{record(7)}, all(t, v)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if err := v.Save(t.Context(), record(8)); err == nil {
			t.Error("a record was saved")
		}
	}
	after, err := os.ReadFile(path)
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("the file has changed: %v", err)
	}
}

func TestViewErrors(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := jobstore.View(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	foreign := filepath.Join(dir, "foreign")
	db, err := bbolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"empty": "", "text": "no jobs\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"empty", "text", "foreign", "."} {
		var bad *jobstore.FormatError
		if _, _, err := jobstore.View(filepath.Join(dir, name)); !errors.As(err, &bad) {
			t.Errorf("%s: %v, want a FormatError", name, err)
		}
	}
}
