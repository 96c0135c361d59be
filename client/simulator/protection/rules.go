package protection

import (
	"fmt"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// rules makes the bans of the story, an approval, and the other ways in which files are approved.
func (t *teller) rules() {
	for _, ban := range t.p.story.Bans {
		t.rule(ban.MD5, "ban "+ban.Text, banned, ban.Time)
	}
	if f, ok := t.p.tables["fileCatalog"].first("fileName", "psexec.exe"); ok {
		t.rule(f.text("md5"), "administrators may use it", unapproved, at(3, 9, 30))
	}
	modified := doc{"dateCreated": at(2, 10, 0), "createdBy": "jcole", "createdByUserId": 2, "dateModified": at(2, 10, 0), "modifiedBy": "jcole", "modifiedByUserId": 2, "clVersion": 1200}
	t.add("scriptRule", doc{"name": "PowerShell", "description": "scripts of PowerShell", "scriptType": "*.ps1", "process": "powershell.exe", "enabled": true, "platformId": 1}.with(modified))
	t.add("scriptRule", doc{"name": "Visual Basic", "description": "scripts of the script host", "scriptType": "*.vbs", "process": "wscript.exe", "enabled": true, "platformId": 1}.with(modified))
	t.add("trustedDirectory", doc{"path": `\\srv-wsus01\install`, "description": "installers of the administrators", "enabled": true, "computerId": t.computers[t.endpoint("WS-IT-01")], "status": "Ready"}.with(modified))
	t.add("trustedUser", doc{"name": `BRIGHTWATER\adm-jcole`, "userSid": t.endpoint("WS-IT-01").SID, "description": "administrator", "platformId": 1}.with(modified))
	for i, name := range []string{"Adobe Reader", "Google Chrome", "Mozilla Firefox", "Microsoft Windows Update"} {
		t.add("updater", doc{"name": name, "version": fmt.Sprintf("8.0.%d", i), "enabled": i > 0, "platformFlags": 1, "dateCreated": at(1, 6, i), "createdBy": "System",
			"dateModified": at(1, 6, i), "modifiedBy": "System", "clVersion": 1100 + i})
	}
}

func blankRule() doc {
	return doc{
		"fileCatalogId": 0, "name": nil, "description": "", "fileState": unapproved, "sourceType": 1, "sourceId": 0, "reportOnly": false, "reputationApprovalsEnabled": true,
		"forceInstaller": false, "forceNotInstaller": false, "policyIds": "", "hash": nil, "fileName": "", "lazyApproval": false, "platformFlags": 0, "dateCreated": nil,
		"createdBy": "jcole", "createdByUserId": 2, "dateModified": nil, "modifiedBy": "jcole", "modifiedByUserId": 2, "clVersion": 1212, "idUnique": nil, "origIdUnique": nil,
		"unifiedFlag": 0, "unifiedSource": nil, "fileRuleType": "Unapproved", "version": 1, "visible": true,
	}
}

func (t *teller) rule(md5, name string, state int, when time.Time) {
	f, _ := t.p.tables["fileCatalog"].first("md5", md5)
	id := t.add("fileRule", blankRule().with(doc{
		"fileCatalogId": f.number("id"), "name": name, "fileState": state, "hash": md5, "fileName": f["fileName"], "platformFlags": 1, "dateCreated": when,
		"dateModified": when, "fileRuleType": stateNames[state],
	}))
	d, _ := t.p.tables["fileRule"].get(id)
	t.p.tables["fileRule"].put(d.with(doc{"idUnique": unique("fileRule", id)}))
}

// unique makes up an id that is the same on all servers.
func unique(table string, id int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", len(table), id)
}

// newRule completes a rule that a client made: it is about a file of the catalog, or about a hash that may come.
func (p *Product) newRule(sent doc) (doc, route.Reply, bool) {
	d := blankRule().with(sent)
	catalog := p.table("fileCatalog")
	if id := d.number("fileCatalogId"); id != 0 {
		f, ok := catalog.get(id)
		if !ok {
			return nil, route.BadRequest(fmt.Sprintf("There is no file %d in the catalog.", id)), false
		}
		d["hash"], d["fileName"] = f["md5"], f["fileName"]
	} else if hash := strings.ToLower(d.text("hash")); hash != "" {
		for _, kind := range []string{"md5", "sha1", "sha256"} {
			if f, ok := catalog.first(kind, hash); ok {
				d["fileCatalogId"], d["fileName"] = f["id"], f["fileName"]
			}
		}
	} else if d.text("fileName") == "" {
		return nil, route.BadRequest("A fileRule needs fileCatalogId, hash or fileName."), false
	}
	state := d.number("fileState")
	if stateNames[state] == "" {
		return nil, route.BadRequest(fmt.Sprintf("%v is no state of a file.", d["fileState"])), false
	}
	d["id"], d["fileRuleType"], d["dateCreated"], d["dateModified"] = p.table("fileRule").next, stateNames[state], p.now(), p.now()
	d["idUnique"] = unique("fileRule", d.number("id"))
	return d, route.Reply{}, true
}

// apply brings a file's state to what a rule says, in the catalog and on all computers.
func (p *Product) apply(rule doc) {
	f, ok := p.table("fileCatalog").get(rule.number("fileCatalogId"))
	if !ok || rule.is("reportOnly") || rule.text("policyIds") != "" {
		return
	}
	p.setState(f, rule.number("fileState"))
}

func (p *Product) setState(f doc, state int) {
	p.table("fileCatalog").put(f.with(doc{"fileState": state, "effectiveState": stateNames[state]}))
	instances := p.table("fileInstance")
	for _, d := range instances.docs {
		if d["fileCatalogId"] == f["id"] {
			instances.put(d.with(doc{"localState": state, "detailedLocalState": state + 1}))
		}
	}
}
