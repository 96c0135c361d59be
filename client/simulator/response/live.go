package response

import (
	"fmt"
	"net/netip"

	"github.com/cbscript/cbscript/client/simulator/liveresponse"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// LiveResponse is the service behind the routes of Live Response.
func (p *Product) LiveResponse() *liveresponse.Service { return p.live }

// endpoint gives the endpoint of a sensor, nil for none, and whether its sensor is online.
func (p *Product) endpoint(id int) (*story.Endpoint, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id < 1 || id > len(p.sensors) || p.sensors[id-1].uninstalled {
		return nil, false
	}
	return p.sensors[id-1].Endpoint, p.sensors[id-1].online
}

// SetOnline has a sensor come or go. A sensor that comes has just checked in. It is false when there is no such sensor.
func (p *Product) SetOnline(id int, online bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id < 1 || id > len(p.sensors) {
		return false
	}
	s := p.sensors[id-1]
	if online && !s.online {
		s.checkin = p.story.Now
	}
	s.online = online
	return true
}

// addFleet adds n workstations that have no part in the story.
func (p *Product) addFleet(n int) {
	model := *p.story.Endpoints[len(p.story.Endpoints)-1]
	for i := range n {
		e := model
		e.ID = len(p.sensors) + 1
		e.Name = fmt.Sprintf("FLEET-%05d", i+1)
		e.DNS, e.User, e.ParityHost = e.Name, "", 0
		e.Address = netip.AddrFrom4([4]byte{10, 21, byte(i >> 8), byte(i)})
		e.Outside = e.Address
		e.Online, e.LastSeen = true, p.story.Now
		p.sensors = append(p.sensors, newSensor(&e))
	}
}
