package defense_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/defense"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/simulator"
)

// TestEveryModelOnASimulator: each model is listed and counted, no row is lost or comes twice, and each is read by its id.
func TestEveryModelOnASimulator(t *testing.T) {
	cb, _ := wiretest.Simulated(t, defense.API(), simulator.Options{})
	for _, k := range defense.API().Kinds {
		q := cb.Select(k)
		n, seen := wiretest.Must[int](t)(q.Count(t.Context())), map[any]bool{}
		for o, err := range q.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			seen[o.ID().Value] = true
		}
		if n == 0 || len(seen) != n {
			t.Errorf("%s: %d of %d rows", k, len(seen), n)
		}
		o := wiretest.Must[*client.Object](t)(q.At(t.Context(), 2))
		again := wiretest.Must[*client.Object](t)(cb.SelectID(t.Context(), k, o.ID().Value, client.Args{"force_init": true}))
		want, got := wiretest.Must[map[string]any](t)(o.Document(t.Context())), wiretest.Must[map[string]any](t)(again.Document(t.Context()))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s by id differs from its row:\n%s", k, diff)
		}
		for _, name := range o.Kind().Names() {
			if a, _ := o.Kind().Attribute(name); a.Method == nil {
				if _, err := o.Get(t.Context(), name); err != nil {
					t.Errorf("%s.%s: %v", k, name, err)
				}
			}
		}
		if _, err := cb.SelectID(t.Context(), k, 999999, client.Args{"force_init": true}); !wiretest.IsError(err, "ObjectNotFoundError", "There is no") {
			t.Errorf("%s that is not there: %v", k, err)
		}
	}
}

// TestIndexes: known-bugs.md, row 7: q[n] is the n-th device, counting from 0.
func TestIndexes(t *testing.T) {
	cb, _ := wiretest.Simulated(t, defense.API(), simulator.Options{})
	q := cb.Select(defense.Device).Where("hostName:WS-FIN")
	name := func(o *client.Object) any { return wiretest.Must[any](t)(o.Get(t.Context(), "name")) }
	for i, want := range []string{"WS-FIN-01", "WS-FIN-02", "WS-FIN-03"} {
		if got := name(wiretest.Must[*client.Object](t)(q.At(t.Context(), i))); got != want {
			t.Errorf("q[%d] is %v, want %s", i, got, want)
		}
	}
	var got []any
	for _, o := range wiretest.Must[[]*client.Object](t)(q.Slice(t.Context(), -2, 1<<40)) {
		got = append(got, name(o))
	}
	if diff := cmp.Diff([]any{"WS-FIN-05", "WS-FIN-06"}, got); diff != "" {
		t.Errorf("q[-2:] (-want +got):\n%s", diff)
	}
}

