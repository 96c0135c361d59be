package response_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
)

// wire is a server whose every answer is written down: by "METHOD path?query", a status and a body. Several answers
// to the same request are given one after the other, and the last one again and again. A request without an answer is
// answered with status 500, and the test fails.
type wire struct {
	t       testing.TB
	version string
	mu      sync.Mutex
	answers map[string][]string
	lines   []string
}

func (w *wire) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	status, text, err := w.answer(r.Method+" "+r.URL.RequestURI(), body)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)),
		ContentLength: int64(len(text)), Request: r}, nil
}

func (w *wire) answer(request, body string) (int, string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch request {
	case "GET /api/info":
		return 200, fmt.Sprintf(`{"version": %q, "cblrEnabled": true}`, w.version), nil
	case "GET /api/v1/storage/events/partition":
		if len(w.answers[request]) == 0 {
			return 200, `{}`, nil
		}
	}
	w.lines = append(w.lines, strings.TrimSpace(request+" "+body))
	list := w.answers[request]
	if len(list) == 0 {
		w.t.Errorf("unexpected request: %s %s", request, body)
		return 500, "not written down", nil
	}
	if len(list) > 1 {
		w.answers[request] = list[1:]
	}
	if list[0] == "broken" {
		return 0, "", errors.New("connection reset by peer")
	}
	var status int
	if _, err := fmt.Sscan(list[0], &status); err != nil {
		w.t.Fatalf("the answer %q has no status", list[0])
	}
	_, text, _ := strings.Cut(list[0], " ")
	return status, text, nil
}

// asked gives the requests, without those of the connection.
func (w *wire) asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lines
}

// exchange is a use of the API, and what must come of it.
type exchange struct {
	name    string // begins with the row of contract/response.md that it is about
	version string // of the server; empty means 6.2
	answers map[string][]string
	do      func(ctx context.Context, cb *client.Client) (any, error)
	asked   []string
	want    any
	kind    string // of the error, or empty
	text    string // part of the error's text
}

func run(t *testing.T, cases []exchange, options ...client.Option) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := &wire{t: t, version: cmp.Or(c.version, "6.2.0.171114.1158"), answers: c.answers}
			got, err := c.do(t.Context(), response.New(w, options...))
			if !sameError(err, c.kind, c.text) {
				t.Errorf("got the error %v, want a %s with %q", err, c.kind, c.text)
			}
			if diff := gocmp.Diff(c.want, got); diff != "" && c.kind == "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if diff := gocmp.Diff(c.asked, w.asked()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func sameError(err error, kind, text string) bool {
	if err == nil || kind == "" {
		return err == nil && kind == ""
	}
	var typed client.Error
	return errors.As(err, &typed) && typed.Kind() == kind && strings.Contains(err.Error(), text)
}

// invoke calls a method of an object as a script does.
func invoke(ctx context.Context, o *client.Object, name string, args client.Args) (any, error) {
	a, ok := o.Kind().Attribute(name)
	if !ok || a.Method == nil {
		return nil, fmt.Errorf("%s has no method %s", o.Kind().Name, name)
	}
	filled, err := client.Fill(name, a.Method.Params, args)
	if err != nil {
		return nil, err
	}
	return a.Method.Do(ctx, o, filled)
}

// invokeQuery calls a method of a query as a script does.
func invokeQuery(ctx context.Context, q *client.Query, name string, args client.Args) (any, error) {
	for _, m := range q.Kind().QueryMethods() {
		if m.Name == name {
			filled, err := client.Fill(name, m.Params, args)
			if err != nil {
				return nil, err
			}
			return m.Do(ctx, q, filled)
		}
	}
	return nil, fmt.Errorf("%s queries have no method %s", q.Kind().Name, name)
}

// selected is a step that selects an object by id and goes on with it.
func selected(k *client.Kind, id any, next func(ctx context.Context, o *client.Object) (any, error)) func(context.Context, *client.Client) (any, error) {
	return func(ctx context.Context, cb *client.Client) (any, error) {
		o, err := cb.SelectID(ctx, k, id, nil)
		if err != nil {
			return nil, err
		}
		return next(ctx, o)
	}
}

// created is a step that creates an object, saves it, and gives the attributes that are named.
func created(k *client.Kind, fields map[string]any, names ...string) func(context.Context, *client.Client) (any, error) {
	return func(ctx context.Context, cb *client.Client) (any, error) {
		o, err := cb.Create(ctx, k, fields)
		if err != nil {
			return nil, err
		}
		if err := o.Save(ctx); err != nil {
			return nil, err
		}
		return read(ctx, o, names...)
	}
}

// changed is a step that selects an object, sets fields of it, saves it, and gives the attributes that are named.
func changed(k *client.Kind, id any, fields map[string]any, names ...string) func(context.Context, *client.Client) (any, error) {
	return selected(k, id, func(ctx context.Context, o *client.Object) (any, error) {
		for _, name := range sortedNames(fields) {
			if err := o.Set(ctx, name, fields[name]); err != nil {
				return nil, err
			}
		}
		if err := o.Save(ctx); err != nil {
			return nil, err
		}
		if o.IsDirty() {
			return nil, errors.New("the object is dirty after it was saved")
		}
		return read(ctx, o, names...)
	})
}

func sortedNames(m map[string]any) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// read gives attributes by name.
func read(ctx context.Context, o *client.Object, names ...string) (map[string]any, error) {
	got := map[string]any{}
	for _, name := range names {
		v, err := o.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		got[name] = show(v)
	}
	return got, nil
}

// show gives objects and queries as they print.
func show(v any) any {
	switch v := v.(type) {
	case *client.Object:
		return v.Kind().Name + " " + v.ID().Key
	case *client.Query:
		return v.String()
	case fmt.Stringer:
		return v.String()
	}
	return v
}

// rows reads all results of a query and gives one attribute of each.
func rows(ctx context.Context, q *client.Query, name string) (any, error) {
	var out []any
	for o, err := range q.All(ctx) {
		if err != nil {
			return nil, err
		}
		v, err := o.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		out = append(out, show(v))
	}
	return out, nil
}
