package response

import (
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// feedNumber gives the number of one of the story's feeds.
func feedNumber(name string) int {
	return 1 + slices.Index([]string{"srstrust", "virustotal", "bwintel", "toolwatch", "webshells", "soc"}, name)
}

// newFeeds makes the feeds whose reports and scores the story knows.
//
// Source: contract/samples/feed_list.json for the form, recorded from 6.2.
func newFeeds() *records {
	all := newRecords("id")
	for _, f := range []struct {
		name, title, url, provider, summary string
		category                            any
		added, disabled                     bool
	}{
		{"srstrust", "Carbon Black Software Reputation Trust", "https://api.alliance.carbonblack.com/feed/srstrust", "http://www.carbonblack.com", "Files that are known to be good.", "Open Source", false, false},
		{"virustotal", "VirusTotal", "https://api.alliance.carbonblack.com/feed/virustotal", "https://www.virustotal.com", "What the engines of VirusTotal say of a binary.", "Partner", false, false},
		{"bwintel", "Brightwater Intelligence", "https://intel.brightwater.example/feed.json", "https://intel.brightwater.example", "What the company's own analysts have found.", "Connectors", true, false},
		{"toolwatch", "Tool Watch", "https://toolwatch.example/feed.json", "https://toolwatch.example", "Tools that intruders use.", "Connectors", true, false},
		{"webshells", "Web Shells and Back Doors", "https://webshells.example/feed.json", "https://webshells.example", "What is left behind on web servers.", "Connectors", true, false},
		{"soc", "SOC", "https://soc.brightwater.example/feed.json", "https://soc.brightwater.example", "Reports of the operations centre, many of them noisy.", "Connectors", true, true},
	} {
		all.add(completeFeed(map[string]any{
			"name": f.name, "display_name": f.title, "feed_url": f.url, "provider_url": f.provider, "summary": f.summary, "category": f.category,
			"manually_added": f.added, "enabled": !f.disabled,
		}))
	}
	tools := all.docs[all.id(map[string]any{"id": feedNumber("toolwatch")})]
	tools["username"], tools["password"] = "brightwater", "not-for-scripts"
	return all
}

// completeFeed adds what a feed has beside what its maker said.
func completeFeed(doc map[string]any) map[string]any {
	whole := map[string]any{
		"provider_url": "", "ssl_client_crt": nil, "local_rating": nil, "requires_who": nil, "category": nil, "display_name": "",
		"use_proxy": nil, "username": nil, "validate_server_cert": nil, "ssl_client_key": nil, "manually_added": true, "password": nil,
		"provider_rating": 3.0, "name": "", "requires": nil, "enabled": false, "summary": "", "requires_what": nil, "order": nil,
		"tech_data": "There are no requirements to share any data to receive this feed.",
	}
	maps.Copy(whole, doc)
	for _, field := range []string{"icon", "icon_small"} {
		if whole[field] == nil {
			whole[field] = feedIcon
		}
	}
	return whole
}

// feedIcon is the icon of all feeds: a PNG of one grey dot, in base64.
const feedIcon = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAADklEQVR4nGJqAAQAAP//AIYAg0yeIEsAAAAASUVORK5CYII="

func (p *Product) feedModel() model {
	return model{what: "feed", base: "/api/v1/feed", rows: p.feeds, prepare: reachable, check: func(doc, old map[string]any) (route.Reply, bool) {
		if old == nil {
			maps.Copy(doc, completeFeed(doc))
			if text(doc, "name") == "" {
				doc["name"] = nameOf(text(doc, "feed_url"))
			}
			if text(doc, "display_name") == "" {
				doc["display_name"] = doc["name"]
			}
		}
		return needs(doc, "feed_url")
	}}
}

// reachable answers a feed that cannot be fetched as servers do, with status 500. The simulator fetches nothing: a URL
// that is none, or whose host is in the domain invalid (RFC 2606), cannot be fetched.
func reachable(sent map[string]any) (route.Reply, bool) {
	address := text(sent, "feed_url")
	if address == "" {
		return route.Reply{}, true // needs says what is missing
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.HasSuffix(u.Hostname(), ".invalid") {
		return route.Failure("Cannot fetch the feed " + address + "."), false
	}
	return route.Reply{}, true
}

// nameOf makes a short name, letters and digits, of a feed's URL.
func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "feed"
	}
	base := strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(base))
	if name == "" {
		return "feed"
	}
	return name
}

func (p *Product) feedRoutes() []route.Route {
	routes := append(p.modelRoutes(p.feedModel()), p.actionRoutes("/api/v1/feed", "group_id", p.feeds, p.feedActions)...)
	return append(routes,
		route.Route{Method: http.MethodPost, Path: "/api/v1/feed/{id}/synchronize", Handle: p.synchronize},
		route.Route{Method: http.MethodGet, Path: "/api/v1/feed/{id}/report/{report}", Handle: p.getReport},
	)
}

// synchronize refuses for a feed that is disabled.
func (p *Product) synchronize(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	feed := p.feeds.docs[c.Var("id")]
	switch {
	case feed == nil:
		return p.feedModel().missing(c)
	case feed["enabled"] != true:
		return route.Text(http.StatusConflict, "The feed is disabled.")
	}
	return route.Success()
}
