package runtime_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file, or writes it with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got): go test ./runtime -update accepts it\n%s", file, diff)
	}
}

// gatewayError is an error of a server, as the client makes them.
type gatewayError struct{}

func (gatewayError) Error() string {
	return "HTTP 502 from GET https://cb.example/api: bad\x1b[2Jgateway"
}
func (gatewayError) Kind() string { return "ServerError" }
func (gatewayError) Facts() map[string]any {
	return map[string]any{"status": 502, "retry_after": "30s", "server": "cb\x07", "code": ""}
}
func (gatewayError) Hint() string { return "the server is busy: try again later" }

// brokenQuery delivers one result and then fails, as a query whose second page cannot be read.
type brokenQuery struct{ starlark.Value }

func (q brokenQuery) String() string           { return "<query>" }
func (q brokenQuery) Type() string             { return "Query" }
func (q brokenQuery) Len() int                 { return 2 }
func (q brokenQuery) Index(int) starlark.Value { return starlark.MakeInt(1) }
func (q brokenQuery) Slice(_, _, _ int) starlark.Value {
	return starlark.NewList([]starlark.Value{starlark.MakeInt(1)})
}
func (q brokenQuery) Iterate() starlark.Iterator { return &brokenIterator{} }

type brokenIterator struct{ n int }

func (i *brokenIterator) Next(p *starlark.Value) bool {
	if i.n++; i.n > 1 {
		bindings.Raise(gatewayError{})
	}
	*p = starlark.MakeInt(i.n)
	return true
}
func (i *brokenIterator) Done() {}

// predeclared are the names of the scripts in testdata that stand for a host.
func predeclared() starlark.StringDict {
	env := builtins.Predeclared()
	maps.Copy(env, starlark.StringDict{
		"broken": brokenQuery{starlark.None},
		"crash": starlark.NewBuiltin("crash", func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			panic("a nil map, say")
		}),
	})
	return env
}

func TestReport(t *testing.T) {
	dirs, err := filepath.Glob("testdata/report/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases in testdata/report: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			s, err := runtime.Open(filepath.Join(dir, "main.star"), "")
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.Name = "main.star"
			rt, err := runtime.New(runtime.Config{
				Predeclared: predeclared(),
				Modules:     map[string]runtime.ModuleFunc{"cb/response": nil},
				Limits:      runtime.Limits{Steps: 100_000},
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = rt.Run(t.Context(), s)
			if err == nil {
				t.Fatal("the script ran to its end, want an error")
			}
			golden(t, filepath.Join(dir, "want.txt"), fmt.Sprintf("%sexit code %d\n", runtime.Report(err), runtime.ExitCode(err)))
		})
	}
}

func TestReportOfOtherErrors(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
		code int
	}{
		{"none", nil, "", runtime.ExitDone},
		{"plain", errors.New("no\x1b such thing"), "no\\x1b such thing\n", runtime.ExitScript},
		{"kind", fmt.Errorf("read sensor 7: %w", gatewayError{}),
			"ServerError: read sensor 7: HTTP 502 from GET https://cb.example/api: bad\\x1b[2Jgateway\n" +
				"  retry_after: 30s\n  server: cb\\x07\nhint: the server is busy: try again later\n", runtime.ExitServer},
		{"interrupted", &runtime.InterruptedError{Cause: context.Canceled}, "InterruptedError: interrupted\n", runtime.ExitInterrupted},
		{"internal", &runtime.InternalError{Value: "x", Stack: []byte("goroutine 7 [running]")},
			"InternalError: internal error: x\nhint: this is a fault of cbscript, not of the script: please report it, with the script and this text\n",
			runtime.ExitInternal},
		{"usage", &runtime.UsageError{Err: errors.New("open x: no")}, "UsageError: open x: no\n", runtime.ExitUsage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, runtime.Report(tt.err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if code := runtime.ExitCode(tt.err); code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
		})
	}
}

func TestReportHasNoGoStack(t *testing.T) {
	rt, err := runtime.New(runtime.Config{Predeclared: predeclared()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: "crash()"})
	var internal *runtime.InternalError
	if !errors.As(err, &internal) || !strings.Contains(string(internal.Stack), "goroutine") {
		t.Fatalf("got %v, want an InternalError with the Go stack", err)
	}
	if report := runtime.Report(err); strings.Contains(report, "goroutine") || strings.Contains(report, ".go:") {
		t.Errorf("the report shows the Go stack:\n%s", report)
	}
}
