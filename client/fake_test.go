package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cbscript/cbscript/client"
)

// fakeServer answers from functions of the path, and records what it was asked.
type fakeServer struct {
	mu       sync.Mutex
	requests []string // "METHOD path?query body"
	answer   func(r *http.Request, body string) (int, string)
}

func (s *fakeServer) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

func (s *fakeServer) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	body := ""
	if r.Body != nil {
		b, _ := io.ReadAll(r.Body)
		body = string(b)
	}
	line := r.Method + " " + r.URL.RequestURI()
	if body != "" {
		line += " " + body
	}
	s.mu.Lock()
	s.requests = append(s.requests, line)
	s.mu.Unlock()
	status, text := s.answer(r, body)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)),
		ContentLength: int64(len(text)), Request: r}, nil
}

// asked gives the requests since the last call.
func (s *fakeServer) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

// gadget is a model that is queried in pages; part one whose list is read at once.
var (
	gadget = client.Define(client.Kind{
		Name: "Gadget", Product: "test", Route: "/api/gadget", PrimaryKey: "id",
		Allows: client.CanQuery | client.CanGet,
		Style: &client.Style{Name: "paged", PageSize: 4, Sorting: true, Page: gadgetPage,
			Term: func(_ *client.Query, field string, values []any) (string, error) {
				return fmt.Sprintf("%s:%v", field, values), nil
			},
			Count: func(ctx context.Context, q *client.Query) (int, error) {
				p, err := gadgetPage(ctx, q, 0, 0)
				return p.Total, err
			}},
		Fields: []client.Field{{Name: "id", Type: client.Int}, {Name: "name", Type: client.Text}, {Name: "part_id", Type: client.Int}},
		Properties: []client.Property{{Name: "part", Returns: "Part", Get: func(ctx context.Context, o *client.Object) (any, error) {
			return o.Join(ctx, "part_id", "Part")
		}}},
	})
	part = client.Define(client.Kind{
		Name: "Part", Product: "test", Route: "/api/part", PrimaryKey: "id", FullRows: true,
		Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
		Style:  client.SimpleList(),
		Fields: []client.Field{
			{Name: "id", Type: client.Int, ReadOnly: true},
			{Name: "name", Type: client.Text, Required: true},
			{Name: "weight", Type: client.Int, Required: true},
			{Name: "loud", Type: client.Bool},
			{Name: "made", Type: client.Time},
			{Name: "icon", Type: client.Bytes},
			{Name: "tags", Type: client.List},
			{Name: "password", Type: client.Text, Secret: true},
			{Name: "locked", Type: client.Bool, Capability: client.Isolate},
		},
	})
)

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

// serveGadgets answers pages of n gadgets whose part is always number 7.
func serveGadgets(n int) *fakeServer {
	s := &fakeServer{}
	s.answer = func(r *http.Request, _ string) (int, string) {
		if r.URL.Path != "/api/gadget" {
			return 200, `{"id": 7, "name": "spring", "weight": "3"}`
		}
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		rows, _ := strconv.Atoi(r.URL.Query().Get("rows"))
		return 200, gadgetRows(start, min(n, start+rows), n)
	}
	return s
}

func gadgetRows(from, to, total int) string {
	results := []map[string]any{}
	for i := from; i < to; i++ {
		results = append(results, map[string]any{"id": i, "name": fmt.Sprint("g", i), "part_id": 7})
	}
	text, _ := json.Marshal(map[string]any{"results": results, "total": total})
	return string(text)
}

func newClient(s *fakeServer, options ...client.Option) *client.Client {
	return client.New(&client.Product{Name: "test", Title: "Test", Kinds: []*client.Kind{gadget, part}}, s, options...)
}

func names(t *testing.T, objects []*client.Object) []string {
	t.Helper()
	var out []string
	for _, o := range objects {
		v, err := o.Get(t.Context(), "name")
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v.(string))
	}
	return out
}
