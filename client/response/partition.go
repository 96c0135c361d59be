package response

import (
	"context"
	"net/http"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

const pathEvents = "/api/v1/storage/events"

// StoragePartition is a part of the event index, of a span of time. Source: contract/response.md, section 11.
var StoragePartition = client.Define(client.Kind{
	Name: "StoragePartition", Product: Name, Route: pathPartitions, PrimaryKey: "name", Since: "6.0",
	Doc:    "A part of the event index that holds a span of time. Only what is mounted is searched.",
	Allows: client.CanQuery | client.CanGet | client.CanDelete,
	Style:  partitionStyle(), FullRows: true,
	Path:  func(o *client.Object) (string, error) { return client.JoinPath(pathEvents, o.ID().Key) },
	Fetch: fetchPartition,
	Changes: []client.Route{
		{Method: http.MethodPost, Path: pathEvents + "/{id}/mount", Needs: []client.Capability{client.Write}, Object: "StoragePartition {id}"},
		{Method: http.MethodPost, Path: pathEvents + "/{id}/unmount", Needs: []client.Capability{client.Write}, Object: "StoragePartition {id}"},
		{Method: http.MethodDelete, Path: pathEvents + "/{id}", Needs: []client.Capability{client.Write}, Object: "StoragePartition {id}"},
	},
	Fields: []client.Field{
		{Name: "name", Type: client.Text, ReadOnly: true, Doc: "name of the partition: writer for the one that is written to, else cbevents_YYYY_MM_DD_hhmm and perhaps a suffix"},
		{Name: "status", Type: client.Text, ReadOnly: true, Doc: "hot (written to), warm (mounted) or cold (on disk only)"},
		{Name: "info", Type: client.Map, ReadOnly: true,
			Doc: "sizeInBytes, numDocs, maxDoc, deletedDocs, segmentCount, startDate, endDate (None while it is written to), userMounted, isLegacy, dir, schema, partitionId"},
	},
	Methods: []client.Method{
		mounting("mount", "Mount it, so that it is searched."),
		mounting("unmount", "Unmount it, so that it is kept but not searched."),
	},
})

// partitionStyle is that of simple lists, but the answer is an object with the partitions by name.
func partitionStyle() *client.Style {
	style := client.SimpleList()
	style.Page = func(ctx context.Context, q *client.Query, _, _ int) (client.Page, error) {
		rows, _, err := partitions(ctx, q.Client(), q.Kind())
		return client.Page{Rows: rows, Total: -1}, err
	}
	return style
}

func partitions(ctx context.Context, c *client.Client, k *client.Kind) ([]jsondoc.Doc, *client.Response, error) {
	resp, err := c.Do(ctx, client.Request{Path: pathPartitions})
	if err != nil {
		return nil, nil, err
	}
	if resp.Status == http.StatusNoContent {
		return nil, resp, nil
	}
	rows, err := c.DocsByName(resp, k)
	return rows, resp, err
}

func fetchPartition(ctx context.Context, o *client.Object) (jsondoc.Doc, error) {
	rows, resp, err := partitions(ctx, o.Client(), o.Kind())
	if err != nil {
		return jsondoc.Doc{}, err
	}
	for _, row := range rows {
		if textOf(row, "name") == o.ID().Key {
			return row, nil
		}
	}
	return jsondoc.Doc{}, &client.ObjectNotFoundError{Method: resp.Method, URI: resp.URI,
		Message: "there is no partition " + o.ID().Key}
}

func mounting(name, doc string) client.Method {
	return client.Method{Name: name, Returns: "None", Capability: client.Write, Doc: doc + " refresh() tells its new status.",
		Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) {
			if err := o.Client().Supports(ctx, o.Kind()); err != nil {
				return nil, err
			}
			path, err := o.Path()
			if err != nil {
				return nil, err
			}
			_, err = o.Client().Do(ctx, client.Request{Method: http.MethodPost, Path: path + "/" + name, Body: client.NullBody,
				Change: &client.Change{Needs: []client.Capability{client.Write}, Action: name + " StoragePartition " + o.ID().Key, Kind: o.Kind(), ID: o.ID().Key}})
			return nil, err
		}}
}
