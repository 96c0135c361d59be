package protection_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/protection"
)

// TestQueryEncoding: contract/query.md, section 5.
func TestQueryEncoding(t *testing.T) {
	computers := func(build func(q *client.Query) *client.Query) wiretest.Step {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			o, err := build(cb.Select(protection.Computer)).First(ctx)
			if err != nil {
				return nil, err
			}
			return wiretest.Show(o), nil
		}
	}
	where := func(conditions ...string) wiretest.Step {
		return computers(func(q *client.Query) *client.Query {
			for _, c := range conditions {
				q = q.Where(c)
			}
			return q
		})
	}
	term := func(field string, values ...any) wiretest.Step {
		return computers(func(q *client.Query) *client.Query { return q.WhereTerm(field, values...) })
	}
	at := time.Date(2018, 2, 6, 12, 0, 0, 0, time.FixedZone("", 3600))
	var cases []wiretest.Exchange
	for _, c := range []struct {
		name  string
		do    wiretest.Step
		query string
	}{
		{"no condition", where(), "limit=1&offset=0"},
		{"conditions are sent as written", where("ipAddress:10.201.2.*"), "limit=1&offset=0&q=ipAddress%3A10.201.2.%2A"},
		{"q is repeated, in alphabetical order", where("policyName:x", "deleted:false"), "limit=1&offset=0&q=deleted%3Afalse&q=policyName%3Ax"},
		{"the server's operators", where("a!b", "c<1", "d>-10h", "e:f|g", "h+4", "i-4"),
			"limit=1&offset=0&q=a%21b&q=c%3C1&q=d%3E-10h&q=e%3Af%7Cg&q=h%2B4&q=i-4"},
		{"sort is stripped and sent as it is", computers(func(q *client.Query) *client.Query { return q.Sort(" processorSpeed DESC ") }),
			"limit=1&offset=0&sort=processorSpeed+DESC"},
		{"an empty order is none", computers(func(q *client.Query) *client.Query { return q.Sort("name").Sort("") }), "limit=1&offset=0"},
		{"term: text", term("name", `CORP\WS-1`), "limit=1&offset=0&q=name%3ACORP%5CWS-1"},
		{"term: either of two", term("name", "a", "b c"), "limit=1&offset=0&q=name%3Aa%7Cb+c"},
		{"term: operators are no syntax in a value", term("name", "a:b!c<d"), "limit=1&offset=0&q=name%3Aa%3Ab%21c%3Cd"},
		{"term: empty text", term("computerTag", ""), "limit=1&offset=0&q=computerTag%3A"},
		{"term: boolean", term("deleted", false), "limit=1&offset=0&q=deleted%3Afalse"},
		{"term: numbers", term("policyId", int64(3), 4), "limit=1&offset=0&q=policyId%3A3%7C4"},
		{"term: fraction", term("processorSpeed", 2200.5), "limit=1&offset=0&q=processorSpeed%3A2200.5"},
		{"term: time, in UTC", term("dateCreated", at), "limit=1&offset=0&q=dateCreated%3A2018-02-06T11%3A00%3A00Z"},
	} {
		request := "GET " + root + "computer?" + c.query
		cases = append(cases, wiretest.Exchange{Name: c.name, Answers: wiretest.Answers{request: {`200 [{"id": 1}]`}}, Do: c.do,
			Asked: []string{request}, Want: "Computer 1"})
	}
	for name, c := range map[string]struct {
		do   wiretest.Step
		text string
	}{
		"text without an operator":       {where("name"), `got "name" for a Computer query, want a field, one of the operators`},
		"an operator without a name":     {where(":x"), `got ":x"`},
		"empty text":                     {where(""), `got ""`},
		"term: a star would be syntax":   {term("name", "a*"), "cannot be quoted"},
		"term: a bar would be syntax":    {term("name", "a|b"), "cannot be quoted"},
		"term: a question mark would be": {term("name", "a?"), "cannot be quoted"},
		"term: a control character":      {term("name", "a\nb"), "control character"},
		"term: a dict":                   {term("name", map[string]any{}), "dict cannot be a value"},
		"term: no value":                 {term("name"), "no value was given for name"},
		"term: no field":                 {term("a b", 1), "is not the name of a field"},
	} {
		cases = append(cases, wiretest.Exchange{Name: name, Do: c.do, Kind: "ApiError", Text: c.text})
	}
	run(t, cases)
}

