package check_test

import (
	"os"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/check"
)

// corpusText joins innocent scripts to a text of about n bytes.
func corpusText(b *testing.B, n int) []byte {
	b.Helper()
	var out strings.Builder
	for out.Len() < n {
		for _, path := range scripts(b, "innocent") {
			src, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			if strings.Contains(string(src), "load(") || strings.Contains(string(src), "meta(") {
				continue // only once in a script
			}
			out.Write(src)
			if out.Len() >= n {
				break
			}
		}
	}
	return []byte(out.String())
}

// BenchmarkScript100KB checks innocent scripts joined to 100 KB.
func BenchmarkScript100KB(b *testing.B) {
	src := corpusText(b, 100<<10)
	benchmark(b, src, check.Options{Surface: surface{}})
}

// BenchmarkKnown100KB looks for ten known values besides.
func BenchmarkKnown100KB(b *testing.B) {
	src := corpusText(b, 100<<10)
	gen := newGenerator(30)
	opts := check.Options{Surface: surface{}}
	for range 10 {
		opts.Known = append(opts.Known, check.KnownValue{Label: "token", Value: gen.of(lowerHex, 40)})
	}
	benchmark(b, src, opts)
}

// BenchmarkIndicators100KB checks one list of SHA-1 values.
func BenchmarkIndicators100KB(b *testing.B) {
	gen := newGenerator(31)
	var src strings.Builder
	src.WriteString("SHA1S = [\n")
	for src.Len() < 100<<10 {
		src.WriteString("    \"" + gen.of(lowerHex, 40) + "\",\n")
	}
	src.WriteString("]\nfor h in SHA1S:\n    print(h)\n")
	benchmark(b, []byte(src.String()), check.Options{Surface: surface{}})
}

func benchmark(b *testing.B, src []byte, opts check.Options) {
	b.ReportAllocs()
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		r, err := check.Script("x.star", src, opts)
		if err != nil || !r.OK() {
			b.Fatal(err, r.Findings)
		}
	}
}
