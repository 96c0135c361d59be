package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
)

// exchange is a request and what must be answered.
type exchange struct {
	request string // "METHOD path body"
	status  int
	want    string // part of the body, or "" for none
}

// talk makes the requests one after the other.
func talk(t *testing.T, s *simulator.Server, exchanges []exchange) {
	t.Helper()
	for _, x := range exchanges {
		method, rest, _ := strings.Cut(x.request, " ")
		path, body, _ := strings.Cut(rest, " ")
		status, answer := call(t, s, method, path, body)
		if status != x.status || !strings.Contains(compact(answer), x.want) {
			t.Errorf("%s: got %d %.600s, want %d with %s", x.request, status, answer, x.status, x.want)
		}
	}
}

// compact gives JSON without space, and anything else as it is.
func compact(body []byte) string {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return string(body)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return string(body)
	}
	return strings.NewReplacer(`\u0026`, "&", `\u003e`, ">", `\u003c`, "<").Replace(string(out))
}

// TestRecords checks the models whose objects are kept as clients send them: create, read, change, delete, and what is
// refused.
func TestRecords(t *testing.T) {
	const success = `{"result":"success"}`
	cases := []struct {
		name      string
		version   string
		exchanges []exchange
	}{
		{"watchlists", "", []exchange{
			{"GET /api/v1/watchlist/222", 200, `"name":"[WARN] Attempts to mount internal share"`},
			{"GET /api/v1/watchlist/222", 200, `"total_hits":"2"`},
			{"GET /api/v1/watchlist", 200, `"id":"6"`},
			{`POST /api/v1/watchlist {"name":"n","index_type":"events","search_query":"q=process_name%3Anet.exe&cb.urlver=1"}`, 200, `{"id":223}`},
			{"GET /api/v1/watchlist/223", 200, `"id":"223"`},
			{"GET /api/v1/watchlist/223", 200, `"enabled":true`},
			{`PUT /api/v1/watchlist/223 {"id":"5","name":"m","enabled":false}`, 200, success},
			{"GET /api/v1/watchlist/223", 200, `"name":"m"`},
			{"GET /api/v1/watchlist/5", 404, "no watchlist 5"},
			{"DELETE /api/v1/watchlist/223", 200, success},
			{"GET /api/v1/watchlist/223", 404, ""},
			{`POST /api/v1/watchlist {"name":"n","index_type":"hosts","search_query":"q=a"}`, 400, "events or modules"},
			{`POST /api/v1/watchlist {"name":"n","index_type":"events","search_query":"q=nofield%3Aa"}`, 400, "query_malformed_syntax"},
			{`POST /api/v1/watchlist {"name":"n","index_type":"events"}`, 400, "search_query"},
			{`POST /api/v1/watchlist []`, 400, "not a JSON object"},
			{`PUT /api/v1/watchlist/999 {}`, 404, ""},
		}},
		{"watchlist actions", "", []exchange{
			{"GET /api/v1/watchlist/222/action", 200, `[{"action_data":null,"action_type":3,"id":3,"watchlist_id":222}]`},
			{`POST /api/v1/watchlist/222/action {"action_type":0,"action_data":"{}","watchlist_id":222}`, 200, `{"id":4}`},
			{`PUT /api/v1/watchlist/222/action/4 {"action_type":1}`, 200, success},
			{"GET /api/v1/watchlist/222/action", 200, `"action_type":1,"id":4`},
			{"DELETE /api/v1/watchlist/14/action/4", 404, ""},
			{"DELETE /api/v1/watchlist/222/action/4", 200, success},
			{`POST /api/v1/watchlist/222/action {"action_type":9}`, 400, "0 to 3"},
			{"GET /api/v1/watchlist/999/action", 404, ""},
		}},
		{"feeds", "", []exchange{
			{"GET /api/v1/feed", 200, `"name":"bwintel"`},
			{"GET /api/v1/feed/4", 200, `"password":"not-for-scripts"`},
			{"GET /api/v1/feed/4/action", 200, `"group_id":4`},
			{`POST /api/v1/feed {"feed_url":"https://x.example/a/My-Feed.json"}`, 200, `{"id":7}`},
			{"GET /api/v1/feed/7", 200, `"name":"myfeed"`},
			{`PUT /api/v1/feed/7 {"enabled":true}`, 200, success},
			{`POST /api/v1/feed/7/synchronize {"full_sync":true}`, 200, success},
			{`POST /api/v1/feed/6/synchronize {"full_sync":true}`, 409, "disabled"},
			{`POST /api/v1/feed {"feed_url":"https://nowhere.invalid/feed"}`, 500, "Cannot fetch"},
			{`POST /api/v1/feed {"feed_url":"feed.json"}`, 500, "Cannot fetch"},
			{`POST /api/v1/feed {"enabled":true}`, 400, "feed_url"},
			{"DELETE /api/v1/feed/7", 200, success},
		}},
		{"bans", "", []exchange{
			{`POST /api/v1/banning/blacklist {"md5hash":"0123456789ABCDEF0123456789ABCDEF","text":"x","enabled":true}`, 200, success},
			{"GET /api/v1/banning/blacklist/0123456789abcdef0123456789abcdef", 200, `"enabled":true`},
			{`POST /api/v1/banning/blacklist {"md5hash":"0123456789abcdef0123456789abcdef"}`, 409, "banned already"},
			{`PUT /api/v1/banning/blacklist/0123456789abcdef0123456789abcdef {"text":"y"}`, 200, success},
			{"GET /api/v1/banning/blacklist/0123456789abcdef0123456789abcdef", 200, `"text":"y"`},
			{"DELETE /api/v1/banning/blacklist/0123456789ABCDEF0123456789ABCDEF", 200, success},
			{"GET /api/v1/banning/blacklist/0123456789abcdef0123456789abcdef", 200, `"enabled":false`},
			{"GET /api/v1/banning/blacklist/0123456789abcdef0123456789abcdef", 200, `"text":""`},
			{`POST /api/v1/banning/blacklist {"md5hash":"0123456789abcdef0123456789abcdef","text":"z"}`, 200, success},
			{"GET /api/v1/banning/blacklist?count=1", 200, `[{"audit"`},
			{`POST /api/v1/banning/blacklist {"text":"x"}`, 400, "not an MD5"},
			{"GET /api/v1/banning/blacklist/ffffffffffffffffffffffffffffffff", 404, ""},
		}},
		{"users and teams", "", []exchange{
			{"GET /api/users", 200, `"username":"jgarman"`},
			{`POST /api/user {"username":"anna","first_name":"A","last_name":"B","email":"a@x.example","global_admin":false,"password":"p","teams":[2]}`, 200, success},
			{"GET /api/user/anna", 200, `"teams":[{"id":2,"name":"Analysts"}]`},
			{`PUT /api/user/anna {"teams":[{"id":3,"name":"whatever"}],"auth_token":"mine"}`, 200, success},
			{"GET /api/user/anna", 200, `"teams":[{"id":3,"name":"Rotterdam"}]`},
			{`POST /api/user {"username":"anna","first_name":"A","last_name":"B","email":"e","teams":[]}`, 409, ""},
			{`POST /api/user {"username":"b","first_name":"A","last_name":"B","email":"e","teams":[99]}`, 400, "no team 99"},
			{"DELETE /api/user/anna", 200, success},
			{"DELETE /api/user/analyst", 400, "themselves"},
			{"GET /api/teams", 200, `{"id":2,"name":"Analysts"}`},
			{"GET /api/team/2", 200, `"access_category":"Viewer"`},
			{`POST /api/team {"name":"T","group_access":[{"group_id":1,"access_category":"Viewer"}]}`, 200, `{"id":4}`},
			{`POST /api/team {"name":"T","group_access":[{"group_id":99}]}`, 400, "no sensor group 99"},
			{`PUT /api/team/4 {"name":"U"}`, 200, success},
			{"DELETE /api/team/4", 200, success},
		}},
		{"sites and throttle rules", "", []exchange{
			{"GET /api/site/1", 200, `[{"id":1,"name":"Default Site"}]`},
			{`POST /api/site {"name":"Lyon"}`, 200, `{"id":3}`},
			{`POST /api/group {"name":"G","site_id":3}`, 200, `{"id":7}`},
			{"DELETE /api/site/3", 400, "has sensor groups"},
			{"GET /api/throttle", 200, `"site_id":2`},
			{`POST /api/throttle {"site_id":3,"day_of_week":0,"from":8,"to":9,"bytes_per_second":1}`, 200, `{"id":6}`},
			{`PUT /api/throttle/6 {"to":10}`, 200, success},
			{"GET /api/throttle/6", 200, `"to":10`},
			{`POST /api/throttle {"site_id":99}`, 400, "id of a site"},
			{"DELETE /api/throttle/6", 200, success},
		}},
		{"what a group shares", "", []exchange{
			{"GET /api/v1/group/1/datasharing", 204, ""},
			{"GET /api/v1/group/2/datasharing", 200, `"what":"BIN","who":"VIRUSTOTAL"`},
			{`POST /api/v1/group/1/datasharing {"group_id":1,"who":"VIRUSTOTAL","what":"BIN"}`, 200, `{"id":2}`},
			{"GET /api/v1/group/1/datasharing/2", 200, `"group_id":1`},
			{"DELETE /api/v1/group/1/datasharing/1", 404, ""},
			{"DELETE /api/v1/group/1/datasharing/2", 204, ""},
			{"DELETE /api/v1/group/2/datasharing", 204, ""},
			{"GET /api/v1/group/2/datasharing", 204, ""},
			{"GET /api/v1/group/99/datasharing", 404, ""},
		}},
		{"investigations", "", []exchange{
			{"GET /api/investigations", 200, `"name":"Invoice mail, ticket 4711"`},
			{"GET /api/tagged_event/2", 200, `"investigation_id":2`},
			{"GET /api/tagged_event/1", 200, `[]`},
			{`POST /api/tagged_event {"investigation_id":1,"event_data":{"description":"odd"},"start_date":"2016-11-11"}`, 200, `{"id":`},
			{"GET /api/tagged_event/1", 200, `"description":"odd"`},
			{`POST /api/tagged_event {"investigation_id":99}`, 400, "id of an investigation"},
			{"GET /api/investigations/1", 405, ""},
		}},
		{"ingress filters", "", []exchange{
			{"GET /api/v1/ingress_whitelist", 200, `"id":"backup"`},
			{`POST /api/v1/ingress_whitelist [{"id":null,"name":"n","description":"d"}]`, 200, `["00000000-0000-4000-8000-000000000001"]`},
			{`POST /api/v1/ingress_whitelist [{"id":"mine","name":"n","description":"d"}]`, 200, `["mine"]`},
			{`POST /api/v1/ingress_whitelist [{"id":"mine","name":"n","description":"d"}]`, 409, ""},
			{"GET /api/v1/ingress_whitelist/mine", 200, `"os_mask":7`},
			{`PUT /api/v1/ingress_whitelist/mine {"enabled":false}`, 200, success},
			{"DELETE /api/v1/ingress_whitelist/mine", 200, success},
			{`POST /api/v1/ingress_whitelist {"name":"n"}`, 400, "not a list"},
		}},
		{"ingress filters are there from 6.1 on", "6.0.5", []exchange{{"GET /api/v1/ingress_whitelist", 404, ""}}},
		{"alerts have the second search from 6.0 on", "5.2.0", []exchange{
			{"GET /api/v2/alert?q=", 404, ""}, {"GET /api/v1/alert?q=&rows=1", 200, `"total_results"`},
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { talk(t, start(t, simulator.Options{Version: c.version}), c.exchanges) })
	}
}

type found struct {
	Total   int              `json:"total_results"`
	Results []map[string]any `json:"results"`
	Facets  map[string][]struct {
		Name  string `json:"name"`
		Value int    `json:"value"`
	} `json:"facets"`
}

// TestAlerts checks that the intrusion has raised alerts, and how they are searched and changed.
func TestAlerts(t *testing.T) {
	s := start(t, simulator.Options{})
	all := get[found](t, s, "/api/v1/alert?q=&rows=1000&facet=true")
	if all.Total < 10 || len(all.Results) != all.Total {
		t.Fatalf("%d alerts, %d of them listed", all.Total, len(all.Results))
	}
	kinds := map[string]bool{}
	for _, a := range all.Results {
		kinds[a["alert_type"].(string)] = true
		if id, ok := a["process_id"].(string); ok {
			get[map[string]any](t, s, "/api/v1/process/"+id+"/0")
		}
	}
	want := map[string]bool{"watchlist.hit.ingress.process": true, "watchlist.hit.ingress.binary": true, "watchlist.hit.query.process": true}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("kinds of alerts (-want +got):\n%s", diff)
	}
	id := all.Results[0]["unique_id"].(string)
	process, _ := all.Results[0]["process_id"].(string)
	unresolved := get[found](t, s, "/api/v1/alert?q=status%3AUnresolved&rows=0").Total
	talk(t, s, []exchange{
		{"GET /api/v2/alert?cb.fq.unique_id=" + id, 200, `"total_results":1`},
		{"GET /api/v1/alert?q=unique_id%3A" + id, 400, "query_malformed_syntax"},
		{"GET /api/v1/alert?q=process_id%3A" + process + "&rows=0", 200, `"total_results":0`},
		{fmt.Sprintf(`POST /api/v1/alert/%s {"unique_id":%q,"status":"Resolved"}`, id, id), 200, `"status":"Resolved"`},
		{fmt.Sprintf(`POST /api/v1/alert/%s {"status":"Resolved"}`, id), 400, "unique_id and status"},
		{fmt.Sprintf(`POST /api/v1/alert/%s {"unique_id":%q,"status":"Gone"}`, id, id), 400, "no status"},
		{fmt.Sprintf("GET /api/v1/alert?q=status%%3AUnresolved&rows=0"), 200, fmt.Sprintf(`"total_results":%d`, unresolved-1)},
		{fmt.Sprintf(`POST /api/v1/alerts {"alert_ids":[%q],"requested_status":"False Positive","set_ignored":true}`, id), 200, "success"},
		{"GET /api/v2/alert?cb.fq.unique_id=" + id, 200, `"is_ignored":true`},
		{fmt.Sprintf(`POST /api/v1/alerts {"alert_ids":[%q],"assigned_to":"anna","requested_status":"In Progress"}`, id), 200, "success"},
		{"GET /api/v1/alert?q=assigned_to%3Aanna&rows=0", 200, `"total_results":1`},
		{`POST /api/v1/alerts {"alert_ids":["none"],"requested_status":"Resolved"}`, 404, "no alert none"},
	})
}

