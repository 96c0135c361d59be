package protection

import (
	"slices"

	"github.com/cbscript/cbscript/client"
)

// FileRule approves or bans a file. Source: contract/protection.md, "Models" and "Constants".
var FileRule = define(client.Kind{
	Name: "FileRule", Route: base + "fileRule", Allows: creatable,
	Doc:    "A rule that approves or bans a file, by its number in the catalog, by its hash or by its name.",
	Fields: fileRuleFields, Cautions: ruleCautions,
	Properties: []client.Property{
		join("fileCatalog", "fileCatalogId", "FileCatalog", "The file that it is about."),
		join("createdByUser", "createdByUserId", "User", "The user who made it. Cb Protection 8.0 and later."),
	},
	Constants: slices.Concat(
		numbered("fileState", "State", 1, "Unapproved", "Approved", "Banned"),
		numbered("sourceType", "SourceType", 1, "Manual", "TrustedDirectory", "Reputation", "Imported", "External", "EventRule", "ApplicationTemplate", "UnifiedManagement"),
		[]client.Constant{
			{Name: "PlatformWindows", Value: 1, Doc: "in platformFlags: Windows"},
			{Name: "PlatformMac", Value: 2, Doc: "in platformFlags: macOS"},
			{Name: "PlatformLinux", Value: 4, Doc: "in platformFlags: Linux"},
		},
	),
})

// ScriptRule says which files are scripts and what runs them. Source: contract/protection.md, "Models".
var ScriptRule = define(client.Kind{
	Name: "ScriptRule", Route: base + "scriptRule", Allows: writable, Since: since80,
	Doc: "A rule that says which files are scripts and what runs them.", Fields: idOnly,
})

// TrustedDirectory is a folder whose files are approved. Source: contract/protection.md, "Models".
var TrustedDirectory = define(client.Kind{
	Name: "TrustedDirectory", Route: base + "trustedDirectory", Allows: writable, Since: since80,
	Doc: "A folder whose files are approved.", Fields: idOnly,
})

// TrustedUser is someone whose files are approved. Source: contract/protection.md, "Models".
var TrustedUser = define(client.Kind{
	Name: "TrustedUser", Route: base + "trustedUser", Allows: creatable, Since: since80,
	Doc: "A user or group of the directory that may bring new files.", Fields: trustedUserFields,
})

// Updater is software that may update itself. Source: contract/protection.md, "Models".
var Updater = define(older(client.Kind{
	Name: "Updater", Route: base + "updater", Allows: writable,
	Doc: "Software that may update itself.", Fields: updaterFields,
}))
