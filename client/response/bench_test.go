package response_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// latencies are the server's, as the benchmarks' knob.
var latencies = []time.Duration{0, 20 * time.Millisecond}

const (
	benchRows = 5000
	pageRows  = 100
)

// BenchmarkRaw reads the pages of a search one after the other and looks at nothing: what the server and the network
// allow.
func BenchmarkRaw(b *testing.B) {
	for _, latency := range latencies {
		b.Run(fmt.Sprint(latency), func(b *testing.B) {
			d, _ := start(b, simulator.Options{Bulk: benchRows, Latency: latency})
			buffer := make([]byte, 64<<10)
			for b.Loop() {
				for at := 0; at < benchRows; at += pageRows {
					url := fmt.Sprintf("%s/api/v1/process?cb.urlver=1&facet=false&q=process_name%%3Abulk.exe&rows=%d&sort=last_update+desc&start=%d",
						d.Simulator.URL(), pageRows, at)
					req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
					if err != nil {
						b.Fatal(err)
					}
					resp, err := d.Gate.RoundTrip(req)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := io.CopyBuffer(io.Discard, resp.Body, buffer); err != nil {
						b.Fatal(err)
					}
					resp.Body.Close()
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
