package defense

import (
	"maps"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// standardPolicies are the policies, by number.
func standardPolicies() []object {
	deny := func(id int, kind, value, operation, action string) object {
		return object{"id": id, "required": id%2 == 1, "action": action, "application": object{"type": kind, "value": value}, "operation": operation}
	}
	base := []any{
		deny(1, "REPUTATION", "KNOWN_MALWARE", "RUN", "DENY"),
		deny(2, "REPUTATION", "COMPANY_BLACK_LIST", "RUN", "DENY"),
		deny(3, "REPUTATION", "SUSPECT_MALWARE", "RANSOM", "TERMINATE"),
	}
	office := append(slices.Clone(base), deny(4, "NAME_PATH", `**\winword.exe`, "INVOKE_CMD_INTERPRETER", "TERMINATE"))
	servers := append(slices.Clone(base), deny(4, "REPUTATION", "RESOLVING", "RUN", "DENY"), deny(5, "NAME_PATH", `**\psexesvc.exe`, "RUN", "DENY"))
	make := func(id int, name, text, priority string, system bool, rules []any) object {
		return object{
			"id": id, "name": name, "description": text, "priorityLevel": priority, "systemPolicy": system, "version": 2, "latestRevision": 1478000000000 + id,
			"policy": object{
				"id": -1, "avSettings": object{"features": []any{}}, "directoryActionRules": []any{}, "rules": rules,
				"sensorSettings": []any{object{"name": "ALLOW_UNINSTALL", "value": "true"}, object{"name": "SHOW_UI", "value": "false"}},
			},
		}
	}
	return []object{
		make(1, "default", "where new devices begin", "LOW", true, base),
		make(2, "Workstations", "Windows and macOS workstations", "MEDIUM", false, office),
		make(3, "Servers", "", "HIGH", false, servers),
		make(4, "Executives", "who must not be disturbed", "MISSION_CRITICAL", false, base),
		make(5, "Restrictive_Investigation", "devices under investigation", "HIGH", false, servers),
	}
}

// policyOf gives the policy of an endpoint's device.
func policyOf(e *story.Endpoint) object {
	i := 1
	switch {
	case e.Role != story.Workstation:
		i = 2
	case strings.HasPrefix(e.Name, "MAC-EXEC") || strings.HasPrefix(e.Name, "WS-LEG"):
		i = 3
	case e.Group.Name == "Default Group":
		i = 0
	}
	return standardPolicies()[i]
}

// policyBy finds a policy by its number or its name, given as a device's field; nil for none. It needs p.mu.
func (p *Product) policyBy(field string, v any) object {
	for _, policy := range p.policies {
		if field == "policyId" && policy["id"] == number(v) || field == "policyName" && policy["name"] == v {
			return policy
		}
	}
	return nil
}

// namedPolicy finds the policy of a call. It needs p.mu.
func (p *Product) namedPolicy(c *route.Call) (int, route.Reply, bool) {
	if id, ok := c.Int("id"); ok {
		if i, found := byNumber(p.policies, "id", id); found {
			return i, route.Reply{}, true
		}
	}
	return 0, failed("There is no policy %s", c.Var("id")), false
}

func (p *Product) listPolicies(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	return page(c, p.policies)
}

func (p *Product) getPolicy(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, refusal, ok := p.namedPolicy(c)
	if !ok {
		return refusal
	}
	return succeeded(object{"policyInfo": p.policies[i]})
}

// sentPolicy reads the policy that a client sent and refuses one that lacks something. Rules without a number get one.
// It needs p.mu.
func (p *Product) sentPolicy(c *route.Call, id int) (object, route.Reply, bool) {
	sent, ok := read(c.Body)
	info, _ := sent["policyInfo"].(object)
	if !ok || info == nil {
		return nil, failed("policyInfo is missing"), false
	}
	for _, name := range []string{"description", "name", "policy", "priorityLevel", "version"} {
		if info[name] == nil {
			return nil, failed("policyInfo.%s is missing", name), false
		}
	}
	inner, _ := info["policy"].(object)
	if inner == nil {
		return nil, failed("policyInfo.policy is no object"), false
	}
	for _, other := range p.policies {
		if other["name"] == info["name"] && other["id"] != id {
			return nil, failed("There is a policy of the name %v", info["name"]), false
		}
	}
	if priority, _ := info["priorityLevel"].(string); !isOne(priority, []string{"LOW", "MEDIUM", "HIGH", "MISSION_CRITICAL"}) {
		return nil, failed("%v is no priority", info["priorityLevel"]), false
	}
	inner = maps.Clone(inner)
	rules := []any{}
	if list, _ := inner["rules"].([]any); list != nil {
		for _, r := range list {
			rule, _ := r.(object)
			if rule = maps.Clone(rule); rule == nil {
				return nil, failed("a rule is no object"), false
			}
			if rule["id"] == nil {
				rule["id"] = p.newRule()
			}
			rule["id"] = number(rule["id"])
			rules = append(rules, rule)
		}
	}
	inner["rules"] = rules
	return object{"id": id, "name": info["name"], "description": info["description"], "priorityLevel": info["priorityLevel"], "systemPolicy": false,
		"version": number(info["version"]), "latestRevision": p.story.Now.UnixMilli(), "policy": inner}, route.Reply{}, true
}

func (p *Product) newRule() int {
	p.nextRule++
	return p.nextRule
}

func (p *Product) createPolicy(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	policy, refusal, ok := p.sentPolicy(c, p.nextID+1)
	if !ok {
		return refusal
	}
	p.nextID++
	p.policies = append(p.policies, policy)
	p.log("Policy %v was created", policy["name"])
	return succeeded(object{"policyId": policy["id"]})
}

func (p *Product) changePolicy(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, refusal, ok := p.namedPolicy(c)
	if !ok {
		return refusal
	}
	policy, refusal, ok := p.sentPolicy(c, number(p.policies[i]["id"]))
	if !ok {
		return refusal
	}
	policy["systemPolicy"] = p.policies[i]["systemPolicy"]
	p.policies[i] = policy
	for j, d := range p.devices {
		if d["policyId"] == policy["id"] {
			d = maps.Clone(d)
			d["policyName"] = policy["name"]
			p.devices[j] = d
		}
	}
	p.log("Policy %v was changed", policy["name"])
	return succeeded(nil)
}

// deletePolicy refuses for a policy that came with the service, and for one that has devices.
func (p *Product) deletePolicy(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, refusal, ok := p.namedPolicy(c)
	if !ok {
		return refusal
	}
	policy := p.policies[i]
	if policy["systemPolicy"] == true {
		return failed("The policy %v came with the service and cannot be deleted", policy["name"])
	}
	if slices.ContainsFunc(p.devices, func(d object) bool { return d["policyId"] == policy["id"] }) {
		return failed("The policy %v has devices", policy["name"])
	}
	p.policies = slices.Delete(p.policies, i, i+1)
	p.log("Policy %v was deleted", policy["name"])
	return succeeded(nil)
}
