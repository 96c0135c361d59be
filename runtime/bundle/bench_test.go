package bundle_test

import (
	"fmt"
	"testing"

	"github.com/cbscript/cbscript/runtime/bundle"
)

// BenchmarkLoad loads a signed bundle of 50 scripts of 4 KiB, as each run does that uses one.
func BenchmarkLoad(b *testing.B) {
	files := map[string][]byte{}
	for i := range 50 {
		files[fmt.Sprintf("lib/hunt_%02d.star", i)] = make([]byte, 4<<10)
	}
	made := build(b, manifest(), files)
	public, private := newKey(b, 1)
	l := installed(b, made, bundle.Sign(made, private))
	l.Trust = trustOf(b, fmt.Sprintf("acme %s\n", public))
	b.ReportAllocs()
	b.SetBytes(int64(len(made.Bytes())))
	for b.Loop() {
		if _, _, err := l.Load("acme/hunts"); err != nil {
			b.Fatal(err)
		}
	}
}
