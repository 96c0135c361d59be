package simulator_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
)

func TestSensorList(t *testing.T) {
	s := start(t, simulator.Options{})
	for _, tt := range []struct {
		query string
		want  int // sensors; 0 means the server's 500
	}{
		{"", 50},
		{"?hostname=WIN-IA9NQ1GN8OI", 1},
		{"?hostname=WS-FIN", 6},
		{"?hostname=ws-fin", 0}, // the case matters
		{"?ip=192.168.215.150", 1},
		{"?ip=10.20.3.", 2},
		{"?ip=10.20.3.&hostname=nothing", 2}, // the address wins
		{"?groupid=4", 2},
		{"?groupid=4&hostname=DC02", 1},
		{"?groupid=99", 0},
	} {
		status, body := call(t, s, http.MethodGet, "/api/v1/sensor"+tt.query, "")
		if tt.want == 0 {
			if status != http.StatusInternalServerError {
				t.Errorf("%s: status %d", tt.query, status)
			}
			continue
		}
		var list []map[string]any
		if err := json.Unmarshal(body, &list); err != nil || len(list) != tt.want {
			t.Errorf("%s: %d sensors, want %d (%v)", tt.query, len(list), tt.want, err)
		}
	}
	page := get[struct {
		Results []map[string]any
		Total   int `json:"total_results"`
	}](t, s, "/api/v2/sensor?start=48&rows=100&sort.col=computer_name&sort.dir=asc")
	if page.Total != 50 || len(page.Results) != 2 || page.Results[1]["computer_name"] != "WS-SAL-06" {
		t.Errorf("page: %d of %d", len(page.Results), page.Total)
	}
}

// TestSensorWrites checks what is asked of a sensor, when it happens, and what a write may contain.
func TestSensorWrites(t *testing.T) {
	const path = "/api/v1/sensor/3"
	for _, tt := range []struct {
		name, version, body string
		status              int
		// pending and done are fields after the write and after the sensor's next check-in.
		pending, done map[string]any
	}{
		{
			"isolate", "6.2.0", `{"network_isolation_enabled": true, "computer_name": "x"}`, 204,
			map[string]any{"network_isolation_enabled": true, "is_isolating": false, "computer_name": "WIN-IA9NQ1GN8OI"},
			map[string]any{"network_isolation_enabled": true, "is_isolating": true},
		},
		{"restart", "6.2.0", `{"restart_queued": true}`, 204, map[string]any{"restart_queued": true}, map[string]any{"restart_queued": false, "sensor_uptime": "0"}},
		{
			"flush", "6.2.0", `{"event_log_flush_time": "Sat, 11 Nov 2017 21:30:00 GMT"}`, 204,
			map[string]any{"event_log_flush_time": "2017-11-11 15:30:00.000000-06:00"}, map[string]any{"event_log_flush_time": nil},
		},
		{"flush as before", "6.2.0", `{"event_log_flush_time": "2017-11-11 21:30:00.000000"}`, 400, nil, nil},
		{"flush on 5.x", "5.2.0", `{"event_log_flush_time": "2017-11-11 21:30:00.000000"}`, 204, map[string]any{"event_log_flush_time": "2017-11-11 15:30:00.000000-06:00"}, nil},
		{"group", "6.2.0", `{"group_id": 3}`, 204, map[string]any{"group_id": float64(3)}, nil},
		{"no such group", "6.2.0", `{"group_id": 33}`, 400, map[string]any{"group_id": float64(1)}, nil},
		{"notes", "6.2.0", `{"notes": "seen"}`, 204, map[string]any{"notes": "seen"}, nil},
		{"uninstall", "6.2.0", `{"uninstall": true}`, 204, map[string]any{"uninstall": true, "uninstalled": nil}, map[string]any{"uninstalled": true, "status": "Uninstalled"}},
		{"wrong type", "6.2.0", `{"network_isolation_enabled": "yes"}`, 400, map[string]any{"network_isolation_enabled": false}, nil},
		{"no object", "6.2.0", `[]`, 400, nil, nil},
		{"whole document on 7.1", "7.1.0", `{"network_isolation_enabled": true, "computer_name": "x"}`, 400, map[string]any{"network_isolation_enabled": false}, nil},
		{"writable fields on 7.1", "7.1.0", `{"network_isolation_enabled": true, "restart_queued": false, "uninstall": false, "group_id": 1, "notes": null, "event_log_flush_time": null, "liveresponse_init": false}`, 204, map[string]any{"network_isolation_enabled": true}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, simulator.Options{Version: tt.version})
			if status, body := call(t, s, http.MethodPut, path, tt.body); status != tt.status || status == 204 && len(body) > 0 {
				t.Fatalf("status %d, want %d: %s", status, tt.status, body)
			}
			for _, want := range []map[string]any{tt.pending, tt.done} {
				got := get[map[string]any](t, s, path)
				maps.DeleteFunc(got, func(field string, _ any) bool { _, ok := want[field]; return !ok })
				if want != nil {
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
				}
			}
		})
	}
}

// TestOffline checks that a sensor that is away never does what it is asked.
func TestOffline(t *testing.T) {
	s := start(t, simulator.Options{})
	var away map[string]any
	for _, d := range get[[]map[string]any](t, s, "/api/v1/sensor?hostname=WS-LEG-02") {
		away = d
	}
	path := "/api/v1/sensor/" + jsonNumber(int64(away["id"].(float64)))
	call(t, s, http.MethodPut, path, `{"network_isolation_enabled": true}`)
	for range 5 {
		if d := get[map[string]any](t, s, path); d["is_isolating"] != false || d["status"] != "Offline" {
			t.Fatalf("isolating %v, status %v", d["is_isolating"], d["status"])
		}
	}
	if status, _ := call(t, s, http.MethodGet, path+"/queued", ""); status != http.StatusNoContent {
		t.Errorf("queued: status %d", status)
	}
}

