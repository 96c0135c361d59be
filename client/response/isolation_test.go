package response_test

import (
	"context"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// onlyShow is a guard that sends nothing.
type onlyShow struct{ changes int }

func (g *onlyShow) Permit(context.Context, client.Change) (bool, error) {
	g.changes++
	return false, nil
}

// TestIsolation: the endpoint is cut off and let back on, and each call waits until the sensor has done so.
// Source: contract/response.md, section 3.
func TestIsolation(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	sensor, err := cb.SelectID(t.Context(), response.Sensor, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, isolated := range []bool{true, true, false} {
		if err := response.SetIsolation(t.Context(), sensor, isolated, time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := attribute(t, sensor, "is_isolating"); got != isolated {
			t.Errorf("is_isolating is %v, want %v", got, isolated)
		}
	}
}

// TestIsolationThatIsOnlyShown does not wait for what was not asked.
func TestIsolationThatIsOnlyShown(t *testing.T) {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	guard := &onlyShow{}
	sensor, err := response.New(d.Gate, client.WithGuard(guard)).SelectID(t.Context(), response.Sensor, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.SetIsolation(t.Context(), sensor, true, time.Minute); err != nil || guard.changes != 1 {
		t.Errorf("got %v after %d changes, want one that is only shown", err, guard.changes)
	}
}
