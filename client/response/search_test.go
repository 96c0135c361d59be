package response_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// call calls a method of a query by its name, as a script does.
func call(t *testing.T, q *client.Query, name string, args client.Args) any {
	t.Helper()
	for _, m := range q.Kind().QueryMethods() {
		if m.Name == name {
			args, err := client.Fill(name, m.Params, args)
			if err != nil {
				t.Fatal(err)
			}
			v, err := m.Do(t.Context(), q, args)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("%s queries have no method %s", q.Kind(), name)
	return nil
}

// TestSearchRequests says what is asked for each way to compose a search, on servers of several versions.
//
// Source: contract/query.md, section 4.
func TestSearchRequests(t *testing.T) {
	at := time.Date(2017, 5, 21, 13, 41, 58, 500, time.FixedZone("", -5*3600))
	filtered := func(q *client.Query) *client.Query {
		for _, name := range []string{"min_last_update", "max_last_server_update"} {
			q = call(t, q, name, client.Args{"when": at}).(*client.Query)
		}
		q = call(t, q, "group_by", client.Args{"field": "id"}).(*client.Query)
		return call(t, q, "use_comprehensive_search", nil).(*client.Query)
	}
	cases := []struct {
		name, version string
		legacy        bool
		query         func(cb *client.Client) *client.Query
		want          string
	}{
		{"no condition", "6.2.0", false,
			func(cb *client.Client) *client.Query { return cb.Select(response.Process) },
			"cb.urlver=1&facet=false&q=&rows=1&sort=last_update+desc&start=0"},
		{"conditions", "6.2.0", false,
			func(cb *client.Client) *client.Query {
				return cb.Select(response.Process).Where("process_name:net.exe").Where(`cmdline:\\test\blah`)
			},
			`cb.urlver=1&facet=false&q=process_name%3Anet.exe+cmdline%3A%5C%5Ctest%5Cblah&rows=1&sort=last_update+desc&start=0`},
		{"before 5.1.1", "5.1.0.150625.3", false,
			func(cb *client.Client) *client.Query { return cb.Select(response.Process).Sort("start asc") },
			"cb.urlver=1&q=&rows=1&sort=start+asc&start=0"},
		{"no order", "6.2.0", false,
			func(cb *client.Client) *client.Query { return cb.Select(response.Process).Sort(" ") },
			"cb.urlver=1&facet=false&q=&rows=1&start=0"},
		{"filters", "6.2.0", false,
			func(cb *client.Client) *client.Query { return filtered(cb.Select(response.Process)) },
			"cb.group=id&cb.max_last_server_update=2017-05-21T18%3A41%3A58Z&cb.min_last_update=2017-05-21T18%3A41%3A58Z&cb.urlver=1&comprehensive_search=true&facet=false&q=&rows=1&sort=last_update+desc&start=0"},
		{"filters before 6.0", "5.2.0", false,
			func(cb *client.Client) *client.Query { return filtered(cb.Select(response.Process)) },
			"cb.urlver=1&comprehensive_search=true&facet=false&q=&rows=1&sort=last_update+desc&start=0"},
		{"a mounted index of 5.x", "6.2.0", true,
			func(cb *client.Client) *client.Query { return cb.Select(response.Process) },
			"cb.legacy_5x_mode=True&cb.urlver=1&facet=false&q=&rows=1&sort=last_update+desc&start=0"},
		{"a raw query", "6.2.0", false,
			func(cb *client.Client) *client.Query {
				return cb.Select(response.Process).Raw(url.Values{"q": {"ipport:443"}, "cb.urlver": {"1"}, "sort": {"start asc"}, "x": {""}})
			},
			"cb.urlver=1&q=ipport%3A443&rows=1&sort=last_update+desc&start=0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d, cb := start(t, simulator.Options{Version: c.version, LegacyPartition: c.legacy})
			if _, err := c.query(cb).First(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{"GET /api/v1/process?" + c.want}, asked(d)); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTermsAreData: a value of a keyword condition never becomes syntax, whatever is in it.
func TestTermsAreData(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	for _, c := range []struct {
		values []any
		want   string
	}{
		{[]any{"net.exe"}, `process_name:"net.exe"`},
		{[]any{"a", "b c"}, `(process_name:"a" or process_name:"b c")`},
		{[]any{`x" or process_name:"y`}, `process_name:"x\" or process_name:\"y"`},
		{[]any{`\\test\blah\`}, `process_name:"\\\\test\\blah\\"`},
		{[]any{`a\\`}, `process_name:"a\\\\"`},
		{[]any{int64(5), true, 1.5}, `(process_name:5 or process_name:true or process_name:1.5)`},
		{[]any{time.Date(2017, 5, 21, 18, 41, 58, 0, time.UTC)}, `process_name:"2017-05-21T18:41:58Z"`},
	} {
		q := cb.Select(response.Process).WhereTerm("process_name", c.values...)
		if err := q.Err(); err != nil {
			t.Errorf("%v: %v", c.values, err)
		} else if diff := cmp.Diff([]string{c.want}, q.Terms()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.values, diff)
		} else if _, err := q.First(t.Context()); err != nil {
			t.Errorf("%v: the server does not take it: %v", c.values, err)
		}
	}
	for _, bad := range []any{"", "a\nb", nil, []any{"x"}} {
		if err := cb.Select(response.Process).WhereTerm("process_name", bad).Err(); err == nil {
			t.Errorf("the value %#v was taken", bad)
		}
	}
}

func TestFacets(t *testing.T) {
	d, cb := start(t, simulator.Options{})
	q := cb.Select(response.Process).Where("hostname:WIN-IA9NQ1GN8OI").Where("username:bit9rad")
	facets := call(t, q, "facets", client.Args{"fields": []any{"process_name", "username"}}).(map[string]any)
	for _, field := range []string{"process_name", "username"} {
		entries, _ := facets[field].([]any)
		if len(entries) == 0 {
			t.Errorf("no facets of %s", field)
			continue
		}
		entry := entries[0].(map[string]any)
		if _, ok := entry["value"].(int64); !ok || entry["name"] == "" {
			t.Errorf("the first facet of %s is %v", field, entry)
		}
	}
	want := "GET /api/v1/process?cb.urlver=1&facet=true&facet.field=process_name&facet.field=username&q=hostname%3AWIN-IA9NQ1GN8OI+username%3Abit9rad&rows=0&start=0"
	if diff := cmp.Diff([]string{want}, asked(d)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestCountAsksForNoRows(t *testing.T) {
	d, cb := start(t, simulator.Options{Bulk: 300})
	n, err := cb.Select(response.Process).Where("process_name:bulk.exe").Count(t.Context())
	if n != 300 || err != nil {
		t.Errorf("got %d, %v; want 300", n, err)
	}
	want := "GET /api/v1/process?cb.urlver=1&facet=false&q=process_name%3Abulk.exe&rows=0&start=0"
	if diff := cmp.Diff([]string{want}, asked(d)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestMalformedQuery(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	_, err := cb.Select(response.Process).Where("(process_name:net.exe").First(t.Context())
	syntax, ok := err.(*client.QuerySyntaxError)
	if !ok || syntax.Query != "(process_name:net.exe" {
		t.Errorf("got %v, want a QuerySyntaxError that names the query", err)
	}
}

func TestSearchLink(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	q := cb.Select(response.Process).Where("process_name:net.exe")
	link := call(t, q, "webui_link", nil).(string)
	if want := cb.URL() + "/#/search/cb.urlver=1&facet=false&q=process_name%3Anet.exe&sort=last_update+desc"; link != want {
		t.Errorf("got %s, want %s", link, want)
	}
	back, err := response.FromUI(t.Context(), cb, link)
	if err != nil {
		t.Fatal(err)
	}
	n, err := back.(*client.Query).Count(t.Context())
	if n < 2 || err != nil {
		t.Errorf("the link leads to %d results, %v", n, err)
	}
}

// TestFromUI: the links of the console, one of each page. Source: contract/response.md, section 1.
func TestFromUI(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	const guid = "00000003-0000-036c-01d2-2efd3af51186"
	for link, want := range map[string]string{
		"/#/analyze/" + guid + "/1495465643405":      "<Process: id " + guid + "-015c30b2cd8d> @ ",
		"/#analyze/" + guid:                          "<Process: id " + guid + "> @ ",
		"/#/binary/24da05ade2a978e199875da0d859e7eb": "<Binary: id 24DA05ADE2A978E199875DA0D859E7EB> @ ",
		"/#/host/3":                           "<Sensor: id 3> @ ",
		"/#/search/q=a%2Fb/c&cb.urlver=1":     "select(Process)[cb.urlver=1&q=a%2Fb%2Fc]",
		"/#/binaries/q=x":                     "select(Binary)[q=x]",
		"/#/watchlist/14":                     "<Watchlist: id 14> @ ",
		"/#/investigation/2":                  "<Investigation: id 2> @ ",
		"/#/alerts/q=status%3AUnresolved":     "select(Alert)[q=status%3AUnresolved]",
		"/#/threats/q=a&cb.fq.feed_id=3":      "select(ThreatReport)[cb.fq.feed_id=3&q=a]",
		"/#/threat-details/3/invoice-2016-11": "<ThreatReport: id 3:invoice-2016-11> @ ",
		"/#/threat-details/3/a%20b":           "<ThreatReport: id 3:a b> @ ",
		"/#/investigation/99":                 "error: 0 results",
		"/#/threat-details/3":                 "error: the link names no report",
		"/":                                   "connection",
		"/#/login":                            "connection",
		"":                                    "connection",
		"/#/analyze/nonsense/1":               `error: Process: invalid process guid "nonsense"`,
		"/#/analyze/" + guid + "/x":           `error: "x" is not the number of a segment`,
		"/#/binary/..":                        `error: ".." is not an MD5`,
		"/#/search/":                          "error: the link has no query",
		"/#/nowhere/1":                        `error: unknown page of the console, "nowhere"`,
		"/#/host/":                            "error: the link has no id",
	} {
		got := ""
		v, err := response.FromUI(t.Context(), cb, cb.URL()+link)
		switch v := v.(type) {
		case *client.Object:
			got = v.String()
		case *client.Query:
			got = v.String()
		case *client.Client:
			got = "connection"
		}
		if err != nil {
			got = "error: " + err.Error()
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %s, want %s", link, got, want)
		}
	}
	if _, err := response.FromUI(t.Context(), cb, "https://other.example/#/host/3"); err == nil {
		t.Error("a link of another server was taken")
	}
}
