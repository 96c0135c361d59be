package protection

import (
	"context"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/unzip"
)

// Download gives the bytes of the file of a [FileUpload] or a [PendingAnalysis] as they arrive. The server sends a zip
// archive, whose first entry it is; it is unpacked while it is read, so that the memory stays flat. The caller closes
// the file. A file that the server does not have yet is an error of the server's, mostly a
// [client.ObjectNotFoundError].
//
// Source: contract/protection.md, "FileUpload, PendingAnalysis: file".
func Download(ctx context.Context, o *client.Object) (*client.File, error) {
	path, err := o.Path()
	if err != nil {
		return nil, err
	}
	stream, err := o.Client().Stream(ctx, client.Request{Path: path + "?downloadFile=true"})
	if err != nil {
		return nil, err
	}
	file, err := unzip.First(stream)
	if err != nil {
		stream.Close()
		return nil, client.Errorf("the file of %s cannot be read: %w", o, err)
	}
	return stream.File(file.Name, file.Size, file), nil
}

// fileProperty is the property that downloads.
func fileProperty() client.Property {
	return client.Property{Name: "file", Returns: "file", Doc: "The file itself, read as it arrives. The server has it once it was uploaded.",
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			f, err := Download(ctx, o)
			if err != nil {
				return nil, err
			}
			return f, nil
		}}
}
