package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

// versioned makes a product whose server says that it has that version.
func versioned(s *fakeServer, version string, k *client.Kind, options ...client.Option) *client.Client {
	product := &client.Product{Name: "test", Title: "Test", Kinds: []*client.Kind{k}, Open: func(_ context.Context, c *client.Client) error {
		c.SetFacts(client.Facts{Version: version})
		return nil
	}}
	return client.New(product, s, options...)
}

// widget is a model that version 2 of the server brought, that version 3 has elsewhere, and that it asks more for.
var widget = client.Define(client.Kind{
	Name: "Widget", Product: "test", Route: "/api/widget", PrimaryKey: "name", Since: "2", FullRows: true,
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(),
	Moved: func(f client.Facts) string {
		if client.CompareVersions(f.Version, "3") >= 0 {
			return "/api/v3/widget"
		}
		return ""
	},
	Saving: func(_ context.Context, o *client.Object, isNew bool) (client.Request, error) {
		if isNew {
			return client.Request{Method: http.MethodPost, Path: "/api/widget", Body: o.Data()}, nil
		}
		path, err := o.Path()
		return client.Request{Method: http.MethodDelete, Path: path, Then: []client.Request{
			{Method: http.MethodPut, Path: path, Body: o.Data()}, {Method: http.MethodPost, Path: path + "/done"}}}, err
	},
	Fields: []client.Field{
		{Name: "name", Type: client.Text, Required: true}, {Name: "size", Type: client.Int, Required: true},
		{Name: "colour", Type: client.Text, Required: true, RequiredFrom: "3"},
	},
})

func TestModelsOfVersions(t *testing.T) {
	list := func(ctx context.Context, c *client.Client) error {
		_, err := c.Select(widget).Count(ctx)
		return err
	}
	fetch := func(ctx context.Context, c *client.Client) error {
		_, err := c.SelectID(ctx, widget, "w", client.Args{"force_init": true})
		return err
	}
	remove := func(ctx context.Context, c *client.Client) error {
		o, err := c.SelectID(ctx, widget, "w", nil)
		if err != nil {
			return err
		}
		return o.Delete(ctx)
	}
	create := func(ctx context.Context, c *client.Client) error {
		o, err := c.Create(ctx, widget, map[string]any{"name": "w"})
		if err != nil {
			return err
		}
		return o.Save(ctx)
	}
	cases := []struct {
		version string
		do      func(context.Context, *client.Client) error
		asked   []string
		wantErr string
	}{
		{"1.9", list, nil, "Widget needs Test 2 or later: https://cb.example runs 1.9"},
		{"1.9", fetch, nil, "needs Test 2 or later"},
		{"1.9", remove, nil, "needs Test 2 or later"},
		{"1.9", create, nil, "needs Test 2 or later"},
		{"2.0", list, []string{"GET /api/widget"}, ""},
		{"2.0", fetch, []string{"GET /api/widget/w"}, ""},
		{"2.0", remove, []string{"DELETE /api/widget/w"}, ""},
		{"2.0", create, nil, "missing fields of Widget: [size]"},
		{"3.0", list, []string{"GET /api/v3/widget"}, ""},
		{"3.0", fetch, []string{"GET /api/v3/widget/w"}, ""},
		{"3.0", remove, []string{"DELETE /api/v3/widget/w"}, ""},
		{"3.0", create, nil, "missing fields of Widget: [size, colour]"},
	}
	for i, c := range cases {
		t.Run(fmt.Sprint(i, " ", c.version), func(t *testing.T) {
			server := &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
				if strings.HasSuffix(r.URL.Path, "/w") {
					return 200, `{"name": "w"}`
				}
				return 200, `[]`
			}}
			err := c.do(t.Context(), versioned(server, c.version, widget))
			if (err == nil) != (c.wantErr == "") || err != nil && !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("got the error %v, want %q", err, c.wantErr)
			}
			if diff := cmp.Diff(c.asked, server.asked()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// watching is a guard that notes what it is asked, and lets nothing or everything through.
type watching struct {
	send    bool
	changes []client.Change
}

func (w *watching) Permit(_ context.Context, change client.Change) (bool, error) {
	w.changes = append(w.changes, change)
	return w.send, nil
}

// TestChangeInSteps: a change that takes several requests is permitted as one, stops where it fails and says so, and
// is shown whole when nothing is sent.
func TestChangeInSteps(t *testing.T) {
	cases := []struct {
		name    string
		fails   string // method whose request fails
		send    bool
		asked   []string
		wantErr string
		permits int
	}{
		{name: "all", send: true, permits: 3,
			asked: []string{"DELETE /api/widget/w", `PUT /api/widget/w {"name": "w", "size": 2}`, "POST /api/widget/w/done", "GET /api/widget/w"}},
		{name: "the first fails", send: true, fails: "DELETE", permits: 1, asked: []string{"DELETE /api/widget/w"}, wantErr: "HTTP 500 from DELETE"},
		{name: "the second fails", send: true, fails: "PUT", permits: 2, asked: []string{"DELETE /api/widget/w", `PUT /api/widget/w {"name": "w", "size": 2}`},
			wantErr: "DELETE https://cb.example/api/widget/w was accepted, but the request that completes it failed: HTTP 500 from PUT"},
		{name: "nothing is sent", permits: 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
				if r.Method == c.fails {
					return 500, "no"
				}
				if r.Method == http.MethodGet {
					return 200, `{"name": "w", "size": 1}`
				}
				return 200, `{"result": "success"}`
			}}
			guard := &watching{send: c.send}
			o, err := versioned(server, "2", widget, client.WithGuard(guard)).SelectID(t.Context(), widget, "w", client.Args{"force_init": true})
			if err != nil {
				t.Fatal(err)
			}
			server.asked()
			set(t, o, "size", 2)
			err = o.Save(t.Context())
			if (err == nil) != (c.wantErr == "") || err != nil && !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("got the error %v, want %q", err, c.wantErr)
			}
			var refused *client.ServerError
			if c.wantErr != "" && (!errors.As(err, &refused) || !o.IsDirty()) {
				t.Errorf("got the error %v and dirty %v, want a ServerError and the change unsaved", err, o.IsDirty())
			}
			if diff := cmp.Diff(c.asked, server.asked()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
			for i, change := range guard.changes {
				if change.Action != "save Widget w" || change.Continues != (i > 0) || change.After["size"] != int64(2) {
					t.Errorf("permission %d is asked for %q, continues %v, after %v", i, change.Action, change.Continues, change.After)
				}
			}
			if len(guard.changes) != c.permits {
				t.Errorf("asked for permission %d times, want %d", len(guard.changes), c.permits)
			}
		})
	}
}

