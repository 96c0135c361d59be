package defense

import (
	"maps"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// firstDevice is what is added to a sensor's number for the number of its device.
const firstDevice = 1000

// deviceID is the number of an endpoint's device.
func deviceID(e *story.Endpoint) int { return firstDevice + e.ID }

func (p *Product) device(e *story.Endpoint) object {
	policy := policyOf(e)
	kind, platform := "WINDOWS", "CLIENT_X64"
	switch {
	case e.Platform == story.MacOS:
		kind, platform = "MAC", ""
	case e.Role != story.Workstation:
		platform = "SERVER_X64"
	}
	d := object{
		"deviceId": deviceID(e), "deviceGuid": guid(e.ID), "deviceSessionId": nil, "deviceOwnerId": 4000 + e.ID, "deviceType": kind, "name": e.Name,
		"organizationId": 1105, "organizationName": "brightwater.example", "email": strings.ToLower(e.User), "firstName": nil, "middleName": nil, "lastName": nil,
		"assignedToId": nil, "assignedToName": nil, "policyId": policy["id"], "policyName": policy["name"], "quarantined": false,
		"targetPriorityType": policy["priorityLevel"], "status": "REGISTERED", "osVersion": e.System, "windowsPlatform": nil, "linuxKernelVersion": nil,
		"sensorVersion": "3.0.2.2", "sensorStates": []any{"ACTIVE"}, "passiveMode": false, "lastInternalIpAddress": e.Address.String(),
		"lastExternalIpAddress": "203.0.113.200", "lastLocation": "ONSITE", "lastContact": millis(e.LastSeen), "lastReportedTime": millis(e.LastSeen),
		"createTime": millis(e.Registered), "registeredTime": millis(e.Registered), "deregisteredTime": nil, "uninstalledTime": nil, "activationCode": nil,
		"activationCodeExpiryTime": millis(e.Registered.AddDate(0, 0, 7)), "lastResetTime": 0, "lastShutdownTime": millis(e.Booted.Add(-90e9)), "firstVirusActivityTime": nil,
		"lastVirusActivityTime": nil, "rootedBySensor": false, "rootedBySensorTime": nil, "rootedByAnalytics": false, "rootedByAnalyticsTime": nil, "scanStatus": nil,
		"scanLastActionTime": nil, "scanLastCompleteTime": nil, "avStatus": []any{"AV_ACTIVE", "ONDEMAND_SCAN_DISABLED"}, "avEngine": "4.5.0.234-ave.8.3.42.106:avpack.8.4.2.36",
		"avLastScanTime": nil, "avMaster": false, "avUpdateServers": nil, "messages": nil, "vdiBaseDevice": nil, "testId": -1,
	}
	if platform != "" {
		d["windowsPlatform"] = platform
	}
	if !e.Online {
		d["status"] = "INACTIVE"
	}
	if e.Outside != e.Address {
		d["lastExternalIpAddress"], d["lastLocation"] = e.Outside.String(), "OFFSITE"
	}
	if first, last := p.malware(e); !first.IsZero() {
		d["firstVirusActivityTime"], d["lastVirusActivityTime"] = millis(first), millis(last)
	}
	return d
}

func (p *Product) listDevices(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := []object{}
	for _, d := range p.devices {
		if isDevice(d, c) {
			found = append(found, d)
		}
	}
	return page(c, found)
}

// isDevice reports whether a device meets all conditions of a search. Parameters that are none are ignored.
func isDevice(d object, c *route.Call) bool {
	text := func(name string) string { s, _ := d[name].(string); return s }
	for name, meets := range map[string]func(want string) bool{
		"hostNameExact": func(want string) bool { return strings.EqualFold(text("name"), want) },
		"hostName":      func(want string) bool { return within(text("name"), want) },
		"ownerName":     func(want string) bool { return within(text("email"), want) },
		"ipAddress": func(want string) bool {
			return text("lastInternalIpAddress") == want || text("lastExternalIpAddress") == want
		},
	} {
		if want := c.Form.Get(name); want != "" && !meets(want) {
			return false
		}
	}
	return true
}

func within(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// namedDevice finds the device of a call. It needs p.mu.
func (p *Product) namedDevice(c *route.Call) (int, route.Reply, bool) {
	if id, ok := c.Int("id"); ok {
		if i, found := byNumber(p.devices, "deviceId", id); found {
			return i, route.Reply{}, true
		}
	}
	return 0, failed("There is no device %s", c.Var("id")), false
}

func (p *Product) getDevice(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, refusal, ok := p.namedDevice(c)
	if !ok {
		return refusal
	}
	return succeeded(object{"deviceInfo": p.devices[i]})
}

// changeable are the fields of a device that a client can change besides its policy.
var changeable = []string{"email", "firstName", "middleName", "lastName", "assignedToId", "assignedToName", "targetPriorityType", "quarantined", "passiveMode"}

// changeDevice takes changed fields alone. A policy is given by its number or by its name.
func (p *Product) changeDevice(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, refusal, ok := p.namedDevice(c)
	if !ok {
		return refusal
	}
	sent, ok := read(c.Body)
	if !ok {
		return route.BadRequest("The body is not a JSON object.")
	}
	d := maps.Clone(p.devices[i])
	for name, v := range sent {
		switch {
		case name == "policyId" || name == "policyName":
			policy := p.policyBy(name, v)
			if policy == nil {
				return failed("There is no policy %v", v)
			}
			d["policyId"], d["policyName"] = policy["id"], policy["name"]
			p.log("Device %v was moved to policy %v", d["name"], policy["name"])
		case isOne(name, changeable):
			d[name] = v
		default:
			return failed("%s of a device cannot be changed", name)
		}
	}
	p.devices[i] = d
	return succeeded(object{"deviceInfo": d})
}

func isOne(name string, of []string) bool {
	for _, other := range of {
		if name == other {
			return true
		}
	}
	return false
}
