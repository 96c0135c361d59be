//go:build linux && !race

package worker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/worker"
)

// TestBombs runs scripts that take more than they may, many of them in one step, where a process that runs them itself
// would end. Each must end by its limit and within two seconds of its time, with this process still here.
//
// The race detector's own memory does not fit into the limits that are tested here, so it does not build this file.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes gigabytes")
	}
	const limit, script, done = runtime.ExitLimit, runtime.ExitScript, runtime.ExitDone
	const memory = "more than 128 MiB of memory"
	for _, test := range []struct {
		name, source, want string
		code               int
	}{
		{"string in one step", `x = "x" * ((1 << 30) - 1)` + "\nprint(len(x))", memory, limit},
		{"list in one step", `x = [0] * ((1 << 30) - 1)`, memory, limit},
		{"sorted", "x = sorted(range(50000000))", memory, limit},
		{"list", "x = list(range(50000000))\ny = list(x)", memory, limit},
		{"zip", "r = range(50000000)\nx = zip(r, r, r)", memory, limit},
		{"list doubling", "l = [0]\nfor i in range(40): l += l", memory, limit},
		{"string doubling", "s = \"x\"\nfor i in range(60): s += s", memory, limit},
		{"strings kept", "l = []\nfor i in range(50000000): l.append(str(i) * 1000)", memory, limit},
		{"comprehension", "l = [str(i) for i in range(50000000)]", memory, limit},
		{"dict growth", "d = {}\nfor i in range(50000000): d[i] = i", memory, limit},
		{"nested dicts", "d = {}\nfor i in range(50000000): d = {\"k\": d}", memory, limit},
		{"big integers", "x = 3\nfor i in range(60): x = x * x", "LimitError", limit},
		{"join", "s = \"x\" * 1000000\nx = \"\".join([s] * 2000)", memory, limit},
		{"replace", "s = \"x\" * 1000000\nx = s.replace(\"x\", \"y\" * 2000)", memory, limit},
		{"format", "s = \"x\" * 100000000\nx = \"{0}{0}{0}{0}{0}{0}{0}{0}\".format(s)", memory, limit},
		{"deep JSON", `json.decode("[" * 5000000)`, "nested", script},
		{"large JSON", `json.decode("[" + "0," * 60000000 + "0]")`, memory, limit},
		{"nested list", "x = []\nfor i in range(20000000): x = [x]", memory, limit},
		{"recursion", "def f(n): return f(n + 1) + 1\nf(0)", "nested more than 5,000 deep", limit},
		{"busy loop", "for i in range(50000000):\n    for j in range(50000000): pass", "longer than 3s", limit},
		{"busy builtin", "def f(x): return 0\nfor i in range(50000000): max(range(50000000))", "longer than 3s", limit},
		{"print flood", "s = \"x\" * 1000000\nfor i in range(50000000): print(s)", "more than 64 MiB of output", limit},
		{"log flood", "s = \"x\" * 1000000\nfor i in range(50000000): log.error(s)", "", limit},
		{"threads", "def f(i):\n    l = []\n    for j in range(50000000): l.append(str(j) * 1000)\nparallel(f, range(64), workers = 64)", memory, limit},
		{"long sum", "x = 1" + strings.Repeat("+1", 20_000), "", done},
	} {
		t.Run(test.name, func(t *testing.T) {
			limits := runtime.Limits{Memory: 128 << 20, Time: 3 * time.Second, Output: 64 << 20, Steps: runtime.Unlimited}
			if test.want == memory {
				limits.Time = time.Minute // on a busy machine the memory is to be the first limit, too
			}
			begun := time.Now()
			got, err := run(t, test.source, worker.Options{}, runtime.Config{Limits: limits}, guard.Config{})
			if got.Code != test.code {
				t.Errorf("exit code %d, want %d", got.Code, test.code)
			}
			report := runtime.Report(err)
			if !strings.Contains(report, test.want) || strings.Contains(report, "goroutine") {
				t.Errorf("the report is\n%s\nwant %q in it", report, test.want)
			}
			if took := time.Since(begun); took > limits.Time+limits.Filled().Grace+patience {
				t.Errorf("it took %v", took)
			}
		})
	}
}