// serve answers n file instances by offset and limit.
func serve(t *testing.T, n int) (*client.Client, func() []string) {
	t.Helper()
	s := &pages{n: n, Server: wiretest.New(t, nil, connection("8.0"))}
	return protection.New(s), func() []string {
		var asked []string
		for _, line := range s.asked {
			_, query, _ := strings.Cut(line, "?")
			asked = append(asked, query)
		}
		s.asked = nil
		return asked
	}
}

type pages struct {
	*wiretest.Server
	n     int
	asked []string
}

func (s *pages) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "fileInstance") {
		return s.Server.RoundTrip(r)
	}
	s.asked = append(s.asked, r.URL.RequestURI())
	var offset, limit int
	fmt.Sscan(r.URL.Query().Get("offset"), &offset)
	fmt.Sscan(r.URL.Query().Get("limit"), &limit)
	text := fmt.Sprintf(`{"count": %d}`, s.n)
	if limit > 0 {
		var rows []string
		for i := offset; i < min(s.n, offset+limit); i++ {
			rows = append(rows, fmt.Sprintf(`{"id": %d}`, i))
		}
		text = "[" + strings.Join(rows, ",") + "]"
	}
	answer := wiretest.New(nil, wiretest.Answers{r.Method + " " + r.URL.RequestURI(): {"200 " + text}}, nil)
	return answer.RoundTrip(r)
}

