package response

import (
	"context"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/unzip"
)

// Download gives the bytes of a binary as they arrive. The server sends a zip archive with the entry filedata; it is
// unpacked while it is read, so that the memory stays flat. The caller closes the file. A server that has no copy
// of the binary answers with a [client.ObjectNotFoundError].
//
// Source: contract/response.md, section 12.
func Download(ctx context.Context, o *client.Object) (*client.File, error) {
	path, err := client.JoinPath("/api/v1/binary", o.ID().Key)
	if err != nil {
		return nil, err
	}
	stream, err := o.Client().Stream(ctx, client.Request{Path: path})
	if err != nil {
		return nil, err
	}
	file, err := unzip.Named(stream, "filedata")
	if err != nil {
		stream.Close()
		return nil, client.Errorf("the copy of binary %s cannot be read: %w", o.ID().Key, err)
	}
	return stream.File(o.ID().Key, file.Size, file), nil
}
