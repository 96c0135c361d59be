package servers_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime/servers"
)

// recordedLoop records what is shown of a loop.
type recordedLoop struct {
	lines *[]string
	steps int
}

func (l *recordedLoop) Step() { l.steps++ }
func (l *recordedLoop) End()  { *l.lines = append(*l.lines, fmt.Sprintf("%d steps", l.steps)) }

// TestShowProgress: a bulk change is a loop over what it changes.
func TestShowProgress(t *testing.T) {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var lines []string
	cb := response.New(d.Gate, servers.ShowProgress(func(label string, total int) builtins.Progress {
		lines = append(lines, fmt.Sprintf("%s of %d", label, total))
		return &recordedLoop{lines: &lines}
	}))
	n, err := response.ChangeAlerts(t.Context(), cb.Select(response.Alert).Where("status:Unresolved"), "Resolved")
	if err != nil || n == 0 {
		t.Fatalf("changed %d alerts, %v", n, err)
	}
	want := []string{fmt.Sprintf("change_status alerts of %d", n), fmt.Sprintf("%d steps", n)}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	if _, err := response.ChangeAlerts(t.Context(), client.New(response.API(), d.Gate, servers.ShowProgress(nil)).Select(response.Alert).Where("hostname:x"), "Resolved"); err != nil {
		t.Errorf("with nothing to show it: %v", err)
	}
}
