package simulator_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
)

const cbd = "/integrationServices/v3/"

// rowsOf gives a field of each row that a search finds, and how many there are.
func rowsOf(t *testing.T, s *simulator.Server, path, field string) (values []any, total int) {
	t.Helper()
	page := get[struct {
		Success bool
		Results []map[string]any
		Total   int `json:"totalResults"`
	}](t, s, cbd+path)
	if !page.Success {
		t.Errorf("%s was not carried out", path)
	}
	for _, row := range page.Results {
		values = append(values, row[field])
	}
	return values, page.Total
}

// TestDefenseToken: the API takes its own token alone.
func TestDefenseToken(t *testing.T) {
	s := start(t, simulator.Options{})
	for token, want := range map[string]int{s.Token(): 401, "": 401, simulator.DemoDefenseToken: 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+cbd+"device", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Auth-Token", token)
		resp, err := httpClient(t, s, true).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("token %q: status %d, want %d", token, resp.StatusCode, want)
		}
	}
	other := start(t, simulator.Options{DefenseToken: "KEY/ID"})
	if got := other.TokenFor("defense"); got != "KEY/ID" || other.TokenFor("protection") != other.Token() {
		t.Errorf("the token is %q", got)
	}
}

// TestDefenseDevices: conditions and pages that count from 1. Source: contract/query.md, section 6.
func TestDefenseDevices(t *testing.T) {
	s := start(t, simulator.Options{})
	for _, c := range []struct {
		query string
		names []any
		total int
	}{
		{"?hostNameExact=WS-FIN-04", []any{"WS-FIN-04"}, 1},
		{"?hostNameExact=ws-fin-04", []any{"WS-FIN-04"}, 1},
		{"?hostNameExact=WS-FIN", nil, 0},
		{"?hostName=ws-fin&rows=2", []any{"WS-FIN-01", "WS-FIN-02"}, 6},
		{"?hostName=ws-fin&rows=2&start=1", []any{"WS-FIN-01", "WS-FIN-02"}, 6},
		{"?hostName=ws-fin&rows=2&start=3", []any{"WS-FIN-03", "WS-FIN-04"}, 6},
		{"?hostName=ws-fin&start=7", nil, 6},
		{"?hostName=ws-fin&ipAddress=10.20.1.34", []any{"WS-FIN-04"}, 1},
		{"?ipAddress=198.51.100.87", []any{"WS-SAL-05"}, 1},
		{"?hostName=LNX", nil, 0},
		{"?ownerName=apetrov", []any{"WS-FIN-01"}, 1},
		{"?nonsense=1&rows=1", []any{"DC01"}, 45},
	} {
		names, total := rowsOf(t, s, "device"+c.query, "name")
		if diff := cmp.Diff(c.names, names); diff != "" || total != c.total {
			t.Errorf("%s: %d, want %d (-want +got):\n%s", c.query, total, c.total, diff)
		}
	}
	if rows, _ := rowsOf(t, s, "device", "name"); len(rows) != 20 {
		t.Errorf("a search that does not say how many gives %d rows", len(rows))
	}
	talk(t, s, []exchange{
		{"GET " + cbd + "device/1014", 200, `"deviceInfo":{`},
		{"GET " + cbd + "device/1", 200, `{"message":"There is no device 1","success":false}`},
		{"GET " + cbd + "device/x", 200, `"success":false`},
		{"GET " + cbd + "device?rows=x", 200, `"success":false`},
		{"PATCH " + cbd + `device/1014 {"policyName":"Restrictive_Investigation"}`, 200, `"policyId":5`},
		{"PATCH " + cbd + `device/1014 {"policyId":2}`, 200, `"policyName":"Workstations"`},
		{"PATCH " + cbd + `device/1014 {"policyId":99}`, 200, `"success":false`},
		{"PATCH " + cbd + `device/1014 {"osVersion":"x"}`, 200, "cannot be changed"},
		{"PATCH " + cbd + `device/1014 {"quarantined":true}`, 200, `"quarantined":true`},
		{"PATCH " + cbd + `device/1 {}`, 200, `"success":false`},
		{"PATCH " + cbd + "device/1014 []", 400, ""},
		{"PUT " + cbd + "device/1014 {}", 405, ""},
	})
}

