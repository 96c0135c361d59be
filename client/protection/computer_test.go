package protection_test

import (
	"context"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/protection"
)

// TestComputerFlags: contract/protection.md, "Computer": the parameters that a change needs, in their order.
func TestComputerFlags(t *testing.T) {
	path := root + "computer/1"
	const document = `{"ccFlags": 0, "ccLevel": 0, "debugDuration": 0, "debugFlags": 0, "debugLevel": 0, "id": 1, "kernelDebugLevel": 0, "name": "A", "tamperProtectionActive": true, "template": false, "templateCloneCleanupMode": 1, "templateCloneCleanupTime": 1, "templateCloneCleanupTimeScale": 1, "templateTrackModsOnly": false}`
	changes := []struct {
		field string
		value any
		flag  string
	}{
		{"name", "B", ""},
		{"debugLevel", 7, "?changeDiagnostics=true"},
		{"kernelDebugLevel", 7, "?changeDiagnostics=true"},
		{"debugFlags", 7, "?changeDiagnostics=true"},
		{"debugDuration", 7, "?changeDiagnostics=true"},
		{"ccLevel", 2, "?changeDiagnostics=true"},
		{"ccFlags", 7, "?changeDiagnostics=true"},
		{"template", true, "?changeTemplate=true"},
		{"templateCloneCleanupMode", 2, "?changeTemplate=true"},
		{"templateCloneCleanupTime", 2, "?changeTemplate=true"},
		{"templateCloneCleanupTimeScale", 2, "?changeTemplate=true"},
		{"templateTrackModsOnly", true, "?changeTemplate=true"},
		{"tamperProtectionActive", false, "?newTamperProtectionActive=false"},
	}
	saved := func(fields map[string]any, query string) {
		s := wiretest.New(t, wiretest.Answers{"GET " + path: {"200 " + document}, "PUT " + path + query: {"200 " + document}}, connection("8.0"))
		if _, err := wiretest.Changing(protection.Computer, 1, fields)(t.Context(), protection.New(s)); err != nil {
			t.Errorf("%v: %v", fields, err)
		}
	}
	for _, c := range changes {
		saved(map[string]any{c.field: c.value}, c.flag)
	}
	saved(map[string]any{"ccLevel": 2, "debugLevel": 1}, "?changeDiagnostics=true")
	saved(map[string]any{"ccLevel": 2, "template": true, "tamperProtectionActive": false, "name": "B"},
		"?changeDiagnostics=true&changeTemplate=true&newTamperProtectionActive=false")
	saved(map[string]any{"template": true, "name": "B"}, "?changeTemplate=true")
}

// TestComputerWholeDocument: a save sends everything that is held, and a change before the first read is not lost:
// known-bugs.md, row 10.
func TestComputerWholeDocument(t *testing.T) {
	path := root + "computer/1"
	put := "PUT " + path
	run(t, []wiretest.Exchange{
		{Name: "Computer.policyId before any read", Answers: wiretest.Answers{"GET " + path: {`200 {"id": 1, "name": "CORP\\A", "policyId": 2, "unknown": null}`}, put: {`200 {"id": 1, "policyId": 3, "policyName": "Other"}`}},
			Do:    wiretest.Changing(protection.Computer, 1, map[string]any{"policyId": 3}, "policyName"),
			Asked: []string{"GET " + path, put + ` {"id": 1, "name": "CORP\\A", "policyId": 3, "unknown": null}`},
			Want:  map[string]any{"policyName": "Other"}},
		{Name: "Computer, tamper protection switched on", Answers: wiretest.Answers{"GET " + path: {`200 {"id": 1, "tamperProtectionActive": false}`}, put + "?newTamperProtectionActive=true": {`204`}},
			Do:    wiretest.Changing(protection.Computer, 1, map[string]any{"tamperProtectionActive": true}),
			Asked: []string{"GET " + path, put + `?newTamperProtectionActive=true {"id": 1, "tamperProtectionActive": true}`, "GET " + path}},
		{Name: "Computer, a refused save", Answers: wiretest.Answers{"GET " + path: {`200 {"id": 1, "policyId": 2}`}, put: {`200 {"result": "policy is full"}`}},
			Do:    wiretest.Changing(protection.Computer, 1, map[string]any{"policyId": 3}),
			Asked: []string{"GET " + path, put + ` {"id": 1, "policyId": 3}`}, Kind: "ServerError", Text: "policy is full. Did not update Computer record."},
		{Name: "Computer, a save with the same value asks nothing", Answers: wiretest.Answers{"GET " + path: {`200 {"id": 1, "policyId": 2}`}},
			Do: wiretest.Changing(protection.Computer, 1, map[string]any{"policyId": 2}), Asked: []string{"GET " + path}},
	})
}

