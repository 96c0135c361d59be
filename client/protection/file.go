package protection

import (
	"context"
	"net/http"

	"github.com/cbscript/cbscript/client"
)

// FileCatalog is a file, known by its hash, wherever it is. Source: contract/protection.md, "Models".
var FileCatalog = define(client.Kind{
	Name: "FileCatalog", Route: base + "fileCatalog", Allows: writable,
	Doc:    "A file, known by its hash: what it is, who signed it, how many computers have it and what the rules make of it.",
	Fields: fileCatalogFields, Cautions: catalogCautions,
	Properties: []client.Property{
		join("computer", "computerId", "Computer", "The computer on which it was first seen."),
		join("publisher", "publisherId", "Publisher", "The publisher who signed it; publisherOrCompany has the name alone."),
		join("certificate", "certificateId", "Certificate", "The certificate that it was signed with."),
		fileHash(),
	},
})

// FileInstance is a file on one computer. Source: contract/protection.md, "FileInstance".
var FileInstance = define(client.Kind{
	Name: "FileInstance", Route: base + "fileInstance", Allows: writable,
	Doc:    "A file on one computer. Setting localState to 2 approves it there.",
	Fields: fileInstanceFields,
	Properties: []client.Property{
		join("computer", "computerId", "Computer", "The computer that it is on."),
		join("fileCatalog", "fileCatalogId", "FileCatalog", "The file that it is an instance of."),
	},
	Saving:  saveFileInstance,
	Changes: []client.Route{{Method: http.MethodPost, Path: base + "fileInstance/{id}", Needs: []client.Capability{client.Write}, Object: "FileInstance {id}"}},
})

// saveFileInstance sends the whole document by POST to the instance itself.
func saveFileInstance(_ context.Context, o *client.Object, _ bool) (client.Request, error) {
	path, err := o.Path()
	return client.Request{Method: http.MethodPost, Path: path, Body: o.Data()}, err
}

// FileInstanceDeleted is a file that was on a computer and is not any more. Source: contract/protection.md, "Models".
var FileInstanceDeleted = define(older(client.Kind{
	Name: "FileInstanceDeleted", Route: base + "fileInstanceDeleted", Allows: readOnly,
	Doc:    "A file that was on a computer and is not any more.",
	Fields: fileInstanceDeletedFields,
}))

// FileInstanceGroup is a set of files that came to a computer together. Source: contract/protection.md, "Models".
var FileInstanceGroup = define(older(client.Kind{
	Name: "FileInstanceGroup", Route: base + "fileInstanceGroup", Allows: readOnly,
	Doc:    "Files that came to a computer together, as with an installer.",
	Fields: fileInstanceGroupFields,
}))
