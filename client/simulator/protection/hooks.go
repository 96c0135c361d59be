package protection

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// made completes a new row of a model, or refuses it. It gives the status of the answer.
func (p *Product) made(t *table, sent doc) (d doc, status int, refusal route.Reply, ok bool) {
	status, ok = http.StatusCreated, true
	switch t.name {
	case "connector":
		d, status = p.newConnector(sent)
	case "fileRule":
		d, refusal, ok = p.newRule(sent)
	case "fileAnalysis":
		d, refusal, ok = p.newAnalysis(sent)
	case "fileUpload":
		d, refusal, ok = p.newUpload(sent)
	case "notification":
		d, refusal, ok = p.newNotification(sent)
	default:
		if _, taken := t.first("name", sent["name"]); taken {
			return nil, 0, route.BadRequest(fmt.Sprintf("There is a %s of that name.", t.name)), false
		}
		d = blank(t.name).with(sent).with(doc{"id": t.next})
		for _, name := range []string{"dateCreated", "dateModified", "registrationDate"} {
			if _, has := d[name]; has {
				d[name] = p.now()
			}
		}
	}
	return d, status, refusal, ok
}

// blank is what a new row has before anything is said about it.
func blank(name string) doc {
	switch name {
	case "policy":
		return blankPolicy()
	case "user":
		return blankUser()
	case "userGroup":
		return blankGroup()
	}
	return doc{"dateCreated": nil, "createdBy": "jcole", "createdByUserId": 2, "dateModified": nil, "modifiedBy": "jcole", "modifiedByUserId": 2, "clVersion": 1212}
}

// changed takes what was sent into a row, or refuses it.
func (p *Product) changed(t *table, old, sent doc, form url.Values) (doc, route.Reply, bool) {
	switch t.name {
	case "computer":
		return p.changeComputer(old, sent, form)
	case "fileInstance":
		if state := sent.number("localState"); sent["localState"] != nil && state != unapproved && state != approved {
			return nil, route.BadRequest("A file can be approved on a computer, or no longer."), false
		}
		d := old.with(sent)
		if d["localState"] != old["localState"] {
			d["detailedLocalState"] = d.number("localState") + 1
		}
		return d, route.Reply{}, true
	case "policy":
		if old.is("readOnly") && sent["name"] != old["name"] {
			return nil, route.Text(http.StatusForbidden, "The policy is read-only."), false
		}
	}
	return old.with(sent), route.Reply{}, true
}

// after brings other rows to what follows from a new or changed one.
func (p *Product) after(t *table, d doc) {
	switch t.name {
	case "computer":
		for _, policy := range p.table("policy").docs {
			p.recount(policy)
		}
	case "connector":
		p.give(d)
	case "fileRule":
		p.apply(d)
	case "fileCatalog":
		p.setState(d, d.number("fileState"))
	case "pendingAnalysis":
		p.mirror(d)
	case "policy":
		for _, c := range p.table("computer").docs {
			if c["policyId"] == d["id"] {
				p.table("computer").put(c.with(doc{"policyName": d["name"], "enforcementLevel": d["enforcementLevel"], "disconnectedEnforcementLevel": d["disconnectedEnforcementLevel"]}))
			}
		}
	}
}
