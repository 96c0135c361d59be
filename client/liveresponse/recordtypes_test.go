package liveresponse

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

// TestDescribe: what is described of a value are its attributes, no more and no less, each with a type and a text.
func TestDescribe(t *testing.T) {
	var described []string
	for _, v := range []client.DescribedRecord{Service{}, (*Session)(nil), Job{}, dumpRecord{}} {
		d := v.Describe()
		described = append(described, d.Name)
		var names []string
		for _, a := range d.Attributes {
			names = append(names, a.Name)
			if a.Doc == "" || a.Returns == "" {
				t.Errorf("%s.%s has no text or no type", d.Name, a.Name)
			}
		}
		slices.Sort(names)
		if diff := cmp.Diff(v.Names(), names); diff != "" || d.Name != v.Type() || d.Doc == "" || len(d.Methods) == 0 {
			t.Errorf("%s, described as %q, %d methods (-attributes +described):\n%s", v.Type(), d.Name, len(d.Methods), diff)
		}
	}
	var all []string
	for _, d := range RecordTypes() {
		all = append(all, d.Name)
	}
	if diff := cmp.Diff(described, all); diff != "" {
		t.Errorf("record types (-tested +all):\n%s", diff)
	}
}
