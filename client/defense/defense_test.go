package defense_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/defense"
	"github.com/cbscript/cbscript/client/internal/wiretest"
)

const root = "/integrationServices/v3/"

func run(t *testing.T, cases []wiretest.Exchange) {
	t.Helper()
	wiretest.Run(t, defense.New, nil, cases)
}

// TestModelTable: contract/defense.md, "Models".
func TestModelTable(t *testing.T) {
	type model struct {
		class, route, key string
		allows            client.Ops
		required          []string
	}
	read := client.CanQuery | client.CanGet
	want := []model{
		{"Device", root + "device", "deviceId", read | client.CanUpdate, nil},
		{"Event", root + "event", "eventId", read, nil},
		{"Policy", root + "policy", "id", read | client.CanCreate | client.CanUpdate | client.CanDelete, []string{"description", "name", "policy", "priorityLevel", "version"}},
	}
	var got []model
	for _, k := range defense.API().Kinds {
		m := model{class: k.Name, route: k.Route, key: k.PrimaryKey, allows: k.Allows}
		for _, f := range k.Fields {
			if f.Required {
				m.required = append(m.required, f.Name)
			}
		}
		slices.Sort(m.required)
		got = append(got, m)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(model{})); diff != "" {
		t.Errorf("models (-contract +tables):\n%s", diff)
	}
}

// TestFetch: contract/defense.md, "Models": the document is under the model's key; without it the object is not there.
func TestFetch(t *testing.T) {
	var cases []wiretest.Exchange
	for _, m := range []struct {
		kind      *client.Kind
		info, key string
	}{{defense.Device, "deviceInfo", "deviceId"}, {defense.Event, "eventInfo", "eventId"}, {defense.Policy, "policyInfo", "id"}} {
		path := "GET " + m.kind.Route + "/7"
		name := m.kind.Name + " by id"
		read := wiretest.Reading(m.kind, 7, "extra", m.key)
		cases = append(cases,
			wiretest.Exchange{Name: name, Answers: wiretest.Answers{path: {fmt.Sprintf(`200 {"success": true, "message": "Success", %q: {"extra": 5, %q: 7}}`, m.info, m.key)}},
				Do: read, Asked: []string{path}, Want: map[string]any{"extra": int64(5), m.key: int64(7)}},
			wiretest.Exchange{Name: name + " that is not there", Answers: wiretest.Answers{path: {`200 {"success": false, "message": "no such thing"}`}},
				Do: read, Asked: []string{path}, Kind: "ObjectNotFoundError", Text: "no such thing"},
			wiretest.Exchange{Name: name + ", its key null", Answers: wiretest.Answers{path: {fmt.Sprintf(`200 {"success": true, %q: null}`, m.info)}},
				Do: read, Asked: []string{path}, Kind: "ObjectNotFoundError"},
			wiretest.Exchange{Name: name + ", errorMessage in an answer with status 200 (known-bugs.md, row 45)", Answers: wiretest.Answers{path: {`200 {"errorMessage": "backend is down"}`}},
				Do: read, Asked: []string{path}, Kind: "ServerError", Text: "HTTP 200 from " + path[:4] + "https://cb.example" + path[4:] + ": backend is down"},
			wiretest.Exchange{Name: name + ", no object", Answers: wiretest.Answers{path: {`200 []`}}, Do: read, Asked: []string{path}, Kind: "ServerError", Text: "cannot be read"},
		)
	}
	run(t, cases)
}

