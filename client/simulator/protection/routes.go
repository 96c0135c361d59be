package protection

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// model is what the routes of a kind of rows have of their own.
type model struct {
	name     string   // the route
	since8   bool     // came with version 8.0
	create   []string // what a new row must have; nil when none can be made
	change   bool     // rows can be changed by PUT, and deleted
	byPost   bool     // rows are changed by POST to the row
	download bool     // a row has a file
}

// models lists what the server has. Source: contract/protection.md, "Models".
func models() []model {
	return []model{
		{name: "approvalRequest", change: true},
		{name: "certificate", change: true},
		{name: "computer", change: true},
		{name: "connector", change: true, create: []string{"name", "analysisName", "connectorVersion", "canAnalyze", "enabled", "analysisEnabled"}},
		{name: "driftReport", since8: true},
		{name: "driftReportContents", since8: true},
		{name: "event"},
		{name: "fileAnalysis", change: true, create: []string{"fileCatalogId", "connectorId"}},
		{name: "fileCatalog", change: true},
		{name: "fileInstance", change: true, byPost: true},
		{name: "fileInstanceDeleted"},
		{name: "fileInstanceGroup"},
		{name: "fileRule", change: true, create: []string{"name"}},
		{name: "fileUpload", change: true, create: []string{"fileCatalogId"}, download: true},
		{name: "grantedUserPolicyPermission", since8: true},
		{name: "internalEvent"},
		{name: "meteredExecution"},
		{name: "notification", change: true, create: []string{"analysisResult", "fileAnalysisId"}},
		{name: "notifier"},
		{name: "pendingAnalysis", change: true, download: true},
		{name: "policy", change: true, create: []string{"name"}},
		{name: "publisher", change: true},
		{name: "publisherCertificate", since8: true},
		{name: "scriptRule", since8: true, change: true},
		{name: "serverConfig"},
		{name: "serverPerformance"},
		{name: "trustedDirectory", since8: true, change: true},
		{name: "trustedUser", since8: true, change: true, create: []string{"name", "userSid", "description", "platformId"}},
		{name: "updater", change: true},
		{name: "user", since8: true, change: true, create: []string{"name"}},
		{name: "userGroup", since8: true, change: true, create: []string{"name"}},
	}
}

// routes are the routes of a model.
func (p *Product) routes(m model) []route.Route {
	collection, one := base+m.name, base+m.name+"/{id}"
	locked := func(handle func(t *table, c *route.Call) route.Reply) route.Handler {
		return func(c *route.Call) route.Reply {
			p.mu.Lock()
			defer p.mu.Unlock()
			return handle(p.table(m.name), c)
		}
	}
	list := []route.Route{
		{Method: http.MethodGet, Path: collection, Handle: locked(func(t *table, c *route.Call) route.Reply { return t.search(c.Form, p.shown(m.name), p.now()) })},
		{Method: http.MethodGet, Path: one, Handle: locked(p.read)},
	}
	if m.create != nil {
		list = append(list, route.Route{Method: http.MethodPost, Path: collection, Handle: locked(p.create)})
	}
	if m.change {
		list = append(list,
			route.Route{Method: http.MethodPut, Path: one, Handle: locked(p.change)},
			route.Route{Method: http.MethodDelete, Path: one, Handle: locked(p.remove)})
	}
	if m.byPost {
		list = append(list, route.Route{Method: http.MethodPost, Path: one, Handle: locked(p.change)})
	}
	return list
}

// shown says which rows of a model its list has; nil means all.
func (p *Product) shown(name string) func(doc) bool {
	if name == "pendingAnalysis" {
		return pending
	}
	return nil
}

// named finds the row of a call.
func named(t *table, c *route.Call) (doc, route.Reply, bool) {
	if id, ok := c.Int("id"); ok {
		if d, found := t.get(id); found {
			return d, route.Reply{}, true
		}
	}
	return nil, route.MissingObject(fmt.Sprintf("There is no %s %s.", t.name, c.Var("id"))), false
}

// read answers a row, or its file.
func (p *Product) read(t *table, c *route.Call) route.Reply {
	d, refusal, ok := named(t, c)
	switch {
	case !ok:
		return refusal
	case t.download && c.Form.Get("downloadFile") == "true":
		return p.file(d)
	}
	return route.JSON(d)
}

// create keeps a new row and answers it.
func (p *Product) create(t *table, c *route.Call) route.Reply {
	sent, ok := read(c.Body, t.times)
	if !ok {
		return route.BadRequest("The body is not a JSON object.")
	}
	delete(sent, "id")
	for _, name := range t.model.create {
		if sent[name] == nil || sent[name] == "" {
			return route.BadRequest(fmt.Sprintf("A %s needs %s.", t.name, name))
		}
	}
	d, status, refusal, ok := p.made(t, sent)
	if !ok {
		return refusal
	}
	t.put(d)
	t.learn()
	p.after(t, d)
	return route.JSONStatus(status, d)
}

// change merges what was sent into a row, and answers it.
func (p *Product) change(t *table, c *route.Call) route.Reply {
	old, refusal, ok := named(t, c)
	if !ok {
		return refusal
	}
	sent, ok := read(c.Body, t.times)
	if !ok {
		return route.BadRequest("The body is not a JSON object.")
	}
	if id, held := sent["id"]; held && id != nil && id != old["id"] {
		return route.BadRequest("The id of the body is not that of the path.")
	}
	for name := range sent {
		if !t.fields[name] {
			return route.BadRequest(fmt.Sprintf("%s has no field %q.", t.name, name))
		}
	}
	d, refusal, ok := p.changed(t, old, sent, c.Form)
	if !ok {
		return refusal
	}
	d["id"] = old["id"]
	if t.fields["dateModified"] {
		d["dateModified"] = p.now()
	}
	t.put(d)
	p.after(t, d)
	return route.JSON(d)
}

// remove deletes a row. A computer stays, marked as deleted, as does what the console can show of the past.
func (p *Product) remove(t *table, c *route.Call) route.Reply {
	d, refusal, ok := named(t, c)
	if !ok {
		return refusal
	}
	switch t.name {
	case "computer":
		t.put(d.with(doc{"deleted": true, "connected": false}))
	case "policy":
		if slices.ContainsFunc(p.table("computer").docs, func(c doc) bool { return c["policyId"] == d["id"] && !c.is("deleted") }) {
			return route.Text(http.StatusForbidden, "The policy has computers.")
		}
		t.remove(d.number("id"))
	default:
		t.remove(d.number("id"))
	}
	return route.NoContent()
}
