package response

import (
	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// newSites makes the documents of the story's sites.
func newSites(s *story.Story) *records {
	sites := newRecords("id")
	for _, site := range s.Sites {
		sites.put(map[string]any{"id": site.ID, "name": site.Name})
	}
	return sites
}

// newThrottles makes the rules of the second site, whose line is slow by day: what its sensors may send in a second,
// between two hours of a day of the week.
func newThrottles() *records {
	rules := newRecords("id")
	for day := range 5 {
		rules.put(map[string]any{"id": day + 1, "site_id": 2, "day_of_week": day, "from": 8, "to": 18, "bytes_per_second": 262144.0})
	}
	return rules
}

// siteRoutes are those of sites, which answer one site as a list of one, and of throttle rules.
func (p *Product) siteRoutes() []route.Route {
	sites := p.modelRoutes(model{
		what: "site", base: "/api/site", rows: p.sites,
		check: func(doc, _ map[string]any) (route.Reply, bool) { return needs(doc, "name") },
		form:  func(doc map[string]any) any { return []any{doc} },
		remove: func(doc map[string]any) (route.Reply, bool) {
			for _, g := range p.groups.byID {
				if site, _ := wholeNumber(g["site_id"]); p.sites.id(doc) == p.sites.id(map[string]any{"id": site}) {
					return route.BadRequest("The site has sensor groups."), false
				}
			}
			return route.Reply{}, true
		},
	})
	return append(sites, p.modelRoutes(model{
		what: "throttle rule", base: "/api/throttle", rows: p.throttles,
		check: func(doc, _ map[string]any) (route.Reply, bool) {
			if site, ok := wholeNumber(doc["site_id"]); !ok || !p.hasSite(site) {
				return route.BadRequest("A throttle rule needs the id of a site."), false
			}
			return route.Reply{}, true
		},
	})...)
}

// hasSite needs p.mu.
func (p *Product) hasSite(id int) bool {
	return p.sites.docs[p.sites.id(map[string]any{"id": id})] != nil
}
