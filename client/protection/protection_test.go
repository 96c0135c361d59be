package protection_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/protection"
)

const root = "/api/bit9platform/v1/"

// connection is what a connection to a server of a version asks first.
func connection(version string) wiretest.Answers {
	return wiretest.Answers{"GET " + root + "serverConfig": {fmt.Sprintf(
		`200 [{"id": 1, "name": "ParityServerVersion", "value": %q}, {"id": 2, "name": "ServerName", "value": "cb.example"}]`, version)}}
}

func run(t *testing.T, cases []wiretest.Exchange) {
	t.Helper()
	wiretest.Run(t, protection.New, connection("8.0.0.2562"), cases)
}

// model is a row of the table of models in contract/protection.md.
type model struct {
	class, route string
	old          bool
	allows       string // r, w, C
	since        string
	joins        []string
}

var models = []model{
	{"ApprovalRequest", "approvalRequest", true, "rw", "", []string{"computer", "fileCatalog", "installerFileCatalog", "processFileCatalog"}},
	{"Certificate", "certificate", true, "rw", "", []string{"firstSeenComputer", "parent", "publisher"}},
	{"Computer", "computer", false, "rw", "", []string{"fileInstances", "policy", "templateComputer"}},
	{"Connector", "connector", false, "rwC", "", []string{"pendingAnalyses"}},
	{"DriftReport", "driftReport", false, "r", "8.0", nil},
	{"DriftReportContents", "driftReportContents", false, "r", "8.0", nil},
	{"Event", "event", false, "r", "", []string{"fileCatalog"}},
	{"FileAnalysis", "fileAnalysis", true, "rwC", "", []string{"computer", "fileCatalog"}},
	{"FileCatalog", "fileCatalog", false, "rw", "", []string{"certificate", "computer", "fileHash", "publisher"}},
	{"FileInstance", "fileInstance", false, "rw", "", []string{"computer", "fileCatalog"}},
	{"FileInstanceDeleted", "fileInstanceDeleted", true, "r", "", nil},
	{"FileInstanceGroup", "fileInstanceGroup", true, "r", "", nil},
	{"FileRule", "fileRule", false, "rwC", "", []string{"createdByUser", "fileCatalog"}},
	{"FileUpload", "fileUpload", true, "rwC", "", []string{"computer", "file", "fileCatalog"}},
	{"GrantedUserPolicyPermission", "grantedUserPolicyPermission", false, "r", "8.0", nil},
	{"InternalEvent", "internalEvent", true, "r", "", nil},
	{"MeteredExecution", "meteredExecution", true, "r", "", nil},
	{"Notification", "notification", false, "rwC", "", nil},
	{"Notifier", "notifier", true, "r", "", nil},
	{"PendingAnalysis", "pendingAnalysis", true, "rw", "", []string{"file", "fileCatalog", "fileHash"}},
	{"Policy", "policy", false, "rwC", "", nil},
	{"Publisher", "publisher", true, "rw", "", nil},
	{"PublisherCertificate", "publisherCertificate", false, "r", "8.0", nil},
	{"ScriptRule", "scriptRule", false, "rw", "8.0", nil},
	{"ServerConfig", "serverConfig", true, "r", "", nil},
	{"ServerPerformance", "serverPerformance", true, "r", "", nil},
	{"TrustedDirectory", "trustedDirectory", false, "rw", "8.0", nil},
	{"TrustedUser", "trustedUser", false, "rwC", "8.0", nil},
	{"Updater", "updater", true, "rw", "", nil},
	{"User", "user", false, "rwC", "8.0", nil},
	{"UserGroup", "userGroup", false, "rwC", "8.0", nil},
}

