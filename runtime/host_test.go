package runtime_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/evidence"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/google/go-cmp/cmp"
)

// steps counts the steps of a progress.
type steps struct{ log *strings.Builder }

func (s steps) Step() { s.log.WriteString("+") }
func (s steps) End()  { s.log.WriteString(".") }

func TestHost(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	folder, err := evidence.Open(dir, evidence.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	var printed, emitted, logged bytes.Buffer
	var shown strings.Builder
	rows, err := output.NewRows("jsonl", &emitted, output.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dropTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	rt, err := runtime.New(runtime.Config{
		Predeclared: builtins.Predeclared(), Print: &printed, Rows: rows, Artifacts: folder,
		ScriptLog: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{ReplaceAttr: dropTime})),
		Progress: func(label string, total int) builtins.Progress {
			shown.WriteString(label + ":")
			return steps{&shown}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	source := `
def work(n):
    print("work", n)
    emit(n = n, square = n * n)
    return n

print(parallel(work, progress([1, 2, 3], label = "numbers")))
log.warn("slow", host = "ws-1")
print(artifact("a/b.txt", "data"))
`
	if _, err := rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: source}); err != nil {
		t.Fatal(runtime.Report(err))
	}
	saved, err := os.ReadFile(filepath.Join(dir, "a/b.txt"))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{printed.String(), emitted.String(), logged.String(), shown.String(), string(saved)}
	want := []string{
		"work 1\nwork 2\nwork 3\n[1, 2, 3]\n4\n",
		"{\"n\":1,\"square\":1}\n{\"n\":2,\"square\":4}\n{\"n\":3,\"square\":9}\n",
		"level=WARN msg=slow host=ws-1\n",
		"numbers:+++.",
		"data",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestHostRefuses(t *testing.T) {
	tests := []struct {
		name, source string
		limits       runtime.Limits
		want         string
		code         int
	}{
		{"artifact without a folder", `artifact("a.txt", "x")`, runtime.Limits{}, `the file "a.txt" is not saved`, runtime.ExitDenied},
		{"rows beyond the limit", `[emit(n = "0123456789") for _ in range(100)]`, runtime.Limits{Output: 100}, "more than 100 bytes of output", runtime.ExitLimit},
		{"log beyond the limit", `[log.info("0123456789", n = 1) for _ in range(100)]`, runtime.Limits{Output: 100}, "more than 100 bytes of output", runtime.ExitLimit},
		{"steps of all workers", "def f(n):\n    for i in range(1500): pass\nparallel(f, range(100))", runtime.Limits{Steps: 100_000}, "more than 100,000 steps", runtime.ExitLimit},
		{"depth in a worker", "def f(n): return f(n)\nparallel(f, [1])", runtime.Limits{}, "nested more than 5,000 deep", runtime.ExitLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := output.NewRows("csv", &bytes.Buffer{}, output.Options{})
			if err != nil {
				t.Fatal(err)
			}
			rt, err := runtime.New(runtime.Config{
				Predeclared: builtins.Predeclared(), Limits: tt.limits, Rows: rows,
				ScriptLog: slog.New(slog.NewTextHandler(io.Discard, nil)),
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: tt.source})
			if err == nil || !strings.Contains(err.Error(), tt.want) || runtime.ExitCode(err) != tt.code {
				t.Errorf("got %v with exit code %d, want %q with %d", err, runtime.ExitCode(err), tt.want, tt.code)
			}
		})
	}
}

// A limit cannot be caught: the script would go on without it.
func TestAttemptCatchesNoLimit(t *testing.T) {
	rt, err := runtime.New(runtime.Config{Predeclared: builtins.Predeclared(), Limits: runtime.Limits{Steps: 10_000}})
	if err != nil {
		t.Fatal(err)
	}
	source := "def spin():\n    for i in range(1000000): pass\nr = attempt(spin)\nafter = 1"
	result, err := rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: source})
	var limit *runtime.LimitError
	if !errors.As(err, &limit) {
		t.Fatalf("got %v, want a LimitError", err)
	}
	if result.Globals.Has("after") {
		t.Error("the script went on after the limit")
	}
}
