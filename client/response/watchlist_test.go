package response_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

// recordedWatchlist is one of the watchlists of contract/samples/watchlist_list.json.
const recordedWatchlist = `{"last_hit_count": 1, "description": null,
 "search_query": "cb.urlver=1&q=-path%3Ac%3A%5Cwindows%5C%2A&cb.q.filemod=c%3A%5Cwindows%5Csystem32%5C%2A&cb.fq.os_type=windows",
 "enabled": true, "search_timestamp": "2018-02-06 18:40:06.467689", "index_type": "events", "readonly": false, "total_hits": "346",
 "date_added": "2017-01-31 21:45:10.022932-06:00", "group_id": -1, "total_tags": "9", "id": "6", "last_hit": null, "name": "Filemods"}`

func TestWatchlist(t *testing.T) {
	one := map[string][]string{"GET /api/v1/watchlist/6": {"200 " + recordedWatchlist}}
	run(t, []exchange{
		{name: "list: one GET, filtered here", answers: map[string][]string{"GET /api/v1/watchlist": {"200 [" + recordedWatchlist + "]"}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.Watchlist).Where("name:FILEMODS"), "total_hits")
			},
			asked: []string{"GET /api/v1/watchlist"}, want: []any{int64(346)}},
		{name: "query (get): q and cb.q.<field> in order", answers: one,
			do: wiretest.Selected(response.Watchlist, 6, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "query", "facets", "last_hit", "actions")
			}),
			asked: []string{"GET /api/v1/watchlist/6"},
			want: map[string]any{"query": `-path:c:\windows\* filemod:c:\windows\system32\*`, "facets": map[string]any{"os_type": "windows"},
				"last_hit": nil, "actions": `select(WatchlistAction).where("watchlist_id:6")`}},
		{name: "query (set): the rest stays, PUT of everything, then GET", answers: map[string][]string{
			"GET /api/v1/watchlist/6": {"200 " + recordedWatchlist, `200 {"id": "6", "search_query": "q=a"}`},
			"PUT /api/v1/watchlist/6": {`200 {"result": "success"}`}},
			do: wiretest.Changing(response.Watchlist, 6, map[string]any{"query": `process_name:net.exe path:c:/a b`}, "query"),
			asked: []string{"GET /api/v1/watchlist/6",
				`PUT /api/v1/watchlist/6 {"date_added": "2017-01-31 21:45:10.022932-06:00", "description": null, "enabled": true, "group_id": -1, "id": "6", "index_type": "events", "last_hit": null, "last_hit_count": 1, "name": "Filemods", "readonly": false, "search_query": "cb.urlver=1&cb.fq.os_type=windows&q=process_name%3Anet.exe%20path%3Ac%3A/a%20b", "search_timestamp": "2018-02-06 18:40:06.467689", "total_hits": "346", "total_tags": "9"}`,
				"GET /api/v1/watchlist/6"},
			want: map[string]any{"query": "a"}},
		{name: "new: POST without id, GET after an id alone", answers: map[string][]string{
			"POST /api/v1/watchlist": {`200 {"id": 12}`}, "GET /api/v1/watchlist/12": {`200 {"id": "12", "name": "net", "enabled": true}`}},
			do: wiretest.Creating(response.Watchlist, map[string]any{"name": "net", "index_type": "events", "query": "process_name:net.exe"}, "id", "enabled"),
			asked: []string{
				`POST /api/v1/watchlist {"index_type": "events", "name": "net", "search_query": "cb.urlver=1&q=process_name%3Anet.exe"}`,
				"GET /api/v1/watchlist/12"},
			want: map[string]any{"id": int64(12), "enabled": true}},
		{name: "new: older servers answer the document", answers: map[string][]string{
			"POST /api/v1/watchlist": {`200 {"id": 12, "name": "net", "enabled": false}`}},
			do:    wiretest.Creating(response.Watchlist, map[string]any{"name": "net", "index_type": "events", "search_query": "q=a"}, "id", "enabled"),
			asked: []string{`POST /api/v1/watchlist {"index_type": "events", "name": "net", "search_query": "q=a"}`},
			want:  map[string]any{"id": int64(12), "enabled": false}},
		{name: "required fields are named all at once", do: wiretest.Creating(response.Watchlist, map[string]any{"name": "net"}),
			kind: "InvalidObjectError", text: "[search_query, index_type]"},
		{name: "a name that is not a field", do: wiretest.Creating(response.Watchlist, map[string]any{"serach_query": "q=a"}),
			kind: "AttributeError", text: `did you mean "search_query"?`},
		{name: "a read-only field", do: wiretest.Creating(response.Watchlist, map[string]any{"total_hits": 1}),
			kind: "AttributeError", text: "read-only"},
		{name: "a save that the server refuses is an error, and stays unsaved", answers: map[string][]string{
			"GET /api/v1/watchlist/6": {"200 " + recordedWatchlist}, "PUT /api/v1/watchlist/6": {`200 {"result": "No such index"}`}},
			do: wiretest.Selected(response.Watchlist, 6, func(ctx context.Context, o *client.Object) (any, error) {
				if err := o.Set(ctx, "enabled", false); err != nil {
					return nil, err
				}
				err := o.Save(ctx)
				if !o.IsDirty() {
					return nil, errors.New("the object is clean after a refused save")
				}
				return nil, err
			}),
			asked: []string{"GET /api/v1/watchlist/6",
				`PUT /api/v1/watchlist/6 {"date_added": "2017-01-31 21:45:10.022932-06:00", "description": null, "enabled": false, "group_id": -1, "id": "6", "index_type": "events", "last_hit": null, "last_hit_count": 1, "name": "Filemods", "readonly": false, "search_query": "cb.urlver=1&q=-path%3Ac%3A%5Cwindows%5C%2A&cb.q.filemod=c%3A%5Cwindows%5Csystem32%5C%2A&cb.fq.os_type=windows", "search_timestamp": "2018-02-06 18:40:06.467689", "total_hits": "346", "total_tags": "9"}`},
			kind: "ServerError", text: "No such index"},
		{name: "delete", answers: map[string][]string{"DELETE /api/v1/watchlist/6": {"200 {}"}},
			do:    wiretest.Selected(response.Watchlist, "6", func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) }),
			asked: []string{"DELETE /api/v1/watchlist/6"}},
		{name: "search(): the stored query of processes", answers: one,
			do: wiretest.Selected(response.Watchlist, 6, func(ctx context.Context, o *client.Object) (any, error) {
				q, err := wiretest.Invoke(ctx, o, "search", nil)
				if err != nil {
					return nil, err
				}
				return []any{q.(*client.Query).Kind().Name, q.(*client.Query).RawValues()}, nil
			}),
			asked: []string{"GET /api/v1/watchlist/6"},
			want: []any{"Process", url.Values{"cb.urlver": {"1"}, "q": {`-path:c:\windows\*`}, "cb.q.filemod": {`c:\windows\system32\*`},
				"cb.fq.os_type": {"windows"}}}},
		{name: "search(): binaries, in one request a page", answers: map[string][]string{
			"GET /api/v1/watchlist/11": {`200 {"id": "11", "index_type": "modules", "search_query": "cb.urlver=1&q=is_executable_image%3Afalse&sort=md5%20asc"}`},
			"GET /api/v1/binary?cb.urlver=1&q=is_executable_image%3Afalse&rows=100&sort=md5+asc&start=0": {`200 {"results": [{"md5": "0123456789ABCDEF0123456789ABCDEF"}], "total_results": 1}`}},
			do: wiretest.Selected(response.Watchlist, 11, func(ctx context.Context, o *client.Object) (any, error) {
				q, err := response.SearchOf(ctx, o)
				if err != nil {
					return nil, err
				}
				return wiretest.Rows(ctx, q, "md5sum")
			}),
			asked: []string{"GET /api/v1/watchlist/11", "GET /api/v1/binary?cb.urlver=1&q=is_executable_image%3Afalse&rows=100&sort=md5+asc&start=0"},
			want:  []any{"0123456789ABCDEF0123456789ABCDEF"}},
		{name: "search(): an index_type that is neither", answers: map[string][]string{"GET /api/v1/watchlist/7": {`200 {"id": "7", "index_type": "hosts", "search_query": "q=a"}`}},
			do: wiretest.Selected(response.Watchlist, 7, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Invoke(ctx, o, "search", nil)
			}),
			asked: []string{"GET /api/v1/watchlist/7"}, kind: "InvalidObjectError", text: "index_type"},
		{name: "search(): no stored query would find everything", answers: map[string][]string{"GET /api/v1/watchlist/7": {`200 {"id": "7", "index_type": "events", "search_query": ""}`}},
			do: wiretest.Selected(response.Watchlist, 7, func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Invoke(ctx, o, "search", nil)
			}),
			asked: []string{"GET /api/v1/watchlist/7"}, kind: "InvalidObjectError", text: "search_query"},
	})
}

