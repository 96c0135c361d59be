// Package scripts_test runs the tests of the scripts, each against a demo server of its own, and checks that every
// script has one.
package scripts_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/scripttest"
	"github.com/cbscript/cbscript/runtime/servers"
)

// demoHost makes what a test runs against: a demo server of its own, on which every change is allowed.
func demoHost(context.Context, string) (runtime.Config, func(), error) {
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		return runtime.Config{}, nil, err
	}
	pool := servers.New(servers.Config{Open: func(product *client.Product, _ string) (servers.Way, error) {
		return demo.Connect(sim, credentials.Product(product.Name))
	}})
	release := func() {
		_ = pool.Close() // the test is over, whatever became of its connections
		_ = sim.Close()
	}
	return runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules(), Now: sim.Now}, release, nil
}

func TestScripts(t *testing.T) {
	files, err := scripttest.Find([]string{"."})
	if err != nil {
		t.Fatal(err)
	}
	report, err := scripttest.Run(t.Context(), scripttest.Config{Host: demoHost}, files)
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed() > 0 || len(report.Results) == 0 {
		t.Errorf("%d of %d tests failed", report.Failed(), len(report.Results))
		if err := report.WriteText(os.Stderr, true); err != nil {
			t.Error(err)
		}
	}
}

// eachScript calls f with the path of each script, with slashes, and what it says of itself.
func eachScript(t *testing.T, f func(name string, d *runtime.Description)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, _ fs.DirEntry, err error) error {
		name, isScript := strings.CutSuffix(file, ".star")
		if err != nil || !isScript || strings.HasSuffix(name, "_test") {
			return err
		}
		script, err := runtime.Open(file, ".")
		if err != nil {
			return err
		}
		defer script.Close()
		description, err := runtime.Describe(script)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(file), description)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryScriptHasATest, and a docstring that its help shows.
func TestEveryScriptHasATest(t *testing.T) {
	eachScript(t, func(name string, d *runtime.Description) {
		test := strings.TrimSuffix(name, ".star") + "_test.star"
		if _, err := os.Stat(filepath.FromSlash(test)); err != nil {
			t.Errorf("%s has no test %s", name, test)
		}
		if d.Doc == "" {
			t.Errorf("%s has no docstring", name)
		}
	})
}

var update = flag.Bool("update", false, "write README.md from the scripts' docstrings")

// headings are the titles of the folders' lists in README.md, in its order.
var headings = [][2]string{
	{".", "First steps, and several products"},
	{"response", "Cb Response"},
	{"liveresponse", "Live Response"},
	{"protection", "Cb Protection"},
	{"defense", "Cb Defense"},
}

// TestReadme: the list of scripts has each, with the first sentence of its docstring.
func TestReadme(t *testing.T) {
	lists := map[string][]string{}
	eachScript(t, func(name string, d *runtime.Description) {
		first, _, _ := strings.Cut(d.Doc, "\n")
		folder := path.Dir(name)
		lists[folder] = append(lists[folder], fmt.Sprintf("| [%s](%s) | %s |\n", path.Base(name), name, strings.ReplaceAll(first, "|", `\|`)))
	})
	var want strings.Builder
	want.WriteString("# Scripts\n\nEach has its test beside it, which runs against a demo server (`cbscript test scripts`), and each can be tried there: `cbscript run --demo SCRIPT`.\n" +
		"`cbscript run SCRIPT --help` says more about one, and lists its parameters. This list is made from their docstrings by `go test ./scripts -update`.\n")
	for _, h := range headings {
		slices.Sort(lists[h[0]])
		fmt.Fprintf(&want, "\n## %s\n\n| script | what it is for |\n| --- | --- |\n%s", h[1], strings.Join(lists[h[0]], ""))
		delete(lists, h[0])
	}
	for folder := range lists {
		t.Errorf("the folder %s has no heading", folder)
	}
	if *update {
		if err := os.WriteFile("README.md", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), strings.ReplaceAll(string(got), "\r\n", "\n")); diff != "" {
		t.Errorf("README.md is not what the scripts say; go test ./scripts -update writes it (-want +got):\n%s", diff)
	}
}
