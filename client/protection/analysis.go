package protection

import (
	"context"
	"slices"

	"github.com/cbscript/cbscript/client"
)

// What came of an analysis. Source: contract/protection.md, "Constants".
var results = numbered("analysisResult", "Result", 0, "NotAvailable", "Clean", "PotentialThreat", "Malicious")

// Connector is something that analyses files for the server. Saving a new one with the name of another changes that.
// Source: contract/protection.md, "FileRule, Policy, Connector, ...".
var Connector = define(client.Kind{
	Name: "Connector", Route: base + "connector", Allows: creatable,
	Doc:    "Something that analyses files for the server. Saving a new one with the name of another changes that one.",
	Fields: connectorFields,
	Properties: []client.Property{
		related("pendingAnalyses", "PendingAnalysis", "connectorId", "What it is asked to analyse, as a query."),
	},
})

// PendingAnalysis is a file that a connector is asked to analyse. Source: contract/protection.md, "FileUpload,
// PendingAnalysis: file".
var PendingAnalysis = define(older(client.Kind{
	Name: "PendingAnalysis", Route: base + "pendingAnalysis", Allows: writable,
	Doc:    "A file that a connector is asked to analyse. Once uploaded is true, file reads it.",
	Fields: pendingAnalysisFields,
	Properties: []client.Property{
		join("fileCatalog", "fileCatalogId", "FileCatalog", "The file that it is about."),
		fileHash(), fileProperty(),
	},
	Methods: []client.Method{
		{Name: "create_notification", Returns: "Notification", Doc: "A new notification of what came of it, with the fields in data; save() sends it.",
			Params: []client.Param{{Name: "data", Type: client.Map, Doc: "its fields: analysisResult, product, malwareName, malwareType, severity, type, externalUrl and others"}},
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				data, _ := args["data"].(map[string]any)
				n, err := CreateNotification(ctx, o, data)
				if err != nil {
					return nil, err
				}
				return n, nil
			}},
	},
	Constants: slices.Concat(
		numbered("analysisStatus", "Status", 0, "Scheduled", "Submitted", "Processed", "Analyzed", "Error", "Cancelled"), results),
}))

// CreateNotification makes the notification of what came of a pending analysis, with some fields. It makes no request:
// the notification's Save does.
func CreateNotification(ctx context.Context, analysis *client.Object, fields map[string]any) (*client.Object, error) {
	n, err := analysis.Client().Create(ctx, Notification, fields)
	if err != nil {
		return nil, err
	}
	return n, n.Set(ctx, "fileAnalysisId", analysis.ID().Value)
}

// Notification is what a connector found in a file. Source: contract/protection.md, "Notification".
var Notification = define(client.Kind{
	Name: "Notification", Route: base + "notification", Allows: creatable,
	Doc: "What a connector found in a file. Saving one needs analysisResult and fileAnalysisId.", Fields: notificationFields,
	Constants: results,
})

// FileAnalysis is the wish that a connector analyses a file. Source: contract/protection.md, "Models".
var FileAnalysis = define(older(client.Kind{
	Name: "FileAnalysis", Route: base + "fileAnalysis", Allows: creatable,
	Doc: "The wish that a connector analyses a file. Saving a new one asks for it.", Fields: fileAnalysisFields,
	Properties: []client.Property{
		join("fileCatalog", "fileCatalogId", "FileCatalog", "The file that it is about."),
		join("computer", "computerId", "Computer", "The computer that the file is taken from."),
	},
}))

// FileUpload is the wish that a computer sends a file to the server. Source: contract/protection.md, "FileUpload,
// PendingAnalysis: file".
var FileUpload = define(older(client.Kind{
	Name: "FileUpload", Route: base + "fileUpload", Allows: creatable,
	Doc:    "The wish that a computer sends a file to the server. Saving a new one asks for it; once uploadStatus is 3, file reads it.",
	Fields: fileUploadFields,
	Properties: []client.Property{
		join("fileCatalog", "fileCatalogId", "FileCatalog", "The file that it is about."),
		join("computer", "computerId", "Computer", "The computer that the file is taken from."),
		fileProperty(),
	},
}))
