package bundle_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// TestExclusive: several that add to one lock file at once lose no entry.
func TestExclusive(t *testing.T) {
	dir := t.TempDir()
	locks, file := filepath.Join(dir, "locks"), filepath.Join(dir, bundle.LockName)
	const writers = 20
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			release, err := bundle.Exclusive(t.Context(), locks, file)
			if err != nil {
				t.Error(err)
				return
			}
			defer release()
			lock, err := bundle.ReadLock(file)
			if err != nil {
				t.Error(err)
				return
			}
			digest := bundle.DigestOf([]byte{byte(i)})
			if err := lock.With(bundle.Requirement{Name: fmt.Sprintf("acme/hunts-%d", i), Version: "1.0.0", Digest: digest}).Write(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	lock, err := bundle.ReadLock(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(lock.Entries) != writers {
		t.Errorf("%d of %d entries: %v", len(lock.Entries), writers, lock.Entries)
	}
	if found, err := os.ReadDir(dir); err != nil || len(found) != 2 {
		t.Errorf("beside the lock file there is %v, %v", found, err)
	}
}

// TestExclusiveWaits: a wait ends with its context, and leaves the file free for others.
func TestExclusiveWaits(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a", bundle.LockName)
	release, err := bundle.Exclusive(t.Context(), dir, file)
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(boom)
	if _, err := bundle.Exclusive(ctx, dir, file); !errors.Is(err, boom) {
		t.Errorf("while another has it: %v", err)
	}
	other, err := bundle.Exclusive(t.Context(), dir, filepath.Join(dir, "b", bundle.LockName))
	if err != nil {
		t.Fatal(err)
	}
	other()
	release()
	again, err := bundle.Exclusive(t.Context(), dir, file)
	if err != nil {
		t.Fatal(err)
	}
	again()
}

func TestExclusiveFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := bundle.Exclusive(t.Context(), dir, "cbscript.lock")
	var at *bundle.FileError
	if !errors.As(err, &at) {
		t.Fatalf("got %v, want a FileError", err)
	}
	if diff := cmp.Diff("cbscript.lock", at.File); diff != "" {
		t.Error(diff)
	}
}
