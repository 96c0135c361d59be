package protection

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// The policies, by number.
const (
	policyDefault = iota + 1
	policyDesks
	policyFinance
	policyLocalApproval
	policyVisibility
	policyQuarantine
)

// Enforcement levels. Source: contract/protection.md, "Enforcement levels".
const (
	levelHigh       = 20
	levelMedium     = 30
	levelLow        = 40
	levelVisibility = 60
)

func (t *teller) policies() {
	for i, p := range []struct {
		name, text string
		level      int
	}{
		{"Default Policy", "where new computers begin", levelLow},
		{"Desks", "workstations", levelMedium},
		{"Finance", "workstations that handle money", levelHigh},
		{"Local Approval Policy", "while software is installed", levelLow},
		{"Visibility", "nothing is enforced", levelVisibility},
		{"Quarantine", "computers under investigation", levelHigh},
	} {
		t.add("policy", blankPolicy().with(doc{
			"name": p.name, "description": p.text, "enforcementLevel": p.level, "disconnectedEnforcementLevel": p.level, "readOnly": i == 0,
			"packageName": p.name, "dateCreated": at(1, 8, 0).AddDate(0, -8, 0), "dateModified": at(1, 8, i), "createdByUserId": 1, "modifiedByUserId": 2,
		}))
	}
}

func blankPolicy() doc {
	return doc{
		"name": nil, "description": "", "packageName": nil, "enforcementLevel": levelLow, "disconnectedEnforcementLevel": levelLow, "helpDeskUrl": "",
		"imageUrl": "", "dateCreated": nil, "createdByUserId": 1, "dateModified": nil, "modifiedByUserId": 1, "readOnly": false, "hidden": false, "automatic": false,
		"loadAgentInSafeMode": false, "reputationEnabled": true, "fileTrackingEnabled": true, "customLogo": false, "automaticApprovalsOnTransition": false,
		"allowAgentUpgrades": true, "totalComputers": 0, "connectedComputers": 0, "atEnforcementComputers": 0, "clVersionMax": 0,
	}
}

// policyOf says which policy a workstation follows: those where the intrusion was found were put into quarantine.
func policyOf(e *story.Endpoint) (policy, previous int) {
	switch {
	case e.Name == "WS-FIN-04" || e.Name == "WS-FIN-05":
		return policyQuarantine, policyFinance
	case strings.HasPrefix(e.Name, "WS-FIN-"):
		return policyFinance, policyDefault
	case strings.HasPrefix(e.Name, "WS-IT-"):
		return policyLocalApproval, policyDesks
	case strings.HasPrefix(e.Name, "WS-ENG-"):
		return policyVisibility, policyDefault
	}
	return policyDesks, policyDefault
}

// equipment makes the computers: the story's workstations, what is left of two that were set up anew, one that was taken out
// of the server, and a template.
func (t *teller) equipment() {
	const templateID = 201
	for _, e := range t.p.story.Endpoints {
		if e.ParityHost == 0 {
			continue
		}
		t.computers[e] = e.ParityHost
		d := t.computer(e)
		if strings.HasPrefix(e.Name, "WS-ENG-") && strings.Contains(e.System, "Windows 10") {
			d = d.with(doc{"templateComputerId": templateID})
		}
		t.p.tables["computer"].put(d)
	}
	stale := func(id int, name string, days int, more doc) {
		e := t.endpoint(name)
		seen := t.p.now().AddDate(0, 0, -days)
		t.p.tables["computer"].put(t.computer(e).with(doc{
			"id": id, "connected": false, "isActive": false, "daysOffline": days, "lastPollDate": seen, "lastRegisterDate": seen.AddDate(0, 0, -20),
			"dateCreated": seen.AddDate(0, -2, 0), "hasDuplicates": true, "ipAddress": "10.20.1.250",
		}).with(more))
	}
	stale(41, "WS-HR-02", 38, nil)
	stale(42, "WS-HR-02", 64, nil)
	stale(43, "WS-SAL-03", 12, nil)
	stale(44, "WS-LEG-01", 90, doc{"deleted": true, "uninstalled": true})
	stale(templateID, "WS-ENG-01", 30, doc{"name": `BRIGHTWATER\WS-TEMPLATE-W10`, "template": true, "templateDate": at(1, 9, 0).AddDate(0, -1, 0),
		"templateCloneCleanupMode": 1, "templateTrackModsOnly": true, "hasDuplicates": false})
	for _, d := range t.p.tables["policy"].docs {
		t.p.recount(d)
	}
}

func (t *teller) endpoint(name string) *story.Endpoint {
	i := slices.IndexFunc(t.p.story.Endpoints, func(e *story.Endpoint) bool { return e.Name == name })
	return t.p.story.Endpoints[i]
}

