package response

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/search"
)

// alertSchema is what alerts can be searched by. process_id is there and never finds anything, as on real servers;
// unique_id is not.
//
// Source: the vendor's "Advanced Search Queries" of Cb Response 5.1, table 2; field-notes.md, A.3.
func alertSchema() *search.Schema {
	return &search.Schema{
		Fields: map[string]search.Kind{
			"alert_severity": search.Number, "alert_type": search.Keyword, "assigned_to": search.Keyword, "created_time": search.Time,
			"feed_id": search.Number, "feed_name": search.Keyword, "group": search.Keyword, "hostname": search.Keyword,
			"ioc_value": search.Keyword, "md5": search.Keyword, "observed_filename": search.Keyword, "process_name": search.Keyword,
			"process_path": search.Path, "process_id": search.Keyword, "report_score": search.Number, "resolved_time": search.Time,
			"status": search.Keyword, "username": search.Path, "watchlist_id": search.Keyword, "watchlist_name": search.Keyword,
		},
		Bare: []string{
			"assigned_to", "feed_name", "hostname", "ioc_value", "md5", "observed_filename", "process_name", "process_path", "username",
			"watchlist_id", "watchlist_name",
		},
	}
}

// alertStatuses are the states that an alert can be in.
func alertStatuses() []string {
	return []string{"Unresolved", "In Progress", "Resolved", "False Positive"}
}

// alert is an alert as it is searched and shown.
type alert struct {
	*plain
}

// Strings gives the values of a text field for a search; those of process_id are not in the index.
func (a alert) Strings(field string, buf []string) []string {
	if field == "process_id" {
		return buf
	}
	return a.plain.Strings(field, buf)
}

func (p *Product) alertRoutes() []route.Route {
	routes := []route.Route{
		{Method: http.MethodGet, Path: "/api/v1/alert", Handle: p.searchAlerts},
		{Method: http.MethodPost, Path: "/api/v1/alert/{id}", Handle: p.changeAlert},
		{Method: http.MethodPost, Path: "/api/v1/alerts", Handle: p.changeAlerts},
	}
	if p.version.atLeast(6, 0) {
		routes = append(routes, route.Route{Method: http.MethodGet, Path: "/api/v2/alert", Handle: p.searchAlerts})
	}
	return routes
}

// searchAlerts answers a search. The filter cb.fq.unique_id is the way to one alert.
func (p *Product) searchAlerts(c *route.Call) route.Reply {
	col := collection{schema: alertSchema(), facets: []string{"status", "alert_type", "feed_name", "hostname", "username", "assigned_to"}}
	form := c.Form
	ids := form["cb.fq.unique_id"]
	form.Del("cb.fq.unique_id")
	p.mu.Lock()
	for _, d := range p.alerts {
		if id, _ := d.values["unique_id"].(string); len(ids) == 0 || slices.Contains(ids, id) {
			col.docs = append(col.docs, alert{d})
		}
	}
	p.mu.Unlock()
	return p.search(col, form)
}

// alertUpdate is what a client can change of alerts.
type alertUpdate struct {
	IDs      []string `json:"alert_ids"`
	UniqueID string   `json:"unique_id"`
	Status   string   `json:"status"`
	Wanted   string   `json:"requested_status"`
	Assigned *string  `json:"assigned_to"`
	Ignored  *bool    `json:"set_ignored"`
}

// changeAlert changes one alert and answers it. The id and the status must be in the body.
//
// Source: contract/response.md, section 8.
func (p *Product) changeAlert(c *route.Call) route.Reply {
	var body alertUpdate
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return route.BadRequest("The body is not a JSON object.")
	}
	if body.UniqueID != c.Var("id") || body.Status == "" {
		return route.BadRequest("unique_id and status are needed.")
	}
	body.IDs, body.Wanted = []string{body.UniqueID}, body.Status
	reply := p.updateAlerts(body)
	if reply.Status != 0 {
		return reply
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return route.Raw(p.alerts[p.alertIndex(body.UniqueID)].append(nil))
}

// changeAlerts changes the alerts that the body names.
//
// Source: contract/query.md, section 4, "Bulk operations".
func (p *Product) changeAlerts(c *route.Call) route.Reply {
	var body alertUpdate
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return route.BadRequest("The body is not a JSON object.")
	}
	return p.updateAlerts(body)
}

func (p *Product) updateAlerts(u alertUpdate) route.Reply {
	if u.Wanted != "" && !slices.Contains(alertStatuses(), u.Wanted) {
		return route.BadRequest("There is no status " + u.Wanted + ".")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []int
	for _, id := range u.IDs {
		i := p.alertIndex(id)
		if i < 0 {
			return route.MissingObject("There is no alert " + id + ".")
		}
		found = append(found, i)
	}
	for _, i := range found {
		p.alerts[i] = p.updated(p.alerts[i], u)
	}
	return route.Success()
}

// updated gives a changed copy of an alert. It needs p.mu.
func (p *Product) updated(d *plain, u alertUpdate) *plain {
	changed := d.clone()
	if u.Wanted != "" {
		changed.set("status", u.Wanted)
		if u.Wanted == "Resolved" || u.Wanted == "False Positive" {
			changed.set("resolved_time", p.story.Now)
		}
	}
	if u.Assigned != nil {
		changed.set("assigned_to", *u.Assigned)
	}
	if u.Ignored != nil {
		changed.set("is_ignored", *u.Ignored)
	}
	return changed
}

// alertIndex needs p.mu.
func (p *Product) alertIndex(id string) int {
	return slices.IndexFunc(p.alerts, func(d *plain) bool { return d.values["unique_id"] == id })
}
