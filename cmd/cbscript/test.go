package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/scripttest"
	"github.com/cbscript/cbscript/runtime/servers"
)

// testOptions are the flags and arguments of test.
type testOptions struct {
	paths   []string
	match   string
	root    string
	junit   string
	version string
	verbose bool
	trust   bool
	bundles bundleOptions
}

// testCommand runs the tests of scripts.
func (p *program) testCommand() *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test [PATH...]",
		Short: "Run the tests of scripts",
		Long: `Run the tests of scripts: the functions test_* of files *_test.star, in the
directories or files that are named, or below the current directory.

Each test runs against a demo server of its own, on which every change is
allowed; nothing reaches the network. A test calls its script and looks at what
came of it:

  def test_mounts():
      r = test.run("./mounts.star", share = "c$")
      assert.eq([row["host"] for row in r.rows], ["ws-12"])

The exit code is 1 when a test failed.`,
		Example: `  cbscript test
  cbscript test scripts --run mounts --verbose
  cbscript test --junit report.xml scripts`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			ctx, stop := p.interruptible(cmd.Context())
			defer stop()
			return p.test(ctx, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.match, "run", "", "run only the tests whose name this `REGEXP` matches")
	flags.StringVar(&o.root, "root", "", "the `DIRECTORY` that loads of files may not leave (default each test's own)")
	flags.StringVar(&o.junit, "junit", "", "write a report in JUnit's XML to this `FILE` besides")
	flags.StringVar(&o.version, "server-version", simulator.DefaultVersion, "have the demo server behave as this `VERSION` of Cb Response")
	flags.BoolVar(&o.verbose, "verbose", false, "show the output of tests that passed, too")
	flags.BoolVar(&o.trust, "trust", false, "load bundles although cbscript check refuses them")
	bundleFlags(cmd, &o.bundles)
	return cmd
}

// testsFailed is the error of tests of which some failed. The report has told which.
type testsFailed struct{}

// Error is empty: there is nothing more to tell.
func (*testsFailed) Error() string { return "" }

// test runs tests and writes their report.
func (p *program) test(ctx context.Context, o testOptions) error {
	config := scripttest.Config{Host: demoHost(o.version, p.bundles(o.bundles, o.folder(), o.trust, hostOptions{}))}
	if o.root != "" {
		config.Root = p.opened(o.root)
	}
	if o.match != "" {
		var err error
		if config.Match, err = regexp.Compile(o.match); err != nil {
			return usage("it is a regular expression, as in --run 'mounts|shares'", "--run: %w", err)
		}
	}
	paths := []string{p.opened(".")}
	if len(o.paths) > 0 {
		paths = nil
		for _, name := range o.paths {
			paths = append(paths, p.opened(name))
		}
	}
	files, err := scripttest.Find(paths)
	if err != nil {
		return err
	}
	report, err := scripttest.Run(ctx, config, files)
	if writeErr := report.WriteText(p.out, o.verbose); err == nil {
		err = writeErr
	}
	if o.junit != "" {
		if writeErr := p.writeJUnit(report, o.junit); err == nil {
			err = writeErr
		}
	}
	if err == nil && report.Failed() > 0 {
		err = &testsFailed{}
	}
	return err
}

// folder is where the lock file is looked for: at the first path.
func (o testOptions) folder() string {
	switch {
	case len(o.paths) == 0:
		return "."
	case strings.HasSuffix(o.paths[0], ".star"):
		return filepath.Dir(o.paths[0])
	}
	return o.paths[0]
}

// demoHost gives each test a demo server of its own, and the bundles that scripts can load.
func demoHost(version string, bundles runtime.Bundles) func(context.Context, string) (runtime.Config, func(), error) {
	return func(context.Context, string) (runtime.Config, func(), error) {
		sim, err := simulator.Start(simulator.Options{Version: version})
		if err != nil {
			return runtime.Config{}, nil, usage("--server-version says which server to be", "%w", err)
		}
		pool := servers.New(servers.Config{Open: func(product *client.Product, _ string) (servers.Way, error) {
			return demo.Connect(sim, credentials.Product(product.Name))
		}})
		release := func() {
			_ = pool.Close() // the test is over, whatever became of its connections
			_ = sim.Close()
		}
		return runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules(), Bundles: bundles, Now: sim.Now}, release, nil
	}
}

// writeJUnit writes a report to a file.
func (p *program) writeJUnit(report *scripttest.Report, name string) error {
	f, err := os.Create(p.opened(name))
	if err != nil {
		return usage("--junit names a file to write", "%w", err)
	}
	err = report.WriteJUnit(f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write the report %s: %w", name, err)
	}
	return nil
}
