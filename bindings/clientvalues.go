package bindings

import (
	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// fromClient gives the Starlark form of a value of the client, and nil for anything else.
func fromClient(v any) starlark.Value {
	switch v := v.(type) {
	case *client.Object:
		if v == nil {
			return starlark.None
		}
		return newObject(v)
	case *client.Query:
		return newQuery(v)
	case *client.Client:
		return NewConnection(v.Product(), func() (*client.Client, error) { return v, nil })
	case client.Sequence:
		return Sequence{v}
	case *client.File:
		return File{v}
	case client.Record:
		return newRecord(v)
	case jsondoc.Value:
		w, err := fromJSON(v)
		if err != nil {
			return nil
		}
		return w
	}
	return nil
}
