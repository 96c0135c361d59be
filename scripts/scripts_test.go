// Package scripts_test runs the tests of the scripts, each against a demo server of its own, and checks that every
// script has one.
package scripts_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// TestEveryScriptHasATest, and a docstring that its help shows.
func TestEveryScriptHasATest(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		name, isScript := strings.CutSuffix(path, ".star")
		if err != nil || !isScript || strings.HasSuffix(name, "_test") {
			return err
		}
		if _, err := os.Stat(name + "_test.star"); err != nil {
			t.Errorf("%s has no test %s_test.star", path, name)
		}
		script, err := runtime.Open(path, ".")
		if err != nil {
			return err
		}
		description, err := runtime.Describe(script)
		if err != nil {
			return err
		}
		if description.Doc == "" {
			t.Errorf("%s has no docstring", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
