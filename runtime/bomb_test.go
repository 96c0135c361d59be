package runtime_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/cbscript/cbscript/runtime"
)

// bombVariable makes the test program run a bomb instead of the tests, for that long at most, so that a bomb which is not stopped ends a
// process of its own.
const bombVariable = "CBSCRIPT_TEST_BOMB"

func TestMain(m *testing.M) {
	if limit, err := time.ParseDuration(os.Getenv(bombVariable)); err == nil {
		source, err := io.ReadAll(os.Stdin)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(runBomb(context.Background(), string(source), limit))
	}
	os.Exit(m.Run())
}

// runBomb runs a script as a command would, and returns its exit code.
func runBomb(ctx context.Context, source string, limit time.Duration) int {
	explain := func(err error) int {
		fmt.Print(runtime.Report(err))
		return runtime.ExitCode(err)
	}
	rt, err := runtime.New(runtime.Config{
		Print:  io.Discard,
		Limits: runtime.Limits{Memory: 128 << 20, Time: limit, Output: 256 << 20, Steps: runtime.Unlimited},
		OnHang: func(err error) { os.Exit(explain(err)) },
	})
	if err != nil {
		return explain(err)
	}
	_, err = rt.Run(ctx, &runtime.Script{Name: "bomb.star", Source: source})
	return explain(err)
}

func TestBombs(t *testing.T) {
	const limit, script, done = runtime.ExitLimit, runtime.ExitScript, runtime.ExitDone
	tests := []struct {
		name, source, want string
		code               int
	}{
		{"busy loop", "for i in range(1000000000000): pass", "longer than 1s", limit},
		{"busy builtin", "max(range(100000000000))", "longer than 1s; the script did not stop within 2s", limit},
		{"recursion", "def f(n): return f(n + 1) + 1\nf(0)", "nested more than 5,000 deep", limit},
		{"recursion through a callback", "def f(x): return sorted([x, x], key = f)\nf(0)", "nested more than 5,000 deep", limit},
		{"strings kept", "l = []\nfor i in range(1000000000): l.append(str(i) * 1000)", "more than 128 MiB of memory", limit},
		{"string doubling", "s = \"x\"\nfor i in range(60): s += s\nfor i in range(1000000000): pass", "more than 128 MiB of memory", limit},
		{"list doubling", "l = [0]\nfor i in range(40):\n    l += l\n    for j in range(10000): pass", "more than 128 MiB of memory", limit},
		{"comprehension", "l = [str(i) for i in range(1000000000)]", "more than 128 MiB of memory", limit},
		{"dict growth", "d = {}\nfor i in range(1000000000): d[i] = i", "more than 128 MiB of memory", limit},
		{"nested dicts", "d = {}\nfor i in range(1000000000): d = {\"k\": d}", "more than 128 MiB of memory", limit},
		{"big integers", "x = 3\nfor i in range(60): x = x * x", "LimitError", limit},
		{"print flood", "s = \"x\" * 1000000\nfor i in range(1000000000): print(s)", "more than 256 MiB of output", limit},
		{"nesting of the source", "x = " + strings.Repeat("(", 50_000), "excessive nesting", script},
		{"long sum", "x = 1" + strings.Repeat("+1", 120_000), "", done},
		{"huge source", strings.Repeat("x = 1\n", 50_000), "larger than 256 KiB", limit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0])
			cmd.Env = append(os.Environ(), bombVariable+"=20s")
			if strings.HasPrefix(tt.name, "busy") || tt.name == "big integers" {
				cmd.Env = append(os.Environ(), bombVariable+"=1s")
			}
			cmd.Stdin = strings.NewReader(tt.source)
			out, err := cmd.CombinedOutput()
			if ctx.Err() != nil {
				t.Fatal("the bomb was not stopped")
			}
			code := cmd.ProcessState.ExitCode()
			if code != tt.code {
				t.Errorf("exit code %d (%v), want %d", code, err, tt.code)
			}
			if !strings.Contains(string(out), tt.want) {
				t.Errorf("got\n%s\nwant a report with %q", out, tt.want)
			}
		})
	}
}
