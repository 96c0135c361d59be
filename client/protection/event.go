package protection

import "github.com/cbscript/cbscript/client"

// Event is something that happened on a computer or the server. Source: contract/protection.md, "Models".
var Event = define(client.Kind{
	Name: "Event", Route: base + "event", Allows: readOnly,
	Doc:    "Something that happened on a computer or on the server.",
	Fields: eventFields,
	Properties: []client.Property{
		join("fileCatalog", "fileCatalogId", "FileCatalog", "The file that it is about."),
	},
})

// InternalEvent is an event that the console does not show. Source: contract/protection.md, "Models"; known-bugs.md,
// row 27.
var InternalEvent = define(older(client.Kind{
	Name: "InternalEvent", Route: base + "internalEvent", Allows: readOnly,
	Doc: "An event that the console does not show.", Fields: eventFields,
}))

// MeteredExecution is a run of a program that the server counts. Source: contract/protection.md, "Models".
var MeteredExecution = define(older(client.Kind{
	Name: "MeteredExecution", Route: base + "meteredExecution", Allows: readOnly,
	Doc: "A run of a program that a meter counts.", Fields: meteredExecutionFields,
}))

// DriftReport is a comparison of the files of computers with what they were. Source: contract/protection.md, "Models".
var DriftReport = define(client.Kind{
	Name: "DriftReport", Route: base + "driftReport", Allows: readOnly, Since: since80,
	Doc: "A comparison of the files of computers with what they were.", Fields: idOnly,
})

// DriftReportContents is a difference that a drift report found. Source: contract/protection.md, "Models".
var DriftReportContents = define(client.Kind{
	Name: "DriftReportContents", Route: base + "driftReportContents", Allows: readOnly, Since: since80,
	Doc: "A difference that a drift report found.", Fields: idOnly,
})
