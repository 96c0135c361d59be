package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
)

const (
	shellID = "00000003-0000-036c-01d2-2efd3af51186" // the command shell of the guide's example
	unseen  = "00000003-0000-0004-01d2-2ec93f6051ee" // the parent of its first ancestor
)

func TestSearch(t *testing.T) {
	s := start(t, simulator.Options{})
	all := find(t, s, "", "rows=0").Total
	if all < 5000 {
		t.Fatalf("%d documents in all", all)
	}
	for _, tt := range []struct {
		name, q string
		more    []string
		want    func(result) error
	}{
		{"page", "", []string{"rows=7", "start=3"}, func(r result) error { return expect(len(r.Results) == 7 && r.Start == 3 && r.Total == all, r) }},
		{"default rows", "", []string{"rows="}, func(r result) error { return expect(len(r.Results) == 10, r) }},
		{"beyond the end", "", []string{"start=9999999"}, func(r result) error { return expect(len(r.Results) == 0 && r.Total == all, r) }},
		{"nothing", "process_name:nosuch.exe", nil, func(r result) error { return expect(r.Results != nil && r.Total == 0, r) }},
		{"order", "process_name:cmd.exe", []string{"sort=start asc"}, func(r result) error {
			return expect(slices.IsSortedFunc(r.Results, func(a, b document) int { return strings.Compare(a.Start, b.Start) }), r)
		}},
		{"order, down", "process_name:cmd.exe", []string{"sort=process_pid desc"}, func(r result) error { return expect(len(r.Results) == 100, r) }},
		{"time", "start:-24h process_name:rar.exe", nil, func(r result) error { return expect(r.Total == 4, r) }},
		{"field parameters", "", []string{"cb.q.process_name=net.exe", `cb.q.cmdline=use z: \\test\blah`}, func(r result) error { return expect(r.Total == 1, r) }},
		{"facet parameter", "username:bit9rad", []string{"cb.fq.process_name=chrome.exe"}, func(r result) error { return expect(r.Total == 160, r) }},
		{"updated since", "process_name:net.exe", []string{"cb.min_last_update=2016-11-11T20:59:31Z"}, func(r result) error { return expect(r.Total == 1, r) }},
		{"updated until", "process_name:net.exe", []string{"cb.max_last_update=2016-11-11T00:00:00Z"}, func(r result) error { return expect(r.Total == 6, r) }},
		{"received since", "process_name:net.exe", []string{"cb.min_last_server_update=2016-11-11T00:00:00Z"}, func(r result) error { return expect(r.Total == 2, r) }},
		{"USB", `regmod:registry\machine\system\currentcontrolset\control\deviceclasses\{53f56307-b6bf-11d0-94f2-00a0c91efb8b}\*`, nil, func(r result) error { return expect(r.Total == 4, r) }},
		{"scores", "alliance_score_bwintel:[80 TO *] cb_none", nil, func(r result) error { return expect(r.Total == 0, r) }},
		{"command shells that write programs", "process_name:cmd.exe (filemod:*.exe or filemod:*.dll)", nil, func(r result) error { return expect(r.Total == 1, r) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.want(find(t, s, tt.q, tt.more...)); err != nil {
				t.Error(err)
			}
		})
	}
}

func expect(ok bool, r result) error {
	if ok {
		return nil
	}
	return fmt.Errorf("got %d of %d from %d: %.500v", len(r.Results), r.Total, r.Start, r.Results)
}

// TestPages reads a result page by page and checks that each document comes once.
func TestPages(t *testing.T) {
	s := start(t, simulator.Options{Bulk: 250})
	seen := make(map[string]bool)
	total := 0
	for from := 0; ; from += 100 {
		r := find(t, s, "process_name:svchost.exe or process_name:bulk.exe", "start="+strconv.Itoa(from), "sort=last_update desc")
		total = r.Total
		for _, d := range r.Results {
			if seen[d.Unique] {
				t.Errorf("%s came twice", d.Unique)
			}
			seen[d.Unique] = true
		}
		if len(r.Results) == 0 {
			break
		}
	}
	if len(seen) != total || total < 500 {
		t.Errorf("%d documents, %d promised", len(seen), total)
	}
}

// TestBulk checks that generated processes are documents like others.
func TestBulk(t *testing.T) {
	s := start(t, simulator.Options{Bulk: 100_000})
	if r := find(t, s, "process_name:bulk.exe", "rows=1"); r.Total != 100_000 {
		t.Errorf("%d generated processes", r.Total)
	}
	r := find(t, s, "process_name:bulk.exe hostname:WIN-IA9NQ1GN8OI", "sort=start asc", "cb.group=id", "rows=2", "start=5")
	if len(r.Results) != 2 || r.Total != 2000 || r.Results[0].Start >= r.Results[1].Start {
		t.Fatalf("got %d: %v", r.Total, r.Results)
	}
	var summary struct {
		Process document `json:"process"`
	}
	for _, d := range r.Results {
		_, body := call(t, s, http.MethodGet, "/api/v1/process/"+d.ID+"/"+strconv.FormatInt(d.Segment, 10), "")
		if err := json.Unmarshal(body, &summary); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, summary.Process); diff != "" {
			t.Errorf("the summary differs (-search +summary):\n%s", diff)
		}
	}
	if r := find(t, s, `cmdline:"--item 77"`); r.Total != 1 || !strings.HasSuffix(r.Results[0].Cmdline, "--shard 13 --item 77") {
		t.Errorf("got %v", r.Results)
	}
}