// TestThreatReports checks that reports name what the intrusion left, and how they are searched and ignored.
func TestThreatReports(t *testing.T) {
	s := start(t, simulator.Options{})
	talk(t, s, []exchange{
		{"GET /api/v1/threat_report?q=feed_id%3A3&rows=100", 200, `"total_results":2`},
		{"GET /api/v1/threat_report?q=title%3AFUZZYWOMBAT&rows=0", 200, `"total_results":3`},
		{"GET /api/v1/feed/3/report/invoice-2016-11", 200, `"iocs":{"dns":[`},
		{"GET /api/v1/feed/4/report/invoice-2016-11", 404, ""},
		{`POST /api/v1/threat_report {"ids":{"3":["invoice-2016-11"]},"updates":{"is_ignored":true}}`, 200, "success"},
		{"GET /api/v1/feed/3/report/invoice-2016-11", 200, `"is_ignored":true`},
		{`POST /api/v1/threat_report {"query":"cb.urlver=1&q=feed_id%3A6%20title%3AFUZZYWOMBAT","updates":{"is_ignored":true}}`, 200, "success"},
		{"GET /api/v1/threat_report?q=is_ignored%3Atrue&rows=0", 200, `"total_results":4`},
		{`POST /api/v1/threat_report {"query":"cb.urlver=1&q=","updates":{"is_ignored":true}}`, 400, "empty"},
		{`POST /api/v1/threat_report {"ids":{}}`, 400, "updates"},
	})
	// What a report names is what processes of the story met.
	report := get[map[string]any](t, s, "/api/v1/feed/3/report/invoice-2016-11")
	domain := report["iocs"].(map[string]any)["dns"].([]any)[0].(string)
	if n := get[found](t, s, "/api/v1/process?q=domain%3A"+domain+"&rows=0").Total; n == 0 {
		t.Errorf("no process met the indicator %s", domain)
	}
	if n := get[found](t, s, "/api/v1/process?q=alliance_score_bwintel%3A%5B1%20TO%20*%5D&rows=0").Total; n == 0 {
		t.Error("no process is tagged by the feed bwintel")
	}
	if status, _ := call(t, s, http.MethodGet, "/api/v1/feed/3", ""); status != http.StatusOK {
		t.Errorf("the feed of the report: status %d", status)
	}
}

// TestTriageOnce checks that clients who look at the same time see the same alerts.
func TestTriageOnce(t *testing.T) {
	handler := start(t, simulator.Options{}).Handler()
	totals := make(chan int)
	for range 4 {
		go func() {
			r := httptest.NewRequest(http.MethodGet, "/api/v1/alert?q=&rows=0", nil)
			r.Header.Set("X-Auth-Token", simulator.DemoToken)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			var answer found
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
				t.Errorf("status %d: %v", w.Code, err)
			}
			totals <- answer.Total
		}()
	}
	first := <-totals
	for range 3 {
		if n := <-totals; n != first || n == 0 {
			t.Errorf("%d alerts for one client and %d for another", first, n)
		}
	}
}
