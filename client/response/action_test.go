package response_test

import (
	"context"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

func TestActions(t *testing.T) {
	feed := map[string][]string{"GET /api/v1/feed/2/action": {`200 [{"id": 5, "action_type": 3, "action_data": null, "group_id": 2, "watchlist_id": -1}]`}}
	firstAction := func(ctx context.Context, cb *client.Client) (*client.Object, error) {
		return cb.Select(response.FeedAction).Where("group_id:2").First(ctx)
	}
	run(t, []exchange{
		{name: "FeedAction list: group_id is needed", do: func(ctx context.Context, cb *client.Client) (any, error) {
			return wiretest.Rows(ctx, cb.Select(response.FeedAction), "id")
		}, kind: "ApiError", text: `where("group_id:<id>")`},
		{name: "FeedAction list: no other field", do: func(ctx context.Context, cb *client.Client) (any, error) {
			return wiretest.Rows(ctx, cb.Select(response.FeedAction).Where("id:5"), "id")
		}, kind: "ApiError", text: "group_id"},
		{name: "FeedAction list: the id is a number", do: func(ctx context.Context, cb *client.Client) (any, error) {
			return wiretest.Rows(ctx, cb.Select(response.FeedAction).Where("group_id:../../../api/user"), "id")
		}, kind: "ApiError", text: "want a number"},
		{name: "FeedAction list: one condition", do: func(ctx context.Context, cb *client.Client) (any, error) {
			return wiretest.Rows(ctx, cb.Select(response.FeedAction).Where("group_id:2").Where("group_id:3"), "id")
		}, kind: "ApiError", text: "multiple 'where' clauses"},
		{name: "FeedAction list and what an action is", answers: feed, asked: []string{"GET /api/v1/feed/2/action"},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				o, err := firstAction(ctx, cb)
				if err != nil {
					return nil, err
				}
				return wiretest.Read(ctx, o, "id", "type", "feed_id", "feed", "action_data")
			},
			want: map[string]any{"id": int64(5), "type": "alert", "feed_id": int64(2), "feed": "Feed 2", "action_data": nil}},
		{name: "WatchlistAction list: an answer that is no list is nothing", answers: map[string][]string{"GET /api/v1/watchlist/6/action": {"200 {}"}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.WatchlistAction).WhereTerm("watchlist_id", int64(6)), "id")
			}, asked: []string{"GET /api/v1/watchlist/6/action"}, want: []any(nil)},
		{name: "WatchlistAction list: status 204 is nothing", answers: map[string][]string{"GET /api/v1/watchlist/6/action": {"204"}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.WatchlistAction).Where("watchlist_id:6"), "id")
			}, asked: []string{"GET /api/v1/watchlist/6/action"}, want: []any(nil)},
		{name: "watchlist.create_action: POST to the collection", answers: map[string][]string{"POST /api/v1/watchlist/6/action": {`200 {"id": 9}`}},
			do: wiretest.Selected(response.Watchlist, "6", func(ctx context.Context, w *client.Object) (any, error) {
				a, err := wiretest.Invoke(ctx, w, "create_action", nil)
				if err != nil {
					return nil, err
				}
				action := a.(*client.Object)
				if err := action.Set(ctx, "type", "email"); err != nil {
					return nil, err
				}
				if err := action.Set(ctx, "action_data", `{"email_recipients":[1]}`); err != nil {
					return nil, err
				}
				if err := action.Save(ctx); err != nil {
					return nil, err
				}
				return wiretest.Read(ctx, action, "id", "type", "action_type", "watchlist")
			}),
			asked: []string{`POST /api/v1/watchlist/6/action {"action_data": "{\"email_recipients\":[1]}", "action_type": 0, "watchlist_id": 6}`},
			want:  map[string]any{"id": int64(9), "type": "email", "action_type": int64(0), "watchlist": "Watchlist 6"}},
		{name: "feed.create_action: watchlist_id is -1", answers: map[string][]string{"POST /api/v1/feed/2/action": {`200 {"id": 9}`}},
			do: wiretest.Selected(response.Feed, 2, func(ctx context.Context, f *client.Object) (any, error) {
				a, err := wiretest.Invoke(ctx, f, "create_action", nil)
				if err != nil {
					return nil, err
				}
				if err := a.(*client.Object).Set(ctx, "type", "alert"); err != nil {
					return nil, err
				}
				return nil, a.(*client.Object).Save(ctx)
			}),
			asked: []string{`POST /api/v1/feed/2/action {"action_type": 3, "group_id": 2, "watchlist_id": -1}`}},
		{name: "create_action of a watchlist that is not saved", kind: "ApiError", text: "save it first",
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				w, err := cb.Create(ctx, response.Watchlist, nil)
				if err != nil {
					return nil, err
				}
				return wiretest.Invoke(ctx, w, "create_action", nil)
			}},
		{name: "update: PUT collection/id with everything", answers: map[string][]string{
			"GET /api/v1/feed/2/action": feed["GET /api/v1/feed/2/action"], "PUT /api/v1/feed/2/action/5": {`200 {"result": "success"}`}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				o, err := firstAction(ctx, cb)
				if err != nil {
					return nil, err
				}
				if err := o.Set(ctx, "type", "syslog"); err != nil {
					return nil, err
				}
				if err := o.Save(ctx); err != nil {
					return nil, err
				}
				return wiretest.Read(ctx, o, "id", "action_type")
			},
			asked: []string{"GET /api/v1/feed/2/action",
				`PUT /api/v1/feed/2/action/5 {"action_data": null, "action_type": 1, "group_id": 2, "id": 5, "watchlist_id": -1}`},
			want: map[string]any{"id": int64(5), "action_type": int64(1)}},
		{name: "delete: DELETE collection/id", answers: map[string][]string{
			"GET /api/v1/feed/2/action": feed["GET /api/v1/feed/2/action"], "DELETE /api/v1/feed/2/action/5": {"204"}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				o, err := firstAction(ctx, cb)
				if err != nil {
					return nil, err
				}
				return nil, o.Delete(ctx)
			},
			asked: []string{"GET /api/v1/feed/2/action", "DELETE /api/v1/feed/2/action/5"}},
		{name: "type: an unknown name", do: wiretest.Creating(response.FeedAction, map[string]any{"type": "pager"}), kind: "ApiError", text: `unknown action type: "pager"`},
		{name: "type: an unknown number", answers: map[string][]string{"GET /api/v1/feed/2/action": {`200 [{"id": 5, "action_type": 7, "group_id": 2}]`}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.FeedAction).Where("group_id:2"), "type")
			}, asked: []string{"GET /api/v1/feed/2/action"}, want: []any{"unknown"}},
		{name: "new without its feed", do: wiretest.Creating(response.FeedAction, map[string]any{"type": "alert"}), kind: "InvalidObjectError", text: "[group_id, watchlist_id]"},
		{name: "an id alone does not say whose action it is", do: wiretest.Selected(response.FeedAction, 5, nil), kind: "ApiError", text: "feed.actions"},
	})
}
