package response

import (
	"fmt"
	"net/http"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// newSharing makes what groups share with others: the workstations' unknown binaries with VirusTotal.
func newSharing() *records {
	return newRecords("id", map[string]any{"id": 1, "group_id": 2, "who": "VIRUSTOTAL", "what": "BIN"})
}

// sharingRoutes are those of what a group shares.
//
// Source: contract/examples.md.
func (p *Product) sharingRoutes() []route.Route {
	const path = "/api/v1/group/{id}/datasharing"
	ofGroup := func(handle func(c *route.Call, id string) route.Reply) route.Handler {
		return func(c *route.Call) route.Reply {
			p.mu.Lock()
			defer p.mu.Unlock()
			if doc, refusal := p.namedGroup(c); doc == nil {
				return refusal
			}
			entry := c.Var("entry")
			if entry != "" && (p.sharing.docs[entry] == nil || fmt.Sprint(p.sharing.docs[entry]["group_id"]) != c.Var("id")) {
				return route.MissingObject("The group has no entry " + entry + ".")
			}
			return handle(c, c.Var("id"))
		}
	}
	return []route.Route{
		{Method: http.MethodGet, Path: path, Handle: ofGroup(func(_ *route.Call, group string) route.Reply {
			list := p.sharing.where("group_id", group)
			if len(list) == 0 {
				return route.NoContent()
			}
			return route.JSON(list)
		})},
		{Method: http.MethodGet, Path: path + "/{entry}", Handle: ofGroup(func(c *route.Call, _ string) route.Reply {
			return route.JSON(p.sharing.docs[c.Var("entry")])
		})},
		{Method: http.MethodPost, Path: path, Handle: ofGroup(func(c *route.Call, _ string) route.Reply {
			doc, refusal, ok := model{}.body(c)
			if !ok {
				return refusal
			}
			if refusal, ok := needs(doc, "who", "what"); !ok {
				return refusal
			}
			doc["group_id"], _ = c.Int("id")
			return route.JSON(map[string]int{"id": p.sharing.add(doc)})
		})},
		{Method: http.MethodDelete, Path: path + "/{entry}", Handle: ofGroup(func(c *route.Call, _ string) route.Reply {
			delete(p.sharing.docs, c.Var("entry"))
			return route.NoContent()
		})},
		{Method: http.MethodDelete, Path: path, Handle: ofGroup(func(_ *route.Call, group string) route.Reply {
			for _, doc := range p.sharing.where("group_id", group) {
				delete(p.sharing.docs, p.sharing.id(doc))
			}
			return route.NoContent()
		})},
	}
}