// TestComputerPolicy: policy is read as a join, and set to a Policy or to an id.
func TestComputerPolicy(t *testing.T) {
	path, policy := root+"computer/1", root+"policy/2"
	get := wiretest.Answers{"GET " + path: {`200 {"id": 1, "policyId": 2}`}, "GET " + policy: {`200 {"id": 2, "name": "Desks"}`}, "PUT " + path: {`200 {"id": 1, "policyId": 5}`}}
	set := func(value func(cb *client.Client) any) wiretest.Step {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			return wiretest.Changing(protection.Computer, 1, map[string]any{"policy": value(cb)}, "policyId")(ctx, cb)
		}
	}
	object := func(k *client.Kind, id int) func(cb *client.Client) any {
		return func(cb *client.Client) any { o, _ := cb.SelectID(t.Context(), k, id, nil); return o }
	}
	run(t, []wiretest.Exchange{
		{Name: "Computer.policy", Answers: get, Asked: []string{"GET " + path, "GET " + policy}, Want: map[string]any{"name": "Desks"},
			Do: wiretest.Selected(protection.Computer, 1, func(ctx context.Context, o *client.Object) (any, error) {
				p, err := o.Get(ctx, "policy")
				if err != nil {
					return nil, err
				}
				return wiretest.Read(ctx, p.(*client.Object), "name")
			})},
		{Name: "Computer.policy set to a number", Answers: get, Do: set(func(*client.Client) any { return 5 }),
			Asked: []string{"GET " + path, "PUT " + path + ` {"id": 1, "policyId": 5}`}, Want: map[string]any{"policyId": int64(5)}},
		{Name: "Computer.policy set to a Policy", Answers: get, Do: set(object(protection.Policy, 5)),
			Asked: []string{"GET " + path, "PUT " + path + ` {"id": 1, "policyId": 5}`}, Want: map[string]any{"policyId": int64(5)}},
		{Name: "Computer.policy set to another model", Answers: get, Do: set(object(protection.Updater, 5)),
			Kind: "ApiError", Text: "Computer.policy: got a Updater, want a Policy or the id of one"},
		{Name: "Computer.policy set to text", Answers: get, Do: set(func(*client.Client) any { return "Desks" }),
			Asked: []string{"GET " + path}, Kind: "InvalidObjectError", Text: "not a whole number"},
	})
}

// TestResetCLIPassword: contract/protection.md, "Computer".
func TestResetCLIPassword(t *testing.T) {
	path := root + "computer/1"
	put := "PUT " + path + "?resetCLIPassword=true"
	reset := wiretest.Calling(protection.Computer, 1, "resetCLIPassword", nil)
	run(t, []wiretest.Exchange{
		{Name: "resetCLIPassword()", Answers: wiretest.Answers{put: {`200 {}`}, "GET " + path: {`200 {"id": 1, "CLIPassword": "A1-B2"}`}}, Do: reset,
			Asked: []string{put + " {}", "GET " + path}, Want: "A1-B2"},
		{Name: "resetCLIPassword(), not shown", Answers: wiretest.Answers{put: {`204`}, "GET " + path: {`200 {"id": 1}`}}, Do: reset,
			Asked: []string{put + " {}", "GET " + path}, Kind: "ApiError", Text: "may not see CLI passwords"},
		{Name: "resetCLIPassword(), refused", Answers: wiretest.Answers{put: {`403 no`}}, Do: reset, Asked: []string{put + " {}"}, Kind: "ServerError", Text: "403"},
	})
}

// guard records what each change needs, and sends it or not.
type guard struct {
	send  bool
	needs [][]client.Capability
}

func (g *guard) Permit(_ context.Context, c client.Change) (bool, error) {
	g.needs = append(g.needs, c.Needs)
	return g.send, nil
}

// TestResetCLIPasswordNeeds: a password of an endpoint is given to who was granted both capabilities, and a dry run asks
// for nothing further.
func TestResetCLIPasswordNeeds(t *testing.T) {
	s, g := wiretest.New(t, nil, connection("8.0")), &guard{}
	cb := protection.New(s, client.WithGuard(g))
	got, err := wiretest.Calling(protection.Computer, 1, "resetCLIPassword", nil)(t.Context(), cb)
	if err != nil || got != "" || len(s.Asked()) > 0 {
		t.Errorf("got %v, %v, asked %q", got, err, s.Asked())
	}
	if len(g.needs) != 1 || len(g.needs[0]) != 2 || g.needs[0][0] != client.Write || g.needs[0][1] != client.Secrets {
		t.Errorf("it needs %v", g.needs)
	}
}

// TestSecrets: what a user or an agent logs in with can be set, and neither read nor shown.
func TestSecrets(t *testing.T) {
	for _, c := range []struct {
		kind   *client.Kind
		fields []string
	}{
		{protection.User, []string{"apiToken", "passwordHash", "passwordSalt"}},
		{protection.Computer, []string{"CLIPassword"}},
	} {
		document := `200 {"id": 7, "name": "x"`
		for _, f := range c.fields {
			document += `, "` + f + `": "hidden-` + f + `"`
		}
		path := c.kind.Route + "/7"
		s := wiretest.New(t, wiretest.Answers{"GET " + path: {document + "}"}, "PUT " + path: {document + "}"}}, connection("8.0"))
		o, err := protection.New(s).SelectID(t.Context(), c.kind, 7, nil)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := o.Document(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range c.fields {
			if _, err := o.Get(t.Context(), f); !wiretest.IsError(err, "PermissionError", f) {
				t.Errorf("%s.%s: %v", c.kind, f, err)
			}
			if shown[f] != client.SecretPlaceholder {
				t.Errorf("%s.%s is shown as %v", c.kind, f, shown[f])
			}
		}
		if err := o.Set(t.Context(), c.fields[0], "new-value"); err != nil {
			t.Fatal(err)
		}
		text := client.PrintFields(o)
		if err := o.Save(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked := s.Asked()
		if sent := asked[len(asked)-1]; !contains(sent, "new-value") || !contains(asked[len(asked)-1], `"name": "x"`) {
			t.Errorf("the save sent %s", sent)
		}
		if contains(text, "hidden-") || contains(text, "new-value") || !contains(text, client.SecretPlaceholder) {
			t.Errorf("print shows %s", text)
		}
	}
}
