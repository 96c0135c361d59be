package protection

import "github.com/cbscript/cbscript/client"

// What the models of events hold. The contract has no tables for them; names and types are those of the vendor's public
// reference of the API, version 7.2.

// eventFields are what is told of an event, internal ones too.
var eventFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the event"},
	{Name: "timestamp", Type: client.Time, Doc: "when it happened"},
	{Name: "receivedTimestamp", Type: client.Time, Doc: "when the server learnt of it"},
	{Name: "description", Type: client.Text, Doc: "what happened"},
	{Name: "type", Type: client.Int, Doc: "kind of event"},
	{Name: "subtype", Type: client.Int, Doc: "kind of event within that"},
	{Name: "subtypeName", Type: client.Text, Doc: "the same in words"},
	{Name: "severity", Type: client.Int, Doc: "how bad it is: 2 critical, 3 error, 4 warning, 5 notice, 6 information, 7 debug"},
	{Name: "ipAddress", Type: client.Text, Doc: "address of the computer or of the console"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer"},
	{Name: "computerName", Type: client.Text, Doc: "name of the computer"},
	{Name: "policyId", Type: client.Int, Doc: "number of the policy that it had then"},
	{Name: "policyName", Type: client.Text, Doc: "name of the policy that it had then"},
	{Name: "fileCatalogId", Type: client.Int, Doc: "number of the file"},
	{Name: "installerFileCatalogId", Type: client.Int, Doc: "number of its installer"},
	{Name: "processFileCatalogId", Type: client.Int, Doc: "number of the program"},
	{Name: "fileName", Type: client.Text, Doc: "name of the file"},
	{Name: "pathName", Type: client.Text, Doc: "folder of the file"},
	{Name: "commandLine", Type: client.Text, Doc: "command line"},
	{Name: "processPathName", Type: client.Text, Doc: "folder of the program"},
	{Name: "processFileName", Type: client.Text, Doc: "name of the program"},
	{Name: "processKey", Type: client.Text, Doc: "what tells the process from others"},
	{Name: "installerFileName", Type: client.Text, Doc: "name of the installer"},
	{Name: "userName", Type: client.Text, Doc: "who was logged in"},
	{Name: "ruleName", Type: client.Text, Doc: "name of the rule"},
	{Name: "banName", Type: client.Text, Doc: "name of the ban"},
	{Name: "updaterName", Type: client.Text, Doc: "name of the updater"},
	{Name: "indicatorName", Type: client.Text, Doc: "name of the indicator"},
	{Name: "param1", Type: client.Text, Doc: "further data"},
	{Name: "param2", Type: client.Text, Doc: "further data"},
	{Name: "param3", Type: client.Text, Doc: "further data"},
	{Name: "stringId", Type: client.Int, Doc: "number of the text of the description"},
}

// meteredExecutionFields are what is told of a run of a metered program.
var meteredExecutionFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the run"},
	{Name: "meterId", Type: client.Int, Doc: "number of the meter"},
	{Name: "name", Type: client.Text, Doc: "name of the meter"},
	{Name: "description", Type: client.Text, Doc: "what the meter is for"},
	{Name: "type", Type: client.Int, Doc: "kind of meter"},
	{Name: "data", Type: client.Text, Doc: "what the meter looks for"},
	{Name: "timestamp", Type: client.Time, Doc: "when the program was run"},
	{Name: "eventId", Type: client.Int, Doc: "number of the event"},
	{Name: "fileCatalogId", Type: client.Int, Doc: "number of the program"},
	{Name: "computerId", Type: client.Int, Doc: "number of the computer"},
	{Name: "userName", Type: client.Text, Doc: "who ran it"},
}
