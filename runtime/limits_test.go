package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/runtime"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
)

// builtin makes a predeclared name of a function without arguments.
func builtin(name string, f func(t *starlark.Thread) error) starlark.StringDict {
	return starlark.StringDict{name: starlark.NewBuiltin(name,
		func(t *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, f(t)
		})}
}

func TestLimits(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	client := &http.Client{Transport: runtime.CountRequests(http.DefaultTransport)}
	get := builtin("get", func(t *starlark.Thread) error {
		req, err := http.NewRequestWithContext(bindings.Context(t), "GET", server.URL, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	})
	tests := []struct {
		name, source string
		limits       runtime.Limits
		want         runtime.LimitError
		text         string
	}{
		{"steps", "for i in range(10000): pass", runtime.Limits{Steps: 500},
			runtime.LimitError{Limit: "steps", Value: "500", Flag: "--max-steps"}, "the script took more than 500 steps"},
		{"depth", "def f(): f()\nf()", runtime.Limits{Depth: 100},
			runtime.LimitError{Limit: "depth", Value: "100", Flag: "--max-depth"}, "calls are nested more than 100 deep"},
		{"depth through builtins", "def f(x): return sorted([1], key = f)\nf(1)", runtime.Limits{},
			runtime.LimitError{Limit: "depth", Value: "5,000", Flag: "--max-depth"}, "calls are nested more than 5,000 deep"},
		{"memory", "l = []\nfor i in range(100000000): l.append(str(i) * 10)", runtime.Limits{Memory: 32 << 20},
			runtime.LimitError{Limit: "memory", Value: "32 MiB", Flag: "--max-memory"}, "the script used more than 32 MiB of memory"},
		{"output", "for i in range(100): print(i)", runtime.Limits{Output: 10},
			runtime.LimitError{Limit: "output", Value: "10 bytes", Flag: "--max-output"}, "the script wrote more than 10 bytes of output"},
		{"output at the end", `print("0123456789")`, runtime.Limits{Output: 10},
			runtime.LimitError{Limit: "output", Value: "10 bytes", Flag: "--max-output"}, "the script wrote more than 10 bytes of output"},
		{"source", "x = 1" + strings.Repeat(" ", 1024), runtime.Limits{Source: 1024},
			runtime.LimitError{Limit: "source", Value: "1 KiB", Flag: "--max-source"}, "x.star: the script is larger than 1 KiB"},
		{"requests", "for i in range(5): get()", runtime.Limits{Requests: 3},
			runtime.LimitError{Limit: "requests", Value: "3", Flag: "--max-requests"}, "the script made more than 3 requests"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rt, err := runtime.New(runtime.Config{Limits: tt.limits, Predeclared: get})
			if err != nil {
				t.Fatal(err)
			}
			_, err = rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: tt.source})
			var limit *runtime.LimitError
			if !errors.As(err, &limit) {
				t.Fatalf("got %v, want a LimitError", err)
			}
			if diff := cmp.Diff(tt.want, *limit); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if err.Error() != tt.text {
				t.Errorf("text %q, want %q", err, tt.text)
			}
			if code := runtime.ExitCode(err); code != runtime.ExitLimit {
				t.Errorf("exit code %d, want %d", code, runtime.ExitLimit)
			}
		})
	}
}

func TestUnlimited(t *testing.T) {
	var out bytes.Buffer
	const none = runtime.Unlimited
	rt, err := runtime.New(runtime.Config{Print: &out, Limits: runtime.Limits{
		Steps: none, Depth: none, Memory: none, Time: none, Output: none, Requests: none, Source: none}})
	if err != nil {
		t.Fatal(err)
	}
	source := "def f(n): return n if n == 0 else f(n - 1)\nprint(f(6000))" + strings.Repeat(" ", 300_000)
	if _, err := rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: source}); err != nil {
		t.Error(runtime.Report(err))
	}
	if out.String() != "0\n" {
		t.Errorf("printed %q, want 0", out.String())
	}
}

