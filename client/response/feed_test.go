package response_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

const someFeed = `{"id": 11, "name": "TestConnector", "enabled": true, "feed_url": "http://192.168.1.185:7000/feed.json", "provider_rating": 3.0,
 "validate_server_cert": false, "use_proxy": null, "password": "hunter2", "ssl_client_key": "KEY", "icon": "iVBORw0KGgo=", "order": null}`

func TestFeed(t *testing.T) {
	one := map[string][]string{"GET /api/v1/feed/11": {"200 " + someFeed}}
	search := func(name string, args client.Args) func(context.Context, *client.Client) (any, error) {
		return wiretest.Selected(response.Feed, 11, func(ctx context.Context, o *client.Object) (any, error) {
			q, err := wiretest.Invoke(ctx, o, name, args)
			return wiretest.Show(q), err
		})
	}
	asked := []string{"GET /api/v1/feed/11"}
	run(t, []exchange{
		{name: "fields in their types", answers: one, asked: asked,
			do: wiretest.Selected(response.Feed, 11, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "provider_rating", "validate_server_cert", "use_proxy", "icon", "order", "local_rating")
			}),
			want: map[string]any{"provider_rating": 3.0, "validate_server_cert": false, "use_proxy": nil, "icon": []byte("\x89PNG\r\n\x1a\n"), "order": nil, "local_rating": nil}},
		{name: "new: feed_url is required", do: wiretest.Creating(response.Feed, map[string]any{"enabled": true}), kind: "InvalidObjectError", text: "[feed_url]"},
		{name: "new: POST, then GET", answers: map[string][]string{"POST /api/v1/feed": {`200 {"id": 12}`}, "GET /api/v1/feed/12": {`200 {"id": 12, "name": "x"}`}},
			do: wiretest.Creating(response.Feed, map[string]any{"feed_url": "https://x.example/f", "username": "u", "password": "p"}, "name"),
			asked: []string{`POST /api/v1/feed {"feed_url": "https://x.example/f", "password": "p", "username": "u"}`,
				"GET /api/v1/feed/12"},
			want: map[string]any{"name": "x"}},
		{name: "new: a feed that the server cannot fetch is a 500", answers: map[string][]string{"POST /api/v1/feed": {`500 cannot fetch`}},
			do:    wiretest.Creating(response.Feed, map[string]any{"feed_url": "https://x.example/f"}),
			asked: []string{`POST /api/v1/feed {"feed_url": "https://x.example/f"}`}, kind: "ServerError", text: "cannot fetch"},
		{name: "disable: PUT of everything, secrets included", answers: map[string][]string{
			"GET /api/v1/feed/11": {"200 " + someFeed}, "PUT /api/v1/feed/11": {`200 {"result": "success"}`}},
			do: wiretest.Changing(response.Feed, 11, map[string]any{"enabled": false}),
			asked: []string{"GET /api/v1/feed/11",
				`PUT /api/v1/feed/11 {"enabled": false, "feed_url": "http://192.168.1.185:7000/feed.json", "icon": "iVBORw0KGgo=", "id": 11, "name": "TestConnector", "order": null, "password": "hunter2", "provider_rating": 3.0, "ssl_client_key": "KEY", "use_proxy": null, "validate_server_cert": false}`,
				"GET /api/v1/feed/11"}},
		{name: "search_processes: from 1 on", answers: one, asked: asked, do: search("search_processes", nil),
			want: `select(Process).where("alliance_score_testconnector:[1 TO *]")`},
		{name: "search_binaries: bounds", answers: one, asked: asked, do: search("search_binaries", client.Args{"min_score": int64(10), "max_score": int64(20)}),
			want: `select(Binary).where("alliance_score_testconnector:[10 TO 20]")`},
		{name: "search_processes: 0 is no bound", answers: one, asked: asked, do: search("search_processes", client.Args{"min_score": int64(0), "max_score": int64(0)}),
			want: `select(Process).where("alliance_score_testconnector:[1 TO *]")`},
		{name: "search_processes: None when the feed is disabled", answers: map[string][]string{"GET /api/v1/feed/11": {`200 {"id": 11, "name": "x", "enabled": false}`}},
			asked: asked, do: search("search_processes", nil)},
		{name: "search_processes: no name", answers: map[string][]string{"GET /api/v1/feed/11": {`200 {"id": 11, "enabled": true}`}},
			asked: asked, do: search("search_processes", nil), kind: "InvalidObjectError", text: "has no name"},
		{name: "actions and reports", do: wiretest.Selected(response.Feed, 11, func(ctx context.Context, o *client.Object) (any, error) {
			return wiretest.Read(ctx, o, "actions", "reports")
		}), want: map[string]any{"actions": `select(FeedAction).where("group_id:11")`, "reports": `select(ThreatReport).where("feed_id:11")`}},
		{name: "synchronize", answers: map[string][]string{"POST /api/v1/feed/11/synchronize": {"200 {}"}},
			do: wiretest.Selected(response.Feed, 11, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Invoke(ctx, o, "synchronize", nil)
			}),
			asked: []string{`POST /api/v1/feed/11/synchronize {"full_sync": true}`}},
		{name: "synchronize what is new", answers: map[string][]string{"POST /api/v1/feed/11/synchronize": {"200 {}"}},
			do: wiretest.Selected(response.Feed, 11, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Invoke(ctx, o, "synchronize", client.Args{"full_sync": false})
			}),
			asked: []string{`POST /api/v1/feed/11/synchronize {"full_sync": false}`}},
		{name: "synchronize: 409 means that the feed is disabled", answers: map[string][]string{"POST /api/v1/feed/11/synchronize": {"409 no"}},
			do: wiretest.Selected(response.Feed, 11, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Invoke(ctx, o, "synchronize", nil)
			}),
			asked: []string{`POST /api/v1/feed/11/synchronize {"full_sync": true}`}, kind: "ApiError", text: "cannot synchronize feed 11: feed is disabled"},
	})
}

