package response

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// newIngressFilters makes the filters of the story's server.
func (p *Product) newIngressFilters() *records {
	all := newRecords("id")
	all.put(p.completeFilter(map[string]any{
		"id": "backup", "name": "Backup", "description": "What the backup agent reads is not worth keeping.",
		"path_filters": []any{`c:\program files\backup\agent.exe`}, "filter_all_events": false, "filemod_filters": []any{`*`},
	}))
	return all
}

// completeFilter adds what a filter has beside what its maker said.
//
// Source: contract/fields/response/ingress_filter.json.
func (p *Product) completeFilter(doc map[string]any) map[string]any {
	when := inServerZone(p.story.Now)
	whole := map[string]any{
		"create_timestamp": when, "modify_timestamp": when, "create_user_id": 1, "modify_user_id": 1, "version": 1, "priority": 0,
		"internal": false, "enabled": true, "filter_on_sensor": true, "filter_on_server": true, "track_metrics": false, "hit_rate": 0.0,
		"os_mask": 7, "global": true, "descendant_filtering_level": 0, "filter_all_events": true,
	}
	for _, list := range []string{
		"group_ids", "sensor_ids", "path_filters", "cmdline_filters", "md5_filters", "regmod_filters", "modload_filters", "filemod_filters",
		"non_binary_filemod_filters", "netconn_filters", "crossproc_filters",
	} {
		whole[list] = []any{}
	}
	for name, v := range doc {
		if v != nil {
			whole[name] = v
		}
	}
	return whole
}

// ingressRoutes are those of ingress filters, which servers have from 6.1 on. New ones are sent as a list.
//
// Source: contract/response.md, section 11.
func (p *Product) ingressRoutes() []route.Route {
	if !p.version.atLeast(6, 1) {
		return nil
	}
	m := model{
		what: "ingress filter", base: "/api/v1/ingress_whitelist", rows: p.filters,
		check: func(doc, old map[string]any) (route.Reply, bool) {
			if old != nil {
				doc["modify_timestamp"] = inServerZone(p.story.Now)
			}
			return needs(doc, "name", "description")
		},
	}
	routes := p.modelRoutes(m)
	for i := range routes {
		if routes[i].Method == http.MethodPost {
			routes[i].Handle = func(c *route.Call) route.Reply { return p.createFilters(m, c) }
		}
	}
	return routes
}

// createFilters keeps a list of new filters and answers the list of their ids. An id of the client's own is honoured.
func (p *Product) createFilters(m model, c *route.Call) route.Reply {
	var sent []map[string]any
	if err := json.Unmarshal(c.Body, &sent); err != nil {
		return route.BadRequest("The body is not a list of JSON objects.")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := []string{}
	made := make(map[string]map[string]any)
	for i, doc := range sent {
		doc = maps.Clone(doc)
		if refusal, ok := m.check(doc, nil); !ok {
			return refusal
		}
		id := text(doc, "id")
		if id == "" {
			id = fmt.Sprintf("00000000-0000-4000-8000-%012x", p.filters.next+i)
		}
		if p.filters.docs[id] != nil || made[id] != nil {
			return route.Text(http.StatusConflict, "There is an ingress filter with the id "+id+".")
		}
		doc["id"] = id
		made[id] = p.completeFilter(doc)
		ids = append(ids, id)
	}
	p.filters.next += len(sent)
	maps.Copy(p.filters.docs, made)
	return route.JSON(ids)
}
