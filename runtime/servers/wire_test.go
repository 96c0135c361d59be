package servers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime/servers"
)

// granted is what comes of a request when some capabilities are granted: "ok", the capability that lacks, or another error.
func granted(t *testing.T, p *client.Product, r client.Route, path, body string, frozen bool, allow ...client.Capability) string {
	t.Helper()
	w := guard.NewWire(p, guard.WireConfig{Allow: allow, Frozen: frozen, Budget: guard.NewBudget(1)})
	err := w.Check(t.Context(), guard.WireRequest{Method: r.Method, Path: path, Body: []byte(body),
		Read: func(context.Context, string) ([]byte, error) { return []byte(`{"sensor_id": 7}`), nil }})
	var refused *client.PermissionError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &refused) && refused.Capability != client.Read:
		return string(refused.Capability)
	}
	return err.Error()
}

// sample is a request of a route, and what it needs.
type sample struct {
	body  string
	needs client.Capability
}

// samples gives a request for each capability that a route may need.
func samples(r client.Route) []sample {
	if r.Judge != nil {
		return []sample{{`{"name": "get file"}`, client.Respond}, {`{"name": "kill"}`, client.RespondWrite}, {`{"name": "not known"}`, client.RespondWrite}}
	}
	if r.Kind == nil || r.Kind.FieldNeeds() == nil {
		return []sample{{`{"md5hash": "506708142bc63daba64f2d3ad1dcd5bf"}`, r.Needs[0]}} // as a ban names what it bans
	}
	var all []sample
	for _, f := range r.Kind.Fields {
		if !f.ReadOnly {
			need := f.Capability
			if need == client.Read {
				need = r.Kind.Capability
			}
			all = append(all, sample{fmt.Sprintf(`{%q: "x"}`, f.Name), need})
		}
	}
	return all
}

// TestEveryRouteNeedsItsCapability sends a request of every route of every table through the check on the wire: it
// passes with the capability that it needs and with no other, and written in another way it does not pass at all.
func TestEveryRouteNeedsItsCapability(t *testing.T) {
	seen := 0
	for _, p := range servers.Products() {
		for _, r := range p.Routes() {
			path := r.Path
			for strings.Contains(path, "{") {
				before, rest, _ := strings.Cut(path, "{")
				_, after, _ := strings.Cut(rest, "}")
				path = before + "7" + after
			}
			for _, s := range samples(r) {
				seen++
				name := fmt.Sprintf("%s: %s %s %s", p.Title, r.Method, path, s.body)
				got, want := map[string]string{"nothing": granted(t, p, r, path, s.body, false)}, map[string]string{"nothing": string(s.needs)}
				if frozen := granted(t, p, r, path, s.body, true, client.Capabilities()...); (frozen == "ok") != (s.needs == client.Respond) {
					t.Errorf("%s, when changes are only shown: %s", name, frozen)
				}
				for _, c := range client.Capabilities() {
					got[string(c)] = granted(t, p, r, path, s.body, false, c)
					want[string(c)] = string(s.needs)
					if c == s.needs {
						want[string(c)] = "ok"
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
				for _, written := range otherwise(path) {
					unknown := fmt.Sprintf("%s %s is refused: no model of %s has such a change, so that no capability stands for it", r.Method, written, p.Title)
					if got := granted(t, p, r, written, s.body, false, client.Capabilities()...); got != unknown {
						t.Errorf("%s, written as %s: %s", name, written, got)
					}
				}
			}
		}
	}
	if seen < 130 {
		t.Errorf("only %d requests were tried", seen)
	}
}

// TestFieldsInAnyCase: a field that needs a capability of its own needs it however its name is written.
func TestFieldsInAnyCase(t *testing.T) {
	p := servers.Products()[0]
	r := client.Route{Method: "PUT"}
	for _, name := range []string{"network_isolation_enabled", "Network_Isolation_Enabled", `network_i\u017folation_enabled`, `networ\u212a_isolation_enabled`} {
		if got := granted(t, p, r, "/api/v1/sensor/7", `{"`+name+`": true}`, false, client.Write); got != "isolate" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// otherwise writes a path in ways that some servers take for the same.
func otherwise(path string) []string {
	last := strings.LastIndexByte(path, '/')
	return []string{path + "/", "/" + path, path[:last] + "/" + path[last:], path[:last] + "%2F" + path[last+1:], path[:last] + "%5C" + path[last+1:],
		strings.ToUpper(path), path[:last] + "/." + path[last:], path[:last] + "/x/.." + path[last:], path[:last] + "/x/%2e%2e" + path[last:],
		path + ";a=b", path + "%00", "http://cb.example" + path, "//user@cb.example" + path, fmt.Sprintf("%s%%%02x", path[:len(path)-1], path[len(path)-1])}
}

// TestUnknownChanges: with everything granted, a change that no table knows is refused, by whatever method.
func TestUnknownChanges(t *testing.T) {
	for _, p := range servers.Products() {
		w := guard.NewWire(p, guard.WireConfig{Allow: client.Capabilities()})
		var known []string
		for _, r := range p.Routes() {
			known = append(known, r.Path)
		}
		slices.Sort(known)
		for _, path := range append(slices.Compact(known), p.Base, p.Base+"anything", "/", "/console", "*") {
			for _, method := range []string{"PATCH", "OPTIONS", "TRACE", "CONNECT", "MERGE", "COPY", "get", "Post", "", "POST ", "PROPFIND"} {
				path := strings.NewReplacer("{", "", "}", "").Replace(path)
				if _, listed := client.MatchRoute(p.Routes(), method, path); listed {
					continue
				}
				err := w.Check(t.Context(), guard.WireRequest{Method: method, Path: path})
				var refused *client.PermissionError
				if !errors.As(err, &refused) || refused.Capability != client.Read || refused.Hint() != "" {
					t.Errorf("%s: %q %s gives %v", p.Title, method, path, err)
				}
			}
		}
	}
}
