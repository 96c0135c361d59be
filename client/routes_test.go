package client_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

func TestMatchRoutes(t *testing.T) {
	gadget := client.Define(client.Kind{Name: "Gadget", Product: "test", Route: "/api/v1/gadget", PrimaryKey: "id",
		Allows:  client.CanCreate | client.CanUpdate | client.CanDelete,
		Changes: []client.Route{{Method: http.MethodPost, Path: "/api/v1/gadget/{id}/start", Needs: []client.Capability{client.Respond}}}})
	product := &client.Product{Kinds: []*client.Kind{gadget},
		Changes: []client.Route{{Method: http.MethodPut, Path: "/api/all", Needs: []client.Capability{client.Isolate}}}}
	routes := product.Routes()
	for _, test := range []struct {
		method, path string
		want         []string
	}{
		{"POST", "/api/v1/gadget", []string{"POST /api/v1/gadget write "}},
		{"PUT", "/api/v1/gadget/7", []string{"PUT /api/v1/gadget/{id} write api/v1/gadget/7"}},
		{"DELETE", "/api/v1/gadget/7", []string{"DELETE /api/v1/gadget/{id} write api/v1/gadget/7"}},
		{"POST", "/api/v1/gadget/7/start", []string{"POST /api/v1/gadget/{id}/start respond api/v1/gadget/7"}},
		{"PUT", "/api/all", []string{"PUT /api/all isolate "}},
		{"PUT", "//API/%61ll/", []string{"PUT /api/all isolate "}},
		{"PUT", "/api%2fall", []string{"PUT /api/all isolate "}},
		{"PUT", "/api%5call", []string{"PUT /api/all isolate "}},
		{"POST", "/api/v1/gadget/7%2fstart", []string{"POST /api/v1/gadget/{id}/start respond api/v1/gadget/7"}},
		{"DELETE", "/api/v1/gadget/a%2fb", []string{"DELETE /api/v1/gadget/{id} write api/v1/gadget/a/b"}},
		{"DELETE", "/api/v1/gadget", nil},
		{"PATCH", "/api/v1/gadget/7", nil},
		{"PUT", "/api/v1/other/7", nil},
	} {
		var got []string
		for _, m := range client.MatchRoutes(routes, test.method, test.path) {
			got = append(got, m.Method+" "+m.Path+" "+string(m.Needs[0])+" "+m.Object)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", test.method, test.path, diff)
		}
	}
}

func FuzzMatchRoutes(f *testing.F) {
	routes := []client.Route{{Method: "PUT", Path: "/api/{id}/x"}}
	f.Add("/api/7/x")
	f.Add("/%2f%zz//")
	f.Fuzz(func(t *testing.T, path string) {
		if n := len(client.MatchRoutes(routes, "PUT", path)); n > 2 {
			t.Errorf("%q has %d readings", path, n)
		}
	})
}
