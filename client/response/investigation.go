package response

import (
	"context"

	"github.com/cbscript/cbscript/client"
)

// Investigation is a case of the analysts, with the events that they put in it. Source: contract/response.md,
// section 10.
var Investigation = client.Define(client.Kind{
	Name: "Investigation", Product: Name, Route: "/api/investigations", PrimaryKey: "id",
	Doc:    "A case of the analysts: events that they tagged because they belong together.",
	Allows: client.CanQuery | client.CanGet | client.CanUpdate,
	Style:  client.SimpleList(), FullRows: true,
	Fetch: fromList,
	Fields: []client.Field{
		{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the investigation"},
		{Name: "name", Type: client.Text, Doc: "name of the investigation"},
		{Name: "notes", Type: client.Text, Doc: "remarks of the analysts"},
		{Name: "created_by_user_id", Type: client.Text, ReadOnly: true, Doc: "who opened it"},
		{Name: "date_started", Type: client.Time, ReadOnly: true, Doc: "when it was opened"},
		{Name: "last_updated", Type: client.Time, ReadOnly: true, Doc: "when it last changed"},
	},
	Properties: []client.Property{
		related("events", "TaggedEvent", "investigation_id", "The events that were tagged for it."),
	},
})

// fromList fetches a model that the server has in its list only.
func fromList(ctx context.Context, o *client.Object) (rowDoc, error) {
	c := o.Client()
	resp, err := c.Do(ctx, client.Request{Path: o.Kind().Route})
	if err != nil {
		return rowDoc{}, err
	}
	rows, err := c.Docs(resp, o.Kind())
	if err != nil {
		return rowDoc{}, err
	}
	for _, row := range rows {
		if v, ok := row.Get(o.Kind().PrimaryKey); ok && v.Text() == o.ID().Key {
			return row, nil
		}
	}
	return rowDoc{}, &client.ObjectNotFoundError{Method: resp.Method, URI: resp.URI,
		Message: "the list has no " + o.Kind().Name + " with the " + o.Kind().PrimaryKey + " " + o.ID().Key}
}

const pathTaggedEvents = "/api/tagged_event"

// TaggedEvent is an event of a process that was put into an investigation. Source: contract/response.md, section 10.
var TaggedEvent = client.Define(client.Kind{
	Name: "TaggedEvent", Product: Name, Route: pathTaggedEvents, PrimaryKey: "id",
	Doc:    "An event of a process that an analyst put into an investigation.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style: ownedStyle(map[string]func(string) (string, error){
		"investigation_id": numbered(func(id string) (string, error) { return client.JoinPath(pathTaggedEvents, id) }),
		"process_id":       func(id string) (string, error) { return client.JoinPath("/api/tagged_events", id) },
	}, "investigation_id", "process_id"), FullRows: true,
	NoFetch: true,
	Fields: []client.Field{
		{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the tagged event"},
		{Name: "investigation_id", Type: client.Int, Doc: "number of the investigation"},
		{Name: "event_data", Type: client.Map, Doc: "the event; its description is what an analyst wrote"},
		{Name: "event_id", Type: client.Int, ReadOnly: true, Doc: "number of the event"},
		{Name: "event_type", Type: client.Text, ReadOnly: true, Doc: "kind of event"},
		{Name: "date_tagged", Type: client.Time, ReadOnly: true, Doc: "when it was tagged"},
		{Name: "start_date", Type: client.Time, Doc: "when it happened"},
		{Name: "unique_id", Type: client.Text, Doc: "guid of the process"},
		{Name: "segment_id", Type: client.Int, Doc: "segment of the process"},
		{Name: "process_id", Type: client.Int, ReadOnly: true, Doc: "number of the process on servers 4.x"},
		{Name: "tagged_by_user_id", Type: client.Text, ReadOnly: true, Doc: "who tagged it"},
		{Name: "notes", Type: client.Text, Doc: "remarks of the analysts"},
	},
	Properties: []client.Property{
		{Name: "process", Returns: "Process", Doc: "The process whose event it is; None when it is not one of a process.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return taggedProcess(ctx, o) }},
		join("investigation", "investigation_id", "Investigation", "The investigation that it belongs to."),
	},
})

func taggedProcess(ctx context.Context, o *client.Object) (any, error) {
	id, _, err := o.Value(ctx, "unique_id")
	if err != nil || text(id) == "" {
		return nil, err
	}
	args := client.Args{}
	segment, _, err := o.Value(ctx, "segment_id")
	if err != nil {
		return nil, err
	}
	if n, ok := wholeNumber(segment); ok {
		args["segment"] = n
	}
	k, err := o.Client().Kind("Process")
	if err != nil {
		return nil, err
	}
	return o.Client().SelectID(ctx, k, id, args)
}
