package response

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
)

func (p *Product) sensorRoutes() []route.Route {
	const base = "/api/v1/sensor"
	return []route.Route{
		{Method: http.MethodGet, Path: base, Handle: p.listSensors},
		{Method: http.MethodGet, Path: base + "/statistics", Handle: p.sensorStatistics},
		{Method: http.MethodGet, Path: base + "/{id}", Handle: p.getSensor},
		{Method: http.MethodPut, Path: base + "/{id}", Handle: p.writeSensor},
		{Method: http.MethodGet, Path: base + "/{id}/queued", Handle: p.sensorQueued},
		{Method: http.MethodGet, Path: base + "/{id}/activity", Handle: p.sensorActivity},
		{Method: http.MethodGet, Path: base + "/{id}/resourcestatus", Handle: p.sensorResources},
		{Method: http.MethodGet, Path: "/api/v2/sensor", Handle: p.pageSensors},
	}
}

// namedSensor finds the sensor of a call. It needs p.mu.
func (p *Product) namedSensor(c *route.Call) (*sensor, route.Reply) {
	if id, ok := c.Int("id"); ok && id > 0 && id <= len(p.sensors) {
		return p.sensors[id-1], route.Reply{}
	}
	return nil, route.MissingObject("There is no sensor " + c.Var("id") + ".")
}

func (p *Product) getSensor(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, refusal := p.namedSensor(c)
	if s == nil {
		return refusal
	}
	s.polled(p.story.Now)
	return route.JSON(s.doc(p.story.Now))
}

// selected gives the sensors that the parameters ip, hostname and groupid select: parts of the address (which wins)
// and of the name, and the number of the group. It needs p.mu.
func (p *Product) selected(c *route.Call) []*sensor {
	return slices.DeleteFunc(slices.Clone(p.sensors), func(s *sensor) bool {
		if ip := c.Form.Get("ip"); ip != "" {
			if !strings.Contains(s.Address.String(), ip) {
				return true
			}
		} else if name := c.Form.Get("hostname"); !strings.Contains(s.Name, name) {
			return true
		}
		group := c.Form.Get("groupid")
		return group != "" && group != strconv.Itoa(s.group)
	})
}

// listSensors answers the selected sensors. When there are none it answers 500, as servers do.
func (p *Product) listSensors(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.selected(c)
	if len(list) == 0 {
		return route.Failure("The server encountered an internal error and was unable to complete your request.")
	}
	docs := make([]sensorDoc, len(list))
	for i, s := range list {
		s.polled(p.story.Now)
		docs[i] = s.doc(p.story.Now)
	}
	return route.JSON(docs)
}

// pageSensors is the paged form of the list, which answers an empty page when nothing is selected.
func (p *Product) pageSensors(c *route.Call) route.Reply {
	page, err := pageOf(c.Form, nil)
	if err != nil {
		return refuse(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.selected(c)
	if strings.EqualFold(c.Form.Get("sort.col"), "computer_name") {
		slices.SortStableFunc(list, func(a, b *sensor) int { return cmp.Compare(a.Name, b.Name) })
		if strings.EqualFold(c.Form.Get("sort.dir"), "desc") {
			slices.Reverse(list)
		}
	}
	docs := []sensorDoc{}
	for _, s := range list[min(page.start, len(list)):min(page.start+page.rows, len(list))] {
		s.polled(p.story.Now)
		docs = append(docs, s.doc(p.story.Now))
	}
	return route.JSON(map[string]any{"results": docs, "total_results": len(list), "start": page.start})
}

// sensorStatistics sums up what all sensors have not sent yet.
func (p *Product) sensorStatistics(*route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	var bytes, logs int64
	online := 0
	for _, s := range p.sensors {
		bytes += s.queued
		logs += s.logs()
		if s.online {
			online++
		}
	}
	return route.JSON(map[string]any{
		"sensor_count": len(p.sensors), "active_sensor_count": online,
		"num_eventlog_bytes": strconv.FormatInt(bytes, 10), "num_eventlogs": strconv.FormatInt(logs, 10),
		"num_storefile_bytes": "0", "num_storefiles": "0",
	})
}

// logs is the number of files in which a sensor keeps what it has not sent.
func (s *sensor) logs() int64 { return (s.queued + 65535) / 65536 }

// sensorQueued lists what the sensor reported to have in store, 204 when it never reported.
func (p *Product) sensorQueued(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, refusal := p.namedSensor(c)
	if s == nil {
		return refusal
	}
	if !s.online {
		return route.NoContent()
	}
	return route.JSON([]map[string]any{{
		"id": strconv.Itoa(355000 + s.ID), "num_eventlog_bytes": strconv.FormatInt(s.queued, 10),
		"num_eventlogs": strconv.FormatInt(s.logs(), 10), "num_storefile_bytes": "0", "num_storefiles": 0,
		"sensor_id": s.ID, "timestamp": inServerZone(s.checkin),
	}})
}

// sensorActivity lists the sensor's latest check-ins.
func (p *Product) sensorActivity(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, refusal := p.namedSensor(c)
	if s == nil {
		return refusal
	}
	var list []map[string]any
	for i := range 3 {
		list = append(list, map[string]any{
			"id": strconv.Itoa(900000 + 10*s.ID + i), "sensor_id": s.ID, "address": s.Outside.String(),
			"timestamp": inServerZone(s.checkin.Add(-time.Duration(i) * 30 * time.Second)), "activity_type": "checkin",
		})
	}
	return route.JSON(list)
}

// sensorResources lists what the sensor uses of its endpoint.
func (p *Product) sensorResources(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, refusal := p.namedSensor(c)
	if s == nil {
		return refusal
	}
	return route.JSON([]map[string]any{{
		"id": strconv.Itoa(77000 + s.ID), "sensor_id": s.ID, "timestamp": inServerZone(s.checkin),
		"page_faults": strconv.Itoa(10000 + 97*s.ID), "commit_charge": strconv.Itoa(30<<20 + s.ID<<12),
		"current_event_loss": "0", "total_event_loss": strconv.Itoa(100 - s.Health),
	}})
}
