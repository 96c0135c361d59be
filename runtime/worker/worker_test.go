package worker_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/cbscript/cbscript/runtime/worker"
)

// TestRun runs scripts whose every use of the host must be what it is in one process.
func TestRun(t *testing.T) {
	for _, test := range []struct {
		name, source string
		config       runtime.Config
		guard        guard.Config
		want         outcome
		report       string
	}{
		{name: "text", source: `print("a", 1)` + "\n" + `print("\u00e9")`, want: outcome{Out: "a 1\n\u00e9\n"}},
		{name: "bytes that are no text", source: `print(str(b"\xff"))`, want: outcome{Out: "\ufffd\n"}},
		{name: "much text", source: `print("\u00e9" * 1500000)`, want: outcome{Out: strings.Repeat("\u00e9", 1500000) + "\n"}},
		{name: "a server", source: `print(select(Process).where("process_name:net.exe").first().process_name)`, want: outcome{Out: "net.exe\n"}},
		{name: "parameters", source: `print(param("a", 1), param("b", ""), param("c", ["x"]))`,
			config: runtime.Config{Params: runtime.NewValues(map[string][]string{"a": {"7"}, "b": {"\xff"}, "c": {"p", "q"}})},
			want:   outcome{Out: "7 \xff [\"p\", \"q\"]\n"}},
		{name: "the host's clock", source: `print(time.now())`,
			config: runtime.Config{Now: func() time.Time { return time.Date(2016, 11, 11, 21, 30, 0, 0, time.UTC) }}, want: outcome{Out: "2016-11-11 21:30:00\n"}},
		{name: "a failure", source: "def f():\n    fail(\"x\")\nf()", want: outcome{Code: runtime.ExitScript}, report: "script.star:2:9: x\nTraceback"},
		{name: "a kind", source: `fail("x", kind = "PermissionError")`, want: outcome{Code: runtime.ExitDenied}, report: "PermissionError: x"},
		{name: "a syntax error", source: `print(1`, want: outcome{Code: runtime.ExitScript}, report: "script.star:1:8: SyntaxError: "},
		{name: "control characters", source: `fail("\x1b[2J")`, want: outcome{Code: runtime.ExitScript}, report: `\x1b[2J`},
		{name: "a change that was not allowed", source: "s = select(Sensor).first()\ns.network_isolation_enabled = True\ns.save()",
			want: outcome{Code: runtime.ExitDenied}, report: `PermissionError: save Sensor 1 needs the capability "isolate", which was not granted`},
		{name: "a change that was allowed", source: "s = select(Sensor).first()\ns.network_isolation_enabled = True\ns.save()\nprint(s.network_isolation_enabled)",
			guard: guard.Config{Allow: []client.Capability{client.Isolate}}, want: outcome{Out: "True\n"}},
		{name: "a change that is shown", source: "s = select(Sensor).first()\ns.network_isolation_enabled = True\ns.save()",
			guard: guard.Config{Show: func(client.Change) {}},
			want:  outcome{Shown: []string{"save Sensor 1: PUT /api/v1/sensor/1 (needs isolate)\n  - network_isolation_enabled: false\n  + network_isolation_enabled: true\n"}}},
		{name: "reading from an endpoint while changes are shown", source: "s = select(Sensor, 11).lr_session()\nprint(len(s.list_processes()) > 3)\ns.kill_process(4)\ns.close()",
			guard: guard.Config{Show: func(client.Change) {}, Allow: []client.Capability{client.Respond}},
			want: outcome{Out: "True\n", Shown: []string{"kill 4 on sensor 11: POST /api/v1/cblr/session/1/command (needs respond-write)\n" +
				"  {\n    \"name\": \"kill\",\n    \"object\": 4,\n    \"session_id\": 1\n  }\n"}}},
		{name: "requests", source: "cb.info()\ncb.info()", config: runtime.Config{Limits: runtime.Limits{Requests: 1}},
			want: outcome{Code: runtime.ExitLimit}, report: "the script made more than 1 requests"},
		{name: "a file without a place", source: `artifact("x", "y")`, want: outcome{Code: runtime.ExitDenied}, report: "run again with --out DIR"},
		{name: "a hint", source: `print(attempt(lambda: artifact("x", "y")).error.hint)`, want: outcome{Out: "run again with --out DIR\n"}},
		{name: "no files beside it", source: `load("./x.star", "x")`, want: outcome{Code: runtime.ExitScript}, report: "has no files beside it"},
		{name: "a time zone", source: `print(time.parse_time("2016-11-11T20:00:00Z").in_location("Europe/Berlin").hour)`, want: outcome{Out: "21\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := run(t, test.source, worker.Options{}, test.config, test.guard)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s\nerror %v", diff, err)
			}
			if report := runtime.Report(err); !strings.Contains(report, test.report) || test.report == "" && report != "" {
				t.Errorf("the report is\n%s\nwant %q in it", report, test.report)
			}
		})
	}
}

