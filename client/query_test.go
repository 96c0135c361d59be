package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

func page(start, rows int) string {
	return fmt.Sprintf("GET /api/gadget?q=&rows=%d&start=%d", rows, start)
}

// TestRequests says which requests a reading of ten results in pages of four costs.
func TestRequests(t *testing.T) {
	type read func(ctx context.Context, q *client.Query) ([]*client.Object, error)
	length := func(ctx context.Context, q *client.Query) ([]*client.Object, error) {
		n, err := q.Len(ctx)
		if err == nil && n != 10 {
			err = fmt.Errorf("got length %d, want 10", n)
		}
		return nil, err
	}
	slice := func(a, b int) read {
		return func(ctx context.Context, q *client.Query) ([]*client.Object, error) { return q.Slice(ctx, a, b) }
	}
	at := func(i int) read {
		return func(ctx context.Context, q *client.Query) ([]*client.Object, error) {
			o, err := q.At(ctx, i)
			if o == nil {
				return nil, err
			}
			return []*client.Object{o}, err
		}
	}
	first := func(ctx context.Context, q *client.Query) ([]*client.Object, error) {
		o, err := q.First(ctx)
		return []*client.Object{o}, err
	}
	all := func(ctx context.Context, q *client.Query) (out []*client.Object, err error) {
		for o, err := range q.All(ctx) {
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
		return out, nil
	}
	everything := []string{"g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8", "g9"}
	cases := []struct {
		name  string
		reads []read
		want  []string // of the last read
		asked []string
	}{
		{"first", []read{first}, []string{"g0"}, []string{page(0, 1)}},
		{"first twice", []read{first, first, at(0)}, []string{"g0"}, []string{page(0, 1)}},
		{"first, then iterate", []read{first, all}, everything, []string{page(0, 1), page(0, 4), page(4, 4), page(8, 4)}},
		{"a slice, then a part of it", []read{slice(1, 4), slice(2, 3), at(1)}, []string{"g1"}, []string{page(1, 3)}},
		{"a length, a slice, then first", []read{length, slice(6, 8), first}, []string{"g0"}, []string{page(0, 4), page(6, 2)}},
		{"the last, then iterate", []read{slice(8, 12), all}, everything, []string{page(8, 4), page(0, 4), page(4, 4), page(8, 4)}},
		{"iterate", []read{all}, everything, []string{page(0, 4), page(4, 4), page(8, 4)}},
		{"iterate twice", []read{all, all}, everything, []string{page(0, 4), page(4, 4), page(8, 4), page(0, 4), page(4, 4), page(8, 4)}},
		{"length", []read{length, length}, nil, []string{page(0, 4)}},
		{"length, then iterate", []read{length, all}, everything, []string{page(0, 4), page(4, 4), page(8, 4)}},
		{"length, then first", []read{length, first}, []string{"g0"}, []string{page(0, 4)}},
		{"first two", []read{slice(0, 2)}, []string{"g0", "g1"}, []string{page(0, 2)}},
		{"length, then first two", []read{length, slice(0, 2)}, []string{"g0", "g1"}, []string{page(0, 4)}},
		{"last", []read{slice(-1, 1<<40)}, []string{"g9"}, []string{page(0, 0), page(9, 1)}},
		{"nothing", []read{slice(0, 0)}, nil, nil},
		{"index", []read{at(3)}, []string{"g3"}, []string{page(3, 1)}},
		{"two indexes", []read{at(3), at(1), at(2)}, []string{"g2"}, []string{page(3, 1), page(0, 4)}},
		{"last index", []read{at(-1)}, []string{"g9"}, []string{page(0, 0), page(9, 1)}},
		{"beyond the end", []read{at(20)}, nil, []string{page(20, 1)}},
		{"before the start", []read{at(-11)}, nil, []string{page(0, 0)}},
		{"a slice that ends before the start", []read{slice(0, -20)}, nil, []string{page(0, 0)}},
		{"the same index again", []read{at(3), at(3)}, []string{"g3"}, []string{page(3, 1), page(3, 1)}},
		{"a slice of more than a page, then first", []read{slice(0, 6), first}, []string{"g0"}, []string{page(0, 4), page(4, 2), page(0, 1)}},
		{"iterate from the middle", []read{slice(5, 8)}, []string{"g5", "g6", "g7"}, []string{page(5, 3)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := serveGadgets(10)
			q := newClient(server).Select(gadget)
			if asked := server.asked(); asked != nil {
				t.Errorf("composing a query asked %q", asked)
			}
			var got []string
			for _, read := range c.reads {
				objects, err := read(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				got = names(t, objects)
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

func TestComposingLeavesTheQueryAlone(t *testing.T) {
	server := serveGadgets(1)
	base := newClient(server).Select(gadget).Where("a:1")
	one, other := base.Where("b:2"), base.WhereTerm("c", 3).Sort("name desc")
	for _, q := range []*client.Query{base, one, other} {
		if _, err := q.First(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"GET /api/gadget?q=a%3A1&rows=1&start=0",
		"GET /api/gadget?q=a%3A1+b%3A2&rows=1&start=0",
		"GET /api/gadget?q=a%3A1+c%3A%5B3%5D&rows=1&start=0",
	}
	if diff := cmp.Diff(want, server.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// TestQueriesShareNothing: two queries that were made of one do not get each other's conditions, however many it has.
func TestQueriesShareNothing(t *testing.T) {
	base := newClient(serveGadgets(1)).Select(gadget)
	for i := range 9 {
		base = base.Where(fmt.Sprint("a:", i)).With(fmt.Sprint("p", i), "x").WhereTerm("m", i, i+1)
		one, other := base.Where("b:1").With("q", "1").WhereTerm("n", 1, 2), base.Where("b:2").With("q", "2").WhereTerm("n", 3, 4)
		for value, q := range map[string]*client.Query{"1": one, "2": other} {
			terms, params, choices := q.Terms(), q.Params(), q.Choices()
			if got := terms[len(terms)-2]; got != "b:"+value {
				t.Errorf("of %d conditions: got %q, want b:%s", len(terms), got, value)
			}
			if got := params[len(params)-1]; got != (client.QueryParam{Name: "q", Value: value}) {
				t.Errorf("of %d parameters: got %v, want %s", len(params), got, value)
			}
			if got, want := fmt.Sprint(choices[len(choices)-1].Values), map[string]string{"1": "[1 2]", "2": "[3 4]"}[value]; got != want {
				t.Errorf("of %d choices: got %s, want %s", len(choices), got, want)
			}
		}
		if changed := base.With("p0", "y"); changed.Params()[0].Value != "y" || base.Params()[0].Value != "x" {
			t.Errorf("got %v, and the query itself is %v", changed.Params(), base.Params())
		}
	}
}

// TestErrorInTheMiddle: a page that fails is that error after the results before it, never a shorter result.
func TestErrorInTheMiddle(t *testing.T) {
	answers := map[string]struct {
		status int
		body   string
		kind   string
	}{
		"status":       {502, "bad gateway", "ServerError"},
		"cut JSON":     {200, gadgetRows(8, 12, 28)[:60], "ServerError"},
		"web page":     {200, "<html><title>Log in</title>", "ServerError"},
		"unauthorized": {401, "no", "UnauthorizedError"},
		"accepted":     {202, gadgetRows(8, 8, 0), "ServerError"},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			server := serveGadgets(28)
			good := server.answer
			server.answer = func(r *http.Request, body string) (int, string) {
				if r.URL.Query().Get("start") == "8" {
					return answer.status, answer.body
				}
				return good(r, body)
			}
			n := 0
			var last error
			for o, err := range newClient(server).Select(gadget).All(t.Context()) {
				if last = err; err == nil && o != nil {
					n++
				}
			}
			var typed client.Error
			if n != 8 || !errors.As(last, &typed) || typed.Kind() != answer.kind {
				t.Errorf("got %d results and error %v, want 8 and a %s", n, last, answer.kind)
			}
		})
	}
}

// TestShortPage: a page with fewer rows than asked for is followed by the rows after it.
func TestShortPage(t *testing.T) {
	server := serveGadgets(14)
	good := server.answer
	server.answer = func(r *http.Request, body string) (int, string) {
		if r.URL.Query().Get("start") == "4" {
			return 200, gadgetRows(4, 6, 14)
		}
		return good(r, body)
	}
	var got []*client.Object
	for o, err := range newClient(server).Select(gadget).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o)
	}
	var want []string
	for i := range 14 {
		want = append(want, fmt.Sprint("g", i))
	}
	if diff := cmp.Diff(want, names(t, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOne(t *testing.T) {
	for n, want := range map[int]string{
		0: `0 results for query "", exactly one was wanted`,
		1: "",
		3: `3 results found for query "", exactly one was wanted`,
	} {
		_, err := newClient(serveGadgets(n)).Select(gadget).One(t.Context())
		if got := fmt.Sprint(err); (err == nil) != (want == "") || err != nil && got != want {
			t.Errorf("of %d: got %v, want %q", n, err, want)
		}
	}
}

func TestCancelledIteration(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	reason := errors.New("enough")
	n := 0
	var last error
	for _, err := range newClient(serveGadgets(1000)).Select(gadget).All(ctx) {
		if last = err; err == nil {
			n++
		}
		cancel(reason)
	}
	if !errors.Is(last, reason) || n > 4 {
		t.Errorf("got %d results and %v, want at most a page and the reason", n, last)
	}
}

func TestJoinsAreAskedForOnce(t *testing.T) {
	server := serveGadgets(8)
	c := newClient(server)
	for o, err := range c.Select(gadget).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		joined, err := o.Get(t.Context(), "part")
		if err != nil {
			t.Fatal(err)
		}
		if weight, err := joined.(*client.Object).Get(t.Context(), "weight"); weight != int64(3) || err != nil {
			t.Fatalf("got weight %v, %v", weight, err)
		}
	}
	n := 0
	for _, r := range server.asked() {
		if strings.HasPrefix(r, "GET /api/part") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the part was asked for %d times, want once", n)
	}
}

func TestSameObjectForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(serveGadgets(0))
		get := func() *client.Object {
			o, err := c.SelectID(t.Context(), part, 7, nil)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		first := get()
		time.Sleep(30 * time.Second)
		if get() != first {
			t.Error("another object within a minute")
		}
		time.Sleep(31 * time.Second)
		if get() == first {
			t.Error("the same object after a minute, though reading does not prolong its life")
		}
	})
}

// TestOneFetchAtATime: readers of the same object at the same time share one request, and one who gives up does not
// take it away from the others.
func TestOneFetchAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serveGadgets(0)
		good := server.answer
		server.answer = func(r *http.Request, body string) (int, string) {
			time.Sleep(time.Second)
			return good(r, body)
		}
		o, err := newClient(server).SelectID(t.Context(), part, 7, nil)
		if err != nil {
			t.Fatal(err)
		}
		results := make(chan error, 5)
		for range 5 {
			go func() {
				_, err := o.Get(t.Context(), "name")
				results <- err
			}()
		}
		for range 5 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		if diff := cmp.Diff([]string{"GET /api/part/7"}, server.asked()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

// TestResultsAreKeptForAMinute: what a query has read serves its next readings for that long, and no longer.
func TestResultsAreKeptForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serveGadgets(10)
		q := newClient(server).Select(gadget)
		first := func() {
			t.Helper()
			if o, err := q.First(t.Context()); err != nil || o == nil {
				t.Fatal(o, err)
			}
		}
		first()
		time.Sleep(time.Minute)
		first()
		if diff := cmp.Diff([]string{page(0, 1)}, server.asked()); diff != "" {
			t.Errorf("within a minute (-want +got):\n%s", diff)
		}
		time.Sleep(time.Second)
		first()
		if diff := cmp.Diff([]string{page(0, 1)}, server.asked()); diff != "" {
			t.Errorf("after a minute (-want +got):\n%s", diff)
		}
	})
}

// TestCacheForgetsTheOldest: of more than 1024 objects that were selected by id, that which was read longest ago goes.
func TestCacheForgetsTheOldest(t *testing.T) {
	c := newClient(serveGadgets(0))
	get := func(id int) *client.Object {
		t.Helper()
		o, err := c.SelectID(t.Context(), part, id, nil)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	zero, one := get(0), get(1)
	for id := 2; id < 1024; id++ {
		get(id)
	}
	if get(0) != zero { // and so it is not the oldest any more
		t.Error("of 1024 objects the first is another one")
	}
	get(1024)
	if get(0) != zero {
		t.Error("the object that was just read was forgotten")
	}
	if get(1) == one {
		t.Error("the oldest of 1025 objects is still there")
	}
}

func TestConditionsThatCannotBeSent(t *testing.T) {
	c := newClient(serveGadgets(1))
	cases := map[string]*client.Query{
		`where: "a b" is not the name of a field`:          c.Select(gadget).WhereTerm("a b", 1),
		`where: "name:x" is not the name of a field`:       c.Select(gadget).WhereTerm("name:x", 1),
		`where: "" is not the name of a field`:             c.Select(gadget).WhereTerm("", 1),
		`where: no value was given for a`:                  c.Select(gadget).WhereTerm("a"),
		`batch_size: got 0, want at least 1`:               c.Select(gadget).BatchSize(0),
		`want "field:value" to select from a list of Part`: c.Select(part).Where("spring"),
		`cannot have multiple 'where' clauses`:             c.Select(part).Where("a:b").Where("c:d"),
	}
	for want, q := range cases {
		if _, err := q.First(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestSimpleList(t *testing.T) {
	server := &fakeServer{answer: func(*http.Request, string) (int, string) {
		return 200, `[{"id": 1, "name": "Nut", "weight": 5}, {"id": 2, "name": "bolt", "weight": 40}, {"id": 3, "name": "pin", "weight": null}]`
	}}
	c := newClient(server)
	list := func(q *client.Query) []string {
		t.Helper()
		objects, err := q.Slice(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		return names(t, objects)
	}
	if diff := cmp.Diff([]string{"Nut"}, list(c.Select(part).Where("name:nUT"))); diff != "" {
		t.Errorf("where (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"bolt", "Nut", "pin"}, list(c.Select(part).Sort("weight desc"))); diff != "" {
		t.Errorf("sort (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string(nil), list(c.Select(part).Where("weight:None"))); diff != "" {
		t.Errorf("a value that is not there matches (-want +got):\n%s", diff)
	}
	server.asked()
	q := c.Select(part)
	list(q)
	if n, err := q.Len(t.Context()); n != 3 || err != nil {
		t.Errorf("got length %d, %v", n, err)
	}
	if diff := cmp.Diff([]string{"GET /api/part"}, server.asked()); diff != "" {
		t.Errorf("one query value asks once (-want +got):\n%s", diff)
	}
}

// TestJoinsAhead: a join that is read row after row is fetched for the next rows together, and for no row that a
// reader who stops early would not have come near.
func TestJoinsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := serveGadgets(0)
		server.answer = func(r *http.Request, _ string) (int, string) {
			if r.URL.Path == "/api/gadget" {
				var rows []string
				for i := range 40 {
					rows = append(rows, fmt.Sprintf(`{"id": %d, "part_id": %d}`, i, 100+i))
				}
				return 200, `{"total": 40, "results": [` + strings.Join(rows, ",") + `]}`
			}
			time.Sleep(time.Second)
			return 200, `{"weight": 1}`
		}
		q := newClient(server).Select(gadget).BatchSize(40)
		read := func(n int) (time.Duration, int) {
			start, i := time.Now(), 0
			for o, err := range q.All(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				joined, err := o.Get(t.Context(), "part")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := joined.(*client.Object).Get(t.Context(), "weight"); err != nil {
					t.Fatal(err)
				}
				if i++; i == n {
					break
				}
			}
			elapsed := time.Since(start)
			synctest.Wait()
			return elapsed, len(server.asked())
		}
		if elapsed, asked := read(1); asked != 2 || elapsed != time.Second {
			t.Errorf("one row took %s and %d requests, want a second and 2", elapsed, asked)
		}
		time.Sleep(2 * time.Minute) // the cache forgets
		if _, asked := read(2); asked > 1+2+8 {
			t.Errorf("two rows asked %d times, want at most 8 ahead", asked)
		}
		time.Sleep(2 * time.Minute)
		for o, err := range q.All(t.Context()) { // one row, again and again
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				joined, err := o.Get(t.Context(), "part")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := joined.(*client.Object).Get(t.Context(), "weight"); err != nil {
					t.Fatal(err)
				}
			}
			break
		}
		synctest.Wait()
		if asked := server.asked(); len(asked) != 2 {
			t.Errorf("a row that was read three times asked %d times, want the page and the row's own", len(asked))
		}
		time.Sleep(2 * time.Minute)
		for o, err := range q.All(t.Context()) { // the joined objects are not looked into, so none is fetched
			if err != nil {
				t.Fatal(err)
			}
			if _, err := o.Get(t.Context(), "part"); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if asked := server.asked(); len(asked) != 1 {
			t.Errorf("joins that nobody reads asked %d times, want the page alone", len(asked))
		}
		time.Sleep(2 * time.Minute)
		if elapsed, asked := read(40); asked != 41 || elapsed > 10*time.Second {
			t.Errorf("forty rows took %s and %d requests, want each asked once and most of the time saved", elapsed, asked)
		}
	})
}
