package scripttest_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/scripttest"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
)

var update = flag.Bool("update", false, "write the golden files")

// config has a host with one name beside the builtins, and a clock that makes each test take 20 ms.
func config(t testing.TB) scripttest.Config {
	t.Helper()
	now := time.Unix(0, 0)
	return scripttest.Config{
		Host: func(context.Context, string) (runtime.Config, func(), error) {
			env := builtins.Predeclared()
			env["number"] = starlark.MakeInt(1)
			return runtime.Config{Predeclared: env}, nil, nil
		},
		Now: func() time.Time { now = now.Add(20 * time.Millisecond); return now },
	}
}

func TestPassing(t *testing.T) {
	files, err := scripttest.Find([]string{"testdata/hunts"})
	if err != nil {
		t.Fatal(err)
	}
	closed := 0
	c := config(t)
	host := c.Host
	c.Host = func(ctx context.Context, name string) (runtime.Config, func(), error) {
		rc, _, err := host(ctx, name)
		return rc, func() { closed++ }, err
	}
	report, err := scripttest.Run(t.Context(), c, files)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range report.Results {
		names = append(names, r.Name)
		if r.Err != nil {
			t.Errorf("%s: %s", r.Name, runtime.Report(r.Err))
		}
	}
	want := []string{"test_hosts", "test_nothing_is_left_over", "test_run", "test_run_fails", "test_own_output", "test_assertions"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("tests (-want +got)\n%s", diff)
	}
	if closed != len(want) {
		t.Errorf("%d hosts were closed, want %d", closed, len(want))
	}
}

func TestReports(t *testing.T) {
	files, err := scripttest.Find([]string{"testdata/broken", "testdata/hunts/hunt_test.star"})
	if err != nil {
		t.Fatal(err)
	}
	c := config(t)
	var done []string
	c.Done = func(r scripttest.Result) { done = append(done, r.Name) }
	c.Match = regexp.MustCompile("passes|fails|outside|^test_a$")
	report, err := scripttest.Run(t.Context(), c, files)
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed() != 6 || len(done) != len(report.Results) {
		t.Errorf("%d failed, %d done of %d; want 6 failed, all done", report.Failed(), len(done), len(report.Results))
	}
	for file, write := range map[string]func(*bytes.Buffer) error{
		"testdata/report.txt":  func(b *bytes.Buffer) error { return report.WriteText(b, false) },
		"testdata/verbose.txt": func(b *bytes.Buffer) error { return report.WriteText(b, true) },
		"testdata/junit.xml":   func(b *bytes.Buffer) error { return report.WriteJUnit(b) },
	} {
		var got bytes.Buffer
		if err := write(&got); err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got): go test ./runtime/scripttest -update accepts it\n%s", file, diff)
		}
	}
}

func TestFindErrors(t *testing.T) {
	for path, want := range map[string]string{
		"testdata/missing":   "open testdata/missing: no such file or directory",
		"testdata/hunts/lib": "testdata/hunts/lib has no tests",
	} {
		_, err := scripttest.Find([]string{path})
		var usage *runtime.UsageError
		if !errors.As(err, &usage) || err.Error() != want {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

func TestHostError(t *testing.T) {
	c := config(t)
	c.Host = func(context.Context, string) (runtime.Config, func(), error) {
		return runtime.Config{}, nil, errors.New("no simulator")
	}
	report, err := scripttest.Run(t.Context(), c, []string{"testdata/broken/failing_test.star"})
	if err != nil || report.Failed() != 3 || !strings.Contains(report.Results[0].Err.Error(), "make the host of test_passes: no simulator") {
		t.Errorf("got %v, %d failed; want each test to fail by its host", err, report.Failed())
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("Ctrl-C")
	c := config(t)
	c.Done = func(scripttest.Result) { cancel(why) }
	report, err := scripttest.Run(ctx, c, []string{"testdata/hunts/hunt_test.star"})
	if err != why || len(report.Results) != 1 {
		t.Errorf("got %v after %d tests, want %v after one", err, len(report.Results), why)
	}
}
