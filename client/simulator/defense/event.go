package defense

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// hostile reports whether a program is held for malicious: several engines call it so.
func hostile(b *story.Binary) bool { return b != nil && b.VirusTotal > 5 }

// malware tells when hostile programs first and last ran on an endpoint.
func (p *Product) malware(e *story.Endpoint) (first, last time.Time) {
	for _, process := range p.story.Processes {
		if process.Endpoint != e || !hostile(process.Binary) {
			continue
		}
		if first.IsZero() {
			first = process.Start
		}
		last = process.Start
	}
	return first, last
}

// telling makes the events: the starts of processes and the connections of the hostile ones, newest first.
func (p *Product) telling() []object {
	p.seen.Do(func() {
		hashes := map[*story.Binary]string{}
		for _, process := range p.story.Processes {
			if process.Endpoint.Platform == story.Linux || process.Suppressed || process.Binary == nil {
				continue
			}
			if hashes[process.Binary] == "" {
				sum := sha256.Sum256(process.Binary.File())
				hashes[process.Binary] = hex.EncodeToString(sum[:])
			}
			sha := hashes[process.Binary]
			p.events = append(p.events, p.event(process, process.Start, sha, "CREATE_PROCESS", "The application %s was started", process.Name))
			if hostile(process.Binary) {
				for _, n := range process.Netconns {
					p.events = append(p.events, p.event(process, n.Time, sha, "NETWORK", "The application %s made a connection", process.Name))
				}
			}
		}
		slices.SortStableFunc(p.events, func(a, b object) int { return -cmp.Compare(a["eventTime"].(int64), b["eventTime"].(int64)) })
		for i, e := range p.events {
			e["eventId"] = fmt.Sprintf("%032x", 0xb9d0c0de0000+len(p.events)-i)
		}
	})
	return p.events
}

func (p *Product) event(process *story.Process, when time.Time, sha, kind, text, name string) object {
	e, reputation, stage := process.Endpoint, "TRUSTED_WHITE_LIST", any(nil)
	switch {
	case hostile(process.Binary):
		reputation, stage = "KNOWN_MALWARE", "INSTALL_RUN"
	case process.Binary.Signature != story.Signed:
		reputation = "NOT_LISTED"
	}
	parent := ""
	if process.Parent != nil {
		parent = process.Parent.Name
	}
	return object{
		"eventTime": when.UnixMilli(), "createTime": when.Add(40 * time.Second).UnixMilli(), "eventType": kind,
		"shortDescription": fmt.Sprintf(text, name), "longDescription": fmt.Sprintf(text+" by %s on %s with the command line %s", name, process.User, e.Name, process.Cmdline),
		"attackStage": stage, "deviceDetails": object{"deviceId": deviceID(e), "deviceName": e.Name, "deviceIpAddress": e.Address.String(), "deviceType": "WINDOWS", "policyName": policyOf(e)["name"], "email": e.User},
		"selectedApp":    object{"applicationName": process.Name, "applicationPath": process.Path, "md5Hash": process.Binary.MD5, "sha256Hash": sha, "reputationProperty": reputation},
		"processDetails": object{"processId": process.PID, "parentName": parent, "fullUserName": process.User, "commandLine": process.Cmdline, "name": process.Name},
	}
}

// windows of time that a search of events can be limited to.
var windows = map[string]time.Duration{"3h": 3 * time.Hour, "1d": 24 * time.Hour, "1w": 7 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "1m": 30 * 24 * time.Hour}

func (p *Product) listEvents(c *route.Call) route.Reply {
	since := time.Time{}
	if window := c.Form.Get("searchWindow"); window != "" && window != "all" {
		span, ok := windows[window]
		if !ok {
			return failed("searchWindow is none of 3h, 1d, 1w, 2w, 1m, all: %s", window)
		}
		since = p.story.Now.Add(-span)
	}
	found := []object{}
	for _, e := range p.telling() {
		if e["eventTime"].(int64) >= since.UnixMilli() && isEvent(e, c) {
			found = append(found, e)
		}
	}
	return page(c, found)
}

// isEvent reports whether an event meets all conditions of a search. Parameters that are none are ignored.
func isEvent(e object, c *route.Call) bool {
	device, app := e["deviceDetails"].(object), e["selectedApp"].(object)
	for name, meets := range map[string]func(want string) bool{
		"hostNameExact":   func(want string) bool { return strings.EqualFold(device["deviceName"].(string), want) },
		"hostName":        func(want string) bool { return within(device["deviceName"].(string), want) },
		"ipAddress":       func(want string) bool { return device["deviceIpAddress"] == want },
		"applicationName": func(want string) bool { return strings.EqualFold(app["applicationName"].(string), want) },
		"sha256Hash":      func(want string) bool { return strings.EqualFold(app["sha256Hash"].(string), want) },
		"eventType":       func(want string) bool { return e["eventType"] == want },
	} {
		if want := c.Form.Get(name); want != "" && !meets(want) {
			return false
		}
	}
	return true
}

func (p *Product) getEvent(c *route.Call) route.Reply {
	for _, e := range p.telling() {
		if e["eventId"] == c.Var("id") {
			return succeeded(object{"eventInfo": e})
		}
	}
	return failed("There is no event %s", c.Var("id"))
}
