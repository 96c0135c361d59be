package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

// bead is a model whose conditions with several values are asked value by value.
var bead = client.Define(client.Kind{
	Name: "Bead", Product: "test", Route: "/api/bead", PrimaryKey: "id",
	Allows: client.CanQuery | client.CanGet,
	Fields: []client.Field{{Name: "id", Type: client.Int}, {Name: "size", Type: client.Int}},
	Style: &client.Style{Name: "divided", PageSize: 2, Sorting: true,
		Page: func(ctx context.Context, q *client.Query, start, rows int) (client.Page, error) {
			c := q.Client()
			order, _ := q.Order()
			resp, err := c.Do(ctx, client.Request{Path: "/api/bead", Query: []client.QueryParam{{Name: "q", Value: strings.Join(q.Terms(), " ")},
				{Name: "sort", Value: order}, {Name: "start", Value: strconv.Itoa(start)}, {Name: "rows", Value: strconv.Itoa(rows)}}})
			if err != nil {
				return client.Page{}, err
			}
			docs, rest, err := c.DocsIn(resp, q.Kind(), "results")
			total, _ := rest.Get("total")
			n, _ := total.Int64()
			return client.Page{Rows: docs, Total: int(n)}, err
		},
		Count: func(context.Context, *client.Query) (int, error) {
			return 0, errors.New("parts are counted by reading")
		},
		Term: func(_ *client.Query, field string, values []any) (string, error) {
			return fmt.Sprintf("%s:%v", field, values), nil
		},
		Parts: func(_ context.Context, q *client.Query) ([]*client.Query, error) {
			var parts []*client.Query
			for _, v := range q.Choices()[0].Values {
				part, err := q.WithChoice(0, []any{v})
				if err != nil {
					return nil, err
				}
				parts = append(parts, part)
			}
			return parts, nil
		},
		Identity: func(_ *client.Query, o *client.Object) string { return fmt.Sprint(o.ID().Value) },
		Disjoint: func(*client.Query, []*client.Query) bool { return false },
	},
})

// serveBeads answers the part of each colour with its rows, each "ID" or "ID/SIZE", page by page; a row "!" is a page that
// fails.
func serveBeads(rows map[string][]string) *fakeServer {
	return &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
		query := r.URL.Query()
		all := rows[strings.TrimSuffix(strings.TrimPrefix(query.Get("q"), "colour:["), "]")]
		start, _ := strconv.Atoi(query.Get("start"))
		n, _ := strconv.Atoi(query.Get("rows"))
		var docs []string
		for _, row := range all[min(start, len(all)):min(start+n, len(all))] {
			id, size, sized := strings.Cut(row, "/")
			switch {
			case id == "!":
				return 503, "busy"
			case sized:
				docs = append(docs, fmt.Sprintf(`{"id": %s, "size": %s}`, id, size))
			default:
				docs = append(docs, fmt.Sprintf(`{"id": %s}`, id))
			}
		}
		return 200, fmt.Sprintf(`{"results": [%s], "total": %d}`, strings.Join(docs, ","), len(all))
	}}
}

// TestMerging: the results of a divided query come in the query's order, each once, those without what they are sorted by
// last, and equal ones in the order of the parts. A part that fails in its middle is that error, at that place.
func TestMerging(t *testing.T) {
	for name, test := range map[string]struct {
		sort string
		rows map[string][]string
		want []int64
		err  string
	}{
		"ascending":              {"size", map[string][]string{"red": {"1/1", "2/5", "3/9"}, "blue": {"4/2", "5/6"}}, []int64{1, 4, 2, 5, 3}, ""},
		"descending":             {"size desc", map[string][]string{"red": {"1/9", "2/5", "3/1"}, "blue": {"4/8", "5/2"}}, []int64{1, 4, 2, 5, 3}, ""},
		"equal: as the parts":    {"size", map[string][]string{"red": {"1/1", "2/5"}, "blue": {"3/1", "4/5"}}, []int64{1, 3, 2, 4}, ""},
		"no order: by part":      {"", map[string][]string{"red": {"1", "2", "3"}, "blue": {"4", "5"}}, []int64{1, 2, 3, 4, 5}, ""},
		"nothing to sort by":     {"size", map[string][]string{"red": {"1/1", "2"}, "blue": {"3/4", "4"}}, []int64{1, 3, 2, 4}, ""},
		"the same, descending":   {"size desc", map[string][]string{"red": {"1/4", "2"}, "blue": {"3/1", "4"}}, []int64{1, 3, 2, 4}, ""},
		"found by both":          {"size", map[string][]string{"red": {"1/1", "2/5"}, "blue": {"1/1", "3/7"}}, []int64{1, 2, 3}, ""},
		"one part is empty":      {"size", map[string][]string{"red": nil, "blue": {"1/1", "2/2", "3/3"}}, []int64{1, 2, 3}, ""},
		"a part fails at once":   {"size", map[string][]string{"red": {"!"}, "blue": {"1/1"}}, nil, "busy"},
		"a part fails in middle": {"size", map[string][]string{"red": {"1/1", "2/2", "!"}, "blue": {"3/0", "4/9"}}, []int64{3, 1}, "busy"},
	} {
		t.Run(name, func(t *testing.T) {
			c := client.New(&client.Product{Name: "test", Title: "Test", Kinds: []*client.Kind{bead}}, serveBeads(test.rows))
			q := c.Select(bead).WhereTerm("colour", "red", "blue").Sort(test.sort)
			var got []int64
			var failed error
			for o, err := range q.All(t.Context()) {
				if failed = err; err == nil {
					got = append(got, o.ID().Value.(int64))
				}
			}
			if (test.err == "") != (failed == nil) || failed != nil && !strings.Contains(failed.Error(), test.err) {
				t.Errorf("ended with %v, want %q", failed, test.err)
			}
			if failed != nil {
				if len(got) > len(test.want) {
					t.Errorf("got %v before the error, want no more than %v", got, test.want)
				}
				if n, err := q.Count(t.Context()); err == nil {
					t.Errorf("counted %d, though a part failed", n)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if n, err := q.Count(t.Context()); n != len(test.want) || err != nil {
				t.Errorf("counted %d, %v", n, err)
			}
		})
	}
}
