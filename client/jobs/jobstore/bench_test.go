package jobstore_test

import (
	"path/filepath"
	"testing"

	"github.com/cbscript/cbscript/client/jobs/jobstore"
)

// BenchmarkSave is mostly the wait for the disk.
func BenchmarkSave(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "a.jobs"))
	i := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		if i++; s.Save(b.Context(), record(i%20_000)) != nil {
			b.Fatal("not saved")
		}
	}
}

// BenchmarkOpen opens a file with 5,000 records, whose pages are all checked.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.jobs")
	s := open(b, path)
	for i := range int64(5000) {
		if err := s.Save(b.Context(), record(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := jobstore.Open(path, identity)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
