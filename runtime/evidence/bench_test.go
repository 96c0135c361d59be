package evidence_test

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/cbscript/cbscript/runtime/evidence"
)

// BenchmarkSave is what a file costs, by its size: a small one is three waits for the disk.
func BenchmarkSave(b *testing.B) {
	for _, size := range []int{1 << 10, 64 << 20} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			f, err := evidence.Open(b.TempDir(), evidence.Config{})
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			data := bytes.Repeat([]byte("x"), size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				if _, err := f.Save(b.Context(), strconv.Itoa(n), bytes.NewReader(data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkVerify is what a saved byte costs to verify.
func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	f, err := evidence.Open(dir, evidence.Config{})
	if err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte("x"), 64<<20)
	if _, err := f.Save(b.Context(), "a", bytes.NewReader(data)); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := evidence.Verify(b.Context(), dir, evidence.Expected{}); err != nil {
			b.Fatal(err)
		}
	}
}