// TestMoveDevice: a device is moved by the name and by the number of a policy; a policy that there is not leaves it.
func TestMoveDevice(t *testing.T) {
	cb, _ := wiretest.Simulated(t, defense.API(), simulator.Options{})
	ctx := t.Context()
	device := wiretest.Must[*client.Object](t)(cb.Select(defense.Device).Where("hostNameExact:WS-FIN-04").Where("ipAddress:10.20.1.34").One(ctx))
	for _, c := range []struct {
		field string
		value any
		want  map[string]any
		text  string
	}{
		{"policyName", "Restrictive_Investigation", map[string]any{"policyId": int64(5), "policyName": "Restrictive_Investigation", "policy": "Policy 5"}, ""},
		{"policyId", 2, map[string]any{"policyId": int64(2), "policyName": "Workstations", "policy": "Policy 2"}, ""},
		{"policyName", "Nonsense", nil, "There is no policy Nonsense. Did not update Device record."},
	} {
		err := errors.Join(device.Set(ctx, c.field, c.value), device.Save(ctx))
		if c.text != "" {
			if !wiretest.IsError(err, "ServerError", c.text) || !device.IsDirty() {
				t.Errorf("got %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(any(c.want), wiretest.Must[any](t)(wiretest.Read(ctx, device, "policyId", "policyName", "policy"))); diff != "" {
			t.Errorf("moved to %v (-want +got):\n%s", c.value, diff)
		}
	}
}

// TestPolicyLife: a policy is created, its rules are added, replaced and deleted, and it is changed and deleted.
func TestPolicyLife(t *testing.T) {
	cb, _ := wiretest.Simulated(t, defense.API(), simulator.Options{})
	ctx := t.Context()
	policy := wiretest.Must[*client.Object](t)(cb.Create(ctx, defense.Policy, map[string]any{"name": "Lab", "description": "d", "priorityLevel": "LOW", "version": 2,
		"policy": map[string]any{"rules": []any{}}}))
	if err := policy.Save(ctx); err != nil {
		t.Fatal(err)
	}
	rule := map[string]any{"action": "DENY", "application": map[string]any{"type": "REPUTATION", "value": "PUP"}, "operation": "RUN", "required": true}
	if err := defense.AddRule(ctx, policy, rule); err != nil {
		t.Fatal(err)
	}
	rules := wiretest.Must[map[int64]any](t)(defense.Rules(ctx, policy))
	var id int64
	for id = range rules {
		rule["action"] = "TERMINATE"
		if err := defense.ReplaceRule(ctx, policy, int(id), rule); err != nil {
			t.Fatal(err)
		}
	}
	rules = wiretest.Must[map[int64]any](t)(defense.Rules(ctx, policy))
	if changed, _ := rules[id].(map[string]any); len(rules) != 1 || changed["action"] != "TERMINATE" {
		t.Errorf("the rules are %v", rules)
	}
	if err := defense.DeleteRule(ctx, policy, int(id)); err != nil {
		t.Fatal(err)
	}
	if err := defense.DeleteRule(ctx, policy, int(id)); !wiretest.IsError(err, "ServerError", "There is no rule") {
		t.Errorf("the rule is deleted twice: %v", err)
	}
	if err := errors.Join(policy.Set(ctx, "name", "Laboratory"), policy.Save(ctx), policy.Delete(ctx)); err != nil {
		t.Fatal(err)
	}
	system := wiretest.Must[*client.Object](t)(cb.SelectID(ctx, defense.Policy, 1, nil))
	if err := system.Delete(ctx); !wiretest.IsError(err, "ServerError", "came with the service") {
		t.Errorf("the service's own policy was deleted: %v", err)
	}
}

// TestListenOnASimulator: each notification comes once, and the end of the context ends the wait.
func TestListenOnASimulator(t *testing.T) {
	cb, _ := wiretest.Simulated(t, defense.API(), simulator.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	listener := wiretest.Must[client.Sequence](t)(defense.Listen(ctx, cb, time.Second))
	seen := map[any]bool{}
	for n, err := range listener {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			break
		}
		seen[n.(map[string]any)["eventId"]] = true
		if len(seen) == 8 {
			cancel() // after the last one it would wait for more
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d notifications", len(seen))
	}
}

// TestTokenOfAnotherKind: a token that is not APIKEY/CONNECTORID is refused before it is sent, and one that the service
// does not know is an UnauthorizedError.
func TestTokenOfAnotherKind(t *testing.T) {
	_, sim := wiretest.Simulated(t, defense.API(), simulator.Options{})
	if _, err := credentials.New(credentials.Defense, sim.URL(), sim.Token()); err == nil {
		t.Error("a token without a connector id was taken")
	}
	profile, err := credentials.New(credentials.Defense, sim.URL(), "ABCDEFGHIJKLMNOPQRSTUVWX/ABCDEFGHIJ")
	if err != nil {
		t.Fatal(err)
	}
	g := wiretest.Must[*gate.Gate](t)(gate.New(profile, gate.WithCertificates(sim.CertificatePEM())))
	defer g.Close()
	if _, err := defense.New(g).Select(defense.Device).First(t.Context()); !wiretest.IsError(err, "UnauthorizedError", "401") {
		t.Errorf("got %v", err)
	}
}

func Example() {
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	g, err := demo.Connect(sim, credentials.Defense)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer g.Close()
	ctx := context.Background()
	cb := defense.New(g)
	device, err := cb.Select(defense.Device).Where("hostNameExact:WS-FIN-04").One(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	contact, err := device.Get(ctx, "lastContact")
	fmt.Println(contact, err)
	// Output: 2016-11-11 21:29:17.098 +0000 UTC <nil>
}
