package response

import (
	"fmt"
	"net/http"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// actionRoutes are those of what the server does about hits of the watchlists or feeds in owners. owner is the field of
// an action that holds the id of the one that it belongs to.
//
// Source: contract/response.md, section 6.
func (p *Product) actionRoutes(base, owner string, owners, actions *records) []route.Route {
	m := model{what: "action", rows: actions, check: func(doc, _ map[string]any) (route.Reply, bool) {
		if kind, ok := wholeNumber(doc["action_type"]); !ok || kind < 0 || kind > 3 {
			return route.BadRequest("action_type is 0 to 3."), false
		}
		if _, said := doc["action_data"]; !said {
			doc["action_data"] = nil
		}
		return route.Reply{}, true
	}}
	path := base + "/{owner}/action"
	owned := func(handle route.Handler) route.Handler {
		return func(c *route.Call) route.Reply {
			p.mu.Lock()
			known := owners.docs[c.Var("owner")] != nil
			action := actions.docs[c.Var("id")]
			p.mu.Unlock()
			if !known || c.Var("id") != "" && (action == nil || fmt.Sprint(action[owner]) != c.Var("owner")) {
				return route.MissingObject("There is nothing at " + c.Path + ".")
			}
			return handle(c)
		}
	}
	return []route.Route{
		{Method: http.MethodGet, Path: path, Handle: owned(func(c *route.Call) route.Reply {
			return p.listRecords(m, func() []map[string]any { return actions.where(owner, c.Var("owner")) })
		})},
		{Method: http.MethodPost, Path: path, Handle: owned(func(c *route.Call) route.Reply {
			return p.createRecord(m, c, func(doc map[string]any) { doc[owner], _ = c.Int("owner") })
		})},
		{Method: http.MethodPut, Path: path + "/{id}", Handle: owned(func(c *route.Call) route.Reply { return p.changeRecord(m, c) })},
		{Method: http.MethodDelete, Path: path + "/{id}", Handle: owned(func(c *route.Call) route.Reply { return p.deleteRecord(m, c) })},
	}
}

// newWatchlistActions makes the actions of the story's watchlists.
func newWatchlistActions() *records {
	return newRecords("id",
		map[string]any{"id": 1, "watchlist_id": 14, "action_type": 3, "action_data": nil},
		map[string]any{"id": 2, "watchlist_id": 14, "action_type": 0, "action_data": `{"email_recipients":[2]}`},
		map[string]any{"id": 3, "watchlist_id": 222, "action_type": 3, "action_data": nil},
	)
}

// newFeedActions makes the actions of the story's feeds: hits of its own intelligence raise alerts.
func newFeedActions() *records {
	return newRecords("id",
		map[string]any{"id": 1, "group_id": feedNumber("bwintel"), "watchlist_id": -1, "action_type": 3, "action_data": nil},
		map[string]any{"id": 2, "group_id": feedNumber("toolwatch"), "watchlist_id": -1, "action_type": 3, "action_data": nil},
		map[string]any{"id": 3, "group_id": feedNumber("toolwatch"), "watchlist_id": -1, "action_type": 1, "action_data": nil},
		map[string]any{"id": 4, "group_id": feedNumber("webshells"), "watchlist_id": -1, "action_type": 3, "action_data": nil},
	)
}
