package response

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// actionTypes are what a server can do about a hit, by the number that it gives them. Source: contract/response.md,
// section 6.
var actionTypes = []string{"email", "syslog", "http_post", "alert"}

// WatchlistAction is what the server does about a hit of a watchlist. Source: contract/response.md, section 6.
var WatchlistAction = client.Define(client.Kind{
	Name: "WatchlistAction", Product: Name, Route: "/api/v1/watchlist/{watchlist}/action", PrimaryKey: "id",
	Doc:    "What the server does about a hit of a watchlist: an e-mail, a line of syslog, an HTTP request, an alert.",
	Allows: client.CanQuery | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  arrayStyle("watchlist_id", numbered(listedIn("/api/v1/watchlist", "action"))), FullRows: true,
	NewID:   unselectable("watchlist.actions"),
	NoFetch: true,
	Path:    func(o *client.Object) (string, error) { return actionPath(o, "/api/v1/watchlist", "watchlist_id") },
	Saving: func(_ context.Context, o *client.Object, isNew bool) (client.Request, error) {
		return saveInList(o, isNew, "/api/v1/watchlist", "watchlist_id")
	},
	Fields: []client.Field{
		actionType, actionData,
		{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the action"},
		{Name: "watchlist_id", Type: client.Int, Required: true, Doc: "number of the watchlist"},
	},
	Properties: []client.Property{actionName, join("watchlist", "watchlist_id", "Watchlist", "The watchlist.")},
})

// FeedAction is what the server does about a hit of a feed. Source: contract/response.md, section 6.
var FeedAction = client.Define(client.Kind{
	Name: "FeedAction", Product: Name, Route: "/api/v1/feed/{feed}/action", PrimaryKey: "id",
	Doc:    "What the server does about a hit of a feed: an e-mail, a line of syslog, an HTTP request, an alert.",
	Allows: client.CanQuery | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  arrayStyle("group_id", numbered(listedIn("/api/v1/feed", "action"))), FullRows: true,
	NewID:   unselectable("feed.actions"),
	NoFetch: true,
	Path:    func(o *client.Object) (string, error) { return actionPath(o, "/api/v1/feed", "group_id") },
	Saving: func(_ context.Context, o *client.Object, isNew bool) (client.Request, error) {
		return saveInList(o, isNew, "/api/v1/feed", "group_id")
	},
	Fields: []client.Field{
		actionType, actionData,
		{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the action"},
		{Name: "group_id", Type: client.Int, Required: true, Doc: "number of the feed; feed_id is the same"},
		{Name: "watchlist_id", Type: client.Int, Required: true, Doc: "-1, as the console writes it"},
	},
	Properties: []client.Property{actionName,
		{Name: "feed_id", Returns: "int", Doc: "Number of the feed.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return o.Get(ctx, "group_id") },
			Set: func(ctx context.Context, o *client.Object, value any) error { return o.Set(ctx, "group_id", value) }},
		join("feed", "group_id", "Feed", "The feed.")},
})

var (
	actionType = client.Field{Name: "action_type", Type: client.Int, Required: true,
		Doc: "what is done: 0 email, 1 syslog, 2 http_post, 3 alert; type reads and sets it by name"}
	actionData = client.Field{Name: "action_data", Type: client.Text,
		Doc: "details as JSON text; for email {\"email_recipients\": [numbers of users]}"}
	actionName = client.Property{Name: "type", Returns: "string", Doc: "What is done, by name: email, syslog, http_post, alert; unknown for another number.",
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			n, err := o.Get(ctx, "action_type")
			if err != nil {
				return nil, err
			}
			if i, ok := n.(int64); ok && i >= 0 && i < int64(len(actionTypes)) {
				return actionTypes[i], nil
			}
			return "unknown", nil
		},
		Set: func(ctx context.Context, o *client.Object, value any) error {
			i := slices.Index(actionTypes, text(value))
			if i < 0 {
				return client.Errorf("unknown action type: %q, want one of %s", text(value), strings.Join(actionTypes, ", "))
			}
			return o.Set(ctx, "action_type", i)
		}}
)

// newAction makes an action of a feed or a watchlist, which must be saved already.
func newAction(ctx context.Context, of *client.Object, model string, fields map[string]any) (*client.Object, error) {
	if of.IsNew() {
		return nil, client.Errorf("create_action: this %s has no id yet: save it first", of.Kind().Name)
	}
	k, err := of.Client().Kind(model)
	if err != nil {
		return nil, err
	}
	return of.Client().Create(ctx, k, fields)
}

// unselectable refuses to select by id what the server knows only as part of something else.
func unselectable(from string) func(context.Context, *client.Client, any, client.Args) (client.ID, error) {
	return func(context.Context, *client.Client, any, client.Args) (client.ID, error) {
		return client.ID{}, client.Errorf("an action cannot be selected by its id alone: the server knows it as one of %s", from)
	}
}

// listedIn gives the path of the list of what belongs to an object of another model.
func listedIn(route, list string) func(id string) (string, error) {
	return func(id string) (string, error) { return client.JoinPath(route, id, list) }
}

// actionsPath is the list that an action is in.
func actionsPath(o *client.Object, route, owner string) (string, error) {
	id, ok := o.Held(owner)
	if n, isNumber := wholeNumber(id); ok && isNumber {
		return client.JoinPath(route, fmt.Sprint(n), "action")
	}
	return "", &client.InvalidObjectError{Model: o.Kind().Name, Fields: []string{owner},
		Message: fmt.Sprintf("%s of %s is %s, want the number of what it belongs to", owner, o, client.ShowValue(id))}
}

func actionPath(o *client.Object, route, owner string) (string, error) {
	list, err := actionsPath(o, route, owner)
	if err != nil {
		return "", err
	}
	return client.JoinPath(list, o.ID().Key)
}

// saveInList sends an action to the list that it is in. Source: contract/response.md, section 6; known-bugs.md, row 14.
func saveInList(o *client.Object, isNew bool, route, owner string) (client.Request, error) {
	list, err := actionsPath(o, route, owner)
	if err != nil {
		return client.Request{}, err
	}
	body := o.Data()
	if isNew {
		delete(body, "id")
		return client.Request{Method: http.MethodPost, Path: list, Body: body}, nil
	}
	path, err := o.Path()
	return client.Request{Method: http.MethodPut, Path: path, Body: body}, err
}
