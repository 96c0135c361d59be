package rawread_test

import (
	"testing"

	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/demo/rawread"
	"github.com/cbscript/cbscript/client/simulator"
)

// TestPages: every result is asked for once, and a page that fails is an error.
func TestPages(t *testing.T) {
	d, err := demo.Start(simulator.Options{Bulk: 250})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := rawread.Pages(t.Context(), d, 250); err != nil {
		t.Fatal(err)
	}
	if n := len(d.Simulator.Requests()); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
	d.Simulator.Inject(simulator.Fault{Query: "start=100", CutAfter: 10})
	if err := rawread.Pages(t.Context(), d, 250); err == nil {
		t.Error("a page that broke off gave no error")
	}
}