// TestModelTable: the tables say what the contract says, and there is no model that it does not have.
func TestModelTable(t *testing.T) {
	var got []model
	for _, k := range protection.API().Kinds {
		if k.Allows == 0 {
			continue
		}
		m := model{class: k.Name, route: strings.TrimPrefix(k.Route, root), old: k.Lenient, since: k.Since, allows: "r"}
		if k.Allows.Can(client.CanUpdate | client.CanDelete) {
			m.allows += "w"
		}
		if k.Allows.Can(client.CanCreate) {
			m.allows += "C"
		}
		for _, p := range k.Properties {
			if p.Name != "original_document" && p.Name != "model_unique_id" {
				m.joins = append(m.joins, p.Name)
			}
		}
		slices.Sort(m.joins)
		got = append(got, m)
	}
	slices.SortFunc(got, func(a, b model) int { return strings.Compare(a.class, b.class) })
	if diff := cmp.Diff(models, got, cmp.AllowUnexported(model{})); diff != "" {
		t.Errorf("models (-contract +tables):\n%s", diff)
	}
}

func kind(t *testing.T, name string) *client.Kind {
	t.Helper()
	k, ok := protection.API().Kind(name)
	if !ok {
		t.Fatalf("there is no model %s", name)
	}
	return k
}

// TestReadingEveryModel: each model is read by its id and listed at its own route.
func TestReadingEveryModel(t *testing.T) {
	var cases []wiretest.Exchange
	for _, m := range models {
		path := root + m.route
		cases = append(cases,
			wiretest.Exchange{Name: m.class + " by id", Answers: wiretest.Answers{"GET " + path + "/7": {`200 {"id": 7, "extra": "x"}`}},
				Do: wiretest.Reading(kind(t, m.class), 7, "extra", "id"), Asked: []string{"GET " + path + "/7"},
				Want: map[string]any{"extra": "x", "id": int64(7)}},
			wiretest.Exchange{Name: m.class + " listed", Answers: wiretest.Answers{"GET " + path + "?limit=1000&offset=0": {`200 [{"id": 7}, {"id": 8}]`}},
				Do:    wiretest.Listing(kind(t, m.class), "id", func(q *client.Query) *client.Query { return q }),
				Asked: []string{"GET " + path + "?limit=1000&offset=0"}, Want: []any{int64(7), int64(8)}},
		)
		missing := wiretest.Exchange{Name: m.class + ", an attribute that the server does not send",
			Answers: wiretest.Answers{"GET " + path + "/7": {`200 {"id": 7}`}},
			Do:      wiretest.Reading(kind(t, m.class), 7, "nonsense"), Asked: []string{"GET " + path + "/7"}}
		if m.old {
			missing.Want = map[string]any{"nonsense": nil}
		} else {
			missing.Kind, missing.Text = "AttributeError", `has no attribute "nonsense"`
		}
		cases = append(cases, missing)
	}
	run(t, cases)
}

// TestChangingEveryModel: what can be changed is changed by PUT of the whole document to the object, FileInstance by POST,
// and can be deleted; the rest cannot.
func TestChangingEveryModel(t *testing.T) {
	var cases []wiretest.Exchange
	for _, m := range models {
		path, k := root+m.route+"/7", kind(t, m.class)
		get := wiretest.Answers{"GET " + path: {`200 {"extra": 1, "id": 7, "other": [2]}`}}
		if m.allows == "r" {
			cases = append(cases,
				wiretest.Exchange{Name: m.class + " cannot be changed", Do: wiretest.Changing(k, 7, map[string]any{"extra": 3}),
					Kind: "AttributeError", Text: "read-only"},
				wiretest.Exchange{Name: m.class + " cannot be deleted", Do: wiretest.Deleting(k, 7), Kind: "ApiError", Text: "cannot be deleted"})
			continue
		}
		method := "PUT "
		if m.class == "FileInstance" {
			method = "POST "
		}
		body := ` {"extra": 3, "id": 7, "other": [2]}`
		for _, f := range k.Fields { // what a save needs must be there
			if f.Required {
				get = wiretest.Answers{"GET " + path: {`200 ` + fullDocument(k, 1)}}
				body = " " + fullDocument(k, 3)
				break
			}
		}
		answers := wiretest.Answers{"GET " + path: get["GET "+path], method + path: {`200 {"extra": 4, "id": 7}`}, "DELETE " + path: {"204"}}
		cases = append(cases,
			wiretest.Exchange{Name: m.class + " changed", Answers: answers, Do: wiretest.Changing(k, 7, map[string]any{"extra": 3}, "extra"),
				Asked: []string{"GET " + path, method + path + body}, Want: map[string]any{"extra": int64(4)}},
			wiretest.Exchange{Name: m.class + " deleted", Answers: answers, Do: wiretest.Deleting(k, 7), Asked: []string{"DELETE " + path}},
			wiretest.Exchange{Name: m.class + ", a name that it does not have", Answers: answers, Do: wiretest.Changing(k, 7, map[string]any{"nonsense": 3}),
				Asked: []string{"GET " + path}, Kind: "AttributeError", Text: `has no attribute "nonsense"`})
	}
	run(t, cases)
}

