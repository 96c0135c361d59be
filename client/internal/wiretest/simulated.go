package wiretest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/simulator"
)

// Simulated connects to a demo server of a product, which lives as long as the test. A request that the product's tables do
// not know fails the test at its end.
func Simulated(t testing.TB, product *client.Product, o simulator.Options) (*client.Client, *simulator.Server) {
	t.Helper()
	sim, err := simulator.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	g, err := demo.Connect(sim, credentials.Product(product.Name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, r := range sim.Requests() {
			Known(t, product, []string{r.Method + " " + r.Path + "?" + r.RawQuery})
		}
		if err := errors.Join(g.Close(), sim.Close()); err != nil {
			t.Error(err)
		}
	})
	return client.New(product, g), sim
}

// Must gives the value of a call, and ends the test with its error: Must[int](t)(q.Count(ctx)).
func Must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Cautioning is a guard that keeps what speaks against each change, and makes none.
type Cautioning struct {
	Seen []string // each reason, how many endpoints it is about, and whether it always counts
}

// Permit asks what speaks against the change.
func (g *Cautioning) Permit(ctx context.Context, change client.Change) (bool, error) {
	if change.Cautions == nil {
		return false, nil
	}
	cautions, err := change.Cautions(ctx)
	for _, c := range cautions {
		g.Seen = append(g.Seen, fmt.Sprintf("%s %d %v", c.Reason, c.Hosts, c.Always))
	}
	return false, err
}
