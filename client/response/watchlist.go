package response

import (
	"context"

	"github.com/cbscript/cbscript/client"
)

// What a watchlist searches: its index_type.
const (
	indexEvents  = "events"  // processes
	indexModules = "modules" // binaries
)

// Watchlist is a search that the server runs again and again, to tell of what it finds. Source: contract/response.md,
// section 6.
var Watchlist = client.Define(client.Kind{
	Name: "Watchlist", Product: Name, Route: "/api/v1/watchlist", PrimaryKey: "id",
	Doc:    "A search for processes or binaries that the server runs again and again, with what it does about a hit.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(), FullRows: true,
	Fields: watchlistFields,
	Properties: []client.Property{
		{Name: "query", Returns: "string",
			Doc: "What it searches for, as one would type it into the console's search box; setting it keeps how the search is run.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				stored, err := storedSearch(ctx, o)
				return savedConditions(stored), err
			},
			Set: func(ctx context.Context, o *client.Object, value any) error {
				conditions, ok := value.(string)
				if !ok {
					return client.Errorf("Watchlist.query: got %v (%s), want text", value, client.TypeName(value))
				}
				stored, err := storedSearch(ctx, o)
				if err != nil {
					return err
				}
				return o.Set(ctx, "search_query", withConditions(stored, conditions))
			}},
		{Name: "facets", Returns: "dict", Doc: "What the console's facets narrow the search to, by field.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				stored, err := storedSearch(ctx, o)
				return savedFacets(stored), err
			}},
		related("actions", "WatchlistAction", "watchlist_id", "What the server does about a hit."),
	},
	Methods: []client.Method{
		{Name: "search", Returns: "Query of Process", Doc: "Its search, as a query: of processes, or of binaries when index_type is modules.",
			Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) { return SearchOf(ctx, o) }},
		{Name: "create_action", Returns: "WatchlistAction", Doc: "A new action for its hits; save() sends it.",
			Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) {
				return newAction(ctx, o, "WatchlistAction", map[string]any{"watchlist_id": o.ID().Value})
			}},
	},
})

var watchlistFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the watchlist"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the watchlist"},
	{Name: "search_query", Type: client.Text, Required: true, Doc: "the search as the query string of a URL; query reads and sets what it searches for"},
	{Name: "index_type", Type: client.Text, Required: true, Doc: "events (processes) or modules (binaries)"},
	{Name: "description", Type: client.Text, Doc: "what it is for"},
	{Name: "enabled", Type: client.Bool, Doc: "whether the server runs it"},
	{Name: "readonly", Type: client.Bool, Doc: "whether the console refuses to change it"},
	{Name: "group_id", Type: client.Int, Doc: "number of the feed that it belongs to; -1 for a watchlist of its own"},
	{Name: "date_added", Type: client.Time, ReadOnly: true, Doc: "when it was made"},
	{Name: "search_timestamp", Type: client.Time, ReadOnly: true, Doc: "when it was last run"},
	{Name: "last_hit", Type: client.Time, ReadOnly: true, Doc: "when it last found something; null when it never has"},
	{Name: "last_hit_count", Type: client.Int, ReadOnly: true, Doc: "how much it found then"},
	{Name: "total_hits", Type: client.Int, ReadOnly: true, Doc: "how much it has found"},
	{Name: "total_tags", Type: client.Int, ReadOnly: true, Doc: "how many processes or binaries it has marked"},
	{Name: "alliance_id", Type: client.Int, ReadOnly: true, Doc: "its number at the maker's exchange; absent on most servers"},
	{Name: "from_alliance", Type: client.Bool, ReadOnly: true, Doc: "whether it came from the maker's exchange; absent on most servers"},
}

func storedSearch(ctx context.Context, watchlist *client.Object) (string, error) {
	v, _, err := watchlist.Value(ctx, "search_query")
	return text(v), err
}

// SearchOf gives a watchlist's search as a raw query of processes or binaries. A watchlist without a search, or with
// an index_type that is neither, is a [client.InvalidObjectError].
//
// Source: contract/response.md, section 6; known-bugs.md, row 4.
func SearchOf(ctx context.Context, watchlist *client.Object) (*client.Query, error) {
	stored, err := storedSearch(ctx, watchlist)
	if err != nil {
		return nil, err
	}
	values := savedValues(stored)
	if len(values) == 0 {
		return nil, &client.InvalidObjectError{Model: "Watchlist", Fields: []string{"search_query"},
			Message: "search_query of " + watchlist.String() + " is empty: it would find everything"}
	}
	index, _, err := watchlist.Value(ctx, "index_type")
	if err != nil {
		return nil, err
	}
	models := map[any]string{indexEvents: "Process", indexModules: "Binary"}
	model, ok := models[index]
	if !ok {
		return nil, &client.InvalidObjectError{Model: "Watchlist", Fields: []string{"index_type"},
			Message: "index_type of " + watchlist.String() + " is " + client.ShowValue(index) + ", want events or modules"}
	}
	k, err := watchlist.Client().Kind(model)
	if err != nil {
		return nil, err
	}
	return watchlist.Client().Select(k).Raw(values), nil
}

// CreateWatchlist saves a query of processes or binaries as a watchlist of that name, and gives it.
//
// Source: contract/query.md, section 4.
func (s search) createWatchlist(ctx context.Context, q *client.Query, name string) (*client.Object, error) {
	if err := q.Err(); err != nil {
		return nil, err
	}
	if q.RawValues() != nil {
		return nil, client.Errorf("create_watchlist: a raw query cannot be saved as a watchlist: build it with where()")
	}
	params, err := s.params(ctx, q)
	if err != nil {
		return nil, err
	}
	if order, _ := q.Order(); order != "" {
		params = setParam(params, "sort", order)
	}
	k, err := q.Client().Kind("Watchlist")
	if err != nil {
		return nil, err
	}
	watchlist, err := q.Client().Create(ctx, k, map[string]any{"name": name, "search_query": formatForm(params), "index_type": s.index})
	if err != nil {
		return nil, err
	}
	return watchlist, watchlist.Save(ctx)
}

// watchlistMethod is the method that saves a query as a watchlist.
func (s search) watchlistMethod() client.QueryMethod {
	return client.QueryMethod{Name: "create_watchlist", Returns: "Watchlist", Capability: client.Write,
		Doc:    "Save the query on the server as a watchlist, and give it.",
		Params: []client.Param{{Name: "watchlist_name", Type: client.Text, Required: true, Doc: "name of the watchlist"}},
		Do: func(ctx context.Context, q *client.Query, args client.Args) (any, error) {
			return s.createWatchlist(ctx, q, args.Text("watchlist_name"))
		}}
}
