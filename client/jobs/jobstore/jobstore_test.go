package jobstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/jobs/jobstore"
)

var identity = jobstore.Identity{Script: "collect.star", SHA256: "00", Params: map[string][]string{"path": {"c:\\x"}}}

func record(endpoint int64) jobs.Record {
	return jobs.Record{Key: jobs.Key{Server: "response https://cb", Endpoint: endpoint, Occurrence: 1, Name: "f"}, State: jobs.Waiting, Run: 1,
		Submitted: time.Date(2026, 11, 24, 22, 0, 0, 0, time.UTC)}
}

func open(t testing.TB, path string, options ...jobstore.Option) *jobstore.Store {
	t.Helper()
	s, err := jobstore.Open(path, identity, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func all(t testing.TB, s *jobstore.Store) []jobs.Record {
	t.Helper()
	var list []jobs.Record
	for r, err := range s.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

func TestStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jobs")
	s := open(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v, %v", info.Mode(), err)
	}
	if _, found, err := s.Load(t.Context(), record(7).Key); found || err != nil {
		t.Errorf("a record that nobody saved: %v, %v", found, err)
	}
	var want []jobs.Record
	for i := range int64(600) { // more than are read at once
		r := record(i + 1000)
		want = append(want, r)
		if err := s.Save(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	want[3].State, want[3].Outcome, want[3].Value = jobs.Done, jobs.OutcomeDone, json.RawMessage(`{"i":"7"}`)
	if err := s.Save(t.Context(), want[3]); err != nil {
		t.Fatal(err)
	}
	if s.Run() != 1 || s.Path() != path {
		t.Errorf("run %d of %s", s.Run(), s.Path())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Load(t.Context(), want[0].Key); err == nil {
		t.Error("read after the end")
	}
	s = open(t, path)
	if diff := cmp.Diff(want, all(t, s)); diff != "" || s.Run() != 2 {
		t.Errorf("run %d, -want +got:\n%s", s.Run(), diff)
	}
	got, found, err := s.Load(t.Context(), want[3].Key)
	if diff := cmp.Diff(want[3], got); diff != "" || !found || err != nil {
		t.Errorf("%v, %v, -want +got:\n%s", found, err, diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Save(ctx, want[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the end of the context", err)
	}
	large := record(1)
	large.Host = strings.Repeat("x", jobs.MaxRecord)
	var bound *jobs.RecordError
	if err := s.Save(t.Context(), large); !errors.As(err, &bound) {
		t.Errorf("got %v for a record that is too large", err)
	}
}

// TestConcurrentSaves holds that a loop over the records and many saves go on beside each other.
func TestConcurrentSaves(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "a.jobs"))
	if err := s.Save(t.Context(), record(1)); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range all(t, s) {
		for worker := range int64(4) {
			wg.Go(func() {
				for i := range int64(20) {
					if err := s.Save(t.Context(), record(100*worker+i)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
	if n := len(all(t, s)); n != 80 {
		t.Errorf("there are %d records", n)
	}
}

func TestIdentity(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jobs")
	s := open(t, path)
	if err := s.Save(t.Context(), record(1)); err != nil {
		t.Fatal(err)
	}
	_, err := jobstore.Open(path, identity)
	var used *jobstore.InUseError
	if !errors.As(err, &used) || used.Hint() == "" {
		t.Errorf("got %v, want that it is in use", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		id   jobstore.Identity
		want string
	}{
		{jobstore.Identity{Script: "collect.star", SHA256: "01", Params: identity.Params}, `open %q: it has the jobs of "collect.star" as it was before it was changed`},
		{jobstore.Identity{Script: "other.star", SHA256: "01"}, `open %q: it has the jobs of another script, "collect.star"`},
		{jobstore.Identity{Script: "collect.star", SHA256: "00"}, `open %q: it has the jobs of this script with other parameters`},
	} {
		_, err := jobstore.Open(path, test.id)
		var mismatch *jobstore.MismatchError
		if !errors.As(err, &mismatch) || err.Error() != fmt.Sprintf(test.want, path) || mismatch.Hint() == "" {
			t.Errorf("got %v, want "+test.want, err, path)
		}
	}
	moved := identity
	moved.Script = "moved.star" // the name alone does not matter
	s, err = jobstore.Open(path, moved)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	other := jobstore.Identity{Script: "new.star", SHA256: "02"}
	s, err = jobstore.Open(path, other, jobstore.Adopt())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(all(t, s)); n != 1 || s.Run() != 3 {
		t.Errorf("%d records, run %d", n, s.Run())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := jobstore.Open(path, identity); err == nil {
		t.Error("it still belongs to the first one")
	}
}

func TestForeignFiles(t *testing.T) {
	folder := t.TempDir()
	foreign := filepath.Join(folder, "foreign.db")
	db, err := bbolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("other")); return err })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	later := filepath.Join(folder, "later.jobs")
	if db, err = bbolt.Open(later, 0o600, nil); err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket([]byte("cbscript.jobs"))
		if err != nil {
			return err
		}
		return b.Put([]byte("head"), []byte(`{"format":9}`))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"text.jobs": "hello\n", "long.jobs": strings.Repeat("print('x')\n", 5000), "two.jobs": strings.Repeat("\x00", 5000)}
	paths := []string{foreign, later, folder}
	for name, content := range files {
		path := filepath.Join(folder, name)
		paths = append(paths, path)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range paths {
		before, _ := os.ReadFile(path)
		_, err := jobstore.Open(path, identity)
		var wrong *jobstore.FormatError
		if !errors.As(err, &wrong) || wrong.Hint() == "" {
			t.Errorf("%s gave %v", path, err)
		}
		if after, _ := os.ReadFile(path); path != foreign && path != later && string(after) != string(before) {
			t.Errorf("%s was changed", path)
		}
	}
	if _, err := jobstore.Open(filepath.Join(folder, "no", "such.jobs"), identity); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v for a folder that is not there", err)
	}
	empty := filepath.Join(folder, "empty.jobs")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, empty)
}

// filled gives the bytes of a file with some records.
func filled(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.jobs")
	s := open(t, path)
	for i := range int64(60) {
		r := record(i)
		r.Host = strings.Repeat("h", int(i)*13)
		if err := s.Save(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// try opens a file of those bytes and does with it what a run does. What matters is that it ends with a typed error or none.
func try(t testing.TB, b []byte) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.jobs")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := jobstore.Open(path, identity)
	if err == nil {
		for _, err = range s.All(t.Context()) {
			if err != nil {
				break
			}
		}
		for i := range int64(3) {
			if err == nil {
				err = s.Save(t.Context(), record(i))
			}
		}
		err = errors.Join(err, s.Close())
	}
	var wrong *jobstore.FormatError
	var other *jobstore.MismatchError
	if err != nil && !errors.As(err, &wrong) && !errors.As(err, &other) {
		t.Errorf("got %v, want that the file is damaged", err)
	}
	return err
}

// TestDamaged holds that a file that was cut, or whose bytes were changed, is an error and not the end of the process.
func TestDamaged(t *testing.T) {
	whole := filled(t)
	if err := try(t, whole); err != nil {
		t.Fatal(err)
	}
	for cut := 512; cut < len(whole); cut += 4093 {
		if try(t, whole[:cut]) == nil {
			t.Logf("cut to %d of %d bytes, it is still whole", cut, len(whole))
		}
	}
	if try(t, whole[:len(whole)/2]) == nil {
		t.Error("half a file was taken for a whole one")
	}
	random := uint64(3)
	damaged := 0
	for range 150 {
		b := []byte(string(whole))
		for range 1 + random%5 {
			random = random*6364136223846793005 + 1442695040888963407
			at := int(random>>20) % len(b)
			if random>>60%2 == 0 { // heads of pages matter most
				at = at/4096*4096 + int(random>>40)%80
			}
			b[at%len(b)] ^= byte(random >> 55)
		}
		if try(t, b) != nil {
			damaged++
		}
	}
	if damaged == 0 {
		t.Error("no damage was found")
	}
	t.Logf("%d of 150 damaged files were refused", damaged)
}

func FuzzOpen(f *testing.F) {
	whole := filled(f)
	f.Add(uint32(20), []byte{1, 2, 3}, uint32(len(whole)))
	f.Add(uint32(4096*3+8), []byte{1}, uint32(len(whole)/2))
	f.Fuzz(func(t *testing.T, at uint32, change []byte, size uint32) {
		b := []byte(string(whole[:min(int(size), len(whole))]))
		for i, c := range change {
			if at := int(at) + i; at < len(b) {
				b[at] = c
			}
		}
		try(t, b)
	})
}

func Example() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	store, err := jobstore.Open(filepath.Join(folder, "collect.jobs"), jobstore.Identity{Script: "collect.star", SHA256: "00"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	plan := &jobs.Plan{Store: store, Run: store.Run()}
	fmt.Println("run", plan.Run)
	// Output: run 1
}
