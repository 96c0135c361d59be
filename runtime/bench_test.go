package runtime_test

import (
	"testing"

	"github.com/cbscript/cbscript/runtime"
	"go.starlark.net/starlark"
)

// BenchmarkEmptyScript is what every run costs: threads, counters, goroutine, watch.
func BenchmarkEmptyScript(b *testing.B) {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		b.Fatal(err)
	}
	s := &runtime.Script{Name: "x.star"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.Run(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}

const loop = "def spin():\n    for i in range(1000000):\n        pass\nspin()"

// BenchmarkLoop and BenchmarkLoopWithoutLimits show what the checks of the limits cost.
func BenchmarkLoop(b *testing.B) {
	rt, err := runtime.New(runtime.Config{Limits: runtime.Limits{Steps: runtime.Unlimited}})
	if err != nil {
		b.Fatal(err)
	}
	s := &runtime.Script{Name: "x.star", Source: loop}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.Run(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoopWithoutLimits(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, err := starlark.ExecFileOptions(runtime.Dialect(), &starlark.Thread{}, "x.star", loop, nil)
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReport is the first error of a process: it compiles the hints.
func BenchmarkReport(b *testing.B) {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		b.Fatal(err)
	}
	_, err = rt.Run(b.Context(), &runtime.Script{Name: "x.star", Source: "def f(x): return x.y\nf(None)"})
	if err == nil {
		b.Fatal("the script ran to its end")
	}
	b.ReportAllocs()
	for b.Loop() {
		if runtime.Report(err) == "" {
			b.Fatal("no report")
		}
	}
}

// BenchmarkDescribe is what --help and the flags of a script cost.
func BenchmarkDescribe(b *testing.B) {
	s := &runtime.Script{Name: "x.star", Source: hunt}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := runtime.Describe(s); err != nil {
			b.Fatal(err)
		}
	}
}
