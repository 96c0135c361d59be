package response

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/cbscript/cbscript/client"
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
	content, size, err := openEntry(stream, "filedata")
	if err != nil {
		stream.Close()
		return nil, client.Errorf("the copy of binary %s cannot be read: %w", o.ID().Key, err)
	}
	return &client.File{Name: o.ID().Key, Size: size, ReadCloser: entry{content, stream}}, nil
}

type entry struct {
	io.Reader
	io.Closer
}

// Parts of a zip archive's local file header. The standard library reads an archive from its end, which would need the
// whole of it in memory.
const (
	localHeader     = "PK\x03\x04"
	localHeaderSize = 30
	flagEncrypted   = 1 << 0
	flagSizesFollow = 1 << 3
)

// openEntry finds the entry of that name in a zip archive that is read from its start, and gives its content, and its
// size or -1. An entry before it must tell its size in its header.
func openEntry(r io.Reader, name string) (io.Reader, int64, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		head := make([]byte, localHeaderSize)
		if _, err := io.ReadFull(in, head); err != nil {
			return nil, 0, fmt.Errorf("it is no zip archive with an entry %q: %w", name, err)
		}
		if !bytes.HasPrefix(head, []byte(localHeader)) {
			return nil, 0, fmt.Errorf("it is no zip archive with an entry %q", name)
		}
		flags, method := binary.LittleEndian.Uint16(head[6:]), binary.LittleEndian.Uint16(head[8:])
		packed, size := int64(binary.LittleEndian.Uint32(head[18:])), int64(binary.LittleEndian.Uint32(head[22:]))
		rest := make([]byte, int(binary.LittleEndian.Uint16(head[26:]))+int(binary.LittleEndian.Uint16(head[28:])))
		if _, err := io.ReadFull(in, rest); err != nil {
			return nil, 0, err
		}
		found := string(rest[:binary.LittleEndian.Uint16(head[26:])])
		if flags&flagEncrypted != 0 {
			return nil, 0, fmt.Errorf("its entry %q is encrypted", found)
		}
		if found == name {
			return entryContent(in, flags, method, packed, size)
		}
		if flags&flagSizesFollow != 0 {
			return nil, 0, fmt.Errorf("its entry %q does not tell its size", found)
		}
		if _, err := io.CopyN(io.Discard, in, packed); err != nil {
			return nil, 0, err
		}
	}
}

func entryContent(in *bufio.Reader, flags, method uint16, packed, size int64) (io.Reader, int64, error) {
	known := flags&flagSizesFollow == 0
	switch method {
	case zip.Deflate:
		content := flate.NewReader(in)
		if known {
			return content, size, nil
		}
		return content, -1, nil
	case zip.Store:
		if !known {
			return nil, 0, fmt.Errorf("its entry does not tell its size")
		}
		return &exactly{io.LimitReader(in, packed), packed}, packed, nil
	}
	return nil, 0, fmt.Errorf("it is packed by the unknown method %d", method)
}

// exactly reports an end that comes too early, so that a transfer that broke off is not taken for a whole file.
type exactly struct {
	r    io.Reader
	left int64
}

// Read reads as io.Reader does.
func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
