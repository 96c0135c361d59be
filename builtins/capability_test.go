package builtins_test

import (
	"testing"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/google/go-cmp/cmp"
)

// What needs to be granted is listed here, so that a builtin which begins to reach beyond the script is noticed.
func TestCapabilities(t *testing.T) {
	needs := make(map[string]client.Capability)
	for _, b := range builtins.All() {
		for _, m := range append([]builtins.Builtin{b}, b.Members...) {
			if m.Needs != client.Read {
				needs[m.Name] = m.Needs
			}
		}
	}
	if diff := cmp.Diff(map[string]client.Capability{"artifact": client.Artifacts}, needs); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
