package client_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

// mote is a model whose server gives pages without saying how many results there are.
var mote = client.Define(client.Kind{
	Name: "Mote", Product: "test", Route: "/api/mote", PrimaryKey: "id",
	Allows: client.CanQuery | client.CanGet,
	Fields: []client.Field{{Name: "id", Type: client.Int}},
	Style: &client.Style{Name: "blind", PageSize: 4,
		Page: func(ctx context.Context, q *client.Query, start, rows int) (client.Page, error) {
			resp, err := q.Client().Do(ctx, client.Request{Path: fmt.Sprintf("/api/mote?from=%d&rows=%d", start, rows)})
			if err != nil {
				return client.Page{}, err
			}
			docs, err := q.Client().Docs(resp, q.Kind())
			return client.Page{Rows: docs, Total: -1}, err
		},
		Count: func(ctx context.Context, q *client.Query) (int, error) {
			v, err := q.Client().Get(ctx, "/api/mote/count")
			n, _ := v.Int64()
			return int(n), err
		}},
})

// serveMotes answers pages of n motes, each request after wait.
func serveMotes(n int, wait time.Duration) *fakeServer {
	return &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
		time.Sleep(wait)
		if r.URL.Path == "/api/mote/count" {
			return 200, strconv.Itoa(n)
		}
		from, _ := strconv.Atoi(r.URL.Query().Get("from"))
		rows, _ := strconv.Atoi(r.URL.Query().Get("rows"))
		var list []string
		for i := from; i < min(n, from+rows); i++ {
			list = append(list, fmt.Sprintf(`{"id": %d}`, i))
		}
		return 200, "[" + strings.Join(list, ", ") + "]"
	}}
}

// TestWithoutTotals says which requests reading costs when a page does not tell how many results there are.
func TestWithoutTotals(t *testing.T) {
	motes := func(start, rows int) string { return fmt.Sprintf("GET /api/mote?from=%d&rows=%d", start, rows) }
	const count = "GET /api/mote/count"
	type read func(ctx context.Context, q *client.Query) ([]*client.Object, error)
	slice := func(a, b int) read {
		return func(ctx context.Context, q *client.Query) ([]*client.Object, error) { return q.Slice(ctx, a, b) }
	}
	length := func(ctx context.Context, q *client.Query) ([]*client.Object, error) {
		_, err := q.Len(ctx)
		return nil, err
	}
	for _, c := range []struct {
		name  string
		n     int
		reads []read
		want  []int64 // of the last read
		asked []string
	}{
		{"a short page ends it", 3, []read{slice(0, math.MaxInt)}, []int64{0, 1, 2}, []string{motes(0, 4)}},
		{"no row twice, none left out", 9, []read{slice(0, math.MaxInt)}, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8}, []string{motes(0, 4), motes(4, 4), motes(8, 4)}},
		{"a full last page needs an empty one", 8, []read{slice(0, math.MaxInt)}, []int64{0, 1, 2, 3, 4, 5, 6, 7}, []string{motes(0, 4), motes(4, 4), motes(8, 4)}},
		{"no results", 0, []read{slice(0, math.MaxInt)}, nil, []string{motes(0, 4)}},
		{"a slice asks for its rows", 9, []read{slice(2, 5)}, []int64{2, 3, 4}, []string{motes(2, 3)}},
		{"a long slice asks for its rows", 20, []read{slice(1, 7)}, []int64{1, 2, 3, 4, 5, 6}, []string{motes(1, 4), motes(5, 2)}},
		{"a slice beyond the end", 3, []read{slice(1, 7)}, []int64{1, 2}, []string{motes(1, 4)}},
		{"the last two", 9, []read{slice(-2, math.MaxInt)}, []int64{7, 8}, []string{count, motes(7, 2)}},
		{"a length that a page tells", 3, []read{length, slice(0, math.MaxInt)}, []int64{0, 1, 2}, []string{motes(0, 4)}},
		{"a length that it does not", 5, []read{length, slice(0, 4)}, []int64{0, 1, 2, 3}, []string{motes(0, 4), count}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := serveMotes(c.n, 0)
			q := newClient(server).Select(mote)
			var got []int64
			for _, read := range c.reads {
				objects, err := read(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				got = nil
				for _, o := range objects {
					got = append(got, o.ID().Value.(int64))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.asked, server.asked()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOnePageAhead: while a page without a total is read, the next is on its way, and no other.
func TestOnePageAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serveMotes(16, time.Second)
		it := newClient(server).Select(mote).Iterate(t.Context())
		defer it.Close()
		start, pages := time.Now(), []int{}
		for it.Next() {
			time.Sleep(500 * time.Millisecond) // what the reader does with a row
			synctest.Wait()
			pages = append(pages, len(server.asked()))
		}
		if err := it.Err(); err != nil {
			t.Fatal(err)
		}
		// The second page is asked for at the third row, each later one as soon as the page before it is read.
		if diff := cmp.Diff([]int{1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}, pages); diff != "" {
			t.Errorf("requests while each row is read (-want +got):\n%s", diff)
		}
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("reading took %s, want the first page's second and half a second for each of 16 rows", took)
		}
	})
}