// TestSegments checks that from 6.0 on each segment is a document, and that grouping makes them one.
func TestSegments(t *testing.T) {
	const q = "process_name:wmihost.exe hostname:WS-FIN-04"
	for _, tt := range []struct {
		version                string
		segmented, groups      bool
		uniqueLength, segments int
	}{
		{"5.0.0", false, false, 45, 1},
		{"5.2.0", false, false, 45, 1},
		{"6.0.0", true, false, 49, 16},
		{"6.1.0", true, true, 49, 16},
		{"7.1.0", true, true, 49, 16},
	} {
		t.Run(tt.version, func(t *testing.T) {
			s := start(t, simulator.Options{Version: tt.version})
			r := find(t, s, q)
			if r.Total != tt.segments || len(r.Results[0].Unique) != tt.uniqueLength {
				t.Fatalf("%d documents, the first is %v", r.Total, r.Results[0])
			}
			grouped := find(t, s, q, "cb.group=id")
			if want := map[bool]int{true: 1, false: r.Total}[tt.groups]; grouped.Total != want {
				t.Errorf("grouped: %d documents, want %d", grouped.Total, want)
			}
			status, body := call(t, s, http.MethodGet, "/api/v1/process/"+r.Results[0].ID+"/segment", "")
			if !tt.segmented {
				if status != http.StatusNotFound || r.Results[0].Segment != 1 {
					t.Errorf("segments: status %d, segment %d", status, r.Results[0].Segment)
				}
				return
			}
			var list struct {
				Process struct {
					Segments []document `json:"segments"`
				} `json:"process"`
			}
			if err := json.Unmarshal(body, &list); err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, g := range list.Process.Segments {
				got = append(got, g.Unique)
				if n, err := strconv.ParseInt(g.Unique[37:], 16, 64); err != nil || n != g.Segment {
					t.Errorf("%s is segment %d (%v)", g.Unique, g.Segment, err)
				}
			}
			for _, d := range r.Results {
				want = append(want, d.Unique)
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-search +segments):\n%s", diff)
			}
		})
	}
}

func TestMalformed(t *testing.T) {
	s := start(t, simulator.Options{})
	for _, tt := range []struct{ query, reason string }{
		{"q=process_name%3A%22net.exe", "query_malformed_syntax"},
		{"q=(a", "query_malformed_syntax"},
		{"q=nosuchfield%3Aa", "query_malformed_syntax"},
		{"q=start%3Ayesterday", "query_malformed_syntax"},
		{"q=&rows=many", "invalid_parameter"},
		{"q=&start=-1", "invalid_parameter"},
		{"q=&sort=nosuchfield", "invalid_parameter"},
		{"q=&cb.min_last_update=tomorrow", "invalid_parameter"},
	} {
		status, body := call(t, s, http.MethodGet, "/api/v1/process?"+tt.query, "")
		var answer struct{ Reason string }
		if err := json.Unmarshal(body, &answer); err != nil || status != http.StatusBadRequest || answer.Reason != tt.reason {
			t.Errorf("%s: status %d, %s (%v)", tt.query, status, body, err)
		}
	}
}