// TestIDThatWasSent: when the server acknowledges a new object without naming its id, the id is the one that was sent.
func TestIDThatWasSent(t *testing.T) {
	server := &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
		if r.Method == http.MethodGet {
			return 200, `{"name": "w", "size": 1, "colour": "red"}`
		}
		return 200, `{"result": "success"}`
	}}
	o, err := versioned(server, "2", widget).Create(t.Context(), widget, map[string]any{"name": "w", "size": 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if colour, err := o.Get(t.Context(), "colour"); colour != "red" || o.ID().Key != "w" {
		t.Errorf("got %v, %v and the id %q, want the document and the id w", colour, err, o.ID().Key)
	}
	if diff := cmp.Diff([]string{`POST /api/widget {"name": "w", "size": 1}`, "GET /api/widget/w"}, server.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestMemo: what a style keeps beside a query value is made once, and not shared with queries composed from it.
func TestMemo(t *testing.T) {
	made := 0
	note := func(q *client.Query) any { return q.Memo("n", func() any { made++; return made }) }
	q := newClient(serveGadgets(1)).Select(gadget)
	if first, again, composed := note(q), note(q), note(q.Where("a")); first != 1 || again != 1 || composed != 2 {
		t.Errorf("got %v, %v and %v, want 1, 1 and 2", first, again, composed)
	}
}

// TestBeforeChange holds that what is to happen before a change happens before it is sent, once for each request, and not
// for what changes nothing or is not sent.
func TestBeforeChange(t *testing.T) {
	refused := errors.New("not now")
	post := client.Request{Method: http.MethodPost, Path: "/api/part"}
	with := func(needs ...client.Capability) client.Request {
		r := post
		r.Change = &client.Change{Needs: needs, Action: "try"}
		return r
	}
	for _, test := range []struct {
		name    string
		request client.Request
		guard   client.Guard
		fails   error
		want    []string
	}{
		{name: "reading", request: client.Request{Path: "/api/part"}, want: []string{"GET"}},
		{name: "reading an endpoint", request: with(client.Respond), want: []string{"POST"}},
		{name: "asking by POST", request: with(), want: []string{"POST"}},
		{name: "changing an endpoint", request: with(client.Respond, client.RespondWrite), want: []string{"announced", "POST"}},
		{name: "saving", request: with(client.Write), want: []string{"announced", "POST"}},
		{name: "not described", request: post, want: []string{"announced", "POST"}},
		{name: "only shown", request: with(client.Write), guard: shower{}, want: nil},
		{name: "kept from it", request: with(client.Write), fails: refused, want: []string{"announced"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			s := &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
				got = append(got, r.Method)
				return http.StatusOK, "{}"
			}}
			ctx := client.BeforeChange(t.Context(), func(context.Context) error {
				got = append(got, "announced")
				return test.fails
			})
			c := client.New(&client.Product{Name: "test", Title: "Test"}, s)
			if test.guard != nil {
				c = client.New(&client.Product{Name: "test", Title: "Test"}, s, client.WithGuard(test.guard))
			}
			if _, err := c.Do(ctx, test.request); !errors.Is(err, test.fails) {
				t.Errorf("got %v, want %v", err, test.fails)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// shower only shows changes.
type shower struct{}

func (shower) Permit(context.Context, client.Change) (bool, error) { return false, nil }
