package response_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
)

// doc is a document of a corpus: its values of the field that is searched, and when it was updated.
type doc struct {
	id      int
	process int // several documents may be segments of one process
	values  []string
	updated string
}

// corpus is a server that searches documents by one field, as long as the first line of a request is not too long.
type corpus struct {
	t     testing.TB
	docs  []doc // the last updated first
	fail  string
	mu    sync.Mutex
	lines []string
}

func (s *corpus) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

var searched = regexp.MustCompile(`\w+:"(\w+)"`)

func (s *corpus) RoundTrip(r *http.Request) (*http.Response, error) {
	status, text := 200, `{"version": "6.2.0"}`
	switch {
	case r.URL.Path == "/api/v1/storage/events/partition":
		text = "{}"
	case r.URL.Path == "/api/v1/process":
		status, text = s.search(r)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)), Request: r}, nil
}

func (s *corpus) search(r *http.Request) (int, string) {
	line := r.Method + " " + r.URL.RequestURI() + " HTTP/1.1"
	form := r.URL.Query()
	s.mu.Lock()
	s.lines = append(s.lines, line)
	s.mu.Unlock()
	if len(line) > 8192 {
		return 414, "Request-URI Too Large"
	}
	if s.fail != "" && strings.Contains(form.Get("q"), `"`+s.fail+`"`) {
		return 500, "out of memory"
	}
	wanted := map[string]bool{}
	for _, m := range searched.FindAllStringSubmatch(form.Get("q"), -1) {
		wanted[m[1]] = true
	}
	var found []doc
	grouped := map[int]bool{}
	for _, d := range s.docs {
		if slices.ContainsFunc(d.values, func(v string) bool { return wanted[v] }) && !grouped[d.process] {
			found = append(found, d)
			grouped[d.process] = form.Get("cb.group") == "id"
		}
	}
	start, _ := strconv.Atoi(form.Get("start"))
	rows, _ := strconv.Atoi(form.Get("rows"))
	var out []string
	for _, d := range found[min(start, len(found)):min(start+rows, len(found))] {
		out = append(out, fmt.Sprintf(`{"id": "%08x-0000-0e48-01d2-c2a397f4cfe0", "segment_id": %d, "number": %d, "last_update": %q}`, d.process+1, d.id+1, d.id, d.updated))
	}
	return 200, fmt.Sprintf(`{"total_results": %d, "results": [%s]}`, len(found), strings.Join(out, ","))
}

func (s *corpus) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.lines
	s.lines = nil
	return out
}

// newCorpus makes n documents. The i-th has the values of the i-th and, when shared, of a later one as well, so that
// different parts of a long query find it; every second is a further segment of the process before.
func newCorpus(t testing.TB, n int, shared bool) *corpus {
	s := &corpus{t: t}
	for i := range n {
		d := doc{id: i, process: i - i%2, values: []string{fmt.Sprint("v", i)}, updated: fmt.Sprintf("2017-01-01T%02d:%02d:%02d.000Z", (n-i)/3600, (n-i)/60%60, (n-i)%60)}
		if shared {
			d.values = append(d.values, fmt.Sprint("v", (i+n/2)%n))
		}
		s.docs = append(s.docs, d)
	}
	return s
}

// values gives the values of all documents and of as many that there are not, in no order that the documents have.
func values(n int) []any {
	var out []any
	for i := range n {
		out = append(out, fmt.Sprint("v", (i*7919)%n), fmt.Sprint("absent", i))
	}
	return out
}

// numbers gives what tells the documents apart.
func numbers(t testing.TB, objects []*client.Object) []int {
	t.Helper()
	out := []int{}
	for _, o := range objects {
		n, ok := attribute(t, o, "number").(int64)
		if !ok {
			t.Fatalf("%s has no number", o)
		}
		out = append(out, int(n))
	}
	return out
}

func upTo(a, b, step int) []int {
	out := []int{}
	for i := a; i < b; i += step {
		out = append(out, i)
	}
	return out
}

func collect(ctx context.Context, q *client.Query) ([]*client.Object, error) {
	var out []*client.Object
	for o, err := range q.All(ctx) {
		if err != nil {
			return out, err
		}
		out = append(out, o)
	}
	return out, nil
}

// TestLongLists: a keyword condition with very many values is asked in several requests, none too long, whose results
// come as those of one query: in its order, each once, counted right.
func TestLongLists(t *testing.T) {
	const n = 1500
	cases := []struct {
		name     string
		field    string
		shared   bool
		group    bool
		want     []int
		counting bool // the count is asked for, and not read through
	}{
		{name: "a field with one value", field: "process_name", want: upTo(0, n, 1), counting: true},
		{name: "a field with several values", field: "filemod", shared: true, want: upTo(0, n, 1)},
		{name: "grouped by id", field: "filemod", shared: true, group: true, want: upTo(0, n, 2)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := newCorpus(t, n, c.shared)
			q := response.New(server).Select(response.Process).WhereTerm(c.field, values(n)...)
			if c.group {
				q = q.With("cb.group", "id")
			}
			objects, err := collect(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, numbers(t, objects)); diff != "" {
				t.Errorf("results (-want +got):\n%s", diff)
			}
			if asked := server.asked(); len(asked) < 8 {
				t.Errorf("asked %d times, want several parts", len(asked))
			}
			count, err := q.Sort("").Count(t.Context())
			if err != nil || count != len(c.want) {
				t.Errorf("counted %d, %v, want %d", count, err, len(c.want))
			}
			for _, line := range server.asked() {
				if c.counting && !strings.Contains(line, "rows=0") {
					t.Fatalf("the count reads rows: %s", line)
				}
			}
			if length, err := q.Len(t.Context()); err != nil || length != len(c.want) {
				t.Errorf("the length is %d, %v, want %d", length, err, len(c.want))
			}
		})
	}
}

