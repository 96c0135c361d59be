package response_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// invoke calls a method of an object by its name, as a script does.
func invoke(t *testing.T, o *client.Object, name string, args client.Args) any {
	t.Helper()
	a, ok := o.Kind().Attribute(name)
	if !ok || a.Method == nil {
		t.Fatalf("%s has no method %s", o.Kind(), name)
	}
	filled, err := client.Fill(name, a.Method.Params, args)
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Method.Do(t.Context(), o, filled)
	if err != nil {
		t.Fatalf("%s of %s: %v", name, o, err)
	}
	return v
}

// TestProcessMembers. Source: contract/response.md, section 13.
func TestProcessMembers(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	p := busiest(t, cb, "filemod_count")
	for _, name := range []string{"modloads", "filemods", "netconns", "regmods", "crossprocs", "childprocs"} {
		segment, all := attribute(t, p, name).([]any), invoke(t, p, "all_"+name, nil).([]any)
		if len(all) < len(segment) {
			t.Errorf("all_%s gives %d events, the segment has %d", name, len(all), len(segment))
		}
	}
	if all, segment := attribute(t, p, "all_events").([]any), attribute(t, p, "all_events_segment").([]any); len(all) < len(segment) || len(segment) == 0 {
		t.Errorf("all_events gives %d, all_events_segment %d", len(all), len(segment))
	}
	first := attribute(t, p, "filemods").([]any)[0].(response.Event)
	path, err := first.Get(t.Context(), "path")
	if err != nil {
		t.Fatal(err)
	}
	if found := invoke(t, p, "find_file_writes", client.Args{"filename": path}).([]any); len(found) == 0 {
		t.Errorf("find_file_writes(%q) found nothing", path)
	}
	if found := invoke(t, p, "find_file_writes", client.Args{"filename": fmt.Sprint(path) + "x"}).([]any); len(found) != 0 {
		t.Errorf("find_file_writes of another path found %d", len(found))
	}
	for _, e := range attribute(t, p, "unsigned_modloads").([]any) {
		if signed, err := e.(response.Event).Get(t.Context(), "is_signed"); err != nil || signed != false {
			t.Errorf("unsigned_modloads has one that is_signed %v, %v", signed, err)
		}
	}
	for _, e := range attribute(t, p, "tamper_events").([]any) {
		if !e.(response.Event).Common().Tamper {
			t.Error("tamper_events has one without the flag")
		}
	}
	if ip := attribute(t, p, "interface_ip"); strings.Count(fmt.Sprint(ip), ".") != 3 {
		t.Errorf("interface_ip is %v", ip)
	}
	for _, name := range []string{"min_last_update", "max_last_update", "min_last_server_update"} {
		attribute(t, p, name) // a time, or None when the server did not send it; never an error
	}
}

// TestBinaryMembers. Source: contract/response.md, section 12.
func TestBinaryMembers(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	b, err := cb.SelectID(t.Context(), response.Binary, "BF93A2F9901E9B3DFCA8A7982F4A9868", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"version_info": "company_name=Microsoft Corporation", "frequency": "computer_count=", "observed_filenames": "cmd.exe"} {
		if got := client.ShowValue(attribute(t, b, name)); !strings.Contains(got, want) {
			t.Errorf("%s is %s, want %s in it", name, got, want)
		}
	}
	for _, name := range []string{"digsig_issuer", "digsig_prog_name", "digsig_sign_time"} {
		if _, ok := attribute(t, b, name).(string); !ok {
			t.Errorf("%s is no text", name)
		}
	}
}

// TestSensorMembers. Source: contract/response.md, section 3.
func TestSensorMembers(t *testing.T) {
	d, cb := start(t, simulator.Options{})
	s, err := cb.SelectID(t.Context(), response.Sensor, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	if attribute(t, s, "dns_name") != attribute(t, s, "computer_dns_name") || attribute(t, s, "registration_time") == nil {
		t.Error("dns_name or registration_time is wrong")
	}
	for name, route := range map[string]string{"queued_stats": "queued", "activity_stats": "activity", "resource_status": "resourcestatus"} {
		asked(d)
		attribute(t, s, name)
		if lines := asked(d); len(lines) != 1 || lines[0] != "GET /api/v1/sensor/3/"+route {
			t.Errorf("%s asked %q", name, lines)
		}
	}
	for name, want := range map[string]string{"flush_events": `"event_log_flush_time": "`, "restart_sensor": `"restart_queued": true`} {
		d.Simulator.ResetRequests()
		invoke(t, s, name, nil)
		requests := d.Simulator.Requests()
		if len(requests) == 0 || requests[0].Method != "PUT" || !strings.Contains(string(requests[0].Body), want) {
			t.Errorf("%s sent %v, want a PUT with %s", name, requests, want)
		}
	}
	if got := invoke(t, s, "unisolate", nil); got != true {
		t.Errorf("unisolate of a sensor that is not isolated gave %v", got)
	}
}

// TestLicenceCalls. Source: contract/response.md, section 1: license_request and update_license.
func TestLicenceCalls(t *testing.T) {
	d, cb := start(t, simulator.Options{})
	if block, err := response.LicenseRequest(t.Context(), cb); err != nil || block == "" {
		t.Errorf("license_request gave %q, %v", block, err)
	}
	remove := d.Simulator.Inject(simulator.Fault{Method: "POST", PathPrefix: "/api/license", Status: 200, Body: `{"status": "expired"}`})
	var refused *client.ServerError
	if err := response.UpdateLicense(t.Context(), cb, "BLOCK"); !errors.As(err, &refused) {
		t.Errorf("a licence that was not taken gave %v, want a ServerError", err)
	}
	remove()
	d.Simulator.Inject(simulator.Fault{Method: "POST", PathPrefix: "/api/license", Status: 200, Body: `{"status": "success"}`})
	d.Simulator.ResetRequests()
	if err := response.UpdateLicense(t.Context(), cb, "BLOCK"); err != nil {
		t.Error(err)
	}
	if r := d.Simulator.Requests(); len(r) != 1 || string(r[0].Body) != `{"license": "BLOCK"}` {
		t.Errorf("update_license sent %v", r)
	}
}