// kept keeps rows.
type kept struct {
	rows []output.Row
	fail error
}

func (k *kept) Write(r output.Row) error { k.rows = append(k.rows, r); return k.fail }
func (k *kept) Close() error             { return nil }

func TestRows(t *testing.T) {
	rows := &kept{}
	_, err := run(t, `emit(a = 1, b = "x", c = None, d = True, e = 1.5, f = [1, {"k": b"\xff"}], g = 1 << 80, h = time.parse_duration("2s"), i = time.parse_time("2016-11-11T20:00:00Z"))`,
		worker.Options{}, runtime.Config{Rows: rows}, guard.Config{})
	if err != nil {
		t.Fatal(err)
	}
	want := []output.Row{{{Name: "a", Value: int64(1)}, {Name: "b", Value: "x"}, {Name: "c"}, {Name: "d", Value: true}, {Name: "e", Value: 1.5},
		{Name: "f", Value: []any{int64(1), map[string]any{"k": []byte("\xff")}}}, {Name: "g", Value: new(big.Int).Lsh(big.NewInt(1), 80)},
		{Name: "h", Value: 2 * time.Second}, {Name: "i", Value: time.Date(2016, 11, 11, 20, 0, 0, 0, time.UTC)}}}
	if diff := cmp.Diff(want, rows.rows, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	boom := errors.New("the disk is full")
	got, err := run(t, "emit(a = 1)\nfor i in range(50000000): emit(a = i)", worker.Options{}, runtime.Config{Rows: &kept{fail: boom}}, guard.Config{})
	if err == nil || got.Code != runtime.ExitScript || !strings.Contains(err.Error(), boom.Error()) {
		t.Errorf("rows that cannot be written: code %d, error %v", got.Code, err)
	}
	_, err = run(t, "emit(a = 1)", worker.Options{}, runtime.Config{Rows: &kept{fail: boom}}, guard.Config{})
	if !errors.Is(err, boom) {
		t.Errorf("the last row cannot be written: error %v", err)
	}
}

// saver keeps files.
type saver map[string]string

func (s saver) Save(_ context.Context, name string, data io.Reader) (int64, error) {
	text, err := io.ReadAll(data)
	if name == "taken" {
		return 0, errors.New("save \"taken\": there is such a file already")
	}
	s[name] = string(text)
	return int64(len(text)), err
}

func TestServices(t *testing.T) {
	saved := saver{}
	var log strings.Builder
	plain := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	sim, err := worker.Start(worker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	var out strings.Builder
	script := &runtime.Script{Name: "dir/script.star", Path: "script.star", Files: fstest.MapFS{
		"lib/net.star": {Data: []byte("seven = 7")}, "script.star": {},
	}, Source: `
load("./lib/net.star", "seven")
print(seven, artifact("a/b.txt", "text"))
r = attempt(artifact, "taken", "x")
print(r.error)
log.info("found %d", 3, host = "ws")
def other(): load_missing()
print(attempt(fail, "x", kind = "ServerError", ).error.kind)
`}
	err = sim.Run(t.Context(), script, runtime.Config{Print: &out, Artifacts: saved, ScriptLog: slog.New(slog.NewTextHandler(&log, plain))}, worker.Access{})
	report := runtime.Report(err)
	if !strings.Contains(report, "undefined: load_missing") {
		t.Errorf("the report is\n%s", report)
	}
	again, err := worker.Start(worker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	script.Source = strings.Replace(script.Source, "load_missing()", "pass", 1)
	if err = again.Run(t.Context(), script, runtime.Config{Print: &out, Artifacts: saved, ScriptLog: slog.New(slog.NewTextHandler(&log, plain))}, worker.Access{}); err != nil {
		t.Fatal(runtime.Report(err))
	}
	if diff := cmp.Diff("7 4\nError: artifact: \"taken\": save \"taken\": there is such a file already\nServerError\n", out.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(saver{"a/b.txt": "text"}, saved); diff != "" {
		t.Errorf("saved (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("level=INFO msg=\"found 3\" host=ws\n", log.String()); diff != "" {
		t.Errorf("logged (-want +got):\n%s", diff)
	}
}

// TestEnd ends a run from outside.
func TestEnd(t *testing.T) {
	for _, source := range []string{"for i in range(50000000):\n    for j in range(50000000): pass", "def f():\n    for i in range(50000000): pass\nfor i in range(50000000): attempt(f)"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		w, err := worker.Start(worker.Options{})
		if err != nil {
			t.Fatal(err)
		}
		started := make(chan struct{})
		go func() { <-started; cancel(&runtime.InterruptedError{}) }()
		err = w.Run(ctx, &runtime.Script{Name: "s.star", Source: "print(1)\n" + source}, runtime.Config{Print: closing{started},
			Limits: runtime.Limits{Steps: runtime.Unlimited}}, worker.Access{})
		if code := runtime.ExitCode(err); code != runtime.ExitInterrupted {
			t.Errorf("exit code %d, error %v", code, err)
		}
		if report := runtime.Report(err); !strings.Contains(report, "s.star:") || !strings.Contains(report, "interrupted") {
			t.Errorf("the report is\n%s", report)
		}
	}
}

// closing closes a channel at the first write.
type closing struct{ c chan struct{} }

func (c closing) Write(p []byte) (int, error) { close(c.c); return len(p), nil }

func TestStartErrors(t *testing.T) {
	_, err := worker.Start(worker.Options{Command: []string{"/nowhere/cbscript"}})
	var start *worker.StartError
	if !errors.As(err, &start) || start.Hint() == "" {
		t.Errorf("a program that there is not: %v", err)
	}
	t.Setenv("CBSCRIPT_WORKER", "1")
	if _, err := worker.Start(worker.Options{}); !errors.As(err, &start) {
		t.Errorf("a worker within a worker: %v", err)
	}
}

// TestEndpointsAreCounted: what a script changes by Live Response counts by endpoints, here and at the host, which asks the
// servers of both products.
func TestEndpointsAreCounted(t *testing.T) {
	const work = "def work(s):\n    s.create_directory('c:\\\\x')\n    s.delete_file('c:\\\\x')\n    s.close()\n"
	const cloud = work + "load('cb/defense', d = 'select', Device = 'Device')\nfor n in [1, 2]:\n    work(d(Device).first().lr_session())\n"
	for _, test := range []struct {
		name, source, report string
		most                 int
	}{
		{"as many as may be", work + "for n in [11, 12, 11]: work(select(Sensor, n).lr_session())\n", "", 2},
		{"one too many", work + "for n in [11, 12, 13]: work(select(Sensor, n).lr_session())\n", "would be the change of object number 3 in this run", 2},
		{"beside a change of the sensor", work + "s = select(Sensor, 11)\nwork(s.lr_session())\ns.network_isolation_enabled = True\ns.save()\n", "", 1},
		{"of the cloud", cloud, "", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := run(t, test.source, worker.Options{}, runtime.Config{}, guard.Config{Allow: client.Capabilities(), MaxChanges: test.most})
			if report := runtime.Report(err); !strings.Contains(report, test.report) || test.report == "" && report != "" {
				t.Errorf("the report is\n%s\nwant %q in it", report, test.report)
			}
		})
	}
}
