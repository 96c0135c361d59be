package bindings_test

import (
	"fmt"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/demo/rawread"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// walkRows is how many results the benchmarks walk over.
const walkRows = 10_000

// BenchmarkWalk compares a script that walks results and reads five attributes of each with reading the same pages raw,
// one after the other, with the server's latency as a knob.
func BenchmarkWalk(b *testing.B) {
	for _, latency := range []time.Duration{0, 20 * time.Millisecond} {
		d, err := demo.Start(simulator.Options{Bulk: walkRows, Latency: latency})
		if err != nil {
			b.Fatal(err)
		}
		defer d.Close()
		b.Run(fmt.Sprintf("raw/%s", latency), func(b *testing.B) {
			for b.Loop() {
				if err := rawread.Pages(b.Context(), d, walkRows); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*walkRows/b.Elapsed().Seconds(), "results/s")
		})
		b.Run(fmt.Sprintf("script/%s", latency), func(b *testing.B) {
			cb := response.New(d.Gate)
			env := bindings.NewConnection(cb.Product(), func() (*client.Client, error) { return cb, nil }).Names()
			thread := &starlark.Thread{Name: "bench"}
			defer bindings.Attach(thread, b.Context())()
			b.ReportAllocs()
			for b.Loop() {
				_, err := bindings.SafeCall(thread, func() (starlark.Value, error) {
					return starlark.None, runScript(thread, `
for p in select(Process).where("process_name:bulk.exe"):
    (p.process_name, p.cmdline, p.username, p.hostname, p.process_pid)
`, env)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*walkRows/b.Elapsed().Seconds(), "results/s")
		})
	}
}

// BenchmarkAttr reads one attribute of an object that holds it.
func BenchmarkAttr(b *testing.B) {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	o, err := response.New(d.Gate).Select(response.Process).Where("process_name:net.exe").First(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	v, err := bindings.FromGo(o)
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"hostname", "process_pid", "cmdline", "start", "walk_parents"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.(starlark.HasAttrs).Attr(name); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
