package protection

import "github.com/cbscript/cbscript/client"

// Source: contract/fields/protection/fileRule.json.
var fileRuleFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the rule"},
	{Name: "fileCatalogId", Type: client.Int, Doc: "number of the file; 0 when the rule is for a hash or a name"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the rule"},
	{Name: "description", Type: client.Text, Doc: "what it is for"},
	{Name: "fileState", Type: client.Int, Doc: "what it makes of the file: StateUnapproved, StateApproved or StateBanned"},
	{Name: "sourceType", Type: client.Int, Doc: "how it came about, see the SourceType constants"},
	{Name: "sourceId", Type: client.Int, Doc: "number of what it came from: an event rule, a trusted directory"},
	{Name: "reportOnly", Type: client.Bool, Doc: "whether a ban is only reported; the state must be unapproved"},
	{Name: "reputationApprovalsEnabled", Type: client.Bool, Doc: "whether the file's reputation may approve it"},
	{Name: "forceInstaller", Type: client.Bool, Doc: "whether the file counts as an installer"},
	{Name: "forceNotInstaller", Type: client.Bool, Doc: "whether it counts as none"},
	{Name: "policyIds", Type: client.Text, Doc: "numbers of the policies that it holds for, separated by commas; empty means all"},
	{Name: "hash", Type: client.Text, Doc: "hash of the file"},
	{Name: "fileName", Type: client.Text, Doc: "name of the file"},
	{Name: "lazyApproval", Type: client.Bool, Doc: "whether the approval reaches an agent only when the file is met"},
	{Name: "platformFlags", Type: client.Int, Doc: "systems that it holds for: sum of PlatformWindows, PlatformMac, PlatformLinux"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was made"},
	{Name: "createdBy", Type: client.Text, Doc: "who made it"},
	{Name: "createdByUserId", Type: client.Any, Doc: "number of the user who made it"},
	{Name: "dateModified", Type: client.Time, Doc: "when it was last changed"},
	{Name: "modifiedBy", Type: client.Text, Doc: "who changed it"},
	{Name: "modifiedByUserId", Type: client.Int, Doc: "number of the user who changed it"},
	{Name: "clVersion", Type: client.Int, Doc: "version of the rules that it is part of"},
	{Name: "idUnique", Type: client.Text, Doc: "its id across servers"},
	{Name: "origIdUnique", Type: client.Text, Doc: "id of the rule that it was copied from"},
	{Name: "unifiedFlag", Type: client.Int, Doc: "whether servers that share it may change it: 0 it is not shared, 1 they may not, 3 they may"},
	{Name: "unifiedSource", Type: client.Text, Doc: "server that it came from"},
	{Name: "fileRuleType", Type: client.Text, Doc: "what it does, in words"},
	{Name: "version", Type: client.Int, Doc: "number that grows with each change"},
	{Name: "visible", Type: client.Bool, Doc: "whether the console shows it"},
}

// Source: contract/fields/protection/trustedUser.json.
var trustedUserFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the trusted user"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the user or group, as the console shows it"},
	{Name: "userSid", Type: client.Text, Required: true, Doc: "security identifier of the user or group"},
	{Name: "description", Type: client.Text, Required: true, Doc: "what they are trusted for"},
	{Name: "platformId", Type: client.Int, Required: true, Doc: "system: 1 Windows, 2 macOS, 4 Linux"},
	{Name: "dateCreated", Type: client.Time, Doc: "when they were added"},
	{Name: "createdByUserId", Type: client.Int, Doc: "number of the user who did"},
	{Name: "createdBy", Type: client.Text, Doc: "who did"},
	{Name: "dateModified", Type: client.Time, Doc: "when that was last changed"},
	{Name: "modifiedByUserId", Type: client.Int, Doc: "number of the user who changed it"},
	{Name: "modifiedBy", Type: client.Text, Doc: "who changed it"},
	{Name: "clVersion", Type: client.Int, Doc: "version of the rules that it is part of"},
}

// updaterFields: names and types are those of the vendor's public reference of the API, version 7.2.
var updaterFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the updater"},
	{Name: "name", Type: client.Text, Doc: "name of the software that may update itself"},
	{Name: "version", Type: client.Text, Doc: "version of this description of it"},
	{Name: "enabled", Type: client.Bool, Doc: "whether it may"},
	{Name: "platformFlags", Type: client.Int, Doc: "systems: sum of 1 Windows, 2 macOS, 4 Linux"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was made"},
	{Name: "createdBy", Type: client.Text, Doc: "who made it"},
	{Name: "dateModified", Type: client.Time, Doc: "when it was last changed"},
	{Name: "modifiedBy", Type: client.Text, Doc: "who changed it"},
	{Name: "clVersion", Type: client.Int, Doc: "version of the rules that it is part of"},
}
