package events_test

import (
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client/response/events"
)

// BenchmarkDecode decodes lists of 1000 entries; MB/s are of the list's text.
func BenchmarkDecode(b *testing.B) {
	done := map[string]bool{}
	for _, test := range entryTests() {
		if done[test.list] || test.version != events.V4 {
			continue
		}
		done[test.list] = true
		entry := strings.NewReplacer("\n", " ", "\t", "").Replace(test.entry)
		d := process(b, test.list, "["+strings.Repeat(entry+", ", 999)+entry+"]")
		b.Run(test.list, func(b *testing.B) {
			b.SetBytes(int64(1000 * len(entry)))
			b.ReportAllocs()
			for b.Loop() {
				if got, err := read(b, d, test.list, test.version); err != nil || len(got) != 1000 {
					b.Fatal(len(got), err)
				}
			}
		})
	}
}
