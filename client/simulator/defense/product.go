// Package defense is the API of Cb Defense, version 3, over the simulator's story: devices, their events, policies with
// rules, notifications and the audit log.
//
// The sensor is on the Windows computers and the Macs of the story. An answer is an envelope that says whether the request
// was carried out; most refusals have status 200, as those of the real service.
//
// Nothing of this product was recorded from a server. Source: contract/defense.md and contract/query.md, section 6.
package defense

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/simulator/liveresponse"
	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// base is where the API is.
const base = "/integrationServices/v3/"

// object is an object of JSON. One that is kept is replaced and never changed.
type object = map[string]any

// Product is one simulated service. It is safe for concurrent use.
type Product struct {
	token string
	story *story.Story
	live  *liveresponse.Service

	seen     sync.Once // the events are made when they are first needed
	events   []object
	mu       sync.Mutex
	devices  []object // by deviceId
	policies []object // by id
	nextID   int      // of a policy
	nextRule int
	waiting  []object // notifications that were not given out yet, oldest first
	audit    []object // entries of the audit log that were not given out yet
	audited  int
}

// New makes a service that tells the given story. token is what it accepts, APIKEY/CONNECTORID; a key of this service
// may do everything, where the real one has a type of key for each group of calls.
func New(s *story.Story, token string, live liveresponse.Options) *Product {
	p := &Product{token: token, story: s, policies: standardPolicies(), nextID: 100, nextRule: 50}
	for _, e := range s.Endpoints {
		if e.Platform != story.Linux {
			p.devices = append(p.devices, p.device(e))
		}
	}
	p.waiting = p.notifications()
	live.Endpoint, live.Cloud = p.endpoint, true
	p.live = liveresponse.New(s, live)
	return p
}

// LiveResponse is the service behind the routes of Live Response.
func (p *Product) LiveResponse() *liveresponse.Service { return p.live }

// endpoint gives the endpoint of a device, nil for none, and whether its sensor is online.
func (p *Product) endpoint(id int) (*story.Endpoint, bool) {
	e := p.story.Endpoint(id - firstDevice)
	if e == nil || e.Platform == story.Linux {
		return nil, false
	}
	return e, e.Online
}

// Routes gives the service's API.
func (p *Product) Routes() []route.Route {
	list := []route.Route{
		{Method: http.MethodGet, Path: base + "device", Handle: p.listDevices},
		{Method: http.MethodGet, Path: base + "device/{id}", Handle: p.getDevice},
		{Method: http.MethodPatch, Path: base + "device/{id}", Handle: p.changeDevice},
		{Method: http.MethodGet, Path: base + "event", Handle: p.listEvents},
		{Method: http.MethodGet, Path: base + "event/{id}", Handle: p.getEvent},
		{Method: http.MethodGet, Path: base + "policy", Handle: p.listPolicies},
		{Method: http.MethodPost, Path: base + "policy", Handle: p.createPolicy},
		{Method: http.MethodGet, Path: base + "policy/{id}", Handle: p.getPolicy},
		{Method: http.MethodPut, Path: base + "policy/{id}", Handle: p.changePolicy},
		{Method: http.MethodDelete, Path: base + "policy/{id}", Handle: p.deletePolicy},
		{Method: http.MethodPost, Path: base + "policy/{id}/rule", Handle: p.addRule},
		{Method: http.MethodPut, Path: base + "policy/{id}/rule/{rule}", Handle: p.replaceRule},
		{Method: http.MethodDelete, Path: base + "policy/{id}/rule/{rule}", Handle: p.deleteRule},
		{Method: http.MethodGet, Path: base + "notification", Handle: p.giveNotifications},
		{Method: http.MethodGet, Path: base + "auditlogs", Handle: p.giveAudit},
	}
	list = append(list, p.live.CloudRoutes()...)
	for i := range list {
		list[i].Token = p.token
	}
	return list
}

// succeeded answers that a request was carried out, with further members.
func succeeded(more object) route.Reply {
	answer := object{"success": true, "message": "Success"}
	for name, v := range more {
		answer[name] = v
	}
	return route.JSON(answer)
}

// failed answers that it was not. The status is 200 all the same.
func failed(format string, args ...any) route.Reply {
	return route.JSON(object{"success": false, "message": fmt.Sprintf(format, args...)})
}

// defaultRows is how many rows an answer has when the request does not say, and mostRows how many it has at most.
const (
	defaultRows = 20
	mostRows    = 5000
)

// page answers the rows that a search wants: rows of them from start on, which counts from 1.
//
// Source: contract/query.md, section 6.
func page(c *route.Call, found []object) route.Reply {
	start, rows := 1, defaultRows
	for name, v := range map[string]*int{"start": &start, "rows": &rows} {
		if text := c.Form.Get(name); text != "" {
			if _, err := fmt.Sscan(text, v); err != nil || *v < 0 {
				return failed("%s is not a number: %s", name, text)
			}
		}
	}
	from := min(max(start-1, 0), len(found))
	to := min(from+min(rows, mostRows), len(found))
	results := slices.Clone(found[from:to])
	if results == nil {
		results = []object{}
	}
	return succeeded(object{"results": results, "totalResults": len(found), "elapsed": 5, "latestTime": 0})
}

// byNumber finds an object by the number in a field; the index is where it would be.
func byNumber(list []object, field string, id int) (int, bool) {
	return slices.BinarySearchFunc(list, id, func(o object, id int) int { return cmp.Compare(number(o[field]), id) })
}

// number reads a number that came from JSON or from the story; 0 for anything else.
func number(v any) int {
	switch n := v.(type) {
	case int:
		return n
	case float64:
		return int(n)
	}
	return 0
}

// read gives what a client sent.
func read(body []byte) (object, bool) {
	var sent object
	err := json.Unmarshal(body, &sent)
	return sent, err == nil && sent != nil
}

// millis gives a time as the API does; nil for none.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}
