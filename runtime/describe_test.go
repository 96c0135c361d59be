package runtime_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

const hunt = `"""Finds what mounted a share.

Reads processes only."""
load("cb/response", "Process")
load("std/lists", "double")
load("./lib.star", "limit")

WEEK = 7

days = param("days", WEEK, help = "how far to look back")
share = param("share", help = "name of the share", required = True)
mode = param("mode", "fast", choices = ["fast", "full"], help = "how thoroughly")
tags = param("tags", ["a", "b"])
dry_run = param("dry_run", False, help = "change nothing")
ratio = param("ratio", -0.5)
since = param("since", timedelta(hours = 2 * 12))
hosts = param("hosts", type = "file", help = "a list of hosts")
def main():
    return param("computed", days * 2, type = "int")
`

func describe(t *testing.T, source string, files fstest.MapFS) (*runtime.Description, error) {
	t.Helper()
	return runtime.Describe(&runtime.Script{Name: "hunt.star", Path: "hunt.star", Source: source, Files: files})
}

func TestDescribe(t *testing.T) {
	d, err := describe(t, hunt, fstest.MapFS{"lib.star": {Data: []byte("load(\"cb/defense\", \"Device\")\nlimit = param(\"limit\", 10)\nagain = param(\"days\", 7)")}})
	if err != nil {
		t.Fatal(runtime.Report(err))
	}
	var params []builtins.Parameter
	for _, p := range d.Params {
		params = append(params, p.Parameter)
	}
	want := []builtins.Parameter{
		{Name: "limit", Type: "int", Default: "10"},
		{Name: "days", Type: "int", Default: "7", Help: "how far to look back"},
		{Name: "share", Type: "string", Help: "name of the share", Required: true},
		{Name: "mode", Type: "choice", Default: "fast", Choices: []string{"fast", "full"}, Help: "how thoroughly"},
		{Name: "tags", Type: "list", Default: "a,b"},
		{Name: "dry_run", Type: "bool", Default: "False", Help: "change nothing"},
		{Name: "ratio", Type: "float", Default: "-0.5"},
		{Name: "since", Type: "duration", Default: "1 day, 0:00:00"},
		{Name: "hosts", Type: "file", Help: "a list of hosts"},
		{Name: "computed", Type: "int"},
	}
	if diff := cmp.Diff(want, params); diff != "" {
		t.Errorf("parameters (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"cb/defense", "cb/response", "std/lists"}, d.Loads); diff != "" {
		t.Errorf("loads (-want +got)\n%s", diff)
	}
	if want := "Finds what mounted a share.\n\nReads processes only."; d.Doc != want {
		t.Errorf("docstring %q, want %q", d.Doc, want)
	}
	if last := d.Params[len(d.Params)-1]; !last.Computed || d.Params[0].Computed {
		t.Errorf("computed: %v for %s, %v for %s", last.Computed, last.Name, d.Params[0].Computed, d.Params[0].Name)
	}
	golden(t, "testdata/usage.golden", d.Usage())
}

// The size of the source is the run's to judge: its limit may be another.
func TestDescribeLargeScript(t *testing.T) {
	d, err := describe(t, `x = param("x", 1)`+strings.Repeat("\n# x", 100_000), nil)
	if err != nil || len(d.Params) != 1 {
		t.Errorf("got %v, %v; want one parameter", d, err)
	}
}

func TestDescribeErrors(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"syntax", "import re", "got import"},
		{"computed name", "name = str(1)\nx = param(name)", "hunt.star:2:5: the name of a parameter must be written as a text"},
		{"no name", "x = param()", "hunt.star:1:5: the name of a parameter must be written as a text"},
		{"bad name", `x = param("a-b")`, `for parameter name: got "a-b"`},
		{"bad type", `x = param("a", type = "ip")`, "want one of string, int"},
		{"bad default", `x = param("a", "x", type = "int")`, `a: default: got "x", want a whole number`},
		{"two declarations", `x = [param("a", 1), param("a", "b")]`, `hunt.star:1:21: the parameter "a" is declared otherwise at hunt.star:1:6`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := describe(t, tt.source, nil)
			var failure *runtime.Failure
			if !errors.As(err, &failure) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want a Failure with %q", err, tt.want)
			}
		})
	}
}

