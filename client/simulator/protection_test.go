package simulator_test

import (
	"archive/zip"
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
)

const bit9 = "/api/bit9platform/v1/"

// TestProtectionModels: every model of contract/protection.md can be listed and read, and answers 404 for what is not there.
func TestProtectionModels(t *testing.T) {
	s := start(t, simulator.Options{})
	empty := map[string]bool{"fileAnalysis": true, "fileUpload": true, "notification": true, "pendingAnalysis": true}
	for _, name := range strings.Fields(`approvalRequest certificate computer connector driftReport driftReportContents event fileAnalysis fileCatalog fileInstance
		fileInstanceDeleted fileInstanceGroup fileRule fileUpload grantedUserPolicyPermission internalEvent meteredExecution notification notifier pendingAnalysis policy
		publisher publisherCertificate scriptRule serverConfig serverPerformance trustedDirectory trustedUser updater user userGroup`) {
		rows := get[[]map[string]any](t, s, bit9+name+"?limit=2")
		count := get[map[string]int](t, s, bit9+name+"?limit=-1")
		if (len(rows) == 0) != empty[name] || len(rows) > count["count"] {
			t.Errorf("%s: %d of %d rows", name, len(rows), count["count"])
		}
		for _, row := range rows {
			one, err := json.Marshal(row["id"])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row, get[map[string]any](t, s, bit9+name+"/"+string(one))); diff != "" {
				t.Errorf("%s by id differs from its row:\n%s", name, diff)
			}
		}
		talk(t, s, []exchange{{"GET " + bit9 + name + "/99999", 404, ""}, {"GET " + bit9 + name + "/x", 404, ""}})
	}
}