// TestDevice: contract/defense.md, "Device" and "Saving": PATCH with the changed fields alone.
func TestDevice(t *testing.T) {
	path := root + "device/7"
	get, patch := "GET "+path, "PATCH "+path
	const document = `200 {"success": true, "deviceInfo": {"deviceId": 7, "name": "WS-1", "policyId": 2, "policyName": "Desks", "lastContact": 1478899800000, "deregisteredTime": null}}`
	moved := `200 {"success": true, "deviceInfo": {"deviceId": 7, "policyId": 3, "policyName": "X"}}`
	run(t, []wiretest.Exchange{
		{Name: "Device moved by policyName", Answers: wiretest.Answers{get: {document}, patch: {moved}}, Do: wiretest.Changing(defense.Device, 7, map[string]any{"policyName": "X"}, "policyId"),
			Asked: []string{get, patch + ` {"policyName": "X"}`}, Want: map[string]any{"policyId": int64(3)}},
		{Name: "Device moved by policyId", Answers: wiretest.Answers{get: {document}, patch: {moved}}, Do: wiretest.Changing(defense.Device, 7, map[string]any{"policyId": 3}, "policyName"),
			Asked: []string{get, patch + ` {"policyId": 3}`}, Want: map[string]any{"policyName": "X"}},
		{Name: "Device moved, the answer says no more than success", Answers: wiretest.Answers{get: {document, moved}, patch: {`200 {"success": true, "message": "Success"}`}},
			Do: wiretest.Changing(defense.Device, 7, map[string]any{"policyId": 3}, "policyName"), Asked: []string{get, patch + ` {"policyId": 3}`, get}, Want: map[string]any{"policyName": "X"}},
		{Name: "Device moved, an empty answer", Answers: wiretest.Answers{get: {document, moved}, patch: {`204`}},
			Do: wiretest.Changing(defense.Device, 7, map[string]any{"policyId": 3}, "policyName"), Asked: []string{get, patch + ` {"policyId": 3}`, get}, Want: map[string]any{"policyName": "X"}},
		{Name: "Device not moved: success false (known-bugs.md, row 3)", Answers: wiretest.Answers{get: {document}, patch: {`200 {"success": false, "message": "Policy not found"}`}},
			Do: wiretest.Changing(defense.Device, 7, map[string]any{"policyName": "X"}), Asked: []string{get, patch + ` {"policyName": "X"}`},
			Kind: "ServerError", Text: "Policy not found. Did not update Device record."},
		{Name: "Device not moved: an answer without success", Answers: wiretest.Answers{get: {document}, patch: {`200 {}`}},
			Do: wiretest.Changing(defense.Device, 7, map[string]any{"policyName": "X"}), Asked: []string{get, patch + ` {"policyName": "X"}`}, Kind: "ServerError", Text: "Did not update Device record."},
		{Name: "Device not moved: an answer that is no object", Answers: wiretest.Answers{get: {document}, patch: {`200 ["no"]`}},
			Do: wiretest.Changing(defense.Device, 7, map[string]any{"policyName": "X"}), Asked: []string{get, patch + ` {"policyName": "X"}`}, Kind: "ServerError"},
		{Name: "Device not moved: errorMessage", Answers: wiretest.Answers{get: {document}, patch: {`200 {"success": true, "errorMessage": "backend is down"}`}},
			Do: wiretest.Changing(defense.Device, 7, map[string]any{"policyName": "X"}), Asked: []string{get, patch + ` {"policyName": "X"}`}, Kind: "ServerError", Text: "backend is down"},
		{Name: "Device times are UTC, and null is absent (known-bugs.md, row 15)", Answers: wiretest.Answers{get: {document}}, Do: wiretest.Reading(defense.Device, 7, "lastContact", "deregisteredTime", "createTime", "avStatus"),
			Asked: []string{get}, Want: map[string]any{"lastContact": "2016-11-11 21:30:00 +0000 UTC", "deregisteredTime": nil, "createTime": nil, "avStatus": []any{}}},
		{Name: "Device time written in milliseconds", Answers: wiretest.Answers{get: {document}, patch: {moved}},
			Do:    wiretest.Changing(defense.Device, 7, map[string]any{"lastResetTime": time.Date(2016, 11, 11, 21, 30, 0, 500e6, time.UTC)}),
			Asked: []string{get, patch + ` {"lastResetTime": 1478899800500.0}`}},
		{Name: "Device.policy", Answers: wiretest.Answers{get: {document}}, Do: wiretest.Reading(defense.Device, 7, "policy"), Asked: []string{get}, Want: map[string]any{"policy": "Policy 2"}},
		{Name: "Device cannot be created", Do: wiretest.Creating(defense.Device, nil), Kind: "ApiError", Text: "cannot create object of type Device"},
		{Name: "Device cannot be deleted", Do: wiretest.Deleting(defense.Device, 7), Kind: "ApiError", Text: "cannot be deleted"},
	})
}

