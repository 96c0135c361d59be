package response_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/response/events"
)

// TestDescribe: what is described of a value are its attributes and methods, and the product's table lists it.
func TestDescribe(t *testing.T) {
	records := []client.DescribedRecord{response.NetworkAdapter{}}
	for _, e := range []events.Event{&events.Modload{}, &events.Filemod{}, &events.Regmod{}, &events.Netconn{Both: true}, &events.Childproc{}, &events.Crossproc{}, &events.Processblock{}} {
		records = append(records, response.Event{Event: e})
	}
	if got, want := len(records)-1, len(events.Types()); got != want {
		t.Fatalf("%d of %d types of events are tested", got, want)
	}
	api := response.API()
	for _, r := range records {
		d := r.Describe()
		var names []string
		for _, a := range d.Attributes {
			names = append(names, a.Name)
		}
		slices.Sort(names)
		if diff := cmp.Diff(r.Names(), names); diff != "" {
			t.Errorf("%s (-attributes +described):\n%s", r.Type(), diff)
		}
		if _, crossed := r.(response.Event); len(d.Methods) > 0 != (crossed && d.Name == "CbCrossProcEvent") {
			t.Errorf("%s has %d methods", d.Name, len(d.Methods))
		}
		listed, ok := api.Record(r.Type())
		if !ok || cmp.Diff(d.Attributes, listed.Attributes) != "" || len(d.Methods) != len(listed.Methods) {
			t.Errorf("%s is not listed as it is described: %+v", r.Type(), listed)
		}
	}
	if _, ok := api.Record("Cookie"); ok {
		t.Error("there is a record of a type that nobody has")
	}
}
