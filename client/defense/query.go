package defense

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// pageSize is how many rows a request asks for. Source: contract/query.md, section 6.
const pageSize = 100

// style is the way all models are queried: each condition is a parameter name=value of its own, and pages are asked for
// by the number of their first row, which counts from 1.
//
// Source: contract/query.md, section 6; known-bugs.md, rows 7 and 46.
func style() *client.Style {
	return &client.Style{
		Name:     "defense",
		Doc:      "Each condition is name:value with a name that the service knows, and all must hold: hostNameExact:WS-1, ipAddress:10.0.0.1.",
		PageSize: pageSize,
		Page:     page,
		Count:    count,
		Check:    check,
		Term:     term,
		Text:     func(q *client.Query) string { return strconv.Quote(strings.Join(q.Terms(), " and ")) },
	}
}

func page(ctx context.Context, q *client.Query, start, rows int) (client.Page, error) {
	params := append(conditions(q), client.QueryParam{Name: "rows", Value: strconv.Itoa(rows)})
	if start > 0 {
		params = append(params, client.QueryParam{Name: "start", Value: strconv.Itoa(start + 1)})
	}
	c := q.Client()
	e, err := get(ctx, c, client.Request{Path: q.Kind().Route, Query: params})
	if err != nil {
		return client.Page{}, err
	}
	docs, _, err := c.DocsIn(e.answer, q.Kind(), "results")
	if err != nil {
		return client.Page{}, err
	}
	total := e.total()
	if results, held := e.doc.Get("results"); held && results.IsNull() && total > start {
		return client.Page{}, e.failure(fmt.Sprintf("the service gives no rows after the first %d of %d", start, total), "")
	}
	return client.Page{Rows: docs, Total: total}, nil
}

// total is how many results there are, or -1 when the answer does not tell.
func (e envelope) total() int {
	v, _ := e.doc.Get("totalResults")
	if n, ok := client.Whole(v.Any()); ok && n >= 0 {
		return int(n)
	}
	return -1
}

// count asks for the number of results alone. An answer without it means none.
func count(ctx context.Context, q *client.Query) (int, error) {
	e, err := get(ctx, q.Client(), client.Request{Path: q.Kind().Route, Query: append(conditions(q), client.QueryParam{Name: "limit", Value: "0"})})
	if err != nil {
		return 0, err
	}
	if n := e.total(); n >= 0 {
		return n, nil
	}
	if v, held := e.doc.Get("totalResults"); held && !v.IsNull() {
		return 0, e.failure(fmt.Sprintf("the service gives %s for the number of results", client.TypeName(v.Any())), "")
	}
	return 0, nil
}

func conditions(q *client.Query) []client.QueryParam {
	params := make([]client.QueryParam, 0, len(q.Terms())+2)
	for _, term := range q.Terms() {
		name, value, _ := strings.Cut(term, ":")
		params = append(params, client.QueryParam{Name: name, Value: value})
	}
	return params
}

// paging are parameters that say which rows are wanted: a condition cannot have their name.
var paging = []string{"rows", "start", "limit"}

// check refuses what the service would not take for a condition, and a second condition of a name: it would know the
// last alone, so that more would be found than was asked for.
func check(q *client.Query, condition string) error {
	name, _, ok := strings.Cut(condition, ":")
	switch {
	case !ok || name == "":
		return client.Errorf("where: got %q for a %s query, want \"name:value\", as in \"hostNameExact:WS-1\"", condition, q.Kind().Name)
	case slices.Contains(paging, name):
		return client.Errorf("where: %q says which rows are wanted and is no condition: use batch_size(), slices or an index", name)
	}
	for _, term := range q.Terms() {
		if earlier, _, _ := strings.Cut(term, ":"); earlier == name {
			return client.Errorf("where: got %q after %q: the service takes one condition for each name", condition, term)
		}
	}
	return nil
}

// term writes name:value. A value is a parameter of its own, so that nothing in it can become syntax.
func term(_ *client.Query, field string, values []any) (string, error) {
	if len(values) != 1 {
		return "", client.Errorf("where: a Cb Defense query takes one value for %s, got %d", field, len(values))
	}
	switch v := values[0].(type) {
	case string, int, int64, *client.Object:
		if o, ok := v.(*client.Object); ok {
			v = o.ID().Key
		}
		return fmt.Sprintf("%s:%v", field, v), nil
	case bool:
		return field + ":" + strconv.FormatBool(v), nil
	}
	return "", client.Errorf("where: %s: %s cannot be a value, want text or a number", field, client.TypeName(values[0]))
}