// TestRefusedChangeStays: what the service refused is still a change of the object.
func TestRefusedChangeStays(t *testing.T) {
	path := root + "device/7"
	cb := defense.New(wiretest.New(t, wiretest.Answers{"GET " + path: {`200 {"deviceInfo": {"policyId": 2}}`}, "PATCH " + path: {`200 {"success": false}`}}, nil))
	o, err := cb.SelectID(t.Context(), defense.Device, 7, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Set(t.Context(), "policyId", 3); err != nil {
		t.Fatal(err)
	}
	if err := o.Save(t.Context()); err == nil || !o.IsDirty() {
		t.Errorf("got %v, dirty %v", err, o.IsDirty())
	}
}

// TestEvent: contract/defense.md, "Event": read-only; a row fetches what it lacks.
func TestEvent(t *testing.T) {
	list, get := "GET "+root+"event?applicationName=chrome.exe&hostNameExact=WS-1&rows=100", "GET "+root+"event/a1"
	run(t, []wiretest.Exchange{
		{Name: "Event row that lacks an attribute", Answers: wiretest.Answers{list: {`200 {"success": true, "totalResults": 1, "results": [{"eventId": "a1", "shortDescription": "x"}]}`}, get: {`200 {"success": true, "eventInfo": {"eventId": "a1", "more": "y"}}`}},
			Do: wiretest.Listing(defense.Event, "more", func(q *client.Query) *client.Query {
				return q.Where("hostNameExact:WS-1").Where("applicationName:chrome.exe")
			}), Asked: []string{list, get}, Want: []any{"y"}},
		{Name: "Event cannot be changed", Do: wiretest.Changing(defense.Event, "a1", map[string]any{"shortDescription": "z"}), Kind: "AttributeError", Text: "read-only"},
	})
}

// TestPolicy: contract/defense.md, "Saving".
func TestPolicy(t *testing.T) {
	path := root + "policy/5"
	get, post, put, remove := "GET "+path, "POST "+root+"policy", "PUT "+path, "DELETE "+path
	const document = `200 {"success": true, "policyInfo": {"description": "d", "id": 5, "name": "n", "policy": {"rules": []}, "priorityLevel": "LOW", "version": 2}}`
	fields := map[string]any{"name": "n", "description": "d", "policy": map[string]any{"rules": []any{}}, "priorityLevel": "LOW", "version": 2}
	const created = `{"policyInfo": {"description": "d", "name": "n", "policy": {"rules": []}, "priorityLevel": "LOW", "version": 2}}`
	const changed = `{"policyInfo": {"description": "e", "id": 5, "name": "n", "policy": {"rules": []}, "priorityLevel": "LOW", "version": 2}}`
	change := wiretest.Changing(defense.Policy, 5, map[string]any{"description": "e"}, "name")
	run(t, []wiretest.Exchange{
		{Name: "Policy created", Answers: wiretest.Answers{post: {`200 {"success": true, "policyId": 5}`}, get: {document}}, Do: wiretest.Creating(defense.Policy, fields, "id", "name"),
			Asked: []string{post + " " + created, get}, Want: map[string]any{"id": int64(5), "name": "n"}},
		{Name: "Policy created, the whole one is answered", Answers: wiretest.Answers{post: {document}}, Do: wiretest.Creating(defense.Policy, fields, "id"), Asked: []string{post + " " + created}, Want: map[string]any{"id": int64(5)}},
		{Name: "Policy not created", Answers: wiretest.Answers{post: {`200 {"success": false, "message": "name is taken"}`}}, Do: wiretest.Creating(defense.Policy, fields), Asked: []string{post + " " + created},
			Kind: "ServerError", Text: "name is taken. Did not update Policy record."},
		{Name: "Policy without what it needs", Do: wiretest.Creating(defense.Policy, map[string]any{"name": "n"}), Kind: "InvalidObjectError", Text: "[description, priorityLevel, version, policy]"},
		{Name: "Policy changed", Answers: wiretest.Answers{get: {document}, put: {`200 {"success": true, "message": "Success"}`}}, Do: change, Asked: []string{get, put + " " + changed, get}, Want: map[string]any{"name": "n"}},
		{Name: "Policy not changed", Answers: wiretest.Answers{get: {document}, put: {`200 {"success": false, "message": "no"}`}}, Do: change, Asked: []string{get, put + " " + changed}, Kind: "ServerError", Text: "no. Did not update Policy record."},
		{Name: "Policy deleted", Answers: wiretest.Answers{remove: {`200 {"success": true, "message": "Success"}`}}, Do: wiretest.Deleting(defense.Policy, 5), Asked: []string{remove}},
		{Name: "Policy deleted, an empty answer", Answers: wiretest.Answers{remove: {`204`}}, Do: wiretest.Deleting(defense.Policy, 5), Asked: []string{remove}},
		{Name: "Policy not deleted", Answers: wiretest.Answers{remove: {`200 {"success": false, "message": "it has devices"}`}}, Do: wiretest.Deleting(defense.Policy, 5), Asked: []string{remove},
			Kind: "ServerError", Text: "it has devices. Did not delete <Policy: id 5>"},
	})
}

// TestRules: contract/defense.md, "Policy rules".
func TestRules(t *testing.T) {
	path := root + "policy/5"
	get, rule := "GET "+path, path+"/rule"
	const document = `200 {"success": true, "policyInfo": {"id": 5, "policy": {"rules": [{"id": 2, "action": "DENY"}, {"id": 1, "action": "TERMINATE"}]}}}`
	one := map[string]any{"action": "DENY", "application": map[string]any{"type": "REPUTATION", "value": "KNOWN_MALWARE"}, "operation": "RUN", "required": true}
	const body = ` {"ruleInfo": {"action": "DENY", "application": {"type": "REPUTATION", "value": "KNOWN_MALWARE"}, "operation": "RUN", "required": true}}`
	const fine, refused = `200 {"success": true}`, `200 {"success": false, "message": "no such rule"}`
	var cases []wiretest.Exchange
	for _, c := range []struct {
		method  string
		args    client.Args
		request string
		body    string
	}{
		{"add_rule", client.Args{"new_rule": one}, "POST " + rule, body},
		{"replace_rule", client.Args{"rule_id": int64(2), "new_rule": one}, "PUT " + rule + "/2", body},
		{"delete_rule", client.Args{"rule_id": int64(2)}, "DELETE " + rule + "/2", ""},
	} {
		call := wiretest.Calling(defense.Policy, 5, c.method, c.args)
		cases = append(cases,
			wiretest.Exchange{Name: c.method, Answers: wiretest.Answers{c.request: {fine}, get: {document}}, Do: call, Asked: []string{c.request + c.body, get}},
			wiretest.Exchange{Name: c.method + ", an empty answer", Answers: wiretest.Answers{c.request: {"204"}, get: {document}}, Do: call, Asked: []string{c.request + c.body, get}},
			wiretest.Exchange{Name: c.method + " refused", Answers: wiretest.Answers{c.request: {refused}}, Do: call, Asked: []string{c.request + c.body}, Kind: "ServerError", Text: "no such rule. Did not"},
			wiretest.Exchange{Name: c.method + " of a policy that is gone", Answers: wiretest.Answers{c.request: {"404 none"}}, Do: call, Asked: []string{c.request + c.body}, Kind: "ObjectNotFoundError"})
	}
	cases = append(cases,
		wiretest.Exchange{Name: "rules by their numbers", Answers: wiretest.Answers{get: {document}}, Do: wiretest.Reading(defense.Policy, 5, "rules"), Asked: []string{get},
			Want: map[string]any{"rules": map[int64]any{1: map[string]any{"id": int64(1), "action": "TERMINATE"}, 2: map[string]any{"id": int64(2), "action": "DENY"}}}},
		wiretest.Exchange{Name: "rules of a policy without any", Answers: wiretest.Answers{get: {`200 {"policyInfo": {"id": 5, "policy": null}}`}}, Do: wiretest.Reading(defense.Policy, 5, "rules"),
			Asked: []string{get}, Want: map[string]any{"rules": map[int64]any{}}},
		wiretest.Exchange{Name: "a rule without a number", Answers: wiretest.Answers{get: {`200 {"policyInfo": {"id": 5, "policy": {"rules": [{"action": "DENY"}]}}}`}}, Do: wiretest.Reading(defense.Policy, 5, "rules"),
			Asked: []string{get}, Kind: "ApiError", Text: `has a rule without a number: {"action": "DENY"}`})
	run(t, cases)
}

// TestNotifications: contract/defense.md, "API object".
func TestNotifications(t *testing.T) {
	call := func(name string) wiretest.Step {
		return func(ctx context.Context, cb *client.Client) (any, error) { return wiretest.Call(ctx, cb, name, nil) }
	}
	var cases []wiretest.Exchange
	for name, route := range map[string]string{"get_notifications": "notification", "get_auditlogs": "auditlogs"} {
		get := "GET " + root + route
		cases = append(cases,
			wiretest.Exchange{Name: name, Answers: wiretest.Answers{get: {`200 {"success": true, "message": "Success", "notifications": [{"eventId": "a"}, {"eventId": "b"}]}`}}, Do: call(name), Asked: []string{get},
				Want: []any{map[string]any{"eventId": "a"}, map[string]any{"eventId": "b"}}},
			wiretest.Exchange{Name: name + ", absent", Answers: wiretest.Answers{get: {`200 {"success": true}`}}, Do: call(name), Asked: []string{get}, Want: []any{}},
			wiretest.Exchange{Name: name + ", null", Answers: wiretest.Answers{get: {`200 {"success": true, "notifications": null}`}}, Do: call(name), Asked: []string{get}, Want: []any{}},
			wiretest.Exchange{Name: name + ", no list", Answers: wiretest.Answers{get: {`200 {"notifications": {}}`}}, Do: call(name), Asked: []string{get}, Kind: "ServerError", Text: "where a list was expected"},
			wiretest.Exchange{Name: name + ", success false", Answers: wiretest.Answers{get: {`200 {"success": false, "message": "no"}`}}, Do: call(name), Asked: []string{get}, Kind: "ServerError", Text: "no"})
	}
	get := "GET " + root + "notification"
	cases = append(cases, wiretest.Exchange{Name: "a key of another type", Answers: wiretest.Answers{get: {"401 no"}}, Do: call("get_notifications"), Asked: []string{get},
		Kind: "UnauthorizedError", Text: "no: notifications need a key of the type SIEM"})
	run(t, cases)
}

// TestNotificationListener: it looks, yields each, waits, and looks again, until its context ends.
func TestNotificationListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		get := "GET " + root + "notification"
		s := wiretest.New(t, wiretest.Answers{get: {`200 {"notifications": [1, 2]}`, `200 {}`, `200 {"notifications": [3]}`, `200 {}`}}, nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		stopped := errors.New("stopped by the user")
		got, err := wiretest.Call(ctx, defense.New(s), "notification_listener", nil)
		if err != nil {
			t.Fatal(err)
		}
		start, seen := time.Now(), []string{}
		time.AfterFunc(170*time.Second, func() { cancel(stopped) })
		for n, err := range got.(client.Sequence) {
			seen = append(seen, fmt.Sprint(n, " ", err, " ", time.Since(start)))
		}
		want := []string{"1 <nil> 0s", "2 <nil> 0s", "3 <nil> 2m0s", "<nil> stopped by the user 2m50s"}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("notifications (-want +got):\n%s", diff)
		}
		if n := len(s.Asked()); n != 3 {
			t.Errorf("it looked %d times, want 3", n)
		}
	})
}

