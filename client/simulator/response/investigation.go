package response

import (
	"net/http"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// newInvestigations makes the cases of the story's analysts.
func (p *Product) newInvestigations() *records {
	opened := inServerZone(p.story.Now.AddDate(0, 0, -60))
	case2 := inServerZone(p.story.Now.Add(-11 * 60 * 60 * 1e9))
	return newRecords("id",
		map[string]any{"id": 1, "name": "Default Investigation", "notes": nil, "created_by_user_id": "1", "date_started": opened, "last_updated": opened},
		map[string]any{"id": 2, "name": "Invoice mail, ticket 4711", "notes": "Who opened it, and what came of it?", "created_by_user_id": "2",
			"date_started": case2, "last_updated": inServerZone(p.story.Now.Add(-2 * 60 * 60 * 1e9))},
	)
}

// newTaggedEvents makes what was put into them: the processes that met the indicators of the report on the mail.
func (p *Product) newTaggedEvents() *records {
	events := newRecords("id")
	seen := make(map[string]bool)
	for _, r := range p.index.rows {
		for _, h := range r.hits {
			if h.Report.ID != "invoice-2016-11" || seen[r.proc.id] {
				continue
			}
			seen[r.proc.id] = true
			events.add(map[string]any{
				"investigation_id": 2, "event_id": 1000 + events.next, "event_type": "process", "unique_id": r.proc.id, "segment_id": r.id,
				"process_id": nil, "event_data": map[string]any{"description": r.proc.Name + " on " + r.proc.Endpoint.Name, "ioc": h.Value},
				"start_date": r.proc.Start.Format(indexTime), "date_tagged": inServerZone(p.story.Now.Add(-2 * 60 * 60 * 1e9)),
				"tagged_by_user_id": "2", "notes": nil,
			})
		}
	}
	return events
}

// investigationRoutes are those of investigations, which are known from their list alone, and of the events in them:
// the list of an investigation's events has the path that an event's own page would have.
func (p *Product) investigationRoutes() []route.Route {
	cases := model{what: "investigation", base: "/api/investigations", rows: p.investigations}
	events := model{what: "tagged event", base: "/api/tagged_event", rows: p.taggedEvents, check: p.checkTagged}
	return []route.Route{
		{Method: http.MethodGet, Path: cases.base, Handle: func(*route.Call) route.Reply { return p.listRecords(cases, p.investigations.all) }},
		{Method: http.MethodPut, Path: cases.base + "/{id}", Handle: func(c *route.Call) route.Reply { return p.changeRecord(cases, c) }},
		{Method: http.MethodGet, Path: events.base + "/{id}", Handle: p.taggedEventsBy("investigation_id")},
		{Method: http.MethodGet, Path: "/api/tagged_events/{id}", Handle: p.taggedEventsBy("unique_id")},
		{Method: http.MethodPost, Path: events.base, Handle: func(c *route.Call) route.Reply { return p.createRecord(events, c, nil) }},
		{Method: http.MethodPut, Path: events.base + "/{id}", Handle: func(c *route.Call) route.Reply { return p.changeRecord(events, c) }},
		{Method: http.MethodDelete, Path: events.base + "/{id}", Handle: func(c *route.Call) route.Reply { return p.deleteRecord(events, c) }},
	}
}

func (p *Product) taggedEventsBy(field string) route.Handler {
	return func(c *route.Call) route.Reply {
		return p.listRecords(model{}, func() []map[string]any { return p.taggedEvents.where(field, c.Var("id")) })
	}
}

// checkTagged refuses an event of no investigation. It needs p.mu.
func (p *Product) checkTagged(doc, old map[string]any) (route.Reply, bool) {
	id, ok := wholeNumber(doc["investigation_id"])
	if !ok || p.investigations.docs[p.investigations.id(map[string]any{"id": id})] == nil {
		return route.BadRequest("A tagged event needs the id of an investigation."), false
	}
	doc["investigation_id"] = id
	if old == nil {
		doc["date_tagged"], doc["tagged_by_user_id"] = inServerZone(p.story.Now), "1"
	}
	return route.Reply{}, true
}
