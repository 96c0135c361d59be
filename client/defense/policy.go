package defense

import (
	"context"
	"net/http"
	"strconv"

	"github.com/cbscript/cbscript/client"
)

// Policy says what the sensors of devices do. Source: contract/defense.md, "Saving" and "Policy rules".
var Policy = define(client.Kind{
	Name: "Policy", Route: base + "policy", PrimaryKey: "id",
	Doc:    "What the sensors of a group of devices do, and by which rules.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Fields: policyFields,
	Properties: []client.Property{
		{Name: "rules", Returns: "dict", Doc: "Its rules by their numbers: dicts of id, required, action, application (type, value), operation.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return Rules(ctx, o) }},
	},
	Methods: []client.Method{
		ruleMethod("add_rule", "Add a rule: a dict of action, application (type, value), operation and required.", nil,
			func(ctx context.Context, o *client.Object, args client.Args) error {
				return AddRule(ctx, o, rule(args))
			}),
		ruleMethod("replace_rule", "Replace the rule of that number.", []client.Param{ruleNumber},
			func(ctx context.Context, o *client.Object, args client.Args) error {
				return ReplaceRule(ctx, o, args.Int("rule_id"), rule(args))
			}),
		{Name: "delete_rule", Returns: "None", Capability: client.Write, Doc: "Delete the rule of that number.", Params: []client.Param{ruleNumber},
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				return nil, DeleteRule(ctx, o, args.Int("rule_id"))
			}},
	},
	Saving: saveWrapped("policyInfo"),
	Changes: []client.Route{
		{Method: http.MethodPost, Path: base + "policy/{id}/rule", Needs: []client.Capability{client.Write}, Object: "Policy {id}"},
		{Method: http.MethodPut, Path: base + "policy/{id}/rule/{rule}", Needs: []client.Capability{client.Write}, Object: "Policy {id}"},
		{Method: http.MethodDelete, Path: base + "policy/{id}/rule/{rule}", Needs: []client.Capability{client.Write}, Object: "Policy {id}"},
	},
}, "policyInfo")

var ruleNumber = client.Param{Name: "rule_id", Type: client.Int, Required: true, Doc: "the number of the rule"}

func rule(args client.Args) map[string]any { m, _ := args["new_rule"].(map[string]any); return m }

// ruleMethod is a method whose last argument is a rule.
func ruleMethod(name, doc string, params []client.Param, do func(ctx context.Context, o *client.Object, args client.Args) error) client.Method {
	return client.Method{Name: name, Returns: "None", Capability: client.Write, Doc: doc,
		Params: append(params, client.Param{Name: "new_rule", Type: client.Map, Required: true, Doc: "the rule"}),
		Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
			return nil, do(ctx, o, args)
		}}
}

// Rules gives the rules of a policy by their numbers. A policy without any gives an empty map; a rule without a number
// is a [client.APIError].
func Rules(ctx context.Context, policy *client.Object) (map[int64]any, error) {
	inner, _, err := policy.Value(ctx, "policy")
	if err != nil {
		return nil, err
	}
	settings, _ := inner.(map[string]any)
	list, _ := settings["rules"].([]any)
	rules := make(map[int64]any, len(list))
	for _, r := range list {
		fields, _ := r.(map[string]any)
		id, ok := fields["id"].(int64)
		if !ok {
			return nil, client.Errorf("%s has a rule without a number: %s", policy, client.ShowValue(r))
		}
		rules[id] = r
	}
	return rules, nil
}

// AddRule adds a rule to a policy and reads the policy anew. A rule that the service refuses is a [client.ServerError].
func AddRule(ctx context.Context, policy *client.Object, rule map[string]any) error {
	return changeRule(ctx, policy, http.MethodPost, "add a rule to", "", rule)
}

// ReplaceRule replaces the rule of a number and reads the policy anew. It fails as [AddRule] does.
func ReplaceRule(ctx context.Context, policy *client.Object, id int, rule map[string]any) error {
	return changeRule(ctx, policy, http.MethodPut, "replace rule "+strconv.Itoa(id)+" of", strconv.Itoa(id), rule)
}

// DeleteRule deletes the rule of a number and reads the policy anew. It fails as [AddRule] does.
func DeleteRule(ctx context.Context, policy *client.Object, id int) error {
	return changeRule(ctx, policy, http.MethodDelete, "delete rule "+strconv.Itoa(id)+" of", strconv.Itoa(id), nil)
}

// changeRule sends a change of a rule. id is empty for a new one.
func changeRule(ctx context.Context, policy *client.Object, method, action, id string, rule map[string]any) error {
	path, err := policy.Path()
	if err != nil {
		return err
	}
	path += "/rule"
	if id != "" {
		path += "/" + id
	}
	request := client.Request{Method: method, Path: path, Change: &client.Change{Needs: []client.Capability{client.Write},
		Action: action + " Policy " + policy.ID().Key, Kind: policy.Kind(), ID: policy.ID().Key}}
	if method != http.MethodDelete {
		request.Body = map[string]any{"ruleInfo": rule}
	}
	answer, err := policy.Client().Do(ctx, request)
	if err != nil || answer.Skipped {
		return err
	}
	if err := done(policy.Client(), answer, "Did not "+action+" "+policy.String()+"."); err != nil {
		return err
	}
	return policy.Refresh(ctx)
}