// fullDocument is an object 7 with everything that a save needs, in the order of its names.
func fullDocument(k *client.Kind, extra int) string {
	parts := []string{fmt.Sprintf(`"extra": %d`, extra), `"id": 7`, `"other": [2]`}
	for _, f := range k.Fields {
		if f.Required {
			parts = append(parts, fmt.Sprintf(`%q: null`, f.Name))
		}
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ", ") + "}"
}

// TestCreatingEveryModel: a new object is sent to the collection without an id, and becomes what the server answers.
func TestCreatingEveryModel(t *testing.T) {
	fields := map[string]map[string]any{
		"Connector": {"name": "a", "analysisName": "b", "connectorVersion": "1.0", "canAnalyze": true, "enabled": true, "analysisEnabled": true},
		"FileRule":  {"name": "a"}, "Policy": {"name": "a"}, "User": {"name": "a"}, "UserGroup": {"name": "a"},
		"TrustedUser":  {"name": "a", "userSid": "S-1-5-21", "description": "b", "platformId": 1},
		"Notification": {"analysisResult": 3, "fileAnalysisId": 12},
		"FileAnalysis": {"fileCatalogId": 5, "connectorId": 2},
		"FileUpload":   {"fileCatalogId": 5, "computerId": 9},
	}
	bodies := map[string]string{
		"Connector": `{"analysisEnabled": true, "analysisName": "b", "canAnalyze": true, "connectorVersion": "1.0", "enabled": true, "name": "a"}`,
		"FileRule":  `{"name": "a"}`, "Policy": `{"name": "a"}`, "User": `{"name": "a"}`, "UserGroup": `{"name": "a"}`,
		"TrustedUser":  `{"description": "b", "name": "a", "platformId": 1, "userSid": "S-1-5-21"}`,
		"Notification": `{"analysisResult": 3, "fileAnalysisId": 12}`,
		"FileAnalysis": `{"connectorId": 2, "fileCatalogId": 5}`,
		"FileUpload":   `{"computerId": 9, "fileCatalogId": 5}`,
	}
	var cases []wiretest.Exchange
	for _, m := range models {
		k, path := kind(t, m.class), root+m.route
		if !strings.Contains(m.allows, "C") {
			cases = append(cases, wiretest.Exchange{Name: m.class + " cannot be created", Do: wiretest.Creating(k, nil),
				Kind: "ApiError", Text: "cannot create object of type " + m.class})
			continue
		}
		cases = append(cases, wiretest.Exchange{Name: m.class + " created", Answers: wiretest.Answers{"POST " + path: {`201 {"id": 70, "name": "stored"}`}},
			Do: wiretest.Creating(k, fields[m.class], "id", "name"), Asked: []string{"POST " + path + " " + bodies[m.class]},
			Want: map[string]any{"id": int64(70), "name": "stored"}})
		for _, f := range k.Fields {
			if !f.Required {
				continue
			}
			some := map[string]any{}
			if name := optional(k); name != "" { // a new object without any field is not sent at all
				some[name] = "x"
			}
			for name, v := range fields[m.class] {
				if name != f.Name {
					some[name] = v
				}
			}
			cases = append(cases, wiretest.Exchange{Name: m.class + " without " + f.Name, Do: wiretest.Creating(k, some),
				Kind: "InvalidObjectError", Text: "missing fields of " + m.class + ": [" + f.Name + "]"})
		}
	}
	run(t, cases)
}

// optional is a text that can be set and need not be.
func optional(k *client.Kind) string {
	for _, f := range k.Fields {
		if f.Type == client.Text && !f.Required && !f.ReadOnly {
			return f.Name
		}
	}
	return ""
}

