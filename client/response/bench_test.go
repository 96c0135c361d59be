package response_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client/demo/rawread"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// latencies are the server's, as the benchmarks' knob.
var latencies = []time.Duration{0, 20 * time.Millisecond}

// benchRows is how many results are read.
const benchRows = 5000

// BenchmarkRaw reads the pages of a search one after the other and looks at nothing: what the server and the network
// allow.
func BenchmarkRaw(b *testing.B) {
	for _, latency := range latencies {
		b.Run(fmt.Sprint(latency), func(b *testing.B) {
			d, _ := start(b, simulator.Options{Bulk: benchRows, Latency: latency})
			for b.Loop() {
				if err := rawread.Pages(b.Context(), d, benchRows); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b, benchRows)
		})
	}
}

// BenchmarkWalk walks the same results as objects and reads five attributes of each.
func BenchmarkWalk(b *testing.B) {
	for _, latency := range latencies {
		b.Run(fmt.Sprint(latency), func(b *testing.B) {
			_, cb := start(b, simulator.Options{Bulk: benchRows, Latency: latency})
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for p, err := range cb.Select(response.Process).Where("process_name:bulk.exe").All(b.Context()) {
					if err != nil {
						b.Fatal(err)
					}
					for _, name := range []string{"process_name", "cmdline", "username", "hostname", "process_pid"} {
						if _, err := p.Get(b.Context(), name); err != nil {
							b.Fatal(err)
						}
					}
					n++
				}
				if n != benchRows {
					b.Fatalf("got %d results, want %d", n, benchRows)
				}
			}
			perSecond(b, benchRows)
		})
	}
}

// BenchmarkMemory walks 200,000 results and reports the heap that is in use at most.
func BenchmarkMemory(b *testing.B) {
	const rows = 200_000
	_, cb := start(b, simulator.Options{Bulk: rows})
	for b.Loop() {
		var peak uint64
		n := 0
		for p, err := range cb.Select(response.Process).Where("process_name:bulk.exe").All(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.Get(b.Context(), "cmdline"); err != nil {
				b.Fatal(err)
			}
			if n++; n%20_000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
				b.Logf("%7d results: %d MiB in use", n, m.HeapInuse>>20)
			}
		}
		b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
	}
	perSecond(b, rows)
}

func perSecond(b *testing.B, rows int) {
	b.ReportMetric(float64(b.N)*float64(rows)/b.Elapsed().Seconds(), "results/s")
}