// TestProtectionSearch: conditions, order, pages, the count and groups. Source: contract/query.md, section 5.
func TestProtectionSearch(t *testing.T) {
	s := start(t, simulator.Options{})
	for query, want := range map[string]int{
		"":                                    34,
		"q=deleted:false":                     33,
		"q=deleted:true":                      1,
		"q=name:BRIGHTWATER\\WS-FIN-04":       1,
		"q=name:brightwater\\ws-fin-04":       1, // text without regard to case
		"q=name:*WS-FIN*":                     6,
		"q=name:*WS-FIN-0%3F":                 6, // ? is one character
		"q=name!*WS-FIN*":                     28,
		"q=name:*FIN-04|*FIN-05":              2,
		"q=name!*FIN-04|*FIN-05":              32,
		"q=policyName:Quarantine":             2,
		"q=policyId:6":                        2,
		"q=policyId:6|3":                      6,
		"q=daysOffline>10":                    5,
		"q=daysOffline<1":                     28,
		"q=activeDebugFlags%2B16":             34, // all bits
		"q=activeDebugFlags-16":               0,  // none of the bits
		"q=template:true":                     1,
		"q=upgradeErrorTime:":                 34, // empty is NULL
		"q=lastPollDate>-1h":                  28,
		"q=lastPollDate<2016-11-10T00:00:00Z": 6,
		"q=deleted:false&q=name:*WS-HR*":      6,
		"q=":                                  34,
	} {
		var count struct{ Count int }
		status, body := call(t, s, http.MethodGet, bit9+"computer?limit=-1&"+query, "")
		if err := json.Unmarshal(body, &count); status != 200 || err != nil || count.Count != want {
			t.Errorf("%s: got %d %s, want %d", query, status, body, want)
		}
	}
	names := func(query string) (list []string) {
		for _, row := range get[[]map[string]any](t, s, bit9+"policy?"+query) {
			list = append(list, row["name"].(string))
		}
		return list
	}
	for query, want := range map[string][]string{
		"sort=name&limit=2":             {"Default Policy", "Desks"},
		"sort=name+desc&limit=2":        {"Visibility", "Quarantine"},
		"sort=name+ASC&offset=1":        {"Desks", "Finance", "Local Approval Policy", "Quarantine", "Visibility"},
		"offset=4":                      {"Visibility", "Quarantine"}, // the offset counts from 0
		"offset=6":                      nil,
		"limit=0&offset=3":              {"Default Policy", "Desks", "Finance", "Local Approval Policy", "Visibility", "Quarantine"}, // 0 is all
		"q=enforcementLevel<40&limit=9": {"Desks", "Finance", "Quarantine"},
	} {
		if diff := cmp.Diff(want, names(query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	if n := len(get[[]any](t, s, bit9+"fileInstance")); n != 1000 {
		t.Errorf("a list without a limit has %d rows, want 1000", n)
	}
	talk(t, s, []exchange{
		{"GET " + bit9 + "policy?group=enforcementLevel", 200, `[{"count":2,"value":20},{"count":1,"value":30},{"count":2,"value":40},{"count":1,"value":60}]`},
		{"GET " + bit9 + "policy?q=nonsense:1", 400, "no field"},
		{"GET " + bit9 + "policy?q=name", 400, "no operator"},
		{"GET " + bit9 + "policy?sort=nonsense", 400, "no field"},
		{"GET " + bit9 + "policy?sort=name+up", 400, "neither ASC nor DESC"},
		{"GET " + bit9 + "policy?group=nonsense", 400, "no field"},
		{"GET " + bit9 + "policy?limit=x", 400, "whole numbers"},
		{"GET " + bit9 + "policy?offset=-1", 400, "whole numbers"},
	})
}

// TestProtectionVersions: models of 8.0 are not there before.
func TestProtectionVersions(t *testing.T) {
	s := start(t, simulator.Options{ProtectionVersion: "7.2.3.3106"})
	talk(t, s, []exchange{
		{"GET " + bit9 + "serverConfig?q=name:ParityServerVersion", 200, `"value":"7.2.3.3106"`},
		{"GET " + bit9 + "computer?limit=-1", 200, `{"count":34}`},
		{"GET " + bit9 + "user", 404, ""},
		{"POST " + bit9 + "trustedUser {}", 404, ""},
	})
	if _, err := simulator.New(simulator.Options{ProtectionVersion: "6.0"}); err == nil {
		t.Error("version 6.0 was simulated")
	}
}

// TestProtectionComputer: what a change of a computer needs. Source: contract/protection.md, "Computer".
func TestProtectionComputer(t *testing.T) {
	s := start(t, simulator.Options{})
	const path = bit9 + "computer/114"
	talk(t, s, []exchange{
		{"PUT " + path + ` {"description":"x","debugLevel":7,"template":true,"tamperProtectionActive":false}`, 200, `"debugLevel":0`},
		{"GET " + path, 200, `"description":"x"`},
		{"GET " + path, 200, `"tamperProtectionActive":true`},
		{"GET " + path, 200, `"template":false`},
		{"PUT " + path + `?changeDiagnostics=true {"debugLevel":7}`, 200, `"debugLevel":7`},
		{"PUT " + path + `?changeTemplate=true {"template":true}`, 200, `"template":true`},
		{"PUT " + path + `?newTamperProtectionActive=false {}`, 200, `"tamperProtectionActive":false`},
		{"PUT " + path + `?newTamperProtectionActive=true {}`, 200, `"tamperProtectionActive":true`},
		{"PUT " + path + ` {"policyId":3}`, 200, `"policyName":"Finance"`},
		{"GET " + path, 200, `"previousPolicyId":6`},
		{"GET " + bit9 + "policy/6", 200, `"totalComputers":1`},
		{"PUT " + path + ` {"policyId":33}`, 400, "no policy"},
		{"PUT " + path + ` {"nonsense":33}`, 400, "no field"},
		{"PUT " + path + ` {"id":7}`, 400, "not that of the path"},
		{"PUT " + path + ` []`, 400, "no"},
		{"DELETE " + path, 204, ""},
		{"GET " + path, 200, `"deleted":true`},
		{"POST " + bit9 + "computer {}", 405, ""},
		{"DELETE " + bit9 + "policy/2", 403, "has computers"},
	})
	first := get[map[string]any](t, s, bit9+"computer/115")["CLIPassword"]
	talk(t, s, []exchange{{"PUT " + bit9 + "computer/115?resetCLIPassword=true {}", 200, ""}})
	if again := get[map[string]any](t, s, bit9+"computer/115")["CLIPassword"]; again == first || again == "" {
		t.Errorf("the password was %v and is %v", first, again)
	}
}

// TestProtectionFiles: files are those of the story, are approved on one computer, and banned on all.
func TestProtectionFiles(t *testing.T) {
	s := start(t, simulator.Options{})
	one := func(query string) map[string]any {
		t.Helper()
		rows := get[[]map[string]any](t, s, bit9+query)
		if len(rows) == 0 {
			t.Fatalf("%s finds nothing", query)
		}
		return rows[0]
	}
	mimikatz := one("fileCatalog?q=fileName:m64.exe")
	if mimikatz["fileState"] != float64(3) || mimikatz["effectiveState"] != "Banned" || mimikatz["threat"] != float64(100) || mimikatz["prevalence"] != float64(1) {
		t.Errorf("mimikatz: %v", mimikatz)
	}
	b := s.Story().Binary(mimikatz["md5"].(string))
	if b == nil || mimikatz["fileSize"] != float64(b.Size()) {
		t.Errorf("the story has %v", b)
	}
	instance := one("fileInstance?q=fileName:m64.exe")
	if instance["computerId"] != float64(114) || instance["localState"] != float64(3) || instance["executed"] != true || instance["pathName"] != `c:\programdata\winhelp` {
		t.Errorf("its instance: %v", instance)
	}
	catalog := one("fileCatalog?q=fileName:outlook.exe")
	if catalog["prevalence"].(float64) < 20 || catalog["publisherId"] == float64(0) {
		t.Errorf("outlook: %v", catalog)
	}
	toolbar := one("fileInstance?q=fileName:toolbar.exe")
	id, err := json.Marshal(toolbar["id"])
	if err != nil {
		t.Fatal(err)
	}
	file := bit9 + "fileInstance/" + string(id)
	talk(t, s, []exchange{
		{"POST " + file + ` {"localState":2}`, 200, `"localState":2`},
		{"PUT " + file + ` {"localState":1}`, 200, `"localState":1`},
		{"POST " + file + ` {"localState":3}`, 400, "approved on a computer"},
		{"POST " + bit9 + `fileRule {"name":"no toolbar","fileState":3,"hash":"` + one("fileCatalog?q=fileName:toolbar.exe")["sha256"].(string) + `"}`, 201, `"fileRuleType":"Banned"`},
		{"GET " + file, 200, `"localState":3`},
		{"GET " + bit9 + "fileCatalog?q=fileName:toolbar.exe", 200, `"effectiveState":"Banned"`},
		{"POST " + bit9 + `fileRule {"name":"later","fileState":3,"hash":"00112233445566778899aabbccddeeff"}`, 201, `"fileCatalogId":0`},
		{"POST " + bit9 + `fileRule {"name":"nothing"}`, 400, "fileCatalogId, hash or fileName"},
		{"POST " + bit9 + `fileRule {"name":"x","fileCatalogId":99999}`, 400, "no file 99999"},
		{"POST " + bit9 + `fileRule {"name":"x","fileCatalogId":1,"fileState":9}`, 400, "no state"},
		{"POST " + bit9 + `fileRule {"fileState":3}`, 400, "needs name"},
		{"GET " + bit9 + "fileInstanceDeleted?q=fileName:nb.exe", 200, `"dateDeleted":"2016-11-10T`},
		{"GET " + bit9 + "event?q=subtype:801&limit=-1", 200, `{"count":3}`},
	})
}

// TestProtectionCertificates: the certificate of a file leads to that of its issuer, which has none above it.
func TestProtectionCertificates(t *testing.T) {
	s := start(t, simulator.Options{})
	file := get[[]map[string]any](t, s, bit9+"fileCatalog?q=fileName:chrome.exe")[0]
	leaf := get[[]map[string]any](t, s, bit9+"certificate?q=subjectName:CN=Google*")[0]
	issuer := get[[]map[string]any](t, s, bit9+"certificate?q=subjectName:CN=VeriSign*")[0]
	if file["certificateId"] != leaf["id"] || leaf["parentCertificateId"] != issuer["id"] || issuer["parentCertificateId"] != nil || leaf["publisherId"] != file["publisherId"] {
		t.Errorf("file %v, certificate %v, issuer %v", file, leaf, issuer)
	}
}

// TestProtectionAnalysis: a connector that can analyse files is asked to, reads them, and tells what it found. Source:
// contract/protection.md, "FileUpload, PendingAnalysis: file".
func TestProtectionAnalysis(t *testing.T) {
	s := start(t, simulator.Options{})
	const connector = `{"name":"Lab","analysisName":"Lab","connectorVersion":"1.0","canAnalyze":true,"enabled":true,"analysisEnabled":true}`
	talk(t, s, []exchange{
		{"GET " + bit9 + "pendingAnalysis?limit=-1", 200, `{"count":0}`},
		{"POST " + bit9 + "connector " + connector, 201, `"id":2`},
		{"POST " + bit9 + "connector " + connector, 200, `"id":2`}, // by its name
		{"POST " + bit9 + `connector {"name":"Lab"}`, 400, "needs analysisName"},
		{"GET " + bit9 + "pendingAnalysis?q=connectorId:2&limit=-1", 200, `{"count":4}`},
		{"GET " + bit9 + "pendingAnalysis?q=uploaded:false", 200, `"fileName":"nb.exe"`},
	})
	analysis := get[[]map[string]any](t, s, bit9+"pendingAnalysis?q=uploaded:true")[0]
	status, body := call(t, s, http.MethodGet, bit9+"pendingAnalysis/1?downloadFile=true", "")
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if status != 200 || err != nil {
		t.Fatalf("the download: %d, %v", status, err)
	}
	content, err := archive.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(content)
	if sum := md5.Sum(data); err != nil || hex.EncodeToString(sum[:]) != analysis["md5"] {
		t.Errorf("the file has the MD5 %x, want %v (%v)", sum, analysis["md5"], err)
	}
	talk(t, s, []exchange{
		{"GET " + bit9 + "pendingAnalysis/4?downloadFile=true", 404, "not uploaded"},
		{"PUT " + bit9 + `pendingAnalysis/2 {"analysisStatus":5}`, 200, `"analysisStatus":5`},
		{"POST " + bit9 + `notification {"fileAnalysisId":1,"analysisResult":3,"product":"Lab"}`, 201, `"fileName":"svch0st.exe"`},
		{"POST " + bit9 + `notification {"fileAnalysisId":99,"analysisResult":3}`, 400, "no analysis 99"},
		{"POST " + bit9 + `notification {"fileAnalysisId":1}`, 400, "needs analysisResult"},
		{"GET " + bit9 + "pendingAnalysis?limit=-1", 200, `{"count":2}`},
		{"GET " + bit9 + "pendingAnalysis/1", 200, `"analysisResult":3`},
		{"POST " + bit9 + `fileAnalysis {"fileCatalogId":1,"connectorId":2,"priority":2}`, 201, `"id":5`},
		{"GET " + bit9 + "pendingAnalysis/5", 200, `"priority":2`},
		{"POST " + bit9 + `fileAnalysis {"fileCatalogId":1,"connectorId":1}`, 400, "can analyse"},
		{"POST " + bit9 + `fileAnalysis {"fileCatalogId":99999,"connectorId":2}`, 400, "no file"},
		{"POST " + bit9 + `fileUpload {"fileCatalogId":1,"computerId":114}`, 201, `"uploadStatus":3`},
		{"POST " + bit9 + `fileUpload {"fileCatalogId":1,"computerId":1}`, 400, "no computer 1"},
		{"GET " + bit9 + "fileUpload/1?downloadFile=true", 200, "PK"},
	})
}

// TestProtectionPeople: users, groups and policies are made, changed and deleted.
func TestProtectionPeople(t *testing.T) {
	s := start(t, simulator.Options{})
	talk(t, s, []exchange{
		{"POST " + bit9 + `user {"name":"mallory"}`, 201, `"id":5`},
		{"POST " + bit9 + `user {"name":"mallory"}`, 400, "of that name"},
		{"PUT " + bit9 + `user/5 {"apiToken":"x","title":"Dr"}`, 200, `"title":"Dr"`},
		{"DELETE " + bit9 + "user/5", 204, ""},
		{"GET " + bit9 + "user/5", 404, ""},
		{"POST " + bit9 + `policy {"name":"Lab"}`, 201, `"enforcementLevel":40`},
		{"PUT " + bit9 + `policy/7 {"name":"Laboratory","enforcementLevel":20}`, 200, `"dateModified":"2016-11-11T21:30:00Z"`},
		{"PUT " + bit9 + `policy/1 {"name":"Other"}`, 403, "read-only"},
		{"PUT " + bit9 + `policy/3 {"name":"Money"}`, 200, ""},
		{"GET " + bit9 + "computer?q=policyName:Money&limit=-1", 200, `{"count":4}`},
		{"DELETE " + bit9 + "policy/7", 204, ""},
		{"POST " + bit9 + `trustedUser {"name":"a","userSid":"S-1","description":"b","platformId":1}`, 201, `"createdBy":"jcole"`},
		{"POST " + bit9 + `userGroup {"name":"Hunters"}`, 201, `"enabled":true`},
	})
}
