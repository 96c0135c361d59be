package response

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/search"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// reportSchema is what threat reports can be searched by.
//
// Source: the vendor's "Advanced Search Queries" of Cb Response 5.1, table 3.
func reportSchema() *search.Schema {
	return &search.Schema{
		Fields: map[string]search.Kind{
			"id": search.Keyword, "report_id": search.Keyword, "feed_id": search.Number, "feed_name": search.Keyword,
			"feed_category": search.Words, "title": search.Words, "description": search.Words, "tags": search.Words,
			"is_ignored": search.Bool, "md5": search.Keyword, "domain": search.Domain, "ipaddr": search.IP,
			"create_time": search.Time, "update_time": search.Time, "severity_score": search.Number,
		},
		Bare: []string{"title", "description", "feed_name", "feed_category", "tags", "md5", "domain"},
	}
}

// newReports makes the reports of the story, and some noisy ones of a feed that is switched off.
func newReports(s *story.Story) []*plain {
	var all []*plain
	for _, r := range s.Reports {
		all = append(all, newReport(r))
	}
	for i, title := range []string{"FUZZYWOMBAT beacons", "FUZZYWOMBAT again", "Old fuzzywombat hosts", "Printers that talk too much"} {
		all = append(all, newReport(&story.Report{
			Feed: "soc", ID: fmt.Sprintf("soc-%d", 100+i), Title: title, Score: 20 + 10*i, Link: "https://soc.brightwater.example/reports",
			Text: "Found by the operations centre.", Time: s.Now.AddDate(0, 0, -3-i), Tags: []string{"soc"},
			Addresses: []netip.Addr{netip.AddrFrom4([4]byte{203, 0, 113, byte(70 + i)})},
		}))
	}
	return all
}

func newReport(r *story.Report) *plain {
	d := &plain{}
	addresses := []string{}
	for _, a := range r.Addresses {
		addresses = append(addresses, a.String())
	}
	d.set("id", r.ID)
	d.hide("report_id", r.ID)
	d.set("feed_id", feedNumber(r.Feed))
	d.set("feed_name", r.Feed)
	d.set("feed_category", "Connectors")
	d.set("title", r.Title)
	d.set("description", r.Text)
	d.set("link", r.Link)
	d.set("score", r.Score)
	d.set("severity_score", r.Score)
	d.set("timestamp", int(r.Time.Unix()))
	d.set("create_time", r.Time)
	d.set("update_time", r.Time)
	d.set("tags", notNil(r.Tags))
	d.set("md5", notNil(r.MD5s))
	d.set("domain", notNil(r.Domains))
	d.set("ipaddr", addresses)
	iocs := map[string][]string{}
	for name, list := range map[string][]string{"md5": r.MD5s, "dns": r.Domains, "ipv4": addresses} {
		if len(list) > 0 {
			iocs[name] = list
		}
	}
	d.set("iocs", iocs)
	d.set("is_ignored", false)
	return d
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (p *Product) reportRoutes() []route.Route {
	const base = "/api/v1/threat_report"
	return []route.Route{
		{Method: http.MethodGet, Path: base, Handle: p.searchReports},
		{Method: http.MethodPost, Path: base, Handle: p.changeReports},
	}
}

func (p *Product) reportCollection() collection {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := collection{schema: reportSchema(), facets: []string{"feed_name", "feed_category", "tags", "is_ignored"}}
	for _, r := range p.reports {
		c.docs = append(c.docs, r)
	}
	return c
}

func (p *Product) searchReports(c *route.Call) route.Reply {
	return p.search(p.reportCollection(), c.Form)
}

// getReport answers one report with all its indicators.
func (p *Product) getReport(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.reports {
		if r.is(c.Var("id"), c.Var("report")) {
			return route.Raw(r.append(nil))
		}
	}
	return route.MissingObject("The feed " + c.Var("id") + " has no report " + c.Var("report") + ".")
}

// is reports whether a report is the one of that feed with that id.
func (d *plain) is(feed, report string) bool {
	return fmt.Sprint(d.values["feed_id"]) == feed && d.values["id"] == report
}

// changeReports marks reports as ignored or not: those that the body names, by feed, or those that its query finds.
//
// Source: contract/response.md, section 7; contract/query.md, section 4.
func (p *Product) changeReports(c *route.Call) route.Reply {
	var body struct {
		IDs     map[string][]string `json:"ids"`
		Query   *string             `json:"query"`
		Updates struct {
			Ignored *bool `json:"is_ignored"`
		} `json:"updates"`
	}
	if err := json.Unmarshal(c.Body, &body); err != nil || body.Updates.Ignored == nil {
		return route.BadRequest("The body has no updates with is_ignored.")
	}
	wanted := func(d *plain) bool {
		return slices.Contains(body.IDs[fmt.Sprint(d.values["feed_id"])], d.values["id"].(string))
	}
	if body.Query != nil {
		m, err := compileStored(*body.Query, reportSchema(), p.story.Now)
		if err != nil {
			return refuse(err)
		}
		e := m.Evaluator()
		wanted = func(d *plain) bool { return e.Match(d) }
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, d := range p.reports {
		if wanted(d) {
			changed := d.clone()
			changed.set("is_ignored", *body.Updates.Ignored)
			changed.set("update_time", p.story.Now)
			p.reports[i] = changed
		}
	}
	return route.Success()
}

// compileStored reads a search that was sent as the query string of a URL.
func compileStored(stored string, schema *search.Schema, now time.Time) (*search.Matcher, error) {
	form, err := url.ParseQuery(stored)
	if err != nil {
		return nil, err
	}
	if strings.Join(form["q"], "") == "" {
		return nil, &search.SyntaxError{Query: stored, Text: "the query is empty"}
	}
	q, err := queryOf(form)
	if err != nil {
		return nil, err
	}
	return search.Compile(q, schema, now)
}
