package response_test

import (
	"context"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

func TestIngressFilter(t *testing.T) {
	const route = "/api/v1/ingress_whitelist"
	filter := `200 {"id": "f-1", "name": "n", "description": "d", "enabled": true, "path_filters": null, "os_mask": 7}`
	fields := map[string]any{"name": "n", "description": "d", "path_filters": []any{"c:\\x"}}
	run(t, []exchange{
		{name: "list", answers: map[string][]string{"GET " + route: {"200 [" + filter[4:] + "]"}}, asked: []string{"GET " + route},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.IngressFilter), "path_filters")
			}, want: []any{[]any{}}},
		{name: "new: POST of a list of one with a null id, GET after the list of ids", answers: map[string][]string{"POST " + route: {`200 ["f-1"]`}, "GET " + route + "/f-1": {filter}},
			do:    wiretest.Creating(response.IngressFilter, fields, "id", "os_mask"),
			asked: []string{`POST ` + route + ` [{"description": "d", "id": null, "name": "n", "path_filters": ["c:\\x"]}]`, "GET " + route + "/f-1"},
			want:  map[string]any{"id": "f-1", "os_mask": int64(7)}},
		{name: "new: with an id of one's own", answers: map[string][]string{"POST " + route: {`200 ["f-1"]`}, "GET " + route + "/f-1": {filter}},
			do:    wiretest.Creating(response.IngressFilter, map[string]any{"id": "f-1", "name": "n", "description": "d"}, "id"),
			asked: []string{`POST ` + route + ` [{"description": "d", "id": "f-1", "name": "n"}]`, "GET " + route + "/f-1"},
			want:  map[string]any{"id": "f-1"}},
		{name: "new: required fields", do: wiretest.Creating(response.IngressFilter, map[string]any{"enabled": true}), kind: "InvalidObjectError", text: "[name, description]"},
		{name: "new: an answer without an id", answers: map[string][]string{"POST " + route: {`200 []`}}, do: wiretest.Creating(response.IngressFilter, fields),
			asked: []string{`POST ` + route + ` [{"description": "d", "id": null, "name": "n", "path_filters": ["c:\\x"]}]`}, kind: "ServerError", text: "id"},
		{name: "change: PUT of everything", answers: map[string][]string{"GET " + route + "/f-1": {filter}, "PUT " + route + "/f-1": {`200 {"result": "success"}`}},
			do:    wiretest.Changing(response.IngressFilter, "f-1", map[string]any{"enabled": false}),
			asked: []string{"GET " + route + "/f-1", "PUT " + route + `/f-1 {"description": "d", "enabled": false, "id": "f-1", "name": "n", "os_mask": 7, "path_filters": null}`, "GET " + route + "/f-1"}},
		{name: "delete", answers: map[string][]string{"DELETE " + route + "/f-1": {"204"}}, asked: []string{"DELETE " + route + "/f-1"},
			do: wiretest.Selected(response.IngressFilter, "f-1", func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) })},
		{name: "before 6.1: list", version: "6.0.5", kind: "ApiError", text: "IngressFilter needs Cb Response 6.1 or later: https://cb.example runs 6.0.5",
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.IngressFilter), "id")
			}},
		{name: "before 6.1: new", version: "5.2.0", do: wiretest.Creating(response.IngressFilter, fields), kind: "ApiError", text: "6.1 or later"},
		{name: "before 6.1: by id", version: "5.2.0", kind: "ApiError", text: "6.1 or later",
			do: wiretest.Selected(response.IngressFilter, "f-1", func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "name") })},
		{name: "before 6.1: delete", version: "5.2.0", kind: "ApiError", text: "6.1 or later",
			do: wiretest.Selected(response.IngressFilter, "f-1", func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) })},
	})
}

func TestStoragePartition(t *testing.T) {
	const list, events = "GET /api/v1/storage/events/partition", "/api/v1/storage/events"
	answer := `200 {"writer": {"status": "hot", "name": "writer", "info": {"numDocs": 1408, "endDate": null}}, "cbevents_2018_02_02_2031": {"status": "warm", "name": "cbevents_2018_02_02_2031", "info": {}}}`
	lists := map[string][]string{list: {answer}}
	// The connection asks for the list too, once.
	partition := func(method string) func(context.Context, *client.Client) (any, error) {
		return wiretest.Selected(response.StoragePartition, "cbevents_2018_02_02_2031", func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Invoke(ctx, o, method, nil) })
	}
	run(t, []exchange{
		{name: "list: an object by name", answers: lists, asked: []string{list, list},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.StoragePartition).Where("status:HOT"), "info")
			}, want: []any{map[string]any{"numDocs": int64(1408), "endDate": nil}}},
		{name: "by name: from the list", answers: lists, asked: []string{list, list},
			do:   wiretest.Selected(response.StoragePartition, "writer", func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "status") }),
			want: map[string]any{"status": "hot"}},
		{name: "by name: not in the list", answers: lists, asked: []string{list, list}, kind: "ObjectNotFoundError", text: "no partition cbevents_1",
			do: wiretest.Selected(response.StoragePartition, "cbevents_1", func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "status") })},
		{name: "mount", answers: map[string][]string{"POST " + events + "/cbevents_2018_02_02_2031/mount": {"200 {}"}}, do: partition("mount"),
			asked: []string{"POST " + events + "/cbevents_2018_02_02_2031/mount null"}},
		{name: "unmount", answers: map[string][]string{"POST " + events + "/cbevents_2018_02_02_2031/unmount": {"200 {}"}}, do: partition("unmount"),
			asked: []string{"POST " + events + "/cbevents_2018_02_02_2031/unmount null"}},
		{name: "delete: without /partition", answers: map[string][]string{"DELETE " + events + "/cbevents_2018_02_02_2031": {"200 {}"}}, do: partition("delete"),
			asked: []string{"DELETE " + events + "/cbevents_2018_02_02_2031"}},
		{name: "create_new_partition", answers: map[string][]string{"POST " + events + "/new_partition": {"200 {}"}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return nil, response.CreateNewPartition(ctx, cb)
			},
			asked: []string{"POST " + events + "/new_partition null"}},
		{name: "create_new_partition before 6.1", version: "6.0.1", kind: "ApiError", text: "6.1 or later",
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return nil, response.CreateNewPartition(ctx, cb)
			}},
		{name: "no partitions before 6.0", version: "5.2.0", kind: "ApiError", text: "6.0 or later",
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.StoragePartition), "name")
			}},
		{name: "no mounting before 6.0", version: "5.2.0", do: partition("mount"), kind: "ApiError", text: "6.0 or later"},
		{name: "a name cannot change the route", kind: "ApiError", text: "cannot be an id",
			do: wiretest.Selected(response.StoragePartition, "../../sensor", func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) })},
		{name: "a partition cannot be changed", kind: "AttributeError", text: "read-only", do: wiretest.Changing(response.StoragePartition, "writer", map[string]any{"status": "warm"})},
	})
}
