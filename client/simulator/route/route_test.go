package route_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator/route"
)

func table() *route.Table {
	echo := func(c *route.Call) route.Reply { return route.Text(200, c.Var("id")) }
	return route.NewTable([]route.Route{
		{Method: http.MethodGet, Path: "/api/thing", Handle: echo},
		{Method: http.MethodGet, Path: "/api/thing/{id}", Handle: echo},
		{Method: http.MethodPut, Path: "/api/thing/{id}", Handle: echo},
		{Method: http.MethodGet, Path: "/api/thing/all", Handle: func(*route.Call) route.Reply { return route.JSON("<&>") }},
	})
}

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		method, path string
		status       int
		body, allow  string
	}{
		{"GET", "/api/thing/7", 200, "7", ""},
		{"GET", "/api/thing/a%2Fb", 200, "a/b", ""},
		{"GET", "//api///thing/../thing/7", 200, "7", ""},
		{"GET", "/api/thing/all", 200, `"<&>"`, ""},
		{"DELETE", "/api/thing/7", 405, "", "GET, PUT"},
		{"GET", "/api/thing/7/8", 404, "", ""},
		{"GET", "/api/thing/", 404, "", ""},
		{"BREW", "/api/pot", 404, "", ""},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		found, reply, ok := table().Find(r)
		if ok {
			reply = found.Handle(route.NewCall(r, nil))
		}
		if reply.Status != tt.status || tt.body != "" && string(reply.Body) != tt.body || reply.Header.Get("Allow") != tt.allow {
			t.Errorf("%s %s: status %d, allow %q: %s", tt.method, tt.path, reply.Status, reply.Header.Get("Allow"), reply.Body)
		}
	}
}

func TestForm(t *testing.T) {
	for raw, want := range map[string]url.Values{
		"q=a+b&q=c&rows=": {"q": {"a b", "c"}, "rows": {""}},
		"q=%zz&rows=1":    {"q": {"%zz"}, "rows": {"1"}},
		"q=a;b":           {"q": {"a;b"}},
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/thing", nil)
		r.URL.RawQuery = raw
		if diff := cmp.Diff(want, route.NewCall(r, nil).Form); diff != "" {
			t.Errorf("%s (-want +got):\n%s", raw, diff)
		}
	}
}