// TestPaging: known-bugs.md, rows 5, 6 and 21: no row is left out where a page ends, and a slice asks for its rows.
func TestPaging(t *testing.T) {
	ids := func(from, to int) []int64 {
		var list []int64
		for i := from; i < to; i++ {
			list = append(list, int64(i))
		}
		return list
	}
	for _, c := range []struct {
		name  string
		n     int
		slice [2]int
		want  []int64
		asked []string
	}{
		{"2500 rows", 2500, [2]int{0, 1 << 40}, ids(0, 2500), []string{"limit=1000&offset=0", "limit=1000&offset=1000", "limit=1000&offset=2000"}},
		{"exactly two pages", 2000, [2]int{0, 1 << 40}, ids(0, 2000), []string{"limit=1000&offset=0", "limit=1000&offset=1000", "limit=1000&offset=2000"}},
		{"none", 0, [2]int{0, 1 << 40}, nil, []string{"limit=1000&offset=0"}},
		{"[10:15]", 2500, [2]int{10, 15}, ids(10, 15), []string{"limit=5&offset=10"}},
		{"[:0]", 2500, [2]int{0, 0}, nil, nil},
		{"[990:2010]", 2500, [2]int{990, 2010}, ids(990, 2010), []string{"limit=1000&offset=990", "limit=20&offset=1990"}},
		{"[-2:]", 2500, [2]int{-2, 1 << 40}, ids(2498, 2500), []string{"limit=-1", "limit=2&offset=2498"}},
		{"[:-2498]", 2500, [2]int{0, -2498}, ids(0, 2), []string{"limit=-1", "limit=2&offset=0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cb, asked := serve(t, c.n)
			objects, err := cb.Select(protection.FileInstance).Slice(t.Context(), c.slice[0], c.slice[1])
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, o := range objects {
				got = append(got, o.ID().Value.(int64))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.asked, asked()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestIndexAndLength: q[i], q[-1], len and a batch size.
func TestIndexAndLength(t *testing.T) {
	cb, asked := serve(t, 2500)
	q := cb.Select(protection.FileInstance)
	for _, c := range []struct {
		read func(q *client.Query) (any, error)
		want any
		asks []string
	}{
		{func(q *client.Query) (any, error) { o, err := q.At(t.Context(), 7); return wiretest.Show(o), err }, "FileInstance 7", []string{"limit=1&offset=7"}},
		{func(q *client.Query) (any, error) { o, err := q.At(t.Context(), -1); return wiretest.Show(o), err }, "FileInstance 2499", []string{"limit=-1", "limit=1&offset=2499"}},
		{func(q *client.Query) (any, error) { o, err := q.At(t.Context(), 2500); return o == nil, err }, true, []string{"limit=1&offset=2500"}},
		{func(q *client.Query) (any, error) { return q.Count(t.Context()) }, 2500, []string{"limit=-1"}},
		{func(q *client.Query) (any, error) { return q.Len(t.Context()) }, 2500, []string{"limit=1000&offset=0", "limit=-1"}},
		{func(q *client.Query) (any, error) {
			objects, err := q.BatchSize(300).Slice(t.Context(), 0, 500)
			return len(objects), err
		}, 500, []string{"limit=300&offset=0", "limit=200&offset=300"}},
	} {
		got, err := c.read(q.Sort(""))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff(c.asks, asked()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	}
}

// TestCountAnswers: the count is that of the answer, none when it is absent, and an error when there is no object.
func TestCountAnswers(t *testing.T) {
	request := "GET " + root + "event?limit=-1&q=type%3A4"
	count := func(ctx context.Context, cb *client.Client) (any, error) {
		return cb.Select(protection.Event).Where("type:4").Count(ctx)
	}
	run(t, []wiretest.Exchange{
		{Name: "count", Answers: wiretest.Answers{request: {`200 {"count": 1284}`}}, Do: count, Asked: []string{request}, Want: 1284},
		{Name: "count as text", Answers: wiretest.Answers{request: {`200 {"count": "1284"}`}}, Do: count, Asked: []string{request}, Want: 1284},
		{Name: "no number", Answers: wiretest.Answers{request: {`200 {"count": [1284]}`}}, Do: count, Asked: []string{request}, Kind: "ServerError", Text: "its count is list where a whole number was expected"},
		{Name: "absent", Answers: wiretest.Answers{request: {`200 {}`}}, Do: count, Asked: []string{request}, Want: 0},
		{Name: "a list", Answers: wiretest.Answers{request: {`200 []`}}, Do: count, Asked: []string{request}, Kind: "ServerError", Text: "object with a count"},
	})
}

// TestOne: known-bugs.md, row 8: the error of one() names the conditions.
func TestOne(t *testing.T) {
	path := "GET " + root + "policy?"
	one := func(ctx context.Context, cb *client.Client) (any, error) {
		o, err := cb.Select(protection.Policy).Where("name:a").Where("hidden:false").One(ctx)
		if err != nil {
			return nil, err
		}
		return wiretest.Show(o), nil
	}
	const two, count = "limit=2&offset=0&q=hidden%3Afalse&q=name%3Aa", "limit=-1&q=hidden%3Afalse&q=name%3Aa"
	run(t, []wiretest.Exchange{
		{Name: "one", Answers: wiretest.Answers{path + two: {`200 [{"id": 4}]`}}, Do: one, Asked: []string{path + two}, Want: "Policy 4"},
		{Name: "none", Answers: wiretest.Answers{path + two: {`200 []`}}, Do: one, Asked: []string{path + two},
			Kind: "MoreThanOneResultError", Text: `0 results for query "name:a and hidden:false"`},
		{Name: "several", Answers: wiretest.Answers{path + two: {`200 [{"id": 4}, {"id": 5}]`}, path + count: {`200 {"count": 3}`}}, Do: one,
			Asked: []string{path + two, path + count}, Kind: "MoreThanOneResultError", Text: `3 results found for query "name:a and hidden:false"`},
	})
}

// TestErrorInTheMiddle: a page that fails is an error at its first row, and no end of the results.
func TestErrorInTheMiddle(t *testing.T) {
	first, second := "GET "+root+"event?limit=2&offset=0", "GET "+root+"event?limit=2&offset=2"
	run(t, []wiretest.Exchange{{Name: "second page", Answers: wiretest.Answers{first: {`200 [{"id": 1}, {"id": 2}]`}, second: {"500 disk full"}},
		Do:    wiretest.Listing(protection.Event, "id", func(q *client.Query) *client.Query { return q.BatchSize(2) }),
		Asked: []string{first, second}, Kind: "ServerError", Text: "disk full"}})
}

// FuzzTerm: a value of a keyword condition is sent as it is, or refused: it never becomes syntax.
func FuzzTerm(f *testing.F) {
	for _, seed := range []string{"a", "a*", "a|b", "a:b", `C:\x`, "", "\x00", "\u00fc&q=x"} {
		f.Add(seed)
	}
	cb := protection.New(wiretest.New(f, nil, nil))
	f.Fuzz(func(t *testing.T, value string) {
		q := cb.Select(protection.Computer).WhereTerm("name", value)
		refused := strings.ContainsAny(value, "*?|") || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f })
		if refused != (q.Err() != nil) {
			t.Fatalf("%q: %v", value, q.Err())
		}
		if !refused && q.Terms()[0] != "name:"+value {
			t.Errorf("%q is sent as %q", value, q.Terms())
		}
	})
}