// TestLongListSlices: parts of the results of a long query are those of its order, not of its first part.
func TestLongListSlices(t *testing.T) {
	const n = 1200
	server := newCorpus(t, n, false)
	long := func() *client.Query {
		return response.New(server).Select(response.Process).WhereTerm("process_name", values(n)...)
	}
	one := func(o *client.Object, err error) ([]*client.Object, error) {
		if o == nil {
			return nil, err
		}
		return []*client.Object{o}, err
	}
	cases := []struct {
		name string
		get  func(ctx context.Context) ([]*client.Object, error)
		want []int
	}{
		{"first", func(ctx context.Context) ([]*client.Object, error) { return one(long().First(ctx)) }, []int{0}},
		{"q[5]", func(ctx context.Context) ([]*client.Object, error) { return one(long().At(ctx, 5)) }, []int{5}},
		{"q[-1]", func(ctx context.Context) ([]*client.Object, error) { return one(long().At(ctx, -1)) }, []int{n - 1}},
		{"q[n]", func(ctx context.Context) ([]*client.Object, error) { return one(long().At(ctx, n)) }, []int{}},
		{"q[3:7]", func(ctx context.Context) ([]*client.Object, error) { return long().Slice(ctx, 3, 7) }, []int{3, 4, 5, 6}},
		{"q[-3:]", func(ctx context.Context) ([]*client.Object, error) { return long().Slice(ctx, -3, 1<<30) }, []int{n - 3, n - 2, n - 1}},
		{"q[1150:2000]", func(ctx context.Context) ([]*client.Object, error) { return long().Slice(ctx, 1150, 2000) }, upTo(1150, n, 1)},
		{"oldest first", func(ctx context.Context) ([]*client.Object, error) {
			slices.Reverse(server.docs)
			defer slices.Reverse(server.docs)
			return long().Sort("last_update asc").Slice(ctx, 0, 3)
		}, []int{n - 1, n - 2, n - 3}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			objects, err := c.get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, numbers(t, objects)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if found, err := long().Any(t.Context()); !found || err != nil {
		t.Errorf("any: got %v, %v", found, err)
	}
	if _, err := long().One(t.Context()); err == nil || !strings.Contains(err.Error(), "1200 results") {
		t.Errorf("one: got the error %v, want one that counts", err)
	}
}

// TestLongListFails: a part that fails is an error, and never a shorter result.
func TestLongListFails(t *testing.T) {
	server := newCorpus(t, 900, false)
	server.fail = "v450"
	q := response.New(server).Select(response.Process).WhereTerm("process_name", values(900)...)
	if objects, err := collect(t.Context(), q); err == nil || !strings.Contains(err.Error(), "out of memory") {
		t.Errorf("got %d results and the error %v, want the error", len(objects), err)
	}
	if n, err := q.Count(t.Context()); err == nil {
		t.Errorf("counted %d, want an error", n)
	}
	if _, err := invokeQuery(t.Context(), q, "facets", client.Args{"fields": []any{"hostname"}}); err == nil || !strings.Contains(err.Error(), "too many values") {
		t.Errorf("facets: got the error %v, want one that says why", err)
	}
}

// TestShortListsAreOneRequest: what fits is asked at once, and two lists are divided only as far as they must.
func TestShortListsAreOneRequest(t *testing.T) {
	cases := []struct {
		name  string
		build func(q *client.Query) *client.Query
		most  int // requests of a count
		least int
	}{
		{"a short list", func(q *client.Query) *client.Query { return q.WhereTerm("process_name", "v1", "v2") }, 1, 1},
		{"a long text of one's own", func(q *client.Query) *client.Query { return q.Where(strings.Repeat("a ", 5000)) }, 1, 1},
		{"a long list and a short one", func(q *client.Query) *client.Query {
			return q.WhereTerm("process_name", values(300)...).WhereTerm("hostname", "a", "b")
		}, 16, 2},
		{"two long lists", func(q *client.Query) *client.Query {
			return q.WhereTerm("process_name", values(150)...).WhereTerm("hostname", values(150)...)
		}, 64, 4},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := newCorpus(t, 10, false)
			_, err := c.build(response.New(server).Select(response.Process)).Count(t.Context())
			if asked := len(server.asked()); asked < c.least || asked > c.most {
				t.Errorf("asked %d times (%v), want %d to %d", asked, err, c.least, c.most)
			}
		})
	}
}
