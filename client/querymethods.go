package client

import "context"

// commonQueryMethods are the methods of every query.
func commonQueryMethods() []QueryMethod {
	condition := []Param{
		{Name: "condition", Type: Text, Doc: "in the server's own syntax, unchanged"},
	}
	where := func(_ context.Context, q *Query, args Args) (any, error) {
		if condition := args["condition"]; condition != nil {
			q = q.Where(args.Text("condition"))
		}
		for _, field := range sortedKeys(args) {
			if field == "condition" {
				continue
			}
			values, many := args[field].([]any)
			if !many {
				values = []any{args[field]}
			}
			q = q.WhereTerm(field, values...)
		}
		return q, q.err
	}
	const whereDoc = "Add a condition: text in the server's own syntax, and field=value terms, which are quoted and escaped; " +
		"a list of values means any of them."
	return []QueryMethod{
		{Name: "where", Params: condition, Terms: true, Returns: "Query", Doc: whereDoc, Do: where},
		{Name: "and_", Params: condition, Terms: true, Returns: "Query", Doc: "The same as where.", Do: where},
		{Name: "sort", Returns: "Query", Doc: "Set the order, as \"last_update desc\". Empty text removes it.",
			Params: []Param{{Name: "order", Type: Text, Required: true, Doc: "a field, and asc or desc"}},
			Do: func(_ context.Context, q *Query, args Args) (any, error) {
				q = q.Sort(args.Text("order"))
				return q, q.err
			}},
		{Name: "batch_size", Returns: "Query", Doc: "Set how many rows are asked for at once.",
			Params: []Param{{Name: "n", Type: Int, Required: true, Doc: "rows in a request"}},
			Do: func(_ context.Context, q *Query, args Args) (any, error) {
				q = q.BatchSize(args.Int("n"))
				return q, q.err
			}},
		{Name: "first", Returns: "object", Doc: "The first result, or None.",
			Do: func(ctx context.Context, q *Query, _ Args) (any, error) {
				o, err := q.First(ctx)
				if o == nil {
					return nil, err
				}
				return o, err
			}},
		{Name: "one", Returns: "object", Doc: "The only result; a MoreThanOneResultError when there are none or several.",
			Do: func(ctx context.Context, q *Query, _ Args) (any, error) { return q.One(ctx) }},
		{Name: "all", Returns: "Query", Doc: "The query itself, to be read from its first result.",
			Do: func(_ context.Context, q *Query, _ Args) (any, error) { return q, q.err }},
		{Name: "count", Returns: "int", Doc: "How many results there are, asking the server for the number alone.",
			Do: func(ctx context.Context, q *Query, _ Args) (any, error) { return q.Count(ctx) }},
	}
}