// TestListenerEnds: a look that fails is the last item, and a reader that stops ends it.
func TestListenerEnds(t *testing.T) {
	get := "GET " + root + "notification"
	s := wiretest.New(t, wiretest.Answers{get: {`200 {"notifications": [1, 2]}`, "500 down"}}, nil)
	listener, err := defense.Listen(t.Context(), defense.New(s), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for range listener {
		break
	}
	if n := len(s.Asked()); n != 1 {
		t.Errorf("a reader that stopped at the first looked %d times", n)
	}
	var last error
	for _, err := range listener {
		last = err
	}
	if !wiretest.IsError(last, "ServerError", "down") {
		t.Errorf("got %v", last)
	}
	if _, err := defense.Listen(t.Context(), defense.New(s), time.Second-1); !wiretest.IsError(err, "ApiError", "want at least 1 second") {
		t.Errorf("got %v", err)
	}
}

// TestSwitchedOff: where the API is gone an error says so; an object that is not there stays one.
func TestSwitchedOff(t *testing.T) {
	device, list := "GET "+root+"device/7", "GET "+root+"device?rows=1"
	first := func(ctx context.Context, cb *client.Client) (any, error) {
		_, err := cb.Select(defense.Device).First(ctx)
		return nil, err
	}
	var cases []wiretest.Exchange
	for _, status := range []string{"404", "410"} {
		cases = append(cases, wiretest.Exchange{Name: status + " on a list", Answers: wiretest.Answers{list: {status + " gone"}}, Do: first, Asked: []string{list},
			Kind: "ServerError", Text: "HTTP " + status + " from GET https://cb.example" + root + "device?rows=1: gone: this API was switched off"})
	}
	cases = append(cases,
		wiretest.Exchange{Name: "410 on an object", Answers: wiretest.Answers{device: {"410"}}, Do: wiretest.Reading(defense.Device, 7, "name"), Asked: []string{device}, Kind: "ServerError", Text: "this API was switched off"},
		wiretest.Exchange{Name: "404 on an object", Answers: wiretest.Answers{device: {"404"}}, Do: wiretest.Reading(defense.Device, 7, "name"), Asked: []string{device}, Kind: "ObjectNotFoundError", Text: "switched off"},
		wiretest.Exchange{Name: "404 on a new policy", Answers: wiretest.Answers{"POST " + root + "policy": {"404"}},
			Do:    wiretest.Creating(defense.Policy, map[string]any{"name": "n", "description": "d", "policy": map[string]any{}, "priorityLevel": "LOW", "version": 2}),
			Asked: []string{"POST " + root + `policy {"policyInfo": {"description": "d", "name": "n", "policy": {}, "priorityLevel": "LOW", "version": 2}}`},
			Kind:  "ServerError", Text: "this API was switched off"},
		wiretest.Exchange{Name: "500 is none of it", Answers: wiretest.Answers{list: {"500 down"}}, Do: first, Asked: []string{list}, Kind: "ServerError", Text: "device?rows=1: down"},
	)
	run(t, cases)
	cb := defense.New(wiretest.New(t, wiretest.Answers{list: {"410"}}, nil))
	_, err := cb.Select(defense.Device).First(t.Context())
	var hinted client.Hinted
	if !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), "org_key") {
		t.Errorf("the error %v gives no hint at org_key", err)
	}
}

// TestChangingRoutes: the check on the wire knows every changing request of the product.
func TestChangingRoutes(t *testing.T) {
	routes := defense.API().Routes()
	for _, request := range [][2]string{{"PATCH", "device/7"}, {"POST", "policy"}, {"PUT", "policy/7"}, {"DELETE", "policy/7"},
		{"POST", "policy/7/rule"}, {"PUT", "policy/7/rule/1"}, {"DELETE", "policy/7/rule/1"}} {
		found, ok := client.MatchRoute(routes, request[0], root+request[1])
		if !ok || len(found.Needs) != 1 || found.Needs[0] != client.Write {
			t.Errorf("%s %s is %v", request[0], request[1], found)
		}
	}
}
