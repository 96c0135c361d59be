package simulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
)

type events struct {
	Process map[string]json.RawMessage `json:"process"`
}

// first gives the first entry of a list of events, as it is on the wire.
func (e events) first(t *testing.T, list string) string {
	t.Helper()
	var entries []json.RawMessage
	if err := json.Unmarshal(e.Process[list], &entries); err != nil || len(entries) == 0 {
		t.Fatalf("%s: %v in %.200s", list, err, e.Process[list])
	}
	return string(entries[0])
}

// TestEventForms checks each kind of event in each version of the route, and which routes exist.
//
// Source: contract/events.md, part A.
func TestEventForms(t *testing.T) {
	for _, tt := range []struct {
		server          string
		routes, segment int
	}{
		{"5.0.0", 1, 1}, {"5.1.0", 2, 1}, {"5.2.0", 3, 1}, {"6.0.0", 4, 0}, {"6.2.0", 4, 0}, {"7.1.0", 4, 0},
	} {
		t.Run(tt.server, func(t *testing.T) {
			s := start(t, simulator.Options{Version: tt.server})
			beacon := find(t, s, "process_name:wmihost.exe hostname:WS-FIN-04", "rows=1").Results[0].ID
			segment := "/" + string(rune('0'+tt.segment)) + "/event"
			for v := 1; v <= 5; v++ {
				path := "/api/v" + string(rune('0'+v)) + "/process/" + beacon + segment
				if v > tt.routes {
					if status, _ := call(t, s, http.MethodGet, path, ""); status != http.StatusNotFound {
						t.Errorf("v%d: status %d", v, status)
					}
					continue
				}
				checkEvents(t, get[events](t, s, path), v)
			}
		})
	}
}

func checkEvents(t *testing.T, e events, version int) {
	t.Helper()
	const hash = "([0-9a-f]{32})"
	want := map[string]string{
		"modload_complete":   `"2016-11-10 13:42:30.001000|` + hash + `|c:\\programdata\\winhelp\\wmihost.exe"`,
		"filemod_complete":   `"1|2016-11-10 16:30:30.000000|c:\\programdata\\winhelp\\nb.exe||||false"`,
		"regmod_complete":    `"2|2016-11-10 17:05:03.000000|\\registry\\machine\\system\\currentcontrolset\\services\\carbonblack\\start|true"`,
		"crossproc_complete": ``,
	}
	for list, prefix := range map[string]string{
		"modload_complete":   `"2016-11-10 13:42:`,
		"filemod_complete":   `"1|2016-11-10 16:30:30.000000|c:\\programdata\\winhelp\\nb.exe|||false"`,
		"regmod_complete":    want["regmod_complete"],
		"crossproc_complete": `"ProcessOpen|2016-11-10 16:55:00.000000|`,
	} {
		if got := e.first(t, list); !strings.HasPrefix(got, prefix) {
			t.Errorf("v%d: %s begins with %s, want %s", version, list, got, prefix)
		}
	}
	net, child := e.first(t, "netconn_complete"), e.first(t, "childproc_complete")
	if version == 1 {
		if !strings.HasSuffix(net, `|-889163443|443|6|updates.cdn-edge-cache.example|true"`) {
			t.Errorf("v1: connection %s", net)
		}
	} else {
		var n map[string]any
		if err := json.Unmarshal([]byte(net), &n); err != nil {
			t.Fatal(err)
		}
		address := any(float64(-889163443))
		if version == 4 {
			address = "203.0.113.77"
		}
		if n["remote_ip"] != address || n["direction"] != "true" || n["proto"] != float64(6) || n["remote_port"] != float64(443) {
			t.Errorf("v%d: connection %s", version, net)
		}
	}
	if version < 3 {
		parts := strings.Split(strings.Trim(child, `"`), "|")
		if len(parts) != 7 || !strings.HasSuffix(parts[3], "cmd.exe") || parts[5] != "true" || parts[6] != "false" {
			t.Errorf("v%d: child %s", version, child)
		}
		return
	}
	var c map[string]any
	if err := json.Unmarshal([]byte(child), &c); err != nil {
		t.Fatal(err)
	}
	if c["type"] != "start" || c["start"] != "2016-11-10T15:08:00.000Z" || c["is_suppressed"] != false || c["end"] != nil {
		t.Errorf("v%d: child %s", version, child)
	}
}

// TestEventSegments checks that the events of a segment are some of the process's, and those of all are all.
func TestEventSegments(t *testing.T) {
	s := start(t, simulator.Options{})
	rows := find(t, s, "process_name:wmihost.exe hostname:WS-FIN-04").Results
	count := func(segment string) int {
		var list []json.RawMessage
		e := get[events](t, s, "/api/v4/process/"+rows[0].ID+"/"+segment+"/event")
		if raw := e.Process["netconn_complete"]; raw != nil {
			if err := json.Unmarshal(raw, &list); err != nil {
				t.Fatal(err)
			}
		}
		return len(list)
	}
	sum := 0
	for _, r := range rows {
		n := count(jsonNumber(r.Segment))
		if n == 0 {
			t.Errorf("segment %d has no connection", r.Segment)
		}
		sum += n
	}
	if all := count("0"); all != sum {
		t.Errorf("%d connections in all segments, %d together", sum, all)
	}
}

func jsonNumber(n int64) string {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// TestUnseen checks that the events of a process that was never recorded are an empty document, as the guide's log
// shows, while its summary does not exist.
func TestUnseen(t *testing.T) {
	s := start(t, simulator.Options{Version: "5.2.0"})
	e := get[events](t, s, "/api/v3/process/"+unseen+"/1/event")
	if diff := cmp.Diff("-1", string(e.Process["process_pid"])); diff != "" {
		t.Errorf("pid (-want +got):\n%s", diff)
	}
	if status, _ := call(t, s, http.MethodGet, "/api/v3/process/00000003-0000-0004-01d2-2ec93f6051ff/1/event", ""); status != 404 {
		t.Errorf("a process that nobody names: status %d", status)
	}
}

// TestBlocks checks that blocked processes are JSON text inside JSON.
func TestBlocks(t *testing.T) {
	s := start(t, simulator.Options{})
	p := find(t, s, "block_count:[1 TO *]").Results[0]
	e := get[events](t, s, "/api/v4/process/"+p.ID+"/0/event")
	var text string
	if err := json.Unmarshal([]byte(e.first(t, "processblock_complete")), &text); err != nil {
		t.Fatal(err)
	}
	var block map[string]any
	if err := json.Unmarshal([]byte(text), &block); err != nil {
		t.Fatal(err)
	}
	if block["block_result"] != "ProcessTerminated" || !strings.HasSuffix(block["blocked_path"].(string), "svch0st.exe") {
		t.Errorf("got %v", block)
	}
}
