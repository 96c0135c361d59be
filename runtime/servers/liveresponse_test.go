package servers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/servers"
)

func TestLiveResponseNames(t *testing.T) {
	var want []string
	for _, product := range servers.LiveResponse() {
		want = append(want, product.Name)
	}
	if diff := cmp.Diff(want, servers.LiveResponseNames()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
