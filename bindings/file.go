package bindings

import (
	"context"
	"fmt"
	"io"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings/arg"
	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/client"
)

// File is the Starlark value of a file that is read as it arrives. At its end it is closed.
type File struct{ f *client.File }

var _ starlark.HasAttrs = File{}

// String names the file.
func (v File) String() string { return fmt.Sprintf("<file %s>", v.f.Name) }

// Type is "file".
func (v File) Type() string { return "file" }

// Freeze does nothing.
func (v File) Freeze() {}

// Truth is always true.
func (v File) Truth() starlark.Bool { return true }

// Hash fails: a file has a position.
func (v File) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: file") }

func (v File) clientValue() any { return v.f }

// Open gives the bytes that were not read yet. Closing it ends the transfer.
func (v File) Open(context.Context) (io.ReadCloser, error) { return v.f, nil }

var fileAttrs = attrs.Table[File]{
	"name": attrs.Field("name of the file", func(v File) starlark.Value { return starlark.String(v.f.Name) }),
	"size": attrs.Field("its size in bytes, None when it is not known", func(v File) starlark.Value {
		if v.f.Size < 0 {
			return starlark.None
		}
		return starlark.MakeInt64(v.f.Size)
	}),
	"read":  attrs.Method[File]("read(n=-1)", "gives the next n bytes, or all that are left; no bytes at the end", fileRead),
	"close": attrs.Method[File]("close()", "ends the transfer; the rest cannot be read any more", fileClose),
}

// Attr gives name, size, read and close.
func (v File) Attr(name string) (starlark.Value, error) { return fileAttrs.Get(v, name) }

// AttrNames lists them.
func (v File) AttrNames() []string { return fileAttrs.Names() }

// AttrDocs describes them.
func (v File) AttrDocs() []attrs.Doc { return fileAttrs.Docs() }

func fileRead(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var n arg.Count = -1
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "n??", &n); err != nil {
		return nil, err
	}
	f := attrs.Receiver[File](b).f
	var r io.Reader = f
	if n >= 0 {
		r = io.LimitReader(f, int64(n))
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: file %s: %w", b.Name(), f.Name, err)
	}
	if n < 0 || len(data) < int(n) {
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("%s: file %s: %w", b.Name(), f.Name, err)
		}
	}
	return starlark.Bytes(data), nil
}

func fileClose(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.None, attrs.Receiver[File](b).f.Close()
}