func TestSensorParts(t *testing.T) {
	s := start(t, simulator.Options{})
	queued := get[[]map[string]any](t, s, "/api/v1/sensor/3/queued")
	want := []string{"id", "num_eventlog_bytes", "num_eventlogs", "num_storefile_bytes", "num_storefiles", "sensor_id", "timestamp"}
	for _, field := range want {
		if _, ok := queued[0][field]; !ok || len(queued[0]) != len(want) {
			t.Errorf("queued: %v lacks %s or has more", queued[0], field)
		}
	}
	for _, path := range []string{"3/activity", "3/resourcestatus"} {
		if list := get[[]map[string]any](t, s, "/api/v1/sensor/"+path); len(list) == 0 {
			t.Errorf("%s: empty", path)
		}
	}
	if st := get[map[string]any](t, s, "/api/v1/sensor/statistics"); st["sensor_count"] != float64(50) {
		t.Errorf("statistics: %v", st)
	}
	for _, path := range []string{"51", "0", "x", "51/queued", "51/activity", "51/resourcestatus"} {
		if status, _ := call(t, s, http.MethodGet, "/api/v1/sensor/"+path, ""); status != 404 {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

func TestGroups(t *testing.T) {
	s := start(t, simulator.Options{})
	if list := get[[]map[string]any](t, s, "/api/group"); len(list) != 6 || list[0]["name"] != "Default Group" {
		t.Fatalf("%d groups", len(list))
	}
	status, body := call(t, s, http.MethodPost, "/api/group", `{"name": "Critical Endpoints", "site_id": 1}`)
	if status != 200 || string(body) != `{"id":7}` {
		t.Fatalf("create: status %d: %s", status, body)
	}
	one := get[[]map[string]any](t, s, "/api/group/7")
	if len(one) != 1 || one[0]["name"] != "Critical Endpoints" || one[0]["collect_regmods"] != true || one[0]["id"] != float64(7) {
		t.Errorf("got %v", one)
	}
	for _, tt := range []struct {
		method, path, body string
		want               int
	}{
		{"PUT", "/api/group/7", `{"id": 7, "name": "Crown Jewels", "site_id": 2, "extra": 1}`, 200},
		{"PUT", "/api/group/7", `{"name": "Servers"}`, 409},
		{"PUT", "/api/group/7", `{"site_id": 9}`, 400},
		{"PUT", "/api/group/7", `null`, 400},
		{"PUT", "/api/group/8", `{}`, 404},
		{"POST", "/api/group", `{"site_id": 1}`, 400},
		{"POST", "/api/group", `{"name": "Servers", "site_id": 1}`, 409},
		{"PUT", "/api/v1/sensor/3", `{"group_id": 7}`, 204},
		{"DELETE", "/api/group/7", ``, 400}, // it has a sensor
		{"PUT", "/api/v1/sensor/3", `{"group_id": 1}`, 204},
		{"DELETE", "/api/group/7", ``, 200},
		{"DELETE", "/api/group/7", ``, 404},
		{"DELETE", "/api/group/1", ``, 400},
		{"GET", "/api/v3/group", ``, 404}, // from 7.0 on
	} {
		if status, body := call(t, s, tt.method, tt.path, tt.body); status != tt.want {
			t.Errorf("%s %s %s: status %d, want %d: %s", tt.method, tt.path, tt.body, status, tt.want, body)
		}
	}
	newer := start(t, simulator.Options{Version: "7.1.0"})
	if list := get[[]map[string]any](t, newer, "/api/v3/group"); list[0]["sensor_version_windows"] != "Manual" {
		t.Errorf("7.1: %v", list[0])
	}
}

func TestGroupParts(t *testing.T) {
	s := start(t, simulator.Options{})
	for system, prefix := range map[string]string{"windows/exe": "PK", "windows/msi": "PK", "osx": "PK", "linux": "\x1f\x8b"} {
		status, body := call(t, s, http.MethodGet, "/api/v1/group/1/installer/"+system, "")
		if status != 200 || !strings.HasPrefix(string(body), prefix) {
			t.Errorf("%s: status %d, %d bytes", system, status, len(body))
		}
	}
	if ini := unzip(t, s, "/api/v1/group/3/installer/windows/exe")["sensorsettings.ini"]; !strings.Contains(string(ini), "Group=Servers") {
		t.Errorf("settings %q", ini)
	}
	for path, want := range map[string]int{
		"/api/v1/group/1/installer/os2": 404, "/api/v1/group/9/installer/osx": 404,
		"/api/v1/group/1/datasharing": 204, "/api/v1/group/2/datasharing": 200, "/api/v1/group/9/datasharing": 404,
		"/api/site": 200, "/api/site/1": 200, "/api/site/9": 404, "/api/throttle": 200, "/api/throttle/1": 200, "/api/throttle/9": 404,
	} {
		if status, _ := call(t, s, http.MethodGet, path, ""); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
	if site := get[[]map[string]any](t, s, "/api/site/2"); len(site) != 1 || site[0]["name"] != "Rotterdam" {
		t.Errorf("site %v", site)
	}
}
