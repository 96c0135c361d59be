package protection_test

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/protection"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// TestJoins: every join of contract/protection.md, "Models", asks for nothing itself, gives nil for a null or absent key, and
// leads to the object of the key.
func TestJoins(t *testing.T) {
	joins := []struct{ class, join, field, target string }{
		{"ApprovalRequest", "fileCatalog", "fileCatalogId", "FileCatalog"},
		{"ApprovalRequest", "installerFileCatalog", "installerFileCatalogId", "FileCatalog"},
		{"ApprovalRequest", "processFileCatalog", "processFileCatalogId", "FileCatalog"},
		{"ApprovalRequest", "computer", "computerId", "Computer"},
		{"Certificate", "parent", "parentCertificateId", "Certificate"},
		{"Certificate", "publisher", "publisherId", "Publisher"},
		{"Certificate", "firstSeenComputer", "firstSeenComputerId", "Computer"},
		{"Computer", "policy", "policyId", "Policy"},
		{"Computer", "templateComputer", "templateComputerId", "Computer"},
		{"Event", "fileCatalog", "fileCatalogId", "FileCatalog"},
		{"FileCatalog", "computer", "computerId", "Computer"},
		{"FileCatalog", "publisher", "publisherId", "Publisher"},
		{"FileCatalog", "certificate", "certificateId", "Certificate"},
		{"FileInstance", "computer", "computerId", "Computer"},
		{"FileInstance", "fileCatalog", "fileCatalogId", "FileCatalog"},
		{"FileRule", "fileCatalog", "fileCatalogId", "FileCatalog"},
		{"FileRule", "createdByUser", "createdByUserId", "User"},
		{"PendingAnalysis", "fileCatalog", "fileCatalogId", "FileCatalog"},
		{"FileAnalysis", "fileCatalog", "fileCatalogId", "FileCatalog"},
		{"FileAnalysis", "computer", "computerId", "Computer"},
		{"FileUpload", "fileCatalog", "fileCatalogId", "FileCatalog"},
		{"FileUpload", "computer", "computerId", "Computer"},
	}
	var cases []wiretest.Exchange
	for _, j := range joins {
		k := kind(t, j.class)
		path := "GET " + k.Route + "/7"
		for _, c := range []struct {
			document string
			want     any
		}{{`{"id": 7, "` + j.field + `": 12}`, j.target + " 12"}, {`{"id": 7, "` + j.field + `": null}`, nil}, {`{"id": 7}`, nil}, {`{"id": 7, "` + j.field + `": 0}`, j.target + " 0"}} {
			cases = append(cases, wiretest.Exchange{Name: j.class + "." + j.join + " of " + c.document, Answers: wiretest.Answers{path: {"200 " + c.document}},
				Do: wiretest.Reading(k, 7, j.join), Asked: []string{path}, Want: map[string]any{j.join: c.want}})
		}
	}
	run(t, cases)
}

// TestRelated: the joins that are queries.
func TestRelated(t *testing.T) {
	instances := "GET " + root + "fileInstance?limit=1000&offset=0&q=computerId%3A7&q=localState%3A1"
	run(t, []wiretest.Exchange{
		{Name: "Computer.fileInstances goes on as a query", Answers: wiretest.Answers{instances: {`200 [{"id": 1}]`}}, Asked: []string{instances}, Want: []any{int64(1)},
			Do: wiretest.Selected(protection.Computer, 7, func(ctx context.Context, o *client.Object) (any, error) {
				q, err := o.Get(ctx, "fileInstances")
				if err != nil {
					return nil, err
				}
				return wiretest.Rows(ctx, q.(*client.Query).Where("localState:1"), "id")
			})},
		{Name: "Connector.pendingAnalyses", Do: wiretest.Reading(protection.Connector, 7, "pendingAnalyses"),
			Want: map[string]any{"pendingAnalyses": `select(PendingAnalysis).where("connectorId:7")`}},
		{Name: "Connector.pendingAnalyses of a new one", Kind: "ApiError", Text: "save it first",
			Do: func(ctx context.Context, cb *client.Client) (any, error) {
				o, err := cb.Create(ctx, protection.Connector, map[string]any{"name": "x"})
				if err != nil {
					return nil, err
				}
				return o.Get(ctx, "pendingAnalyses")
			}},
	})
}

// TestFileHash: the first hash that is there and not empty.
func TestFileHash(t *testing.T) {
	var cases []wiretest.Exchange
	for _, class := range []string{"PendingAnalysis", "FileCatalog"} {
		k := kind(t, class)
		path := "GET " + k.Route + "/7"
		for document, want := range map[string]any{
			`{"md5": "a", "sha1": "b", "sha256": "c"}`:  "a",
			`{"md5": null, "sha1": "b", "sha256": "c"}`: "b",
			`{"md5": "", "sha1": "", "sha256": "c"}`:    "c",
			`{"id": 7}`:                                 nil,
		} {
			cases = append(cases, wiretest.Exchange{Name: class + ".fileHash of " + document, Answers: wiretest.Answers{path: {"200 " + document}},
				Do: wiretest.Reading(k, 7, "fileHash"), Asked: []string{path}, Want: map[string]any{"fileHash": want}})
		}
	}
	run(t, cases)
}