func TestCancel(t *testing.T) {
	wait := builtin("wait", func(t *starlark.Thread) error {
		ctx := bindings.Context(t)
		<-ctx.Done()
		return context.Cause(ctx)
	})
	denied := &runtime.UsageError{Err: errors.New("the terminal went away")}
	tests := []struct {
		name, source string
		limits       runtime.Limits
		ctx          func(context.Context) (context.Context, func())
		want         string
		code         int
	}{
		{"Ctrl-C in Starlark", "for i in range(10000000000): pass", runtime.Limits{}, cancelAfter(nil), "interrupted", runtime.ExitInterrupted},
		{"Ctrl-C in a builtin", "wait()", runtime.Limits{}, cancelAfter(nil), "interrupted", runtime.ExitInterrupted},
		{"Ctrl-C with a reason", "wait()", runtime.Limits{}, cancelAfter(errors.New("second signal")), "interrupted: second signal", runtime.ExitInterrupted},
		{"a cause with a kind", "wait()", runtime.Limits{}, cancelAfter(denied), "the terminal went away", runtime.ExitUsage},
		{"timeout", "wait()", runtime.Limits{Time: 30 * time.Second}, nil, "the script ran longer than 30s", runtime.ExitLimit},
		{"deadline of the caller", "wait()", runtime.Limits{}, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			return ctx, cancel
		}, "the time allowed for the script is over", runtime.ExitLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := func(t *testing.T) {
				ctx := t.Context()
				if tt.ctx != nil {
					var cancel func()
					ctx, cancel = tt.ctx(ctx)
					defer cancel()
				}
				tt.limits.Steps = runtime.Unlimited
				rt, err := runtime.New(runtime.Config{Predeclared: wait, Limits: tt.limits})
				if err != nil {
					t.Fatal(err)
				}
				_, err = rt.Run(ctx, &runtime.Script{Name: "x.star", Source: tt.source})
				if err == nil || err.Error() != tt.want || runtime.ExitCode(err) != tt.code {
					t.Errorf("got %v with exit code %d, want %q with %d", err, runtime.ExitCode(err), tt.want, tt.code)
				}
				if report := runtime.Report(err); !strings.Contains(report, "x.star:1:") {
					t.Errorf("the report does not say where the script was:\n%s", report)
				}
			}
			if tt.source == "wait()" {
				synctest.Test(t, run) // time is the bubble's own
				return
			}
			run(t)
		})
	}
}

// cancelAfter makes a context that is cancelled a little later.
func cancelAfter(cause error) func(context.Context) (context.Context, func()) {
	return func(ctx context.Context) (context.Context, func()) {
		ctx, cancel := context.WithCancelCause(ctx)
		timer := time.AfterFunc(20*time.Millisecond, func() { cancel(cause) })
		return ctx, func() { timer.Stop(); cancel(nil) }
	}
}

func TestHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var out bytes.Buffer
		var seen error
		rt, err := runtime.New(runtime.Config{
			Print: &out,
			// The builtin ignores its context, as sorted does with a huge list.
			Predeclared: builtin("stuck", func(*starlark.Thread) error { <-release; return nil }),
			Limits:      runtime.Limits{Time: time.Minute},
			OnHang:      func(err error) { seen = err },
		})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: "stuck()\nprint(1)"})
		var hang *runtime.HangError
		var limit *runtime.LimitError
		if !errors.As(err, &hang) || !errors.As(err, &limit) || hang.Grace != 2*time.Second || runtime.ExitCode(err) != runtime.ExitLimit {
			t.Errorf("got %v with exit code %d, want a HangError after 2 s because of a limit", err, runtime.ExitCode(err))
		}
		if took := time.Since(start); took != time.Minute+2*time.Second {
			t.Errorf("took %v, want the minute and 2 s", took)
		}
		if seen != hang {
			t.Errorf("OnHang got %v, want %v", seen, hang)
		}
		close(release)
		synctest.Wait()
		if out.Len() > 0 {
			t.Errorf("the abandoned script still printed %q", out.String())
		}
	})
}

func TestCountRequestsOutsideARun(t *testing.T) {
	called := false
	rt := runtime.CountRequests(roundTrip(func(*http.Request) (*http.Response, error) { called = true; return nil, errPipe }))
	req := httptest.NewRequestWithContext(t.Context(), "GET", "http://127.0.0.1/", nil)
	if _, err := rt.RoundTrip(req); err != errPipe || !called {
		t.Errorf("got %v, want the request to pass", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
