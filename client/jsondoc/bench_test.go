package jsondoc_test

import (
	"encoding/json"
	"testing"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// BenchmarkIndexPage reads a page, and nothing of its documents.
func BenchmarkIndexPage(b *testing.B) {
	page := searchPage(100)
	var shapes jsondoc.Shapes
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		rows, _, err := jsondoc.ParsePage(page, "results", &shapes)
		if err != nil || len(rows) != 100 {
			b.Fatalf("%d rows: %v", len(rows), err)
		}
	}
}

// BenchmarkReadPage reads five attributes of each document, as a script does.
func BenchmarkReadPage(b *testing.B) {
	page := searchPage(100)
	var shapes jsondoc.Shapes
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		rows, _, err := jsondoc.ParsePage(page, "results", &shapes)
		if err != nil {
			b.Fatal(err)
		}
		length := 0
		for _, row := range rows {
			for _, name := range []string{"hostname", "process_name", "cmdline", "username"} {
				v, _ := row.Get(name)
				length += len(v.Text())
			}
			v, _ := row.Get("process_pid")
			if _, ok := v.Int64(); !ok {
				b.Fatal("no process_pid")
			}
		}
		if length == 0 {
			b.Fatal("nothing read")
		}
	}
}

// BenchmarkChangingNames reads documents that lack one member or another, so that each differs from the one before.
func BenchmarkChangingNames(b *testing.B) {
	page := patchyPage(100)
	var shapes jsondoc.Shapes
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := jsondoc.ParsePage(page, "results", &shapes); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodingJSON is the same page through encoding/json, for comparison.
func BenchmarkEncodingJSON(b *testing.B) {
	page := searchPage(100)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		var v map[string]any
		if err := json.Unmarshal(page, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	rows, _, err := jsondoc.ParsePage(searchPage(1), "results", nil)
	if err != nil {
		b.Fatal(err)
	}
	row := rows[0]
	b.Run("string", func(b *testing.B) {
		for b.Loop() {
			v, _ := row.Get("hostname")
			if v.Text() == "" {
				b.Fatal("empty")
			}
		}
	})
	b.Run("escaped", func(b *testing.B) {
		for b.Loop() {
			v, _ := row.Get("cmdline")
			if v.Text() == "" {
				b.Fatal("empty")
			}
		}
	})
	b.Run("integer", func(b *testing.B) {
		for b.Loop() {
			v, _ := row.Get("process_pid")
			if _, ok := v.Int64(); !ok {
				b.Fatal("not a number")
			}
		}
	})
}
