package bindings_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/startest"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
	"go.starlark.net/starlark"
)

// shop is a server of gadgets, which are queried in pages of four, and of parts, whose list is read at once. It notes
// what it is asked.
type shop struct {
	mu       sync.Mutex
	requests []string
	gadgets  int // how many there are
	claimed  int // how many it says there are
	broken   int // the page that begins here answers 502; -1 for none
}

func newShop() *shop { return &shop{gadgets: 10, claimed: 10, broken: -1} }

func (s *shop) URL() *url.URL { return &url.URL{Scheme: "https", Host: "shop.example"} }

func (s *shop) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, context.Cause(r.Context())
	}
	line := r.Method + " " + r.URL.RequestURI()
	if r.Body != nil {
		if body, _ := io.ReadAll(r.Body); len(body) > 0 {
			line += " " + string(body)
		}
	}
	s.mu.Lock()
	s.requests = append(s.requests, line)
	s.mu.Unlock()
	status, text := s.answer(r)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)),
		ContentLength: int64(len(text)), Request: r}, nil
}

func (s *shop) answer(r *http.Request) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.URL.Path == "/api/gadget":
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		rows, _ := strconv.Atoi(r.URL.Query().Get("rows"))
		if start == s.broken {
			return 502, "bad gateway"
		}
		results := []map[string]any{}
		for i := start; i < min(s.gadgets, start+rows); i++ {
			results = append(results, map[string]any{"id": i, "name": fmt.Sprint("g", i), "part_id": 7, "extra": []any{i, nil}})
		}
		text, _ := json.Marshal(map[string]any{"results": results, "total": s.claimed})
		return 200, string(text)
	case strings.HasPrefix(r.URL.Path, "/api/gadget/"):
		return 200, `{"id": 3, "name": "g3", "part_id": 7, "late": "fetched"}`
	case r.URL.Path == "/api/part/404":
		return 404, "no such part"
	case strings.HasPrefix(r.URL.Path, "/api/part/"):
		return 200, `{"id": 7, "name": "spring", "weight": "3", "length": 2, "loud": true, "made": "2016-11-11T20:59:31.631Z",
			"icon": "aGk=", "tags": null, "password": "secret", "big": 12345678901234567890, "half": 0.5, "quiet": "no"}`
	case r.URL.Path == "/api/part":
		return 200, `[{"id": 7, "name": "spring"}, {"id": 8, "name": "wheel"}]`
	}
	return 404, "no such route"
}

// takeRequests is requests(), which gives a script what was asked since it was called last.
func (s *shop) takeRequests(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := bindings.FromGo(s.requests)
	s.requests = nil
	if s.requests == nil && list == starlark.None {
		list = starlark.NewList(nil)
	}
	return list, err
}

// set is shop(gadgets=, claimed=, broken=), which changes the server.
func (s *shop) set(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return starlark.None, starlark.UnpackArgs(b.Name(), args, kwargs,
		"gadgets?", &s.gadgets, "claimed?", &s.claimed, "broken?", &s.broken)
}

func gadgetPage(ctx context.Context, q *client.Query, start, rows int) (client.Page, error) {
	c := q.Client()
	resp, err := c.Do(ctx, client.Request{Path: "/api/gadget", Query: []client.QueryParam{
		{Name: "q", Value: strings.Join(q.Terms(), " ")}, {Name: "start", Value: strconv.Itoa(start)}, {Name: "rows", Value: strconv.Itoa(rows)}}})
	if err != nil {
		return client.Page{}, err
	}
	docs, rest, err := c.DocsIn(resp, q.Kind(), "results")
	if err != nil {
		return client.Page{}, err
	}
	total, _ := rest.Get("total")
	n, _ := total.Int64()
	return client.Page{Rows: docs, Total: int(n)}, nil
}

var gadgetKind = client.Define(client.Kind{
	Name: "Gadget", Product: "test", Route: "/api/gadget", PrimaryKey: "id", Doc: "A thing with a part.", Lenient: true,
	Allows: client.CanQuery | client.CanGet,
	Style: &client.Style{Name: "paged", PageSize: 4, Sorting: true, Page: gadgetPage,
		Term: func(_ *client.Query, field string, values []any) (string, error) {
			return fmt.Sprintf("%s:%v", field, values), nil
		},
		Count: func(ctx context.Context, q *client.Query) (int, error) {
			p, err := gadgetPage(ctx, q, 0, 0)
			return p.Total, err
		}},
	Queries: []client.QueryMethod{{Name: "link", Attribute: true, Returns: "string", Doc: "Where the console shows the query.",
		Do: func(_ context.Context, q *client.Query, _ client.Args) (any, error) {
			return "https://shop.example/" + q.String(), nil
		}}},
	Fields: []client.Field{{Name: "id", Type: client.Int}, {Name: "name", Type: client.Text}, {Name: "part_id", Type: client.Int}},
	Properties: []client.Property{
		{Name: "part", Returns: "Part", Doc: "Its part.", Get: func(ctx context.Context, o *client.Object) (any, error) {
			return o.Join(ctx, "part_id", "Part")
		}},
		{Name: "chain", Returns: "list of Gadget", Doc: "Three gadgets, and then an error.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				return client.Sequence(func(yield func(any, error) bool) {
					for range 3 {
						if !yield(o, nil) {
							return
						}
					}
					yield(nil, &client.TimeoutError{Message: "the chain is too long"})
				}), nil
			}},
		{Name: "event", Returns: "record", Doc: "What happened to it.",
			Get: func(_ context.Context, o *client.Object) (any, error) { return event{o}, nil }},
		{Name: "file", Returns: "file", Doc: "Its manual.",
			Get: func(context.Context, *client.Object) (any, error) {
				return &client.File{Name: "manual.txt", Size: 5, ReadCloser: io.NopCloser(strings.NewReader("hello"))}, nil
			}},
	},
	Methods: []client.Method{
		{Name: "visit", Returns: "any", Doc: "Calls a function twice.",
			Params: []client.Param{{Name: "callback", Type: client.Func, Required: true}, {Name: "times", Type: client.Int, Default: int64(2)}},
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				var last any
				for i := range args.Int("times") {
					var err error
					if last, err = args.Callback("callback")(ctx, []any{o}, map[string]any{"depth": int64(i)}); err != nil {
						return nil, err
					}
				}
				return last, nil
			}},
		{Name: "take", Returns: "string", Doc: "Says what it was given.",
			Params: []client.Param{
				{Name: "text", Type: client.Text}, {Name: "n", Type: client.Int}, {Name: "flag", Type: client.Bool, Default: false},
				{Name: "x", Type: client.Float}, {Name: "wait", Type: client.Duration}, {Name: "at", Type: client.Time},
				{Name: "data", Type: client.Bytes}, {Name: "items", Type: client.List}, {Name: "fields", Type: client.Map},
				{Name: "model", Type: client.Model}, {Name: "object", Type: client.Instance}, {Name: "any", Type: client.Any},
				{Name: "rest", Type: client.Any, Variadic: true},
			},
			Do: func(_ context.Context, _ *client.Object, args client.Args) (any, error) {
				var b strings.Builder
				for _, name := range []string{"text", "n", "flag", "x", "wait", "at", "data", "items", "fields", "model", "object", "any", "rest"} {
					if v := args[name]; v != nil && v != false {
						fmt.Fprintf(&b, "%s=%v ", name, v)
					}
				}
				return strings.TrimSpace(b.String()), nil
			}},
	},
})