func (t *teller) computer(e *story.Endpoint) doc {
	policy, previous := policyOf(e)
	days := int(t.p.now().Sub(e.LastSeen).Hours() / 24)
	p, _ := t.p.tables["policy"].get(policy)
	short, _, _ := strings.Cut(e.System, ",")
	return doc{
		"id": e.ParityHost, "name": e.DomainName() + `\` + e.Name, "computerTag": "", "description": "", "policyId": policy, "previousPolicyId": previous,
		"policyName": p["name"], "policyStatus": "Up to date", "policyStatusDetails": "The agent has all rules", "automaticPolicy": false,
		"localApproval": policy == policyLocalApproval, "enforcementLevel": p["enforcementLevel"], "disconnectedEnforcementLevel": p["disconnectedEnforcementLevel"],
		"users": e.DomainName() + `\` + e.User, "ipAddress": e.Address.String(), "macAddress": colons(e.MAC), "osName": "Microsoft " + e.System, "osShortName": short,
		"platformId": 1, "virtualized": "No", "virtualPlatform": "Unknown", "machineModel": "OptiPlex 7040", "processorModel": "Intel(R) Core(TM) i5-6500 CPU @ 3.20GHz",
		"processorCount": 4, "processorSpeed": 3192.0, "memorySize": int(e.Memory >> 20), "agentVersion": "8.0.0.2562", "connected": e.Online, "isActive": e.Online,
		"deleted": false, "uninstalled": false, "hasDuplicates": e.Name == "WS-HR-02" || e.Name == "WS-SAL-03", "daysOffline": max(0, days),
		"dateCreated": e.Registered.Truncate(time.Millisecond), "lastRegisterDate": e.Booted.Truncate(time.Millisecond), "lastPollDate": e.LastSeen.Truncate(time.Millisecond),
		"initializing": false, "initPercent": 100, "syncPercent": 100, "syncFlags": 0, "agentQueueSize": 0, "agentCacheSize": 41000 + 17*e.ID, "agentMemoryDumps": 0,
		"systemMemoryDumps": 0, "tdCount": 0, "clVersion": 1212, "refreshFlags": 0, "prioritized": false, "hasHealthCheckErrors": e.Health < 100, "supportedKernel": true,
		"forceUpgrade": false, "upgradeStatus": "Up to date", "upgradeError": nil, "upgradeErrorCount": 0, "upgradeErrorTime": nil, "debugLevel": 0, "kernelDebugLevel": 0,
		"debugFlags": 0, "debugDuration": 0, "ccLevel": 0, "ccFlags": 0, "activeDebugLevel": 0, "activeKernelDebugLevel": 2, "activeDebugFlags": 16, "template": false,
		"templateComputerId": 0, "templateDate": nil, "templateCloneCleanupMode": nil, "templateCloneCleanupTime": nil, "templateCloneCleanupTimeScale": nil,
		"templateTrackModsOnly": false, "tamperProtectionActive": true, "CLIPassword": password(e.ParityHost, 0), "SCEPStatus": 0, "cbSensorId": e.ID,
		"cbSensorVersion": e.Build, "cbSensorFlags": 0,
	}
}

func colons(mac string) string {
	var pairs []string
	for i := 0; i+2 <= len(mac); i += 2 {
		pairs = append(pairs, mac[i:i+2])
	}
	return strings.Join(pairs, ":")
}

// password makes up the password of an agent's command line.
func password(computer, nth int) string {
	return fmt.Sprintf("DEMO-%04d-%04d-CLI%d", computer, (computer*7919+nth*104729)%10000, nth)
}

// Fields that are changed only by a request that says so. Source: contract/protection.md, "Computer".
var (
	diagnostics = []string{"debugLevel", "kernelDebugLevel", "debugFlags", "debugDuration", "ccLevel", "ccFlags"}
	templates   = []string{"template", "templateCloneCleanupMode", "templateCloneCleanupTime", "templateCloneCleanupTimeScale", "templateTrackModsOnly"}
)

// changeComputer takes from what was sent what the request's parameters allow.
func (p *Product) changeComputer(old, sent doc, form url.Values) (doc, route.Reply, bool) {
	if form.Get("resetCLIPassword") == "true" {
		p.resets++
		return old.with(doc{"CLIPassword": password(old.number("id"), p.resets)}), route.Reply{}, true
	}
	d := old.with(sent)
	keep := func(names ...string) {
		for _, name := range names {
			d[name] = old[name]
		}
	}
	keep("CLIPassword", "policyName", "enforcementLevel", "disconnectedEnforcementLevel", "deleted", "connected", "tamperProtectionActive", "previousPolicyId")
	if form.Get("changeDiagnostics") != "true" {
		keep(diagnostics...)
	}
	if form.Get("changeTemplate") != "true" {
		keep(templates...)
	} else if d.is("template") && !old.is("template") {
		d["templateDate"] = p.now()
	}
	if active := form.Get("newTamperProtectionActive"); active != "" {
		d["tamperProtectionActive"] = active == "true"
	}
	if d["policyId"] != old["policyId"] {
		policy, ok := p.table("policy").get(d.number("policyId"))
		if !ok {
			return nil, route.BadRequest(fmt.Sprintf("There is no policy %v.", d["policyId"])), false
		}
		d["policyName"], d["previousPolicyId"] = policy["name"], old["policyId"]
		d["enforcementLevel"], d["disconnectedEnforcementLevel"] = policy["enforcementLevel"], policy["disconnectedEnforcementLevel"]
		d["localApproval"], d["policyStatus"] = policy["name"] == "Local Approval Policy", "Approvals out of date"
	}
	return d, route.Reply{}, true
}

// recount brings the numbers of a policy's computers up to date.
func (p *Product) recount(policy doc) {
	total, connected := 0, 0
	for _, c := range p.tables["computer"].docs {
		if c["policyId"] == policy["id"] && !c.is("deleted") {
			total++
			if c.is("connected") {
				connected++
			}
		}
	}
	p.tables["policy"].put(policy.with(doc{"totalComputers": total, "connectedComputers": connected, "atEnforcementComputers": connected}))
}
