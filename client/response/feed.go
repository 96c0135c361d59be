package response

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// Feed is a source of threat reports. Source: contract/response.md, section 7.
var Feed = client.Define(client.Kind{
	Name: "Feed", Product: Name, Route: "/api/v1/feed", PrimaryKey: "id",
	Doc:    "A source of threat reports, whose indicators the server looks for in processes and binaries.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(), FullRows: true,
	Changes: []client.Route{{Method: http.MethodPost, Path: "/api/v1/feed/{id}/synchronize", Needs: []client.Capability{client.Write}, Object: "Feed {id}"}},
	Fields:  feedFields,
	Properties: []client.Property{
		related("actions", "FeedAction", "group_id", "What the server does about a hit."),
		related("reports", "ThreatReport", "feed_id", "The threat reports of the feed."),
	},
	Methods: []client.Method{
		feedSearch("search_processes", "Process", "processes"),
		feedSearch("search_binaries", "Binary", "binaries"),
		{Name: "create_action", Returns: "FeedAction", Doc: "A new action for its hits; save() sends it.",
			Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) {
				return newAction(ctx, o, "FeedAction", map[string]any{"group_id": o.ID().Value, "watchlist_id": -1})
			}},
		{Name: "synchronize", Returns: "None", Capability: client.Write, Doc: "Have the server read the feed anew.",
			Params: []client.Param{{Name: "full_sync", Type: client.Bool, Default: true, Doc: "all of it, not only what is new"}},
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				return nil, Synchronize(ctx, o, args.Bool("full_sync"))
			}},
	},
})

var feedFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the feed"},
	{Name: "name", Type: client.Text, Doc: "short name: letters and digits, as in alliance_score_<name>"},
	{Name: "display_name", Type: client.Text, Doc: "name that the console shows"},
	{Name: "feed_url", Type: client.Text, Required: true, Doc: "where the server reads the feed"},
	{Name: "enabled", Type: client.Bool, Doc: "whether the server looks for its indicators"},
	{Name: "summary", Type: client.Text, Doc: "what the feed is"},
	{Name: "tech_data", Type: client.Text, Doc: "what must be shared to get it"},
	{Name: "category", Type: client.Text, Doc: "kind of feed"},
	{Name: "provider_url", Type: client.Text, Doc: "home page of who makes it"},
	{Name: "provider_rating", Type: client.Any, Doc: "how far its maker trusts it, 0 to 5"},
	{Name: "local_rating", Type: client.Int, Doc: "how far this server's analysts trust it"},
	{Name: "order", Type: client.Int, Doc: "where the console lists it"},
	{Name: "manually_added", Type: client.Bool, Doc: "whether it was added here and did not come with the server"},
	{Name: "use_proxy", Type: client.Bool, Doc: "whether the server reads it through its proxy"},
	{Name: "validate_server_cert", Type: client.Bool, Doc: "whether the certificate of feed_url is checked"},
	{Name: "username", Type: client.Text, Doc: "user name for feed_url"},
	{Name: "password", Type: client.Text, Secret: true, Doc: "password for feed_url"},
	{Name: "ssl_client_crt", Type: client.Text, Doc: "client certificate for feed_url"},
	{Name: "ssl_client_key", Type: client.Text, Secret: true, Doc: "private key of the client certificate"},
	{Name: "icon", Type: client.Bytes, Doc: "its icon, a PNG"},
	{Name: "icon_small", Type: client.Bytes, Doc: "its small icon, a PNG"},
	{Name: "requires", Type: client.Text, Doc: "what it needs"},
	{Name: "requires_what", Type: client.Text, Doc: "data that must be shared to get it"},
	{Name: "requires_who", Type: client.Text, Doc: "with whom it must be shared"},
}

// feedSearch is the method that gives the query of what a feed's reports match.
func feedSearch(name, model, what string) client.Method {
	return client.Method{Name: name, Returns: "Query of " + model,
		Doc: "The " + what + " that its reports match, with a score between two bounds; None when the feed is disabled.",
		Params: []client.Param{
			{Name: "min_score", Type: client.Int, Doc: "lowest score; None and 0 mean 1"},
			{Name: "max_score", Type: client.Int, Doc: "highest score; None and 0 mean that there is none"},
		},
		Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
			q, err := feedQuery(ctx, o, model, args.Int("min_score"), args.Int("max_score"))
			if q == nil || err != nil {
				return nil, err
			}
			return q, nil
		}}
}

// feedQuery gives the query of the model's objects that a feed's reports match, or nil when the feed is disabled.
func feedQuery(ctx context.Context, feed *client.Object, model string, lowest, highest int) (*client.Query, error) {
	enabled, err := feed.Get(ctx, "enabled")
	if err != nil || enabled != true {
		return nil, err
	}
	v, _, err := feed.Value(ctx, "name")
	if err != nil {
		return nil, err
	}
	name := strings.ToLower(text(v))
	if name == "" {
		return nil, &client.InvalidObjectError{Model: "Feed", Fields: []string{"name"}, Message: feed.String() + " has no name"}
	}
	k, err := feed.Client().Kind(model)
	if err != nil {
		return nil, err
	}
	from, to := "1", "*"
	if lowest != 0 {
		from = fmt.Sprint(lowest)
	}
	if highest != 0 {
		to = fmt.Sprint(highest)
	}
	return feed.Client().Select(k).Where(fmt.Sprintf("alliance_score_%s:[%s TO %s]", name, from, to)), nil
}

// Synchronize has the server read a feed anew: all of it, or only what is new. A feed that is disabled is an
// [client.APIError].
func Synchronize(ctx context.Context, feed *client.Object, full bool) error {
	path, err := feed.Path()
	if err != nil {
		return err
	}
	_, err = feed.Client().Do(ctx, client.Request{Method: http.MethodPost, Path: path + "/synchronize", Body: map[string]any{"full_sync": full},
		Change: &client.Change{Needs: []client.Capability{client.Write}, Action: "synchronize Feed " + feed.ID().Key, Kind: feed.Kind(), ID: feed.ID().Key}})
	var refused *client.ServerError
	if errors.As(err, &refused) && refused.Status == http.StatusConflict {
		return client.Errorf("cannot synchronize feed %s: feed is disabled: %w", feed.ID().Key, err)
	}
	return err
}
