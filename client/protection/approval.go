package protection

import (
	"slices"

	"github.com/cbscript/cbscript/client"
)

// ApprovalRequest is a user's wish that a file may run. Source: contract/protection.md, "Models" and "Constants".
var ApprovalRequest = define(older(client.Kind{
	Name: "ApprovalRequest", Route: base + "approvalRequest", Allows: writable,
	Doc:    "A user's wish that a file may run, and what came of it.",
	Fields: approvalRequestFields,
	Properties: []client.Property{
		join("fileCatalog", "fileCatalogId", "FileCatalog", "The file that is asked for."),
		join("installerFileCatalog", "installerFileCatalogId", "FileCatalog", "The installer of that file."),
		join("processFileCatalog", "processFileCatalogId", "FileCatalog", "The program that was to run it."),
		join("computer", "computerId", "Computer", "The computer on which it was blocked."),
	},
	Constants: slices.Concat(
		numbered("resolution", "Resolution", 0, "NotResolved", "Rejected", "Approved", "RuleChange", "Installer", "Updater", "Publisher", "Other"),
		numbered("status", "Status", 1, "Submitted", "Open", "Closed"),
	),
}))
