package servers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/servers"
)

// readers are the methods that need nothing to be granted: they read, or they change an object here, which save then
// sends. Whoever adds a method adds it here, or gives it a capability in its table.
func readers() map[string]string {
	return map[string]string{
		"object": "get refresh is_dirty reset validate" +
			" all_childprocs all_crossprocs all_filemods all_modloads all_netconns all_processblocks all_regmods find_file_writes get_segments" +
			" walk_children walk_parents get_installer search search_binaries search_processes tag_data tag_info tag_link tag_score" +
			" add_administrator_access add_viewer_access add_team remove_team create_action create_notification",
		"query": "all and_ batch_size count facets first group_by max_last_server_update max_last_update min_last_server_update" +
			" min_last_update one sort use_comprehensive_search webui_link where",
		"connection": "from_ui get_auditlogs get_notifications info license_request live_response notification_listener",
		"record":     "add_done_callback cancel close done error has_permission has_permissions path_join result",
	}
}

// TestEveryMethodHasACapability goes through the tables of all products: what changes something needs a capability that a
// host can grant, and what needs none is known to read.
func TestEveryMethodHasACapability(t *testing.T) {
	seen := 0
	check := func(group, name string, needs client.Capability) {
		seen++
		method := name[strings.LastIndexByte(name, '.')+1:]
		reads := slices.Contains(strings.Fields(readers()[group]), method)
		switch {
		case needs == client.Read && !reads:
			t.Errorf("%s needs no capability: if it only reads, add it to the readers of this test, else name one in its table", name)
		case needs != client.Read && reads:
			t.Errorf("%s needs %q, and is among the readers", name, needs)
		case needs != client.Read && !slices.Contains(client.Capabilities(), needs):
			t.Errorf("%s needs %q, which nobody can grant", name, needs)
		}
	}
	for _, p := range servers.Products() {
		for _, k := range p.Kinds {
			for _, m := range k.Methods {
				check("object", p.Name+"."+k.Name+"."+m.Name, m.Capability)
			}
			for _, m := range k.QueryMethods() {
				check("query", p.Name+"."+k.Name+"."+m.Name, m.Capability)
			}
			for _, f := range k.Fields {
				if f.Capability != client.Read && !slices.Contains(client.Capabilities(), f.Capability) {
					t.Errorf("%s.%s.%s needs %q, which nobody can grant", p.Name, k.Name, f.Name, f.Capability)
				}
			}
			if k.Allows != 0 && k.Capability == client.Read {
				t.Errorf("a change of %s.%s needs no capability", p.Name, k.Name)
			}
		}
		for _, c := range p.Calls {
			check("connection", p.Name+"."+c.Name, c.Capability)
		}
		for _, r := range p.Records {
			for _, m := range r.Methods {
				check("record", p.Name+"."+r.Name+"."+m.Name, m.Capability)
			}
		}
	}
	if seen < 500 {
		t.Errorf("only %d methods were looked at", seen)
	}
}

// TestEveryRouteHasACapability goes through the changing requests that the check on the wire knows.
func TestEveryRouteHasACapability(t *testing.T) {
	methods := []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	for _, p := range servers.Products() {
		for _, r := range p.Routes() {
			name := fmt.Sprintf("%s: %s %s", p.Name, r.Method, r.Path)
			if !slices.Contains(methods, r.Method) || !strings.HasPrefix(r.Path, "/") {
				t.Errorf("%s is no changing request", name)
			}
			if r.Judge == nil && len(r.Needs) == 0 {
				t.Errorf("%s needs no capability", name)
			}
			for _, need := range r.Needs {
				if !slices.Contains(client.Capabilities(), need) {
					t.Errorf("%s needs %q, which nobody can grant", name, need)
				}
			}
		}
	}
}
