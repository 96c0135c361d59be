package defense

import (
	"maps"
	"slices"

	"github.com/cbscript/cbscript/client/simulator/route"
)

func (p *Product) addRule(c *route.Call) route.Reply {
	return p.changeRules(c, func(rules []any) ([]any, route.Reply, bool) {
		rule, refusal, ok := sentRule(c)
		if !ok {
			return nil, refusal, false
		}
		rule["id"] = p.newRule()
		return append(rules, rule), route.Reply{}, true
	})
}

func (p *Product) replaceRule(c *route.Call) route.Reply {
	return p.changeRules(c, func(rules []any) ([]any, route.Reply, bool) {
		i, refusal, ok := namedRule(c, rules)
		if !ok {
			return nil, refusal, false
		}
		rule, refusal, ok := sentRule(c)
		if !ok {
			return nil, refusal, false
		}
		id, _ := c.Int("rule")
		rule["id"] = id
		rules[i] = rule
		return rules, route.Reply{}, true
	})
}

func (p *Product) deleteRule(c *route.Call) route.Reply {
	return p.changeRules(c, func(rules []any) ([]any, route.Reply, bool) {
		i, refusal, ok := namedRule(c, rules)
		if !ok {
			return nil, refusal, false
		}
		return slices.Delete(rules, i, i+1), route.Reply{}, true
	})
}

// changeRules replaces the rules of the call's policy by what change makes of a copy.
func (p *Product) changeRules(c *route.Call, change func(rules []any) ([]any, route.Reply, bool)) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, refusal, ok := p.namedPolicy(c)
	if !ok {
		return refusal
	}
	policy := maps.Clone(p.policies[i])
	inner := maps.Clone(policy["policy"].(object))
	rules, refusal, ok := change(slices.Clone(inner["rules"].([]any)))
	if !ok {
		return refusal
	}
	inner["rules"], policy["policy"], policy["latestRevision"] = rules, inner, p.story.Now.UnixMilli()
	p.policies[i] = policy
	p.log("The rules of policy %v were changed", policy["name"])
	return succeeded(nil)
}

// namedRule finds the rule of a call.
func namedRule(c *route.Call, rules []any) (int, route.Reply, bool) {
	id, ok := c.Int("rule")
	i := slices.IndexFunc(rules, func(r any) bool { return r.(object)["id"] == id })
	if !ok || i < 0 {
		return 0, failed("There is no rule %s", c.Var("rule")), false
	}
	return i, route.Reply{}, true
}

// sentRule reads the rule that a client sent and refuses one that lacks something.
func sentRule(c *route.Call) (object, route.Reply, bool) {
	sent, _ := read(c.Body)
	rule, _ := sent["ruleInfo"].(object)
	application, _ := rule["application"].(object)
	if rule == nil || rule["action"] == nil || rule["operation"] == nil || application["type"] == nil || application["value"] == nil {
		return nil, failed("ruleInfo needs action, operation, application.type and application.value"), false
	}
	return maps.Clone(rule), route.Reply{}, true
}