var partKind = client.Define(client.Kind{
	Name: "Part", Product: "test", Route: "/api/part", PrimaryKey: "id", FullRows: true, Doc: "A part of a gadget.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(),
	Fields: []client.Field{
		{Name: "id", Type: client.Int, ReadOnly: true}, {Name: "name", Type: client.Text, Required: true},
		{Name: "weight", Type: client.Int}, {Name: "length", Type: client.Float}, {Name: "loud", Type: client.Bool},
		{Name: "quiet", Type: client.Bool}, {Name: "made", Type: client.Time}, {Name: "icon", Type: client.Bytes},
		{Name: "tags", Type: client.List}, {Name: "password", Type: client.Text, Secret: true},
	},
	Constants: []client.Constant{{Name: "Heavy", Value: int64(9), Doc: "The weight of what is not sent by post."}},
})

// event is a record with a join and a method.
type event struct{ o *client.Object }

func (event) Type() string     { return "shop event" }
func (event) Names() []string  { return []string{"gadget", "kind", "when"} }
func (e event) String() string { return "sold " + e.o.ID().Key }
func (e event) Get(_ context.Context, name string) (any, error) {
	switch name {
	case "gadget":
		return e.o, nil
	case "kind":
		return "sold", nil
	case "when":
		return time.Date(2016, 11, 11, 20, 59, 31, 0, time.UTC), nil
	}
	return nil, &client.NoSuchAttributeError{Model: "shop event", Name: name}
}
func (event) Methods() []client.RecordMethod {
	return []client.RecordMethod{{Name: "say", Params: []client.Param{{Name: "word", Type: client.Text, Required: true}}, Returns: "string",
		Doc: "Repeats a word.", Do: func(_ context.Context, args client.Args) (any, error) { return args.Text("word"), nil }}}
}

var shopProduct = &client.Product{Name: "test", Title: "The Shop", Kinds: []*client.Kind{gadgetKind, partKind}, Calls: []client.Call{
	{Name: "info", Returns: "dict", Doc: "What the server is.", Params: []client.Param{{Name: "detail", Type: client.Bool, Default: false}},
		Do: func(_ context.Context, _ *client.Client, args client.Args) (any, error) {
			return map[string]any{"version": "1", "detail": args.Bool("detail")}, nil
		}},
	{Name: "motto", Returns: "string", Attribute: true, Doc: "What it says of itself.",
		Do: func(context.Context, *client.Client, client.Args) (any, error) { return "open", nil }},
	{Name: "self", Returns: "connection", Doc: "The connection.",
		Do: func(_ context.Context, c *client.Client, _ client.Args) (any, error) { return c, nil }},
}}

// TestValues runs each file of testdata against a shop of its own for each file.
func TestValues(t *testing.T) {
	files, err := filepath.Glob("testdata/*.star")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files, %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".star"), func(t *testing.T) {
			s := newShop()
			c := client.New(shopProduct, s)
			env := builtins.Predeclared()
			for name, v := range bindings.FreeFunctions(shopProduct) {
				env[name] = v
			}
			connect := func() (*client.Client, error) { return c, nil }
			for name, v := range bindings.NewConnection(shopProduct, connect).Names() {
				env[name] = v
			}
			other := bindings.NewConnection(&client.Product{Name: "other", Title: "Other", Kinds: []*client.Kind{partKind}},
				func() (*client.Client, error) { return nil, errors.New("no profile") })
			env["other"] = other
			env["requests"] = starlark.NewBuiltin("requests", s.takeRequests)
			env["shop"] = starlark.NewBuiltin("shop", s.set)
			var printed string
			env["printed"] = starlark.NewBuiltin("printed",
				func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
					return starlark.String(printed), nil
				})
			startest.Run(t, file, env, func(thread *starlark.Thread) {
				thread.Print = func(_ *starlark.Thread, text string) { printed = text }
			})
		})
	}
}
