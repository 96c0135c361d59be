package defense_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/defense"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/simulator"
)

// endpoint gives a server and a device of it.
func endpoint(t *testing.T) (*simulator.Server, *client.Object) {
	t.Helper()
	c, sim := wiretest.Simulated(t, defense.API(), simulator.Options{})
	device, err := c.Select(defense.Device).Where("hostNameExact:WS-FIN-01").First(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sim, device
}

// TestLiveResponse holds that sessions and commands are asked as the contract says for this product.
func TestLiveResponse(t *testing.T) {
	sim, device := endpoint(t)
	open := func() *liveresponse.Session {
		method, _ := defense.Device.Attribute("lr_session")
		s, err := method.Method.Do(t.Context(), device, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.(*liveresponse.Session)
	}
	sim.ResetRequests()
	s := open()
	if got, err := s.Get(t.Context(), "os_type"); got != int(liveresponse.Windows) || err != nil {
		t.Errorf("os_type is %v, %v", got, err)
	}
	if _, err := s.ListProcesses(t.Context()); err != nil {
		t.Error(err)
	}
	_, err := s.GetFile(t.Context(), `c:\nothing`, liveresponse.Poll{})
	var failed *liveresponse.Error
	if !errors.As(err, &failed) || failed.Code.Symbol != "ERROR_FILE_NOT_FOUND" {
		t.Errorf("got %v, want an Error", err)
	}
	if err := s.Close(t.Context()); err != nil || len(sim.LiveSessions()) > 0 {
		t.Errorf("%v, still open: %v", err, sim.LiveSessions())
	}
	var got []string
	for _, r := range sim.Requests() {
		line := r.Method + " " + strings.TrimPrefix(r.Path, "/integrationServices/v3/cblr/session")
		if len(r.Body) > 0 {
			line += " " + string(r.Body)
		}
		if len(got) == 0 || got[len(got)-1] != line {
			got = append(got, line)
		}
	}
	id := device.ID().Key
	want := []string{
		"POST /" + id + ` {"sensor_id": ` + id + "}", "GET /1:1",
		`POST /1:1/command {"name": "process list", "session_id": "1:1"}`, "GET /1:1/command/1",
		`POST /1:1/command {"name": "get file", "object": "c:\\nothing", "session_id": "1:1"}`, "GET /1:1/command/2",
		`PUT  {"session_id": "1:1", "status": "CLOSE"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	again := open()
	sim.Inject(simulator.Fault{Method: "POST", PathPrefix: "/integrationServices/v3/cblr/session/1:2/command", Status: 404, Body: `{"status": "NOT_FOUND"}`})
	if p, err := again.ListProcesses(t.Context()); err != nil || len(p) == 0 {
		t.Errorf("after the session was dropped: %d processes, %v", len(p), err)
	}
	if id, err := again.Get(t.Context(), "id"); id != "1:3" || err != nil {
		t.Errorf("the session is %v, %v, want a new one", id, err)
	}
}

// TestSessionGivenUp holds that a device is no longer waited for when the service has given its session up.
func TestSessionGivenUp(t *testing.T) {
	sim, device := endpoint(t)
	sim.Inject(simulator.Fault{Method: "GET", PathPrefix: "/integrationServices/v3/cblr/session/1:1", Status: 200, Body: `{"id": "1:1", "status": "TIMEOUT"}`, Times: 1})
	method, _ := defense.Device.Attribute("lr_session")
	_, err := method.Method.Do(t.Context(), device, nil)
	var late *client.TimeoutError
	if !errors.As(err, &late) {
		t.Errorf("got %v, want that the session could not be established", err)
	}
	if open := sim.LiveSessions(); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
}