// TestSecrets: what is a secret of the server stays out of everything that a script can look at, and a save sends it.
func TestSecrets(t *testing.T) {
	cases := []struct {
		kind     *client.Kind
		id       any
		path     string
		document string
		secrets  []string // names
		values   []string
	}{
		{response.Feed, 11, "/api/v1/feed/11", someFeed, []string{"password", "ssl_client_key"}, []string{"hunter2", "KEY"}},
		{response.User, "anna", "/api/user/anna", `{"username": "anna", "auth_token": "f00d", "password": "sesame", "teams": []}`,
			[]string{"auth_token", "password"}, []string{"f00d", "sesame"}},
	}
	for _, c := range cases {
		t.Run(c.kind.Name, func(t *testing.T) {
			w := serve(t, "6.2.0", map[string][]string{"GET " + c.path: {"200 " + c.document}})
			o, err := response.New(w).SelectID(t.Context(), c.kind, c.id, client.Args{"force_init": true})
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range c.secrets {
				var refused *client.PermissionError
				if _, err := o.Get(t.Context(), name); !errors.As(err, &refused) || refused.Capability != client.Secrets {
					t.Errorf("reading %s: got the error %v, want a PermissionError", name, err)
				}
				if _, err := o.GetOr(t.Context(), name, "x"); !errors.As(err, &refused) {
					t.Errorf("get(%s): got the error %v, want a PermissionError", name, err)
				}
				if v, ok := o.Peek(name); ok {
					t.Errorf("peeking at %s gave %s", name, v.Text())
				}
			}
			document, err := o.Document(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			shown := []string{o.Print(), o.String(), client.ShowValue(document)}
			for _, secret := range c.values {
				if slices.ContainsFunc(shown, func(s string) bool { return strings.Contains(s, secret) }) {
					t.Errorf("%q is shown in %q", secret, shown)
				}
			}
			for i, name := range c.secrets {
				if got := o.Data()[name]; got != c.values[i] {
					t.Errorf("a save would send %q as %s, want %q", got, name, c.values[i])
				}
			}
		})
	}
}

// TestGrantedSecrets: who was granted secrets may read them. They still are not shown.
func TestGrantedSecrets(t *testing.T) {
	w := serve(t, "6.2.0", map[string][]string{"GET /api/v1/feed/11": {"200 " + someFeed}})
	cb := response.New(w, client.WithGuard(guard.New(guard.Config{Allow: []client.Capability{client.Secrets}})))
	o, err := cb.SelectID(t.Context(), response.Feed, 11, client.Args{"force_init": true})
	if err != nil {
		t.Fatal(err)
	}
	if v := attribute(t, o, "password"); v != "hunter2" {
		t.Errorf("the password is %v, want it", v)
	}
	if strings.Contains(o.Print(), "hunter2") {
		t.Errorf("the password is shown: %s", o.Print())
	}
}
