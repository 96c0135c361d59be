package worker_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
	"github.com/cbscript/cbscript/runtime/worker"
)

// adversary makes the test program a process that has taken over a worker.
const adversary = "adversary"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case worker.Argument:
			os.Exit(worker.Main(context.Background(), worker.Program{}))
		case adversary:
			os.Exit(attack(context.Background(), os.Args[2:]))
		}
		if code, ok := act(context.Background(), os.Args[1], os.Args[2:]); ok {
			os.Exit(code)
		}
	}
	os.Exit(m.Run())
}

// patience is what a slow machine may take for starting and ending processes.
const patience = 5 * time.Second

// outcome is what came of a run.
type outcome struct {
	Out   string
	Code  int
	Shown []string
}

// run runs a script in a worker against a demo server.
func run(t *testing.T, source string, options worker.Options, config runtime.Config, g guard.Config) (outcome, error) {
	t.Helper()
	w, err := worker.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return runIn(t, w, source, config, g)
}

// runIn runs a script in a worker that was started.
func runIn(t *testing.T, w *worker.Worker, source string, config runtime.Config, g guard.Config) (outcome, error) {
	t.Helper()
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	pool := servers.New(servers.Config{Open: func(product *client.Product, _ string) (servers.Way, error) {
		return demo.Connect(sim, credentials.Product(product.Name))
	}})
	t.Cleanup(func() { pool.Close() })
	var out bytes.Buffer
	config.Print = &out
	var got outcome
	shown := func(text string, _ int) { got.Shown = append(got.Shown, text) }
	script := &runtime.Script{Name: "script.star", Source: source}
	err = w.Run(t.Context(), script, config, worker.Access{Servers: pool, Guard: g, Shown: shown})
	got.Out, got.Code = out.String(), runtime.ExitCode(err)
	return got, err
}

// lines joins lines as a program prints them.
func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }
