package response

import (
	"fmt"
	"maps"
	"net/url"
	"strconv"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/search"
)

// What a watchlist searches.
const (
	indexEvents  = "events"
	indexModules = "modules"
)

// newWatchlists makes the watchlists of the story's analysts. The ones that have run tell how much they found.
func (p *Product) newWatchlists() *records {
	all := newRecords("id")
	for _, w := range []struct {
		id                 int
		name, index, query string
		description        any
		added              time.Time
		disabled           bool
	}{
		{6, "Non-System Filemods to system32", indexEvents, `cb.urlver=1&q=-path%3Ac%3A%5Cwindows%5C%2A&cb.q.filemod=c%3A%5Cwindows%5Csystem32%5C%2A`, nil, p.story.Now.AddDate(0, 0, -40), false},
		{9, "Cb Threat Reputation >= 50", indexModules, `cb.urlver=1&q=alliance_score_virustotal%3A%5B50%20TO%20%2A%5D`, nil, p.story.Now.AddDate(0, 0, -31), false},
		{11, "newly loaded dlls", indexModules, `cb.urlver=1&q=is_executable_image%3Afalse`, "", p.story.Now.AddDate(0, 0, -30), false},
		{14, "Office starts a shell", indexEvents, `cb.urlver=1&q=(parent_name%3Awinword.exe%20or%20parent_name%3Aexcel.exe)%20(process_name%3Acmd.exe%20or%20process_name%3Apowershell.exe)&cb.fq.os_type=windows`, "A macro that does more than a macro should.", p.story.Now.AddDate(0, 0, -20), false},
		{15, "Old: everything by bit9rad", indexEvents, `cb.urlver=1&q=username%3Abit9rad`, nil, p.story.Now.AddDate(0, 0, -14), true},
		{222, "[WARN] Attempts to mount internal share", indexEvents, `cb.urlver=1&facet=false&q=process_name%3Anet.exe+cmdline%3A%5C%5Ctest%5Cblah&sort=last_update+desc`, nil, p.story.Now.Add(-20 * time.Minute), false},
	} {
		doc := map[string]any{"id": w.id, "name": w.name, "index_type": w.index, "search_query": w.query, "description": w.description}
		if n, err := p.watchlistHits(w.index, w.query); err == nil && !w.disabled {
			p.watchlistRun(doc, n)
		}
		all.put(p.completeWatchlist(doc, w.added, !w.disabled))
	}
	return all
}

// completeWatchlist adds what a new watchlist has beside what its maker said.
//
// Source: contract/samples/watchlist_list.json, recorded from 6.2.
func (p *Product) completeWatchlist(doc map[string]any, added time.Time, enabled bool) map[string]any {
	whole := map[string]any{
		"enabled": enabled, "readonly": false, "group_id": -1, "description": nil, "date_added": inServerZone(added),
		"search_timestamp": "1970-01-01T00:00:00.000Z", "last_hit": nil, "last_hit_count": 0, "total_hits": "0", "total_tags": "0",
	}
	if !p.version.atLeast(6, 0) {
		whole["alliance_id"], whole["from_alliance"] = nil, false
	}
	maps.Copy(whole, doc)
	return whole
}

// watchlistRun notes that a watchlist was run and found n documents.
func (p *Product) watchlistRun(doc map[string]any, n int) {
	doc["search_timestamp"] = p.story.Now.Format("2006-01-02 15:04:05.000000")
	doc["last_hit_count"], doc["total_hits"], doc["total_tags"] = n, strconv.Itoa(n), strconv.Itoa(n)
	if n > 0 {
		doc["last_hit"] = inServerZone(p.story.Now)
	}
}

// watchlistHits runs the search of a watchlist. It must not be called with p.mu.
func (p *Product) watchlistHits(index, stored string) (int, error) {
	form, err := url.ParseQuery(stored)
	if err != nil {
		return 0, err
	}
	if index == indexEvents {
		key, criteria, err := p.criteriaOf(form)
		if err != nil {
			return 0, err
		}
		return p.index.find(key, criteria).total(), nil
	}
	q, err := queryOf(form)
	if err != nil {
		return 0, err
	}
	m, err := search.Compile(q, p.binaries.schema, p.story.Now)
	if err != nil {
		return 0, err
	}
	n, e := 0, m.Evaluator()
	for _, d := range p.binaries.docs {
		if e.Match(d) {
			n++
		}
	}
	return n, nil
}

func (p *Product) watchlistModel() model {
	return model{
		what: "watchlist", base: "/api/v1/watchlist", rows: p.watchlists,
		row: watchlistForm, form: watchlistForm,
		prepare: p.runSentWatchlist,
		check: func(doc, old map[string]any) (route.Reply, bool) {
			if old == nil {
				maps.Copy(doc, p.completeWatchlist(doc, p.story.Now, true))
			}
			return needs(doc, "name", "search_query", "index_type")
		},
	}
}

// watchlistForm shows the id as text, as servers do.
func watchlistForm(doc map[string]any) any {
	shown := maps.Clone(doc)
	shown["id"] = fmt.Sprint(doc["id"])
	return shown
}

// runSentWatchlist refuses a search that cannot be run, and otherwise runs it at once: what a real server does at its
// next turn.
func (p *Product) runSentWatchlist(sent map[string]any) (route.Reply, bool) {
	index, query := text(sent, "index_type"), text(sent, "search_query")
	if query == "" || index == "" {
		return route.Reply{}, true // needs says what is missing
	}
	if index != indexEvents && index != indexModules {
		return route.BadRequest("index_type is events or modules, not " + index + "."), false
	}
	n, err := p.watchlistHits(index, query)
	if err != nil {
		return refuse(err), false
	}
	if enabled, said := sent["enabled"].(bool); enabled || !said {
		p.watchlistRun(sent, n)
	}
	return route.Reply{}, true
}

func (p *Product) watchlistRoutes() []route.Route {
	return append(p.modelRoutes(p.watchlistModel()), p.actionRoutes("/api/v1/watchlist", "watchlist_id", p.watchlists, p.watchlistActions)...)
}