// TestSince: a model of version 8.0 is refused on an older server before it is asked for; the others are not.
func TestSince(t *testing.T) {
	for _, m := range models {
		path := root + m.route
		answers := wiretest.Answers{"GET " + path + "/7": {`200 {"id": 7, "extra": 1}`}, "GET " + path + "?limit=1&offset=0": {`200 [{"id": 7}]`},
			"GET " + path + "?limit=-1": {`200 {"count": 1}`}}
		first := func(ctx context.Context, cb *client.Client) (any, error) {
			_, err := cb.Select(kind(t, m.class)).First(ctx)
			return nil, err
		}
		count := func(ctx context.Context, cb *client.Client) (any, error) {
			return cb.Select(kind(t, m.class)).Count(ctx)
		}
		older := []wiretest.Exchange{
			{Name: m.class + " by id", Answers: answers, Do: wiretest.Reading(kind(t, m.class), 7, "extra"), Asked: []string{"GET " + path + "/7"}, Want: map[string]any{"extra": int64(1)}},
			{Name: m.class + " listed", Answers: answers, Do: first, Asked: []string{"GET " + path + "?limit=1&offset=0"}},
			{Name: m.class + " counted", Answers: answers, Do: count, Asked: []string{"GET " + path + "?limit=-1"}, Want: 1},
		}
		if m.since != "" {
			for i := range older {
				older[i].Kind, older[i].Text, older[i].Asked = "ApiError", m.class+" needs Cb Protection 8.0 or later: https://cb.example runs 7.2.3.3106", nil
			}
		}
		wiretest.Run(t, protection.New, connection("7.2.3.3106"), older)
	}
}

