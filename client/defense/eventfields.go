package defense

import "github.com/cbscript/cbscript/client"

// eventFields are what an event mostly has; the contract has no table, so that they are read as the service sends them.
// Source: contract/defense.md, "Event".
var eventFields = []client.Field{
	{Name: "eventId", Type: client.Any, ReadOnly: true, Doc: "id of the event"},
	{Name: "shortDescription", Type: client.Any, Doc: "what happened, in a line"},
	{Name: "longDescription", Type: client.Any, Doc: "what happened"},
	{Name: "eventTime", Type: client.Any, Doc: "when it happened"},
	{Name: "createTime", Type: client.Any, Doc: "when the service learnt of it"},
	{Name: "deviceDetails", Type: client.Any, Doc: "the device: a dict"},
	{Name: "selectedApp", Type: client.Any, Doc: "the program that did it: a dict"},
	{Name: "processDetails", Type: client.Any, Doc: "the process that did it: a dict"},
	{Name: "attackStage", Type: client.Any, Doc: "how far an attack is, when it is one"},
}