func TestCreateWatchlist(t *testing.T) {
	create := func(q func(cb *client.Client) *client.Query) func(context.Context, *client.Client) (any, error) {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			o, err := invokeQuery(ctx, q(cb), "create_watchlist", client.Args{"watchlist_name": "w"})
			if err != nil {
				return nil, err
			}
			return wiretest.Read(ctx, o.(*client.Object), "id", "name")
		}
	}
	answers := func() map[string][]string {
		return map[string][]string{"POST /api/v1/watchlist": {`200 {"id": 3}`}, "GET /api/v1/watchlist/3": {`200 {"id": "3", "name": "w"}`}}
	}
	want := map[string]any{"id": int64(3), "name": "w"}
	run(t, []exchange{
		{name: "a query of processes", answers: answers(), want: want,
			do: create(func(cb *client.Client) *client.Query {
				return cb.Select(response.Process).Where("process_name:net.exe").Where(`cmdline:\\test\blah`)
			}),
			asked: []string{`POST /api/v1/watchlist {"index_type": "events", "name": "w", "search_query": "cb.urlver=1&facet=false&q=process_name%3Anet.exe+cmdline%3A%5C%5Ctest%5Cblah&sort=last_update+desc"}`,
				"GET /api/v1/watchlist/3"}},
		{name: "a query of binaries has no order of its own", answers: answers(), want: want,
			do: create(func(cb *client.Client) *client.Query {
				return cb.Select(response.Binary).Where("digsig_result:Unsigned")
			}),
			asked: []string{`POST /api/v1/watchlist {"index_type": "modules", "name": "w", "search_query": "cb.urlver=1&facet=false&q=digsig_result%3AUnsigned"}`,
				"GET /api/v1/watchlist/3"}},
		{name: "further parameters stand before q in the order they were set", answers: answers(), want: want,
			do: create(func(cb *client.Client) *client.Query {
				return cb.Select(response.Process).Where("a").With("cb.group", "id").With("cb.min_last_update", "2017-01-01T00:00:00Z").Sort("")
			}),
			asked: []string{`POST /api/v1/watchlist {"index_type": "events", "name": "w", "search_query": "cb.urlver=1&facet=false&cb.group=id&cb.min_last_update=2017-01-01T00%3A00%3A00Z&q=a"}`,
				"GET /api/v1/watchlist/3"}},
		{name: "servers before 5.1.1 have no facet parameter, those before 6.0 no filters", version: "5.1.0.150625.500", answers: answers(), want: want,
			do: create(func(cb *client.Client) *client.Query {
				return cb.Select(response.Process).Where("a").With("cb.group", "id").Sort("start asc")
			}),
			asked: []string{`POST /api/v1/watchlist {"index_type": "events", "name": "w", "search_query": "cb.urlver=1&q=a&sort=start+asc"}`,
				"GET /api/v1/watchlist/3"}},
		{name: "a raw query is refused", kind: "ApiError", text: "raw query",
			do: create(func(cb *client.Client) *client.Query {
				return cb.Select(response.Process).Raw(url.Values{"q": {"a"}})
			})},
		{name: "a query that is wrong is refused", kind: "ApiError", text: "not the name of a field",
			do: create(func(cb *client.Client) *client.Query { return cb.Select(response.Process).WhereTerm("a b", "c") })},
	})
}

