package protection

import (
	"archive/zip"
	"bytes"
	"fmt"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// Status of an analysis, and of an upload. Source: contract/protection.md, "Constants", and the vendor's public reference.
const (
	analysisScheduled = 0
	analysisAnalyzed  = 3
	uploadQueued      = 0
	uploadCompleted   = 3
)

// suspects are the files that wait for a connector that can analyse them.
var suspects = []string{"svch0st.exe", "m64.exe", "toolbar.exe", "nb.exe"}

// pending reports whether an analysis waits for its connector.
func pending(d doc) bool { return d.number("analysisStatus") < analysisAnalyzed }

// requests makes the connector that comes with the server, and the wishes of users.
func (t *teller) requests() {
	t.add("connector", blankConnector().with(doc{"name": "Carbon Black", "analysisName": "Carbon Black", "connectorVersion": t.p.version, "isInternal": true, "enabled": true}))
	for _, r := range []struct {
		file, computer, text string
		status, resolution   int
	}{
		{"toolbar.exe", "WS-SAL-01", "I need this for my searches", 1, 0},
		{"intranet.exe", "WS-HR-02", "the new intranet program", 2, 0},
		{"psexec.exe", "WS-FIN-04", "", 3, 1},
	} {
		f, _ := t.p.tables["fileCatalog"].first("fileName", r.file)
		c, _ := t.p.tables["computer"].get(t.computers[t.endpoint(r.computer)])
		explorer, _ := t.p.tables["fileCatalog"].first("fileName", "explorer.exe")
		when := at(10, 16, r.status)
		t.add("approvalRequest", doc{
			"fileCatalogId": f["id"], "installerFileCatalogId": 0, "processFileCatalogId": explorer["id"], "computerId": c["id"], "computerName": c["name"],
			"policyId": c["policyId"], "enforcementLevel": c["enforcementLevel"], "fileName": f["fileName"], "pathName": f["pathName"], "process": `c:\windows\explorer.exe`,
			"customRuleId": 0, "multipleBlocks": false, "requestType": 1, "requestorComments": r.text, "requestorEmail": "", "priority": 1, "status": r.status,
			"resolution": r.resolution, "resolutionComments": "", "createdBy": c["users"], "createdByUserId": 0, "modifiedBy": c["users"], "modifiedByUserId": 0,
			"dateCreated": when, "dateModified": when,
		})
	}
	for _, name := range []string{"connector", "fileAnalysis", "pendingAnalysis", "fileUpload", "notification"} {
		blank := map[string]func() doc{"connector": blankConnector, "fileAnalysis": blankAnalysis, "pendingAnalysis": blankAnalysis, "fileUpload": blankUpload, "notification": blankNotification}[name]()
		for field := range blank {
			t.p.tables[name].fields[field] = true
		}
	}
}

func blankConnector() doc {
	return doc{"name": nil, "analysisName": nil, "connectorVersion": nil, "canAnalyze": false, "enabled": false, "analysisEnabled": false, "isInternal": false, "analysisTargets": []any{}}
}

func blankAnalysis() doc {
	return doc{
		"fileCatalogId": 0, "connectorId": 0, "computerId": 0, "analysisTarget": "", "priority": 0, "analysisStatus": analysisScheduled, "analysisResult": 0,
		"analysisError": nil, "fileName": nil, "pathName": nil, "createdBy": "jcole", "createdByUserId": 2, "dateCreated": nil, "dateModified": nil,
		"md5": nil, "sha1": nil, "sha256": nil, "uploaded": false, "uploadPath": nil, "uploadedFileSize": 0,
	}
}

func blankUpload() doc {
	return doc{
		"fileCatalogId": 0, "computerId": 0, "priority": 0, "uploadStatus": uploadQueued, "uploadPath": nil, "uploadedFileSize": 0, "fileName": nil, "pathName": nil,
		"createdBy": "jcole", "dateCreated": nil, "dateModified": nil,
	}
}

func blankNotification() doc {
	d := doc{"analysisResult": 0, "fileAnalysisId": 0, "connectorId": 0, "time": nil, "flags": 0, "files": []any{}, "regKeys": []any{}, "directories": []any{}}
	for _, name := range []string{"fileName", "md5", "sha1", "sha256", "malwareName", "malwareType", "externalUrl", "externalId", "severity", "type", "appliance", "product",
		"version", "srcIp", "srcHost", "destIp", "msgFormat", "anomaly", "targetApp", "targetOS", "httpHeader", "status", "srcUsername", "destUsername"} {
		d[name] = nil
	}
	return d
}

// newConnector keeps a connector, in the place of the one of that name.
func (p *Product) newConnector(sent doc) (doc, int) {
	t := p.table("connector")
	if old, ok := t.first("name", sent["name"]); ok {
		return old.with(sent), 200
	}
	return blankConnector().with(sent).with(doc{"id": t.next}), 201
}

// give has a connector that can analyse files asked to do so with the suspects, once.
func (p *Product) give(connector doc) {
	t := p.table("pendingAnalysis")
	if _, has := t.first("connectorId", connector["id"]); has || !connector.is("canAnalyze") || !connector.is("enabled") || !connector.is("analysisEnabled") {
		return
	}
	for _, name := range suspects {
		if f, ok := p.table("fileCatalog").first("fileName", name); ok {
			t.add(p.analysis(f, blankAnalysis().with(doc{"connectorId": connector["id"]})))
		}
	}
}

// analysis completes an analysis of a file.
func (p *Product) analysis(f, d doc) doc {
	there := p.copyOf(f) != nil
	size := 0
	if there {
		size = f.number("fileSize")
	}
	computer := d.number("computerId")
	if computer == 0 {
		computer = f.number("computerId")
	}
	return d.with(doc{
		"fileCatalogId": f["id"], "computerId": computer, "fileName": f["fileName"], "pathName": f["pathName"], "md5": f["md5"], "sha1": f["sha1"], "sha256": f["sha256"],
		"uploaded": there, "uploadedFileSize": size, "analysisStatus": analysisScheduled, "dateCreated": p.now(), "dateModified": p.now(),
	})
}

// copyOf gives the bytes of a file of the catalog, nil when nobody has a copy.
func (p *Product) copyOf(f doc) []byte {
	b := p.story.Binary(f.text("md5"))
	if b == nil || b.NoCopy {
		return nil
	}
	return b.File()
}

// newAnalysis asks for an analysis: it waits for its connector under the same number.
func (p *Product) newAnalysis(sent doc) (doc, route.Reply, bool) {
	f, ok := p.table("fileCatalog").get(sent.number("fileCatalogId"))
	if !ok {
		return nil, route.BadRequest(fmt.Sprintf("There is no file %v in the catalog.", sent["fileCatalogId"])), false
	}
	connector, ok := p.table("connector").get(sent.number("connectorId"))
	if !ok || !connector.is("canAnalyze") {
		return nil, route.BadRequest(fmt.Sprintf("There is no connector %v that can analyse files.", sent["connectorId"])), false
	}
	waiting := p.table("pendingAnalysis")
	d := p.analysis(f, blankAnalysis().with(sent))
	d["id"] = waiting.next
	waiting.put(d)
	return d, route.Reply{}, true
}

// newUpload asks a computer for a file, which it sends at once when it is connected.
func (p *Product) newUpload(sent doc) (doc, route.Reply, bool) {
	f, ok := p.table("fileCatalog").get(sent.number("fileCatalogId"))
	if !ok {
		return nil, route.BadRequest(fmt.Sprintf("There is no file %v in the catalog.", sent["fileCatalogId"])), false
	}
	d := blankUpload().with(sent)
	if d.number("computerId") == 0 {
		d["computerId"] = f["computerId"]
	}
	computer, ok := p.table("computer").get(d.number("computerId"))
	if !ok {
		return nil, route.BadRequest(fmt.Sprintf("There is no computer %v.", d["computerId"])), false
	}
	d = d.with(doc{"id": p.table("fileUpload").next, "fileName": f["fileName"], "pathName": f["pathName"], "dateCreated": p.now(), "dateModified": p.now()})
	if computer.is("connected") && p.copyOf(f) != nil {
		d = d.with(doc{"uploadStatus": uploadCompleted, "uploadedFileSize": f["fileSize"], "uploadPath": fmt.Sprintf(`C:\Bit9\Uploads\%d.zip`, d["id"])})
	}
	return d, route.Reply{}, true
}

// newNotification keeps what a connector found, which ends the analysis.
func (p *Product) newNotification(sent doc) (doc, route.Reply, bool) {
	analyses := p.table("pendingAnalysis")
	a, ok := analyses.get(sent.number("fileAnalysisId"))
	if !ok {
		return nil, route.BadRequest(fmt.Sprintf("There is no analysis %v.", sent["fileAnalysisId"])), false
	}
	done := a.with(doc{"analysisStatus": analysisAnalyzed, "analysisResult": sent["analysisResult"], "dateModified": p.now()})
	analyses.put(done)
	p.mirror(done)
	return blankNotification().with(doc{"connectorId": a["connectorId"], "time": p.now(), "fileName": a["fileName"], "md5": a["md5"], "sha1": a["sha1"], "sha256": a["sha256"]}).
		with(sent).with(doc{"id": p.table("notification").next}), route.Reply{}, true
}

// mirror brings the wish for an analysis to the state of the analysis.
func (p *Product) mirror(a doc) {
	wishes := p.table("fileAnalysis")
	if wish, ok := wishes.get(a.number("id")); ok {
		wishes.put(wish.with(doc{"analysisStatus": a["analysisStatus"], "analysisResult": a["analysisResult"], "analysisError": a["analysisError"], "dateModified": p.now()}))
	}
}

// file answers the file of an analysis or an upload: an archive whose first entry it is.
func (p *Product) file(d doc) route.Reply {
	f, _ := p.table("fileCatalog").get(d.number("fileCatalogId"))
	content := p.copyOf(f)
	if content == nil || !d.is("uploaded") && d.number("uploadStatus") != uploadCompleted {
		return route.MissingObject("The file was not uploaded.")
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	part, err := w.Create(d.text("fileName"))
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return route.Failure("cannot pack the file: " + err.Error())
	}
	return route.Bytes(route.TypeZip, b.Bytes())
}
