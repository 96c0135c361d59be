package response

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// groups are the sensor groups by id. A group's document is kept as the map that clients send and receive.
type groups struct {
	byID map[int]map[string]any
	next int
}

func (g *groups) get(id int) map[string]any { return g.byID[id] }

// newGroups makes the documents of the story's groups.
//
// Source: contract/fields/response/group-modify.json for the names and defaults.
func (p *Product) newGroups() groups {
	g := groups{byID: make(map[int]map[string]any), next: 1}
	for _, sg := range p.story.Groups {
		doc := p.groupDefaults()
		doc["id"], doc["name"], doc["site_id"] = sg.ID, sg.Name, sg.Site.ID
		g.byID[sg.ID] = doc
		g.next = max(g.next, sg.ID+1)
	}
	return g
}

func (p *Product) groupDefaults() map[string]any {
	doc := map[string]any{
		"site_id": 1, "sensorbackend_server": "https://cb.brightwater.example:443", "datastore_server": "", "sensor_exe_name": "",
		"team_access":    []any{map[string]any{"team_id": 1, "team_name": "Administrators", "access_category": "Administrator"}},
		"sensor_version": "Manual", "alert_criticality": 3, "tamper_level": 0, "max_licenses": -1, "process_filter_level": 0,
		"quota_eventlog_bytes": 1073741824, "quota_eventlog_percent": 1, "quota_storefile_bytes": 1073741824, "quota_storefile_percent": 1,
		"filter_known_dlls": false, "vdi_enabled": false, "banning_enabled": true,
	}
	for _, what := range []string{
		"emet_events", "filemods", "filewritemd5s", "cross_procs", "moduleinfo", "moduleloads", "netconns", "nonbinary_filewrites",
		"processes", "regmods", "storefiles", "usercontext",
	} {
		doc["collect_"+what] = true
	}
	if p.version.atLeast(7, 0) {
		for _, system := range []string{"windows", "osx", "linux"} {
			doc["sensor_version_"+system] = "Manual"
		}
	}
	return doc
}

func (p *Product) groupRoutes() []route.Route {
	bases := []string{"/api/group"}
	if p.version.atLeast(7, 0) {
		bases = append(bases, "/api/v3/group")
	}
	var list []route.Route
	for _, base := range bases {
		list = append(list,
			route.Route{Method: http.MethodGet, Path: base, Handle: p.listGroups},
			route.Route{Method: http.MethodPost, Path: base, Handle: p.createGroup},
			route.Route{Method: http.MethodGet, Path: base + "/{id}", Handle: p.getGroup},
			route.Route{Method: http.MethodPut, Path: base + "/{id}", Handle: p.changeGroup},
			route.Route{Method: http.MethodDelete, Path: base + "/{id}", Handle: p.deleteGroup},
		)
	}
	list = append(list, p.sharingRoutes()...)
	return append(list, route.Route{Method: http.MethodGet, Path: "/api/v1/group/{id}/installer/{system...}", Handle: p.installer})
}

func (p *Product) listGroups(*route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	docs := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(p.groups.byID)) {
		docs = append(docs, p.groups.byID[id])
	}
	return route.JSON(docs)
}

// namedGroup finds the group of a call. It needs p.mu.
func (p *Product) namedGroup(c *route.Call) (map[string]any, route.Reply) {
	if id, ok := c.Int("id"); ok {
		if doc := p.groups.get(id); doc != nil {
			return doc, route.Reply{}
		}
	}
	return nil, route.MissingObject("There is no sensor group " + c.Var("id") + ".")
}

// getGroup answers a list of one.
func (p *Product) getGroup(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc, refusal := p.namedGroup(c)
	if doc == nil {
		return refusal
	}
	return route.JSON([]any{doc})
}

// createGroup answers the new group's id.
func (p *Product) createGroup(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := p.groupDefaults()
	if refusal, ok := p.mergeGroup(doc, c.Body, 0); !ok {
		return refusal
	}
	if name, _ := doc["name"].(string); name == "" {
		return route.BadRequest("A sensor group needs a name.")
	}
	id := p.groups.next
	p.groups.next++
	doc["id"] = id
	p.groups.byID[id] = doc
	return route.JSON(map[string]int{"id": id})
}

func (p *Product) changeGroup(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc, refusal := p.namedGroup(c)
	if doc == nil {
		return refusal
	}
	id, _ := c.Int("id")
	changed := maps.Clone(doc)
	if refusal, ok := p.mergeGroup(changed, c.Body, id); !ok {
		return refusal
	}
	p.groups.byID[id] = changed
	return route.Success()
}

// mergeGroup puts what a client sent into a group's document, which has the given id, 0 for a new one. It needs p.mu.
func (p *Product) mergeGroup(doc map[string]any, body []byte, id int) (route.Reply, bool) {
	var sent map[string]any
	if err := json.Unmarshal(body, &sent); err != nil || sent == nil {
		return route.BadRequest("The body is not a JSON object."), false
	}
	delete(sent, "id")
	maps.Copy(doc, sent)
	for other, g := range p.groups.byID {
		if other != id && g["name"] == doc["name"] {
			return route.Text(http.StatusConflict, "There is a sensor group with that name."), false
		}
	}
	site, ok := wholeNumber(doc["site_id"])
	if !ok || !p.hasSite(site) {
		return route.BadRequest("A sensor group needs the id of a site."), false
	}
	doc["site_id"] = site
	return route.Reply{}, true
}

// wholeNumber reads a number that came from JSON or from the story.
func wholeNumber(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case float64:
		return int(n), n == float64(int(n))
	}
	return 0, false
}

// deleteGroup refuses for a group that still has sensors, and for the first, which is the server's own.
func (p *Product) deleteGroup(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc, refusal := p.namedGroup(c)
	if doc == nil {
		return refusal
	}
	id, _ := c.Int("id")
	if id == 1 {
		return route.BadRequest("The default group cannot be deleted.")
	}
	if slices.ContainsFunc(p.sensors, func(s *sensor) bool { return s.group == id }) {
		return route.BadRequest("The sensor group has sensors.")
	}
	delete(p.groups.byID, id)
	return route.Success()
}
