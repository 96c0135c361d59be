package defense

import (
	"fmt"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// batch is how many notifications one answer gives out.
const batch = 5

// guid makes up an id from a number.
func guid(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n) }

// notifications tells of each hostile program that was started, oldest first.
func (p *Product) notifications() []object {
	var list []object
	for _, process := range p.story.Processes {
		e := process.Endpoint
		if e.Platform == story.Linux || !hostile(process.Binary) {
			continue
		}
		n := len(list) + 1
		list = append(list, object{
			"type": "THREAT", "eventId": guid(n), "eventTime": process.Start.UnixMilli(), "ruleName": "known malware ran", "url": "https://defense.brightwater.example/ui#investigate/" + guid(n),
			"eventDescription": fmt.Sprintf("[known malware ran] [%s] [%s] [%s]", process.Name, e.Name, process.User),
			"deviceInfo":       object{"deviceId": deviceID(e), "deviceName": e.Name, "deviceType": "WINDOWS", "internalIpAddress": e.Address.String(), "targetPriorityType": policyOf(e)["priorityLevel"]},
			"threatInfo": object{"incidentId": guid(n), "score": min(10, 3+process.Binary.VirusTotal/8), "summary": "Known malware " + process.Name + " ran", "time": process.Start.UnixMilli(),
				"threatCause": object{"actor": process.Binary.MD5, "actorName": process.Name, "reputation": "KNOWN_MALWARE", "reason": "Known malware", "actorProcessPPid": fmt.Sprint(process.PID)}},
		})
	}
	return list
}

// giveNotifications gives each notification out once.
func (p *Product) giveNotifications(*route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(batch, len(p.waiting))
	given := append([]object{}, p.waiting[:n]...)
	p.waiting = p.waiting[n:]
	return succeeded(object{"notifications": given})
}

// log notes what a client changed. It needs p.mu.
func (p *Product) log(format string, args ...any) {
	p.audited++
	p.audit = append(p.audit, object{"eventId": guid(p.audited), "eventTime": p.story.Now.UnixMilli(), "loginName": "DEMO", "orgName": "brightwater.example",
		"clientIp": "127.0.0.1", "description": fmt.Sprintf(format, args...), "flagged": false, "verbose": false})
}

// giveAudit gives each entry of the audit log out once.
func (p *Product) giveAudit(*route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	given := append([]object{}, p.audit...)
	p.audit = nil
	return succeeded(object{"notifications": given})
}
