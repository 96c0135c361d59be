package builtins_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cbscript/cbscript/bindings/clock"
	"github.com/cbscript/cbscript/bindings/startest"
	"github.com/cbscript/cbscript/builtins"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
)

var now = time.Date(2016, 11, 12, 8, 0, 0, 0, time.UTC)

// TestScripts runs each file of testdata, which is named after what it tests.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.star")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files, %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".star"), func(t *testing.T) {
			h := newHost()
			env := builtins.Predeclared()
			env["host_events"] = starlark.NewBuiltin("host_events", h.takeEvents)
			env["database"] = starlark.Bytes(peopleDatabase(t))
			env["work"] = starlark.NewBuiltin("work", makeWork)
			env["broken"] = starlark.NewBuiltin("broken", makeBroken)
			env["thing"], env["many"] = thing{}, many{}
			startest.Run(t, file, env, h.prepare)
		})
	}
}

// host is a Host that notes what it is told.
type host struct {
	mu     sync.Mutex
	events []string
	params map[string][]string
}

func newHost() *host {
	return &host{params: map[string][]string{
		"limit": {"0x20"}, "rate": {"2.5"}, "verbose": {""}, "quiet": {"maybe"}, "since": {"90"}, "at": {"2016-11-11"},
		"level": {"high"}, "hosts": {"a, b", "c"}, "iocs": {"one\ntwo\n"}, "twice": {"1", "2"}, "bad_int": {"1.5"},
	}}
}

func (h *host) prepare(t *starlark.Thread) {
	builtins.SetHost(t, h, builtins.NewPool())
	clock.SetNow(t, func() time.Time { return now })
	t.Print = func(_ *starlark.Thread, text string) { h.note("print %s", text) }
}

func (h *host) note(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, fmt.Sprintf(format, args...))
}

// takeEvents gives a script what was noted since it was called last.
func (h *host) takeEvents(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := make([]starlark.Value, len(h.events))
	for i, e := range h.events {
		list[i] = starlark.String(e)
	}
	h.events = nil
	return starlark.NewList(list), nil
}

func (h *host) NewThread(ctx context.Context, name string) (*starlark.Thread, func()) {
	t := &starlark.Thread{Name: name}
	clock.SetNow(t, func() time.Time { return now })
	stop := context.AfterFunc(ctx, func() { t.Cancel(context.Cause(ctx).Error()) })
	return t, func() { stop() }
}

func (h *host) Row(_ context.Context, row builtins.Row) error {
	var cells []string
	for _, c := range row {
		if c.Name == "refused" {
			return fmt.Errorf("the disk is full")
		}
		cells = append(cells, fmt.Sprintf("%s=%v", c.Name, c.Value))
	}
	h.note("row %s", strings.Join(cells, " "))
	return nil
}

func (h *host) Artifact(_ context.Context, name string, r io.Reader) (int64, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return 0, err
	}
	if name == "refused" {
		return 0, fmt.Errorf("the disk is full")
	}
	h.note("artifact %s %q", name, text)
	return int64(len(text)), nil
}

func (h *host) ParamValue(_ context.Context, p builtins.Parameter) ([]string, bool, error) {
	if p.Name == "unreadable" {
		return nil, true, fmt.Errorf("no such file")
	}
	texts, ok := h.params[p.Name]
	return texts, ok, nil
}

func (h *host) Progress(_ context.Context, label string, total int) builtins.Progress {
	h.note("progress %q of %d", label, total)
	return bar{h}
}

type bar struct{ h *host }

func (b bar) Step() { b.h.note("step") }
func (b bar) End()  { b.h.note("end") }

func (h *host) Log(_ context.Context, level slog.Level, text string, attrs []slog.Attr) {
	h.note("log %s %s %v", level, text, attrs)
}

// thing is a value of the host with attributes that fail in different ways, and with two texts.
type thing struct{}

func (thing) String() string        { return "<thing>" }
func (thing) Type() string          { return "thing" }
func (thing) Freeze()               {}
func (thing) Truth() starlark.Bool  { return true }
func (thing) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: thing") }
func (thing) PrintText() string     { return "thing object\n name: x" }
func (thing) Help() string          { return "thing: a thing" }
func (thing) AttrNames() []string   { return []string{"name", "sensor"} }
func (thing) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String("x"), nil
	case "sensor":
		return nil, &serverError{}
	case "odd":
		return nil, starlark.NoSuchAttrError("thing has no odd attribute")
	}
	return nil, nil
}

// Open makes a thing a file.
func (thing) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("contents of the thing")), nil
}

// many has more items than its Len tells.
type many struct{ thing }

func (many) Len() int            { return 1000 }
func (many) Count() (int, error) { return 1 << 40, nil }

type serverError struct{}

func (*serverError) Error() string {
	return "HTTP 502 from https://cb.example/api/v1/sensor/7: bad gateway"
}
func (*serverError) Kind() string { return "ServerError" }
func (*serverError) Facts() map[string]any {
	return map[string]any{"status": 502, "uri": "https://cb.example/api/v1/sensor/7", "tries": []any{1, 2}}
}

func (*serverError) Hint() string { return "see whether the server is well" }

// TestEveryNameIsTested finds the names of the table that no file in testdata mentions.
func TestEveryNameIsTested(t *testing.T) {
	files, err := filepath.Glob("testdata/*.star")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	var missing []string
	for _, b := range builtins.All() {
		for _, m := range append([]builtins.Builtin{b}, b.Members...) {
			if !strings.Contains(all.String(), m.Name) {
				missing = append(missing, m.Name)
			}
		}
	}
	if missing != nil {
		t.Errorf("no test mentions %v", missing)
	}
}

// TestTable checks that each entry says what help and the reference need.
func TestTable(t *testing.T) {
	var names []string
	for _, b := range builtins.All() {
		names = append(names, b.Name)
		for _, m := range append([]builtins.Builtin{b}, b.Members...) {
			if m.Doc == "" || m.Value == nil {
				t.Errorf("%s has no text or no value", m.Name)
			}
			if m.IsFunction() && m.Returns == "" {
				t.Errorf("%s does not say what it gives", m.Name)
			}
			if fn, ok := m.Value.(*starlark.Builtin); ok && !strings.HasPrefix(m.Name, "math.") && fn.Name() != m.Name {
				t.Errorf("%s calls itself %s in errors", m.Name, fn.Name())
			}
		}
	}
	want := []string{"artifact", "as_completed", "attempt", "base64", "binascii", "csv", "decode", "emit", "enumerate", "fail", "fmt", "getattr",
		"hasattr", "hashlib", "help", "ip", "json", "len", "log", "math", "meta", "module", "pad", "parallel", "param", "pow", "print", "progress",
		"range", "re", "sqlite", "struct", "sum", "time", "timedelta", "url", "wait", "zip"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestPredeclaredSharesNothing(t *testing.T) {
	a, b := builtins.Predeclared(), builtins.Predeclared()
	for _, name := range a.Keys() {
		if x, ok := a[name].(*starlark.Builtin); ok && x == b[name] {
			t.Errorf("%s is the same value in two environments", name)
		}
	}
}