// FuzzWatchlistQuery: whatever a server stores as a search, reading it never fails, what is set is read back, and the
// rest of it survives being set twice.
func FuzzWatchlistQuery(f *testing.F) {
	for _, s := range []string{"cb.urlver=1&q=a+b", "q=%", "q=%zz%41&cb.q.x=%ff", "&&==&q", "cb.fq.a=1&cb.fq.a=2", "q=a;b"} {
		f.Add(s, "process_name:net.exe path:c:/x")
	}
	f.Fuzz(func(t *testing.T, stored, conditions string) {
		o, err := response.New(serve(t, "6.2.0", nil)).Create(t.Context(), response.Watchlist, map[string]any{"search_query": stored})
		if err != nil {
			t.Fatal(err)
		}
		facets := attribute(t, o, "facets")
		if _, ok := attribute(t, o, "query").(string); !ok {
			t.Fatal("query is no text")
		}
		conditions = strings.ToValidUTF8(conditions, "")
		if conditions == "" {
			return
		}
		if err := o.Set(t.Context(), "query", conditions); err != nil {
			t.Fatal(err)
		}
		if got := attribute(t, o, "query"); got != conditions {
			t.Errorf("set %q, read %q from %q", conditions, got, attribute(t, o, "search_query"))
		}
		if diff := cmp.Diff(facets, attribute(t, o, "facets")); diff != "" {
			t.Errorf("facets changed (-before +after):\n%s", diff)
		}
		first := attribute(t, o, "search_query")
		if err := o.Set(t.Context(), "query", conditions); err != nil {
			t.Fatal(err)
		}
		if again := attribute(t, o, "search_query"); again != first {
			t.Errorf("setting it again made %q of %q", again, first)
		}
	})
}