// TestDefensePolicies: policies and their rules. Source: contract/defense.md, "Saving" and "Policy rules".
func TestDefensePolicies(t *testing.T) {
	s := start(t, simulator.Options{})
	const info = `{"policyInfo":{"description":"d","name":"Lab","policy":{"rules":[{"action":"DENY"}]},"priorityLevel":"LOW","version":2}}`
	const rule = `{"ruleInfo":{"action":"DENY","application":{"type":"REPUTATION","value":"PUP"},"operation":"RUN","required":true}}`
	talk(t, s, []exchange{
		{"GET " + cbd + "policy", 200, `"totalResults":5`},
		{"POST " + cbd + "policy " + info, 200, `{"message":"Success","policyId":101,"success":true}`},
		{"POST " + cbd + "policy " + info, 200, "There is a policy of the name Lab"},
		{"POST " + cbd + `policy {"policyInfo":{"name":"x"}}`, 200, "policyInfo.description is missing"},
		{"POST " + cbd + "policy {}", 200, "policyInfo is missing"},
		{"GET " + cbd + "policy/101", 200, `"rules":[{"action":"DENY","id":51}]`},
		{"PUT " + cbd + `policy/101 {"policyInfo":{"description":"d","name":"Laboratory","policy":{},"priorityLevel":"NONE","version":2}}`, 200, "NONE is no priority"},
		{"PUT " + cbd + `policy/101 {"policyInfo":{"description":"d","name":"Laboratory","policy":{},"priorityLevel":"HIGH","version":2}}`, 200, `{"message":"Success","success":true}`},
		{"GET " + cbd + "policy/101", 200, `"name":"Laboratory"`},
		{"POST " + cbd + "policy/101/rule " + rule, 200, `"success":true`},
		{"POST " + cbd + "policy/101/rule {}", 200, "ruleInfo needs action"},
		{"PUT " + cbd + "policy/101/rule/52 " + rule, 200, `"success":true`},
		{"PUT " + cbd + "policy/101/rule/99 " + rule, 200, "There is no rule 99"},
		{"GET " + cbd + "policy/101", 200, `"id":52`},
		{"DELETE " + cbd + "policy/101/rule/52", 200, `"success":true`},
		{"DELETE " + cbd + "policy/101/rule/52", 200, "There is no rule 52"},
		{"DELETE " + cbd + "policy/101", 200, `"success":true`},
		{"DELETE " + cbd + "policy/101", 200, "There is no policy 101"},
		{"DELETE " + cbd + "policy/1", 200, "came with the service"},
		{"DELETE " + cbd + "policy/2", 200, "has devices"},
		{"GET " + cbd + "auditlogs", 200, `Policy Lab was created`},
		{"GET " + cbd + "auditlogs", 200, `"notifications":[]`},
	})
}

// TestDefenseEvents: events are found by host, program, hash and time.
func TestDefenseEvents(t *testing.T) {
	s := start(t, simulator.Options{})
	_, all := rowsOf(t, s, "event", "eventId")
	ids, mimikatz := rowsOf(t, s, "event?hostNameExact=WS-FIN-04&applicationName=m64.exe", "eventId")
	_, beacons := rowsOf(t, s, "event?applicationName=wmihost.exe&eventType=NETWORK", "eventId")
	_, lately := rowsOf(t, s, "event?searchWindow=3h", "eventId")
	if all < 1000 || mimikatz != 1 || beacons < 10 || lately == 0 || lately >= all {
		t.Errorf("%d events, %d of mimikatz, %d connections of the beacon, %d in three hours", all, mimikatz, beacons, lately)
	}
	one := get[map[string]any](t, s, cbd+"event/"+ids[0].(string))["eventInfo"].(map[string]any)
	app := one["selectedApp"].(map[string]any)
	if app["reputationProperty"] != "KNOWN_MALWARE" || app["md5Hash"] != s.Story().Bans[1].MD5 {
		t.Errorf("the event is %v", one)
	}
	if _, n := rowsOf(t, s, "event?sha256Hash="+app["sha256Hash"].(string), "eventId"); n != 1 {
		t.Errorf("%d events of that hash", n)
	}
	talk(t, s, []exchange{{"GET " + cbd + "event/x", 200, `"success":false`}, {"GET " + cbd + "event?searchWindow=5y", 200, `"success":false`}})
}

// TestDefenseNotifications: each is given out once, oldest first.
func TestDefenseNotifications(t *testing.T) {
	s := start(t, simulator.Options{})
	seen := map[string]bool{}
	last := 0.0
	for {
		status, body := call(t, s, http.MethodGet, cbd+"notification", "")
		var answer struct {
			Success       bool
			Notifications []map[string]any
		}
		if err := json.Unmarshal(body, &answer); err != nil || status != 200 || !answer.Success {
			t.Fatalf("%d %s", status, body)
		}
		if len(answer.Notifications) == 0 {
			break
		}
		for _, n := range answer.Notifications {
			id, when := n["eventId"].(string), n["eventTime"].(float64)
			if seen[id] || when < last {
				t.Errorf("%s came twice or too late", id)
			}
			seen[id], last = true, when
		}
	}
	if len(seen) < 6 {
		t.Errorf("%d notifications", len(seen))
	}
}