func archive(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte("content of " + name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDownload: contract/protection.md, "FileUpload, PendingAnalysis: file": the first entry of the archive.
func TestDownload(t *testing.T) {
	var cases []wiretest.Exchange
	for _, class := range []string{"FileUpload", "PendingAnalysis"} {
		k := kind(t, class)
		get := "GET " + k.Route + "/7?downloadFile=true"
		file := wiretest.Reading(k, 7, "file")
		cases = append(cases,
			wiretest.Exchange{Name: class + ".file", Answers: wiretest.Answers{get: {"200 " + archive(t, "a.exe", "b.txt")}}, Do: file, Asked: []string{get},
				Want: map[string]any{"file": "content of a.exe"}},
			wiretest.Exchange{Name: class + ".file that is not there", Answers: wiretest.Answers{get: {"404 none"}}, Do: file, Asked: []string{get}, Kind: "ObjectNotFoundError"},
			wiretest.Exchange{Name: class + ".file while too many are read", Answers: wiretest.Answers{get: {"503 later"}}, Do: file, Asked: []string{get}, Kind: "ServerError", Text: "later"},
			wiretest.Exchange{Name: class + ".file that is no archive", Answers: wiretest.Answers{get: {"200 <html>"}}, Do: file, Asked: []string{get}, Kind: "ApiError", Text: "cannot be read"},
			wiretest.Exchange{Name: class + ".file, an empty archive", Answers: wiretest.Answers{get: {"200 " + archive(t)}}, Do: file, Asked: []string{get}, Kind: "ApiError", Text: "cannot be read"},
		)
	}
	run(t, cases)
}

// TestCreateNotification: contract/protection.md, "FileUpload, PendingAnalysis: file".
func TestCreateNotification(t *testing.T) {
	post := "POST " + root + "notification"
	saving := func(data map[string]any) wiretest.Step {
		return wiretest.Selected(protection.PendingAnalysis, 12, func(ctx context.Context, o *client.Object) (any, error) {
			n, err := wiretest.Invoke(ctx, o, "create_notification", client.Args{"data": data})
			if err != nil {
				return nil, err
			}
			notification := n.(*client.Object)
			if err := notification.Set(ctx, "severity", "high"); err != nil {
				return nil, err
			}
			if err := notification.Save(ctx); err != nil {
				return nil, err
			}
			return wiretest.Show(n), nil
		})
	}
	run(t, []wiretest.Exchange{
		{Name: "create_notification", Answers: wiretest.Answers{post: {`201 {"id": 3}`}, "GET " + root + "notification/3": {`200 {"id": 3}`}},
			Do: saving(map[string]any{"product": "EmptyAnalysis", "malwareName": "TEST", "analysisResult": 3, "files": []any{map[string]any{"md5": "a", "topLevel": true}}}),
			Asked: []string{post + ` {"analysisResult": 3, "fileAnalysisId": 12, "files": [{"md5": "a", "topLevel": true}], "malwareName": "TEST", "product": "EmptyAnalysis", "severity": "high"}`,
				"GET " + root + "notification/3"}, Want: "Notification 3"},
		{Name: "create_notification without a result", Do: saving(nil), Kind: "InvalidObjectError", Text: "[analysisResult]"},
		{Name: "create_notification with a name that there is not", Do: saving(map[string]any{"malwarename": "x"}), Kind: "AttributeError", Text: `did you mean "malwareName"`},
	})
}

// TestNotificationLists: contract/protection.md, "Notification": the nested lists, with the capital letter in regKeys.
func TestNotificationLists(t *testing.T) {
	post := "POST " + root + "notification"
	run(t, []wiretest.Exchange{{Name: "Notification with files, regKeys and directories", Answers: wiretest.Answers{post: {`201 {"id": 3, "regKeys": [{"Operation": "created"}]}`}},
		Do: wiretest.Creating(protection.Notification, map[string]any{"analysisResult": 3, "fileAnalysisId": 1, "directories": []any{map[string]any{"dirPath": "c:/x"}},
			"files": []any{map[string]any{"fileName": "a.exe", "fileSize": int64(7), "topLevel": true}}, "regKeys": []any{map[string]any{"regKey": "Run", "Operation": "created"}}}, "regKeys"),
		Asked: []string{post + ` {"analysisResult": 3, "directories": [{"dirPath": "c:/x"}], "fileAnalysisId": 1, "files": [{"fileName": "a.exe", "fileSize": 7, "topLevel": true}], "regKeys": [{"Operation": "created", "regKey": "Run"}]}`},
		Want:  map[string]any{"regKeys": []any{map[string]any{"Operation": "created"}}}}})
}

// TestConnectorLoop: an analysis is marked, failed and cancelled by saving it.
func TestConnectorLoop(t *testing.T) {
	path := root + "pendingAnalysis/12"
	run(t, []wiretest.Exchange{
		{Name: "PendingAnalysis cancelled", Answers: wiretest.Answers{"GET " + path: {`200 {"analysisError": null, "analysisStatus": 0, "id": 12, "uploaded": false}`}, "PUT " + path: {`200 {"id": 12, "analysisStatus": 5}`}},
			Do:    wiretest.Changing(protection.PendingAnalysis, 12, map[string]any{"analysisStatus": 5}, "analysisStatus"),
			Asked: []string{"GET " + path, "PUT " + path + ` {"analysisError": null, "analysisStatus": 5, "id": 12, "uploaded": false}`}, Want: map[string]any{"analysisStatus": int64(5)}},
		{Name: "PendingAnalysis failed", Answers: wiretest.Answers{"GET " + path: {`200 {"analysisError": null, "analysisStatus": 1, "id": 12}`}, "PUT " + path: {`204`}},
			Do:    wiretest.Changing(protection.PendingAnalysis, 12, map[string]any{"analysisStatus": 4, "analysisError": "no answer"}),
			Asked: []string{"GET " + path, "PUT " + path + ` {"analysisError": "no answer", "analysisStatus": 4, "id": 12}`, "GET " + path}},
	})
}

// TestLocalApproval: contract/protection.md, "FileInstance": POST of the whole document to the path with the id.
func TestLocalApproval(t *testing.T) {
	path := root + "fileInstance/9"
	run(t, []wiretest.Exchange{{Name: "FileInstance.localState", Answers: wiretest.Answers{"GET " + path: {`200 {"computerId": 1, "id": 9, "localState": 1}`}, "POST " + path: {`200 {"computerId": 1, "id": 9, "localState": 2}`}},
		Do:    wiretest.Changing(protection.FileInstance, 9, map[string]any{"localState": 2}, "localState"),
		Asked: []string{"GET " + path, "POST " + path + ` {"computerId": 1, "id": 9, "localState": 2}`}, Want: map[string]any{"localState": int64(2)}}})
}

// TestTypes: fields are read in their types: numbers, times in UTC, lists that are null.
func TestTypes(t *testing.T) {
	rule, notification := "GET "+root+"fileRule/7", "GET "+root+"notification/7"
	run(t, []wiretest.Exchange{
		{Name: "FileRule", Answers: wiretest.Answers{rule: {`200 {"id": 7, "fileState": "3", "reportOnly": 0, "dateCreated": "2017-09-29T16:43:33.12Z", "dateModified": null, "policyIds": ""}`}},
			Do: wiretest.Reading(protection.FileRule, 7, "fileState", "reportOnly", "dateCreated", "dateModified", "policyIds", "hash"), Asked: []string{rule},
			Want: map[string]any{"fileState": int64(3), "reportOnly": false, "dateCreated": "2017-09-29 16:43:33.12 +0000 UTC", "dateModified": nil, "policyIds": "", "hash": nil}},
		{Name: "Notification", Answers: wiretest.Answers{notification: {`200 {"id": 7, "files": null}`}}, Do: wiretest.Reading(protection.Notification, 7, "files", "regKeys", "directories"),
			Asked: []string{notification}, Want: map[string]any{"files": []any{}, "regKeys": []any{}, "directories": []any{}}},
	})
}

// TestOlderFamily: contract/model.md, sections 8 and 9; known-bugs.md, row 13: get() gives its default, print shows the
// attributes, and a name that there is not cannot be set.
func TestOlderFamily(t *testing.T) {
	get := "GET " + root + "publisher/7"
	run(t, []wiretest.Exchange{
		{Name: "get with a default", Answers: wiretest.Answers{get: {`200 {"id": 7}`}}, Do: wiretest.Calling(protection.Publisher, 7, "get", client.Args{"name": "nonsense", "default": -1}),
			Asked: []string{get}, Want: -1},
		{Name: "print", Answers: wiretest.Answers{get: {`200 {"name": "Contoso", "id": 7}`}}, Asked: []string{get}, Want: "protection.Publisher:\nname                 : Contoso\nid                   : 7\n",
			Do: wiretest.Selected(protection.Publisher, 7, func(ctx context.Context, o *client.Object) (any, error) {
				if err := o.Load(ctx); err != nil {
					return nil, err
				}
				return o.Print(), nil
			})},
	})
}
