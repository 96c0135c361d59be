package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
)

// TestLRAmbiguous holds that the endpoints of a name are listed, and that none of them is taken.
func TestLRAmbiguous(t *testing.T) {
	p, out, errs := surroundings(t)
	sim, err := simulator.Start(simulator.Options{Token: marker})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	sim.Inject(simulator.Fault{Method: "GET", PathPrefix: "/api/v1/sensor", Status: 200, Body: `[
		{"id": 3, "computer_name": "TWIN", "status": "Online", "last_checkin_time": "2016-11-11 21:29:00+00:00"},
		{"id": 9, "computer_name": "Twin\u001b[2J", "status": "Offline"},
		{"id": 12, "computer_name": "twin", "status": "Uninstalled"}]`})
	certificate, file := filepath.Join(p.workDir, "server.pem"), filepath.Join(p.workDir, "lab.response")
	for name, text := range map[string]string{
		certificate: string(sim.CertificatePEM()),
		file:        fmt.Sprintf("[default]\nurl=%s\ntoken=%s\nssl_cert_file=%s\n", sim.URL(), marker, certificate),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code := run(t.Context(), []string{"lr", "twin", "--credentials", file, "--allow", "respond", "-c", "ps"}, p)
	want := `id  name  status       last_checkin
 3  TWIN  Online       2016-11-11T21:29:00Z
12  twin  Uninstalled
cbscript: error: 2 endpoints have the name "twin"
cbscript: hint: name one by its number
`
	if diff := cmp.Diff(want, errs.String()); code != runtime.ExitUsage || out.Len() > 0 || diff != "" {
		t.Errorf("exit code %d, output %q, errors (-want +got):\n%s", code, out, diff)
	}
	if open := sim.LiveSessions(); len(open) > 0 {
		t.Errorf("a session was opened: %v", open)
	}
}
