package protection

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Kinds of events, as the vendor's public reference numbers them.
const (
	typeDiscovery   = 3
	typeEnforcement = 4
	typeServer      = 0
)

// occurrence is what an event tells of a file.
type occurrence struct {
	when                time.Time
	kind, subtype       int
	severity            int
	name, text, ban     string
	computer            int
	file                doc
	path, process, user string
	commandLine         string
}

// events tells what the agents saw of the files that are not approved: that they came, and that they were blocked.
func (t *teller) events() {
	var list []occurrence
	for _, d := range t.p.tables["fileInstance"].docs {
		f, _ := t.p.tables["fileCatalog"].get(d.number("fileCatalogId"))
		if f.number("fileState") == approved || d.is("topLevel") && f.text("fileName") == "" {
			continue
		}
		when, _ := d["dateCreated"].(time.Time)
		list = append(list, occurrence{when: when, kind: typeDiscovery, subtype: 301, severity: 5, name: "New unapproved file to computer",
			text: "A new file appeared.", computer: d.number("computerId"), file: f, path: d.text("pathName") + `\` + d.text("fileName")})
	}
	for _, p := range t.p.story.Processes {
		for _, b := range p.Blocks {
			if id := t.computers[p.Endpoint]; id != 0 {
				f, _ := t.p.tables["fileCatalog"].first("md5", b.Binary.MD5)
				list = append(list, occurrence{when: b.Time, kind: typeEnforcement, subtype: 801, severity: 4, name: "Execution block (banned file)",
					text: "A banned file was blocked.", ban: "ban", computer: id, file: f, path: b.Path, process: p.Path, user: b.User, commandLine: b.Cmdline})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b occurrence) int { return cmp.Or(a.when.Compare(b.when), cmp.Compare(a.computer, b.computer)) })
	for _, e := range list {
		t.event(e)
	}
	t.internal()
	t.drift()
}

func (t *teller) event(e occurrence) {
	c, _ := t.p.tables["computer"].get(e.computer)
	folder, name := split(e.path)
	processFolder, process := split(e.process)
	t.add("event", doc{
		"timestamp": e.when.Truncate(time.Millisecond), "receivedTimestamp": e.when.Add(20 * time.Second).Truncate(time.Millisecond), "description": e.text, "type": e.kind,
		"subtype": e.subtype, "subtypeName": e.name, "severity": e.severity, "ipAddress": c["ipAddress"], "computerId": e.computer, "computerName": c["name"],
		"policyId": c["policyId"], "policyName": c["policyName"], "fileCatalogId": e.file.number("id"), "installerFileCatalogId": 0, "processFileCatalogId": 0, "fileName": name,
		"pathName": folder, "commandLine": e.commandLine, "processPathName": processFolder, "processFileName": process, "processKey": "", "installerFileName": "",
		"userName": cmp.Or(e.user, c.text("users")), "ruleName": "", "banName": e.ban, "updaterName": "", "indicatorName": "", "param1": "", "param2": "", "param3": "", "stringId": e.subtype,
	})
}

// internal makes events of the server itself, and the runs that a meter counts.
func (t *teller) internal() {
	first, _ := t.p.tables["event"].get(1)
	t.add("internalEvent", first.with(doc{"timestamp": at(11, 3, 0), "receivedTimestamp": at(11, 3, 0), "description": "The database was tidied up.", "type": typeServer,
		"subtype": 110, "subtypeName": "Database verification", "severity": 6, "computerId": 0, "computerName": "System", "fileCatalogId": 0, "fileName": "", "pathName": ""}))
	n := 0
	for _, p := range t.p.story.Processes {
		f, ok := t.p.tables["fileCatalog"].first("md5", md5Of(p.Binary))
		if p.Name != "psexec.exe" && p.Name != "wmic.exe" || !ok || t.computers[p.Endpoint] == 0 {
			continue
		}
		n++
		t.add("meteredExecution", doc{"meterId": 1, "name": "Administrators' tools", "description": "who uses them", "type": 1, "data": "psexec.exe|wmic.exe",
			"timestamp": p.Start.Truncate(time.Millisecond), "eventId": n, "fileCatalogId": f["id"], "computerId": t.computers[p.Endpoint], "userName": p.User})
	}
}

// drift makes a report of what came to the workstations of the finance department since the month began.
func (t *teller) drift() {
	t.add("driftReport", doc{"name": "Finance since the first", "description": "files that came since", "status": "Completed", "createDate": at(11, 6, 0), "createdBy": "jcole",
		"targetName": "Finance", "baselineName": "2016-11-01"})
	for _, d := range t.p.tables["fileInstance"].docs {
		c, _ := t.p.tables["computer"].get(d.number("computerId"))
		when, _ := d["dateCreated"].(time.Time)
		if c.number("policyId") != policyQuarantine || when.Before(at(10, 13, 0)) || d.number("localState") == approved {
			continue
		}
		t.add("driftReportContents", doc{"driftReportId": 1, "computerId": d["computerId"], "fileCatalogId": d["fileCatalogId"], "fileName": d["fileName"], "pathName": d["pathName"],
			"driftType": "Added", "description": fmt.Sprintf("%s was added", d["fileName"])})
	}
}
