package liveresponse

import (
	"context"
	"fmt"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/nearest"
)

// dumpRecord is a Dump as scripts see it.
type dumpRecord struct{ d *Dump }

var _ client.RecordMethods = dumpRecord{}

// Type is "Memdump".
func (dumpRecord) Type() string { return "Memdump" }

// Names is remote_filename.
func (dumpRecord) Names() []string { return []string{"remote_filename"} }

// Get gives remote_filename: where the file is on the endpoint.
func (r dumpRecord) Get(_ context.Context, name string) (any, error) {
	if name == "remote_filename" {
		return r.d.remote, nil
	}
	return nil, &client.NoSuchAttributeError{Model: r.Type(), Name: name, Nearest: nearest.Name(name, r.Names())}
}

// String names the file.
func (r dumpRecord) String() string {
	return fmt.Sprintf("<Memdump of sensor %d into %s>", r.d.s.ch.e.ID, r.d.remote)
}

// Methods are wait, get and delete.
func (r dumpRecord) Methods() []client.RecordMethod {
	return []client.RecordMethod{
		{Name: "wait", Returns: "None", Capability: client.Respond, Doc: "Wait until the dump is complete.",
			Do: func(ctx context.Context, _ client.Args) (any, error) { return nil, r.d.Wait(ctx) }},
		{Name: "get", Returns: "file", Capability: client.Respond, Doc: "The dump as it arrives. Waits until it is complete.",
			Do: func(ctx context.Context, _ client.Args) (any, error) { return r.d.Get(ctx) }},
		{Name: "delete", Returns: "None", Capability: client.RespondWrite, Doc: "Delete the file on the endpoint.",
			Do: func(ctx context.Context, _ client.Args) (any, error) { return nil, r.d.Delete(ctx) }},
	}
}
