package client_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

func TestMatchRoute(t *testing.T) {
	gadget := client.Define(client.Kind{Name: "Gadget", Product: "test", Route: "/api/v1/gadget", PrimaryKey: "id", Elsewhere: []string{"/api/v2/gadget"},
		Allows: client.CanCreate | client.CanUpdate | client.CanDelete,
		Changes: []client.Route{{Method: http.MethodPost, Path: "/api/v1/gadget/{id}/start", Needs: []client.Capability{client.Respond}, Object: "Gadget {id}"},
			{Method: http.MethodPut, Path: "/api/v1/session/{session}/of/{part}", Needs: []client.Capability{client.Respond},
				Subject: &client.Subject{Document: "/api/v1/session/{session}", Member: "gadget", Model: "Gadget"}}}})
	product := &client.Product{Kinds: []*client.Kind{gadget},
		Changes: []client.Route{{Method: http.MethodPut, Path: "/api/all", Needs: []client.Capability{client.Isolate}}}}
	routes := product.Routes()
	for _, test := range []struct{ method, path, want string }{
		{"POST", "/api/v1/gadget", "/api/v1/gadget write, "},
		{"POST", "/api/v2/gadget", "/api/v2/gadget write, "},
		{"PUT", "/api/v1/gadget/7", "/api/v1/gadget/{id} write, Gadget 7"},
		{"PUT", "/api/v2/gadget/a%20b:c", "/api/v2/gadget/{id} write, Gadget a b:c"},
		{"DELETE", "/api/v1/gadget/7", "/api/v1/gadget/{id} write, Gadget 7"},
		{"POST", "/api/v1/gadget/7/start", "/api/v1/gadget/{id}/start respond, Gadget 7"},
		{"PUT", "/api/v1/session/1:2/of/3", "/api/v1/session/{session}/of/{part} respond, at /api/v1/session/1:2"},
		{"PUT", "/api/all", "/api/all isolate, "},

		{"DELETE", "/api/v1/gadget", ""},
		{"PATCH", "/api/v1/gadget/7", ""},
		{"PUT", "/api/v1/other/7", ""},
		{"put", "/api/all", ""},
		{"PUT", "/API/all", ""},
		{"PUT", "/api/all/", ""},
		{"PUT", "//api/all", ""},
		{"PUT", "/api//all", ""},
		{"PUT", "api/all", ""},
		{"PUT", "", ""},
		{"PUT", "/", ""},
		{"PUT", "/api/%61ll", ""},
		{"PUT", "/api%2fall", ""},
		{"PUT", "/api%5call", ""},
		{"PUT", "/api/all;x=y", ""},
		{"PUT", "/api/all%00", ""},
		{"PUT", "/api/v1/../all", ""},
		{"PUT", "/api/v1/gadget/..", ""},
		{"PUT", "/api/v1/gadget/%2e%2e", ""},
		{"PUT", "/api/v1/gadget/.", ""},
		{"PUT", "/api/v1/gadget/7;a=b", ""},
		{"PUT", "/api/v1/gadget/7%00", ""},
		{"PUT", "/api/v1/gadget/a%2Fb", ""},
		{"PUT", "/api/v1/gadget/a%5Cb", ""},
		{"PUT", "/api/v1/gadget/a%zz", ""},
		{"POST", "/api/v1/gadget/7%2Fstart", ""},
		{"POST", "https://other.example/api/v1/gadget", ""},
	} {
		got := ""
		if m, ok := client.MatchRoute(routes, test.method, test.path); ok {
			got = m.Path + " " + string(m.Needs[0]) + ", " + m.Object
			if m.Document != "" {
				got += "at " + m.Document
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", test.method, test.path, diff)
		}
	}
}

// FuzzMatchRoute holds that a path which is known is one that JoinPath makes of the route and a name.
func FuzzMatchRoute(f *testing.F) {
	routes := []client.Route{{Method: "PUT", Path: "/api/{id}", Object: "{id}"}}
	for _, path := range []string{"/api/7", "/api/a%20b", "/api/%2f%zz//", "/api/a%2Fb", "/api/..", "/api/%2e%2e", "/api/7;x", "/API/7", "/api/7/", "/api/%00", "/api/\xff"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		m, ok := client.MatchRoute(routes, "PUT", path)
		if !ok {
			return
		}
		made, err := client.JoinPath("/api", m.Object)
		if err != nil || made != path {
			t.Errorf("%q is known as the id %q, whose path is %q, %v", path, m.Object, made, err)
		}
	})
}