// TestConstants: contract/protection.md, "Constants" and "Enforcement levels".
func TestConstants(t *testing.T) {
	result := map[string]any{"ResultNotAvailable": 0, "ResultClean": 1, "ResultPotentialThreat": 2, "ResultMalicious": 3}
	want := map[string]map[string]any{
		"EnforcementLevel": {"LevelHigh": 20, "LevelMedium": 30, "LevelLow": 40, "LevelNone": 80},
		"ApprovalRequest": {"ResolutionNotResolved": 0, "ResolutionRejected": 1, "ResolutionApproved": 2, "ResolutionRuleChange": 3,
			"ResolutionInstaller": 4, "ResolutionUpdater": 5, "ResolutionPublisher": 6, "ResolutionOther": 7,
			"StatusSubmitted": 1, "StatusOpen": 2, "StatusClosed": 3},
		"Certificate": {"StateUnapproved": 1, "StateApproved": 2, "StateBanned": 3, "StateMixed": 4},
		"FileRule": {"StateUnapproved": 1, "StateApproved": 2, "StateBanned": 3, "SourceTypeManual": 1, "SourceTypeTrustedDirectory": 2,
			"SourceTypeReputation": 3, "SourceTypeImported": 4, "SourceTypeExternal": 5, "SourceTypeEventRule": 6,
			"SourceTypeApplicationTemplate": 7, "SourceTypeUnifiedManagement": 8, "PlatformWindows": 1, "PlatformMac": 2, "PlatformLinux": 4},
		"Notification": result,
		"PendingAnalysis": {"StatusScheduled": 0, "StatusSubmitted": 1, "StatusProcessed": 2, "StatusAnalyzed": 3, "StatusError": 4, "StatusCancelled": 5,
			"ResultNotAvailable": 0, "ResultClean": 1, "ResultPotentialThreat": 2, "ResultMalicious": 3},
	}
	got := map[string]map[string]any{}
	for _, k := range protection.API().Kinds {
		for _, c := range k.Constants {
			if got[k.Name] == nil {
				got[k.Name] = map[string]any{}
			}
			got[k.Name][c.Name] = c.Value
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("constants (-contract +tables):\n%s", diff)
	}
}

// TestConstantsAreNoModel: nothing can be selected from a set of constants.
func TestConstantsAreNoModel(t *testing.T) {
	cb := protection.New(wiretest.New(t, nil, nil))
	_, byID := cb.SelectID(t.Context(), protection.EnforcementLevel, 20, nil)
	_, first := cb.Select(protection.EnforcementLevel).First(t.Context())
	_, created := cb.Create(t.Context(), protection.EnforcementLevel, nil)
	for _, err := range []error{byID, first, created} {
		if !wiretest.IsError(err, "ApiError", "EnforcementLevel") {
			t.Errorf("got %v", err)
		}
	}
}

// TestConnection: the constructor's request, what it learns and how it fails.
func TestConnection(t *testing.T) {
	path := "GET " + root + "serverConfig"
	info := func(ctx context.Context, cb *client.Client) (any, error) { return wiretest.Call(ctx, cb, "info", nil) }
	wiretest.Run(t, protection.New, nil, []wiretest.Exchange{
		{Name: "info is a map of the settings", Do: info, Asked: []string{path},
			Answers: wiretest.Answers{path: {`200 [{"id": 1, "name": "ParityServerVersion", "value": "8.0.0.2562"}, {"id": 2, "name": "A", "value": 5}, "odd", {"id": 3}]`}},
			Want:    map[string]any{"ParityServerVersion": "8.0.0.2562", "A": int64(5)}},
		{Name: "401 is an UnauthorizedError", Answers: wiretest.Answers{path: {"401 no"}}, Do: info, Asked: []string{path}, Kind: "UnauthorizedError", Text: "cb.example"},
		{Name: "no version", Answers: wiretest.Answers{path: {"200 []"}}, Do: info, Asked: []string{path}, Kind: "ApiError", Text: "it has no ParityServerVersion"},
		{Name: "another server", Answers: wiretest.Answers{path: {"200 {}"}}, Do: info, Asked: []string{path}, Kind: "ApiError", Text: "is it a Cb Protection server?"},
		{Name: "a login page", Answers: wiretest.Answers{path: {"200 <!DOCTYPE html><title>Log in</title>"}}, Do: info, Asked: []string{path}, Kind: "ServerError", Text: "web page"},
		{Name: "no server", Answers: wiretest.Answers{path: {"broken"}}, Do: info, Asked: []string{path}, Kind: "ConnectionError", Text: "connection reset"},
	})
}

// TestInfoIsTheCallersOwn: what a caller does to the settings changes nothing.
func TestInfoIsTheCallersOwn(t *testing.T) {
	cb := protection.New(wiretest.New(t, nil, connection("8.0")))
	for range 2 {
		info, err := protection.Info(t.Context(), cb)
		if err != nil || info["ServerName"] != "cb.example" {
			t.Errorf("got %v, %v", info, err)
		}
		info["ServerName"] = "changed"
	}
}

// TestServerErrors: statuses become the errors of contract/transport.md, section 5.
func TestServerErrors(t *testing.T) {
	path := "GET " + root + "computer/7"
	var cases []wiretest.Exchange
	for status, kind := range map[string]string{"400 bad": "ServerError", "401 no": "UnauthorizedError", "403 forbidden": "ServerError",
		"404 none": "ObjectNotFoundError", "500 oops": "ServerError", "503 later": "ServerError", "200 [": "ServerError", "200 []": "ServerError"} {
		cases = append(cases, wiretest.Exchange{Name: status, Answers: wiretest.Answers{path: {status}}, Do: wiretest.Reading(protection.Computer, 7, "name"),
			Asked: []string{path}, Kind: kind})
	}
	run(t, cases)
}

// TestIDsCannotChangeTheRoute: an id is one segment of the path, whatever it is made of.
func TestIDsCannotChangeTheRoute(t *testing.T) {
	cb := protection.New(wiretest.New(t, wiretest.Answers{"GET " + root + "computer/7%2Fuser%3F": {`200 {"name": "x"}`}}, connection("8.0")))
	for _, id := range []string{"7/user?", "7/../../user", "..", "."} {
		o, err := cb.SelectID(t.Context(), protection.Computer, id, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Get(t.Context(), "name")
		var refused *client.APIError
		if id != "7/user?" && !errors.As(err, &refused) || id == "7/user?" && err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
}
