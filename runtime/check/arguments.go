package check

import "strings"

// clientNames are the connections of the reference clients, and the host's own. What follows the address in their
// arguments is a login or a token.
var clientNames = words(`CbEnterpriseResponseAPI CbResponseAPI CbEnterpriseProtectionAPI CbProtectionAPI CbDefenseAPI
	CbThreatHunterAPI CBCloudAPI CbApi CbClient BaseAPI bit9Api bit9_api Bit9Api connect`)

// secretArgument refuses a literal given to something that takes a credential, whatever the literal is.
func (j *judge) secretArgument(it item, places []place, at found) bool {
	if strings.TrimSpace(it.text) == "" {
		return false
	}
	for _, p := range places {
		if p.part {
			continue
		}
		rule, why := j.argumentRule(p, it.text)
		if rule == "" {
			continue
		}
		at.rule, at.secret, at.message = rule, it.text, j.say(rule, why, it.via)
		j.add(at)
		return true
	}
	return false
}

func (j *judge) argumentRule(p place, text string) (rule, why string) {
	if c := p.call; c != nil {
		switch {
		case c.callee == "get_api_token" && (c.index >= 1 || loginKeyword(c.keyword)):
			return ruleTokenLogin, ""
		case clientNames.has(c.callee) && c.index >= 1 && len(text) >= 4 && !placeholder(text):
			return ruleConnection, "given to " + c.callee
		case c.index < 0 && changesModel(c.callee) && j.opts.secret(c.keyword):
			return ruleSecretParameter, "given to " + c.callee + " as " + c.keyword
		}
		return "", ""
	}
	if l := p.around; l != nil && l.kind == assignedField && p.box == nil && j.opts.secret(l.name) {
		return ruleSecretParameter, "assigned to " + l.name
	}
	return "", ""
}

func loginKeyword(name string) bool {
	switch name {
	case "user", "username", "login", "password", "passwd", "pw":
		return true
	}
	return false
}

// changesModel reports whether a call with that name sets the fields of a model by keyword.
func changesModel(callee string) bool {
	for _, verb := range [...]string{"create", "update", "add", "set", "modify", "replace"} {
		if strings.HasPrefix(callee, verb) {
			return true
		}
	}
	return false
}
