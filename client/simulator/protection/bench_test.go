package protection

import (
	"testing"

	"github.com/cbscript/cbscript/client/simulator/story"
)

func BenchmarkTell(b *testing.B) {
	s := story.Standard()
	for b.Loop() {
		p, err := New(s, Options{})
		if err != nil {
			b.Fatal(err)
		}
		p.mu.Lock()
		p.table("computer")
		p.mu.Unlock()
	}
}