func TestParseParameters(t *testing.T) {
	list := filepath.Join(t.TempDir(), "hosts.txt")
	if err := os.WriteFile(list, []byte("ws-1\nws-2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := describe(t, hunt, nil)
	if err != nil {
		t.Fatal(runtime.Report(err))
	}
	tests := []struct {
		name string
		args []string
		want string // what the script gets, or the error and its hint
	}{
		{"defaults", []string{"--share=x"}, "7 x fast [\"a\", \"b\"] False -0.5 1 day, 0:00:00 None"},
		{"all", []string{"--days", "0x10", "--share", "a b", "--mode=full", "--tags=x,y", "--tags", "z", "--dry-run", "--ratio=2",
			"--since=90s", "--hosts", list},
			"16 a b full [\"x\", \"y\", \"z\"] True 2.0 0:01:30 ws-1\nws-2\n"},
		{"underscore", []string{"--share=x", "--dry_run=false"}, "7 x fast [\"a\", \"b\"] False -0.5 1 day, 0:00:00 None"},
		{"required", nil, "--share is required\n--share: name of the share"},
		{"wrong value", []string{"--share=x", "--days=soon"}, "--days: got \"soon\", want a whole number\nhow far to look back"},
		{"wrong choice", []string{"--share=x", "--mode=slow"}, "--mode: got \"slow\", want one of fast, full\nhow thoroughly"},
		{"twice", []string{"--share=x", "--share=y"}, "--share: it was given 2 times, want once\nname of the share"},
		{"unknown", []string{"--dyas=1"}, "the script has no parameter --dyas\ndid you mean --days?"},
		{"unknown, like nothing", []string{"--zzz"}, "the script has no parameter --zzz\n--help lists the parameters of the script"},
		{"without value", []string{"--days"}, "--days needs a value\n--help lists the parameters of the script"},
		{"argument", []string{"--share=x", "ws-1"}, "the script takes no argument \"ws-1\"\nparameters are given as --name=value; --help lists them"},
		{"missing file", []string{"--share=x", "--hosts=/missing"}, "--hosts: open /missing: no such file or directory\n"},
		{"short", []string{"-x"}, "the script has no parameter -x\n--help lists the parameters of the script"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values, err := d.Parse(tt.args)
			got := ""
			var usage *runtime.UsageError
			switch {
			case errors.As(err, &usage):
				got = usage.Error() + "\n" + usage.Hint()
			case err != nil:
				t.Fatalf("got %T %v, want a UsageError", err, err)
			default:
				got = runWith(t, values)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if _, err := d.Parse([]string{"--help"}); !errors.Is(err, pflag.ErrHelp) {
		t.Errorf("--help: got %v, want pflag.ErrHelp", err)
	}
}

// runWith runs the declarations of hunt with values, and returns what they gave.
func runWith(t *testing.T, values *runtime.Values) string {
	t.Helper()
	_, source, _ := strings.Cut(hunt, "WEEK")
	source, _, _ = strings.Cut("WEEK"+source, "def main")
	var out strings.Builder
	rt, err := runtime.New(runtime.Config{Predeclared: builtins.Predeclared(), Print: &out, Params: values})
	if err != nil {
		t.Fatal(err)
	}
	source += "print(days, share, mode, tags, dry_run, ratio, since, hosts)"
	if _, err := rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: source}); err != nil {
		t.Fatal(runtime.Report(err))
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func TestParameterErrorAtRun(t *testing.T) {
	rt, err := runtime.New(runtime.Config{
		Predeclared: builtins.Predeclared(),
		Params:      runtime.NewValues(map[string][]string{"n": {"x"}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: `param("n", 1)`})
	if runtime.ExitCode(err) != runtime.ExitUsage || !strings.Contains(err.Error(), `parameter n: got "x", want a whole number`) {
		t.Errorf("got %v with exit code %d, want a usage error", err, runtime.ExitCode(err))
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add(hunt)
	f.Add(`param("a", [1, (2, "x")], help = -1)`)
	f.Add("param(*[1], **{})")
	f.Fuzz(func(t *testing.T, source string) {
		d, err := runtime.Describe(&runtime.Script{Name: "x.star", Source: source})
		if err != nil && runtime.Report(err) == "" {
			t.Errorf("%q: an error without a report", source)
		}
		if err == nil {
			d.Usage()
		}
	})
}
