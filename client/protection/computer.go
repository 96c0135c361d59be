package protection

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// Computer is an endpoint with the agent. Source: contract/protection.md, "Computer".
var Computer = define(client.Kind{
	Name: "Computer", Route: base + "computer", Allows: writable,
	Doc:    "An endpoint with the agent: what it is, how it is, and which policy it follows.",
	Fields: computerFields,
	Properties: []client.Property{
		settableJoin("policy", "policyId", "Policy", "The policy that it follows; set it to a Policy or to the id of one."),
		join("templateComputer", "templateComputerId", "Computer", "The template that it is a clone of."),
		related("fileInstances", "FileInstance", "computerId", "The files on it, as a query."),
	},
	Methods: []client.Method{
		{Name: "resetCLIPassword", Returns: "string", Capability: client.Secrets, Also: []client.Capability{client.Write},
			Doc: "Give the agent's command line a new password, and give that. Needs --allow write too.",
			Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) {
				return ResetCLIPassword(ctx, o)
			}},
	},
	Saving: saveComputer,
	UpdateParams: map[string]client.Capability{"changeDiagnostics": client.Read, "changeTemplate": client.Read, "newTamperProtectionActive": client.Read,
		"resetCLIPassword": client.Secrets},
})

// flags are the parameters without which the server does not take a change of certain fields. Source:
// contract/protection.md, "Computer".
var flags = []struct {
	name   string
	fields []string
}{
	{"changeDiagnostics", []string{"debugLevel", "kernelDebugLevel", "debugFlags", "debugDuration", "ccLevel", "ccFlags"}},
	{"changeTemplate", []string{"template", "templateCloneCleanupMode", "templateCloneCleanupTime", "templateCloneCleanupTimeScale", "templateTrackModsOnly"}},
}

// saveComputer sends the whole document, with the parameters that the changed fields need.
func saveComputer(ctx context.Context, o *client.Object, _ bool) (client.Request, error) {
	path, err := o.Path()
	if err != nil {
		return client.Request{}, err
	}
	var params []string
	for _, f := range flags {
		if slices.ContainsFunc(f.fields, o.IsChanged) {
			params = append(params, f.name+"=true")
		}
	}
	if o.IsChanged("tamperProtectionActive") {
		active, err := o.Get(ctx, "tamperProtectionActive")
		if err != nil {
			return client.Request{}, err
		}
		params = append(params, fmt.Sprintf("newTamperProtectionActive=%t", active == true))
	}
	if len(params) > 0 {
		path += "?" + strings.Join(params, "&")
	}
	return client.Request{Method: http.MethodPut, Path: path, Body: o.Data()}, nil
}

// ResetCLIPassword has the server make a new password for the command line of a computer's agent, and gives it. It is
// empty when the request was not sent, because the host only wanted to see it.
func ResetCLIPassword(ctx context.Context, computer *client.Object) (string, error) {
	path, err := computer.Path()
	if err != nil {
		return "", err
	}
	answer, err := computer.Client().Do(ctx, client.Request{Method: http.MethodPut, Path: path + "?resetCLIPassword=true", Body: map[string]any{},
		Change: &client.Change{Needs: []client.Capability{client.Write, client.Secrets},
			Action: "reset the CLI password of Computer " + computer.ID().Key, Kind: computer.Kind(), ID: computer.ID().Key}})
	if err != nil || answer.Skipped {
		return "", err
	}
	if err := computer.Refresh(ctx); err != nil {
		return "", err
	}
	password, _ := computer.Held("CLIPassword")
	text, ok := password.(string)
	if !ok {
		return "", client.Errorf("the password of %s was reset, but the server does not show it: its user may not see CLI passwords", computer)
	}
	return text, nil
}
