package output_test

import (
	"bytes"
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/output"
	"github.com/google/go-cmp/cmp"
)

// sample is how many rows a table holds.
const sample = 1000

// manyRows writes n rows and gives the writer, with what it wrote.
func manyRows(t testing.TB, format string, o output.Options, n int) (output.Rows, *bytes.Buffer) {
	t.Helper()
	var got bytes.Buffer
	w, err := output.NewRows(format, &got, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := w.Write(output.Row{{"host", fmt.Sprintf("ws-%d", i)}, {"count", int64(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	return w, &got
}

// TestManyRows writes further rows to a table that has begun.
func TestManyRows(t *testing.T) {
	const wide = "a-name-that-is-longer-than-all-before-it"
	for name, test := range map[string]struct {
		format string
		o      output.Options
		rows   []output.Row
		want   string
	}{
		"as wide as before": {"table", output.Options{}, []output.Row{{{"host", "x"}, {"count", int64(7)}}},
			"x           7\n"},
		"no terminal: nothing is cut": {"table", output.Options{}, []output.Row{{{"host", wide}, {"count", int64(7)}}, {{"host", "x"}}},
			wide + "      7\nx\n"},
		"a terminal: cut to the columns": {"table", output.Options{Width: 80}, []output.Row{{{"host", wide}, {"count", int64(1234567)}}},
			"a-nam…  1234…\n"},
		"text among numbers": {"table", output.Options{}, []output.Row{{{"host", "x"}, {"count", "none"}}},
			"x        none\n"},
		"control characters": {"table", output.Options{}, []output.Row{{{"host", "\x1b[2J\n"}}},
			`\x1b[2J\n` + "\n"},
		"a new name begins a new table": {"table", output.Options{}, []output.Row{{{"host", "x"}, {"user", wide}}, {{"count", int64(7)}}},
			"\nhost  count  user\nx            " + wide + "\n          7\n"},
		"Markdown": {"markdown", output.Options{}, []output.Row{{{"host", "a|b"}, {"count", int64(7)}}},
			"| a\\|b | 7 |\n"},
		"Markdown, a new name": {"markdown", output.Options{}, []output.Row{{{"user", "*"}}},
			"\n| host | count | user |\n| --- | --- | --- |\n|  |  | \\* |\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w, got := manyRows(t, test.format, test.o, sample)
			before := got.String()
			for _, row := range test.rows {
				if err := w.Write(row); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, strings.TrimPrefix(got.String(), before)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestTableHolds: a table holds its first rows and no more, however many come and however large they are.
func TestTableHolds(t *testing.T) {
	for _, format := range []string{"table", "markdown"} {
		w, got := manyRows(t, format, output.Options{}, sample-1)
		if got.Len() > 0 {
			t.Errorf("%s: wrote %d bytes before it knew its columns", format, got.Len())
		}
		for i := range 3 * sample {
			if err := w.Write(output.Row{{"host", "x"}}); err != nil {
				t.Fatal(err)
			}
			headers := strings.Count(format, "table") + 2*strings.Count(format, "markdown")
			if lines := bytes.Count(got.Bytes(), []byte("\n")); lines != headers+sample+i {
				t.Fatalf("%s: %d lines after %d rows", format, lines, sample+i)
			}
		}
	}
	w, got := manyRows(t, "table", output.Options{}, 0)
	for range 5 {
		if err := w.Write(output.Row{{"text", strings.Repeat("x", 1<<20)}}); err != nil {
			t.Fatal(err)
		}
	}
	if written := bytes.Count(got.Bytes(), []byte("x")); written != 5<<20+1 { // and the x of the name
		t.Errorf("wrote %d of 5 MiB", written)
	}
}

// broken is a file that takes nothing.
type broken struct{}

var errFull = errors.New("no space left on device")

func (broken) Write([]byte) (int, error) { return 0, errFull }

// TestTableCannotBeWritten: the row that is written first has the error, and so has the end of a small table.
func TestTableCannotBeWritten(t *testing.T) {
	w, err := output.NewRows("table", broken{}, output.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range sample {
		err = w.Write(output.Row{{"a", int64(1)}})
		if want := i == sample-1; errors.Is(err, errFull) != want {
			t.Fatalf("row %d: got %v", i, err)
		}
	}
	if w, err = output.NewRows("table", broken{}, output.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(output.Row{{"a", int64(1)}}), w.Close()); !errors.Is(err, errFull) {
		t.Errorf("the end of a small table: got %v", err)
	}
}

// BenchmarkTableMemory shows what is held after many rows.
func BenchmarkTableMemory(b *testing.B) {
	for _, n := range []int{1_000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var held uint64
			for b.Loop() {
				w, err := output.NewRows("table", discard{}, output.Options{})
				if err != nil {
					b.Fatal(err)
				}
				var before, after goruntime.MemStats
				goruntime.GC()
				goruntime.ReadMemStats(&before)
				for i := range n {
					if err := w.Write(output.Row{{"host", fmt.Sprintf("ws-%d", i)}, {"cmdline", fmt.Sprintf("net use %d", i)}}); err != nil {
						b.Fatal(err)
					}
				}
				goruntime.GC()
				goruntime.ReadMemStats(&after)
				held = max(held, after.HeapAlloc-min(before.HeapAlloc, after.HeapAlloc))
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(held), "held-B")
		})
	}
}
