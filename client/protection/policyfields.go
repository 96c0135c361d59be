package protection

import "github.com/cbscript/cbscript/client"

// Source: contract/fields/protection/policy.json.
var policyFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the policy"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the policy"},
	{Name: "description", Type: client.Text, Doc: "what it is for"},
	{Name: "packageName", Type: client.Text, Doc: "name of the installer of its agents"},
	{Name: "enforcementLevel", Type: client.Int, Doc: "enforcement level of connected computers, see EnforcementLevel; 60 only watches"},
	{Name: "disconnectedEnforcementLevel", Type: client.Int, Doc: "enforcement level of the others"},
	{Name: "helpDeskUrl", Type: client.Text, Doc: "where a notice on the endpoint points for help"},
	{Name: "imageUrl", Type: client.Text, Doc: "picture of a notice on the endpoint"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was made"},
	{Name: "createdByUserId", Type: client.Int, Doc: "number of the user who made it"},
	{Name: "dateModified", Type: client.Time, Doc: "when it was last changed"},
	{Name: "modifiedByUserId", Type: client.Int, Doc: "number of the user who changed it"},
	{Name: "readOnly", Type: client.Bool, Doc: "whether it cannot be changed"},
	{Name: "hidden", Type: client.Bool, Doc: "whether the console does not show it"},
	{Name: "automatic", Type: client.Bool, Doc: "whether computers get it by the directory"},
	{Name: "loadAgentInSafeMode", Type: client.Bool, Doc: "whether the agent runs in safe mode too"},
	{Name: "reputationEnabled", Type: client.Bool, Doc: "whether reputation may approve files"},
	{Name: "fileTrackingEnabled", Type: client.Bool, Doc: "whether files are kept track of"},
	{Name: "customLogo", Type: client.Bool, Doc: "whether notices have a picture of their own"},
	{Name: "automaticApprovalsOnTransition", Type: client.Bool, Doc: "whether going to a higher level approves the files that are there"},
	{Name: "allowAgentUpgrades", Type: client.Bool, Doc: "whether agents may be upgraded"},
	{Name: "totalComputers", Type: client.Int, Doc: "number of its computers"},
	{Name: "connectedComputers", Type: client.Int, Doc: "number of those that are connected"},
	{Name: "atEnforcementComputers", Type: client.Int, Doc: "number of those that enforce its level"},
	{Name: "clVersionMax", Type: client.Int, Doc: "version of the rules that its agents shall have"},
}
