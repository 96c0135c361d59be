package protection

import "github.com/cbscript/cbscript/client"

// What the models of the server itself hold. The contract has no tables for them; names and types are those of the
// vendor's public reference of the API, version 7.2.

// serverConfigFields are what a setting is.
var serverConfigFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the setting"},
	{Name: "name", Type: client.Text, Doc: "name of the setting"},
	{Name: "value", Type: client.Text, Doc: "its value"},
	{Name: "dateModified", Type: client.Time, Doc: "when it was last changed"},
	{Name: "modifiedBy", Type: client.Text, Doc: "who changed it"},
}

// serverPerformanceFields are what was measured of the server at one time.
var serverPerformanceFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the entry; not the same at another time"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was measured"},
	{Name: "connectedAgents", Type: client.Int, Doc: "number of connected agents"},
	{Name: "agentFileBacklog", Type: client.Int, Doc: "changes of files that agents have not sent"},
	{Name: "agentProcessingRate", Type: client.Int, Doc: "changes that were taken from agents in a day"},
	{Name: "serverFileBacklog", Type: client.Int, Doc: "changes of files that wait on the server"},
	{Name: "serverProcessingRate", Type: client.Int, Doc: "changes that the server dealt with in a day"},
	{Name: "serverFiles", Type: client.Int, Doc: "number of files that the server keeps track of"},
	{Name: "diskDataRead", Type: client.Int, Doc: "bytes read a second, data"},
	{Name: "diskDataWrite", Type: client.Int, Doc: "bytes written a second, data"},
	{Name: "diskDataIOPS", Type: client.Float, Doc: "operations a second, data"},
	{Name: "diskIndexRead", Type: client.Int, Doc: "bytes read a second, index"},
	{Name: "diskIndexWrite", Type: client.Int, Doc: "bytes written a second, index"},
	{Name: "diskIndexIOPS", Type: client.Float, Doc: "operations a second, index"},
	{Name: "diskLogWrite", Type: client.Int, Doc: "bytes written a second, log"},
	{Name: "diskLogIOPS", Type: client.Float, Doc: "operations a second, log"},
	{Name: "avgDiskDataReadStallMs", Type: client.Float, Doc: "milliseconds that a read waits, data"},
	{Name: "avgDiskDataWriteStallMs", Type: client.Float, Doc: "milliseconds that a write waits, data"},
	{Name: "avgDiskIndexWriteStallMs", Type: client.Float, Doc: "milliseconds that a write waits, index"},
	{Name: "avgDiskLogWriteStallMs", Type: client.Float, Doc: "milliseconds that a write waits, log"},
	{Name: "sqlLatencyMs", Type: client.Float, Doc: "milliseconds to the database"},
	{Name: "sqlInsertLatencyMs", Type: client.Float, Doc: "milliseconds to the database, for inserts"},
	{Name: "sqlMemoryPressure", Type: client.Float, Doc: "memory of the database, in per cent of what it should have"},
}

// notifierFields are what a notice on an endpoint is made of.
var notifierFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the notifier"},
	{Name: "name", Type: client.Text, Doc: "name of the notifier"},
	{Name: "title", Type: client.Text, Doc: "title of the notice"},
	{Name: "messageText", Type: client.Text, Doc: "text of the notice"},
	{Name: "url", Type: client.Text, Doc: "where the notice points"},
	{Name: "logoUrl", Type: client.Text, Doc: "where its logo is"},
	{Name: "showLogo", Type: client.Bool, Doc: "whether the logo is shown"},
	{Name: "fgImageLocation", Type: client.Text, Doc: "its picture"},
	{Name: "bgImageLocation", Type: client.Text, Doc: "picture behind it"},
	{Name: "timeout", Type: client.Int, Doc: "seconds until it goes away"},
	{Name: "flags", Type: client.Int, Doc: "what it asks the user: 1 an approval request, 2 a justification"},
	{Name: "eventLogText", Type: client.Text, Doc: "text of the entry in the event log"},
	{Name: "defaultRuleType", Type: client.Int, Doc: "kind of rule that it is the default for"},
	{Name: "defaultRuleGroupId", Type: client.Int, Doc: "number of the group of rules that it is the default for"},
	{Name: "usageCount", Type: client.Int, Doc: "number of rules that use it"},
	{Name: "systemNotifier", Type: client.Bool, Doc: "whether it came with the server"},
	{Name: "dateCreated", Type: client.Time, Doc: "when it was made"},
	{Name: "createdBy", Type: client.Text, Doc: "who made it"},
	{Name: "dateModified", Type: client.Time, Doc: "when it was last changed"},
	{Name: "modifiedBy", Type: client.Text, Doc: "who changed it"},
	{Name: "clVersion", Type: client.Int, Doc: "version of the rules that it is part of"},
}
