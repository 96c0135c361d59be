package defense

import "github.com/cbscript/cbscript/client"

// Source: contract/fields/defense/policyInfo.json.
var policyFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the policy"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the policy"},
	{Name: "description", Type: client.Text, Required: true, Doc: "what it is for"},
	{Name: "priorityLevel", Type: client.Text, Required: true, Doc: "how much its devices matter: LOW, MEDIUM, HIGH, MISSION_CRITICAL"},
	{Name: "version", Type: client.Int, Required: true, Doc: "version of the form of the policy; scripts use 2"},
	{Name: "policy", Type: client.Map, Required: true, Doc: "the policy itself, a dict; rules gives its rules by their numbers"},
	{Name: "latestRevision", Type: client.Int, Doc: "number that grows with each change"},
	{Name: "systemPolicy", Type: client.Bool, Doc: "whether it came with the service"},
}
