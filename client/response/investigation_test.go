package response_test

import (
	"context"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

func TestInvestigation(t *testing.T) {
	list := map[string][]string{"GET /api/investigations": {`200 [{"id": 1, "name": "Default Investigation"}, {"id": 2, "name": "Phish"}]`}}
	run(t, []exchange{
		{name: "list", answers: list, asked: []string{"GET /api/investigations"},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.Investigation).Where("id:2"), "events")
			}, want: []any{`select(TaggedEvent).where("investigation_id:2")`}},
		{name: "by id: from the list", answers: list, asked: []string{"GET /api/investigations"},
			do: wiretest.Selected(response.Investigation, 2, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "name", "date_started")
			}),
			want: map[string]any{"name": "Phish", "date_started": nil}},
		{name: "by id: not in the list", answers: list, asked: []string{"GET /api/investigations"},
			do:   wiretest.Selected(response.Investigation, 3, func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "name") }),
			kind: "ObjectNotFoundError", text: "no Investigation with the id 3"},
		{name: "from_ui", answers: list, asked: []string{"GET /api/investigations"},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				o, err := response.FromUI(ctx, cb, "https://cb.example/#/investigation/2")
				return wiretest.Show(o), err
			}, want: "Investigation 2"},
		{name: "update is offered", answers: map[string][]string{"GET /api/investigations": list["GET /api/investigations"], "PUT /api/investigations/2": {`200 {"result": "success"}`}},
			do:    wiretest.Changing(response.Investigation, 2, map[string]any{"name": "Phishing"}),
			asked: []string{"GET /api/investigations", `PUT /api/investigations/2 {"id": 2, "name": "Phishing"}`, "GET /api/investigations"}},
		{name: "cannot be created", do: wiretest.Creating(response.Investigation, nil), kind: "ApiError", text: "cannot create object of type Investigation"},
	})
}

func TestTaggedEvent(t *testing.T) {
	const guid = "00000001-0000-0e48-01d2-c2a397f4cfe0"
	list := `200 [{"id": 4, "investigation_id": 2, "unique_id": "` + guid + `", "segment_id": 1485540, "event_data": {"description": "odd"}, "start_date": null}, {"id": 5, "unique_id": null}]`
	events := func(ctx context.Context, cb *client.Client) (*client.Object, error) {
		return cb.Select(response.TaggedEvent).Where("investigation_id:2").First(ctx)
	}
	run(t, []exchange{
		{name: "list of an investigation; joins", answers: map[string][]string{"GET /api/tagged_event/2": {list}}, asked: []string{"GET /api/tagged_event/2"},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				o, err := events(ctx, cb)
				if err != nil {
					return nil, err
				}
				p, err := o.Get(ctx, "process")
				if err != nil {
					return nil, err
				}
				got, err := wiretest.Read(ctx, o, "process", "investigation", "event_data")
				if err != nil {
					return nil, err
				}
				got.(map[string]any)["segment"], err = p.(*client.Object).Get(ctx, "segment")
				return got, err
			},
			want: map[string]any{"process": "Process " + guid + "-00000016aae4", "investigation": "Investigation 2", "event_data": map[string]any{"description": "odd"}, "segment": int64(1485540)}},
		{name: "no process without unique_id", answers: map[string][]string{"GET /api/tagged_event/2": {list}}, asked: []string{"GET /api/tagged_event/2"},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.TaggedEvent).Where("investigation_id:2"), "start_date")
			}, want: []any{nil, nil}},
		{name: "list of a process", answers: map[string][]string{"GET /api/tagged_events/" + guid: {list}}, asked: []string{"GET /api/tagged_events/" + guid},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.TaggedEvent).Where("process_id:"+guid), "id")
			}, want: []any{int64(4), int64(5)}},
		{name: "list: a condition is needed", kind: "ApiError", text: `where("investigation_id:<id>")`,
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.TaggedEvent), "id")
			}},
		{name: "new: POST", answers: map[string][]string{"POST /api/tagged_event": {`200 {"id": 6}`}},
			do:    wiretest.Creating(response.TaggedEvent, map[string]any{"investigation_id": 2, "event_data": map[string]any{"description": "odd"}, "start_date": "2017-01-01 00:00:00"}, "id", "investigation_id", "event_type"),
			asked: []string{`POST /api/tagged_event {"event_data": {"description": "odd"}, "investigation_id": 2, "start_date": "2017-01-01 00:00:00"}`},
			want:  map[string]any{"id": int64(6), "investigation_id": int64(2), "event_type": nil}},
		{name: "change: PUT", answers: map[string][]string{"GET /api/tagged_event/2": {list}, "PUT /api/tagged_event/4": {`200 {"result": "success"}`}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				o, err := events(ctx, cb)
				if err != nil {
					return nil, err
				}
				if err := o.Set(ctx, "event_data", map[string]any{"description": "very odd"}); err != nil {
					return nil, err
				}
				return nil, o.Save(ctx)
			},
			asked: []string{"GET /api/tagged_event/2", `PUT /api/tagged_event/4 {"event_data": {"description": "very odd"}, "id": 4, "investigation_id": 2, "segment_id": 1485540, "start_date": null, "unique_id": "` + guid + `"}`}},
		{name: "by id: can be deleted", answers: map[string][]string{"DELETE /api/tagged_event/4": {"204"}}, asked: []string{"DELETE /api/tagged_event/4"},
			do: wiretest.Selected(response.TaggedEvent, 4, func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) })},
		{name: "by id: cannot be read", kind: "ApiError", text: "TaggedEvent.notes is not known",
			do: wiretest.Selected(response.TaggedEvent, 4, func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "notes") })},
	})
}