// TestHistogram checks the shares that the guide prints.
func TestHistogram(t *testing.T) {
	for _, version := range []string{"5.2.0", "6.2.0"} {
		s := start(t, simulator.Options{Version: version})
		v := url.Values{"facet": {"true"}, "facet.field": {"process_name", "username"}, "rows": {"0"}, "q": {"hostname:WIN-IA9NQ1GN8OI username:bit9rad"}}
		answer := get[struct {
			Facets map[string][]struct {
				Name    string
				Value   int
				Percent float64
				Ratio   string
			}
		}](t, s, "/api/v1/process?"+v.Encode())
		var got []string
		for _, f := range answer.Facets["process_name"][:7] {
			got = append(got, fmt.Sprintf("%.15s %s %d", f.Name, f.Ratio, int(f.Percent)/2))
		}
		want := []string{"chrome.exe 23.4 50", "thumbnailextrac 15.4 32", "adobearm.exe 8.6 18", "taskhost.exe 6.0 12", "conhost.exe 4.7 10", "ping.exe 4.0 8", "wermgr.exe 3.5 7"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
		if u := answer.Facets["username"]; len(u) != 1 || u[0].Name != `WIN-IA9NQ1GN8OI\bit9rad` || u[0].Ratio != "100.0" {
			t.Errorf("%s: users %v", version, u)
		}
	}
}

func TestPosted(t *testing.T) {
	s := start(t, simulator.Options{})
	status, body := call(t, s, http.MethodPost, "/api/v1/process", `{"sort": "last_update desc", "facet": ["true", "true"], "rows": 1, "cb.urlver": ["1"], "start": 1, "q": ["process_name:net.exe cmdline:\\\\test\\blah"]}`)
	var r result
	if err := json.Unmarshal(body, &r); err != nil || status != 200 || r.Total != 2 || r.Start != 1 || r.Results[0].Cmdline != `net  use z: \\test\blah` {
		t.Errorf("status %d: %s (%v)", status, body, err)
	}
	if status, _ := call(t, s, http.MethodPost, "/api/v1/process", `[]`); status != http.StatusBadRequest {
		t.Errorf("a list: status %d", status)
	}
}

type summary struct {
	Process  document   `json:"process"`
	Parent   document   `json:"parent"`
	Children []document `json:"children"`
	Siblings []document `json:"siblings"`
}

func TestSummary(t *testing.T) {
	s := start(t, simulator.Options{})
	shell := get[summary](t, s, "/api/v1/process/"+shellID+"/0")
	if shell.Process.Name != "cmd.exe" || shell.Parent.Name != "explorer.exe" || len(shell.Siblings) != 15 {
		t.Errorf("got %v below %v with %d siblings", shell.Process, shell.Parent, len(shell.Siblings))
	}
	if more := get[summary](t, s, "/api/v1/process/"+shellID+"/0?children=100"); len(more.Siblings) != 100 || len(more.Children) != len(shell.Children) {
		t.Errorf("%d siblings, %d children", len(more.Siblings), len(more.Children))
	}
	recon := find(t, s, "process_name:cmd.exe childproc_name:whoami.exe").Results[0]
	if children := get[summary](t, s, "/api/v1/process/"+recon.ID+"/0").Children; len(children) != 15 {
		t.Errorf("%d children, want 15 of more", len(children))
	}
	for path, want := range map[string]int{
		shellID + "/1":     404, // no such segment
		shellID + "/x":     404,
		unseen + "/0":      404,
		"nonsense/0":       404,
		shellID + "/0?x=y": 200,
	} {
		if status, _ := call(t, s, http.MethodGet, "/api/v1/process/"+path, ""); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
}

// TestSuppressed checks that a child that did nothing is told by its parent alone, from 5.2 on.
func TestSuppressed(t *testing.T) {
	for version, suppressed := range map[string]bool{"5.1.0": false, "5.2.0": true, "6.2.0": true} {
		s := start(t, simulator.Options{Version: version})
		if n := find(t, s, "process_name:find.exe").Total; (n == 0) != suppressed {
			t.Errorf("%s: %d documents", version, n)
		}
		parent := find(t, s, "cmdline:ver process_name:cmd.exe").Results[0]
		segment := "/1"
		if version > "6" {
			segment = "/0"
		}
		doc := get[struct {
			Children []struct {
				ID         string `json:"id"`
				Suppressed bool   `json:"is_suppressed"`
			}
		}](t, s, "/api/v1/process/"+parent.ID+segment)
		if len(doc.Children) != 1 || doc.Children[0].Suppressed != suppressed {
			t.Fatalf("%s: children %v", version, doc.Children)
		}
		if status, _ := call(t, s, http.MethodGet, "/api/v1/process/"+doc.Children[0].ID+segment, ""); (status == 404) != suppressed {
			t.Errorf("%s: the child's own page: status %d", version, status)
		}
	}
}

func TestProcessExtras(t *testing.T) {
	s := start(t, simulator.Options{})
	beacon := find(t, s, "process_name:wmihost.exe hostname:WS-FIN-04", "sort=start asc").Results[0]
	base := "/api/v1/process/" + beacon.ID + "/0/"
	intel := get[struct {
		Hits []struct {
			Report string `json:"report_id"`
			Type   string `json:"ioc_type"`
		}
	}](t, s, base+"threat_intel_hits")
	types := make(map[string]bool)
	for _, h := range intel.Hits {
		types[h.Type] = true
	}
	if diff := cmp.Diff(map[string]bool{"md5": true, "dns": true, "ipv4": true}, types); diff != "" {
		t.Errorf("hits (-want +got):\n%s", diff)
	}
	preview := get[map[string]any](t, s, base+"preview?q="+url.QueryEscape(`filemod:carbonblack\cb.exe`))
	if n := len(preview["filemod_complete"].([]any)); n != 1 || preview["netconn_complete"] != nil {
		t.Errorf("preview: %d files, connections %v", n, preview["netconn_complete"])
	}
	if status, _ := call(t, s, http.MethodGet, base+"preview?q=(", ""); status != 400 {
		t.Errorf("preview of a malformed query: status %d", status)
	}
	report := unzip(t, s, base+"report")
	if !json.Valid(report["process.json"]) || !strings.Contains(string(report["summary.txt"]), "wmihost.exe") {
		t.Errorf("report: %q", report["summary.txt"])
	}
}
