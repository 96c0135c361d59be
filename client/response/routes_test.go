package response_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
)

// TestChangedObjects: a check that has a request alone tells by its path and body how many objects it changes, under the
// names that a change has.
func TestChangedObjects(t *testing.T) {
	const md5 = "506708142BC63DABA64F2D3AD1DCD5BF"
	for _, test := range []struct {
		name, method, path, body string
		want                     []string // by the body
		object                   string   // by the path
		bad                      bool
	}{
		{name: "a group of 7.0", method: "PUT", path: "/api/v3/group/7", object: "SensorGroup 7"},
		{name: "what a group shares", method: "DELETE", path: "/api/v1/group/7/datasharing/3", object: "SensorGroup 7"},
		{name: "an action", method: "PUT", path: "/api/v1/watchlist/5/action/3", object: "WatchlistAction 3"},
		{name: "a new action", method: "POST", path: "/api/v1/watchlist/5/action"},
		{name: "a feed", method: "POST", path: "/api/v1/feed/5/synchronize", object: "Feed 5"},
		{name: "a partition", method: "POST", path: "/api/v1/storage/events/cbevents_1/mount", object: "StoragePartition cbevents_1"},
		{name: "a new partition", method: "POST", path: "/api/v1/storage/events/new_partition"},
		{name: "a user", method: "PUT", path: "/api/user/anna%20b", object: "User anna b"},
		{name: "an alert", method: "POST", path: "/api/v1/alert/x-1", object: "Alert x-1"},
		{name: "alerts", method: "POST", path: "/api/v1/alerts", body: `{"alert_ids": ["a", "b"], "requested_status": "Resolved"}`, want: []string{"Alert a", "Alert b"}},
		{name: "alerts that a query finds", method: "POST", path: "/api/v1/alerts", body: `{"query": "q=x"}`},
		{name: "alerts with numbers for ids", method: "POST", path: "/api/v1/alerts", body: `{"alert_ids": [1]}`, bad: true},
		{name: "alerts, ids twice", method: "POST", path: "/api/v1/alerts", body: `{"alert_ids": ["a"], "alert_ids": ["b", "c"]}`, bad: true},
		{name: "reports", method: "POST", path: "/api/v1/threat_report", body: `{"ids": {"3": ["x", "y"], "1": ["z"]}, "updates": {}}`,
			want: []string{"ThreatReport 1:z", "ThreatReport 3:x", "ThreatReport 3:y"}},
		{name: "reports that a query finds", method: "POST", path: "/api/v1/threat_report", body: `{"query": "q=x", "updates": {"is_ignored": true}}`},
		{name: "reports in another form", method: "POST", path: "/api/v1/threat_report", body: `{"ids": ["x"]}`, bad: true},
		{name: "a ban", method: "POST", path: "/api/v1/banning/blacklist", body: `{"md5hash": "` + md5 + `"}`, want: []string{"BannedHash 506708142bc63daba64f2d3ad1dcd5bf"}},
		{name: "a ban of nothing", method: "POST", path: "/api/v1/banning/blacklist", body: `{}`, bad: true},
		{name: "a ban of several", method: "POST", path: "/api/v1/banning/blacklist", body: `[{"md5hash": "` + md5 + `"}]`, bad: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, ok := client.MatchRoute(response.API().Routes(), test.method, test.path)
			if !ok {
				t.Fatal("no table knows the request")
			}
			var names []string
			var err error
			if m.Objects != nil {
				names, err = m.Objects([]byte(test.body))
			} else if test.want != nil {
				t.Fatal("its body does not tell")
			}
			if (err != nil) != test.bad {
				t.Errorf("error %v, want one: %v", err, test.bad)
			}
			if diff := cmp.Diff(test.want, names); diff != "" && !(len(test.want) == 0 && len(names) == 0) {
				t.Errorf("by its body (-want +got):\n%s", diff)
			}
			if m.Object != test.object {
				t.Errorf("by its path %q, want %q", m.Object, test.object)
			}
		})
	}
}

// TestMovedRoutes: wherever a version has a model's objects, its changes are known.
func TestMovedRoutes(t *testing.T) {
	for _, k := range response.API().Kinds {
		if k.Moved == nil {
			continue
		}
		for _, version := range []string{"5.0", "5.2", "6.0", "6.1", "6.2.4", "7.0", "7.1", "7.8", "9.0"} {
			moved := k.Moved(client.Facts{Version: version})
			if moved == "" {
				continue
			}
			if _, ok := client.MatchRoute(response.API().Routes(), "PUT", moved+"/7"); !ok {
				t.Errorf("%s of %s at %s: no table knows its change", k.Name, version, moved)
			}
		}
	}
}
