package response

import (
	"net/http"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

func (p *Product) siteRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: "/api/site", Handle: p.listSites},
		{Method: http.MethodGet, Path: "/api/site/{id}", Handle: p.getSite},
		{Method: http.MethodGet, Path: "/api/throttle", Handle: p.listThrottles},
		{Method: http.MethodGet, Path: "/api/throttle/{id}", Handle: p.getThrottle},
	}
}

func (p *Product) site(id int) *story.Site {
	for _, s := range p.story.Sites {
		if s.ID == id {
			return s
		}
	}
	return nil
}

type siteDoc struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

func (p *Product) listSites(*route.Call) route.Reply {
	docs := []siteDoc{}
	for _, s := range p.story.Sites {
		docs = append(docs, siteDoc{s.ID, s.Name})
	}
	return route.JSON(docs)
}

// getSite answers a list of one.
func (p *Product) getSite(c *route.Call) route.Reply {
	if id, ok := c.Int("id"); ok {
		if s := p.site(id); s != nil {
			return route.JSON([]siteDoc{{s.ID, s.Name}})
		}
	}
	return route.MissingObject("There is no site " + c.Var("id") + ".")
}

// throttle limits what the sensors of a site send, between two hours of a day of the week.
type throttle struct {
	ID             int     `json:"id"`
	SiteID         int     `json:"site_id"`
	Day            int     `json:"day_of_week"`
	From           int     `json:"from"`
	To             int     `json:"to"`
	BytesPerSecond float64 `json:"bytes_per_second"`
}

// throttles are the rules of the second site, whose line is slow by day.
func (p *Product) throttles() []throttle {
	list := []throttle{}
	for day := range 5 {
		list = append(list, throttle{ID: day + 1, SiteID: 2, Day: day, From: 8, To: 18, BytesPerSecond: 262144})
	}
	return list
}

func (p *Product) listThrottles(*route.Call) route.Reply { return route.JSON(p.throttles()) }

func (p *Product) getThrottle(c *route.Call) route.Reply {
	id, ok := c.Int("id")
	for _, t := range p.throttles() {
		if ok && t.ID == id {
			return route.JSON(t)
		}
	}
	return route.MissingObject("There is no throttle rule " + c.Var("id") + ".")
}
