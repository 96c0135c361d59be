package client

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Query is a selection of a model's objects. It is lazy: nothing is asked until it is read. It is immutable: every
// composing method gives a new query. A query value remembers how many results there are and, for a minute, the
// page that answered that, so that counting and then reading costs no request twice; a query composed from it does
// not share that. It is safe for concurrent use.
//
// Source: contract/query.md.
type Query struct {
	client  *Client
	kind    *Kind
	err     error // a condition that cannot be sent; every read gives it
	terms   []string
	sort    string
	choices []Choice
	params  []QueryParam // the style's, in the order they were set
	batch   int
	raw     url.Values // replaces terms and params; nil for an ordinary query
	store   *results
}

// Select gives the query of all objects of a model. For a model that cannot be queried every read of it is an error.
func (c *Client) Select(k *Kind) *Query {
	q := &Query{client: c, kind: k, store: new(results)}
	switch {
	case k.Allows == 0:
		q.err = errConstants(k)
	case k.Style == nil || !k.Allows.Can(CanQuery):
		q.err = Errorf("%s objects cannot be queried: select one by id", k.Name)
	}
	return q
}

func (q *Query) clone() *Query {
	next := *q
	next.terms = slices.Clip(q.terms)
	next.choices = slices.Clip(q.choices)
	next.params = slices.Clip(q.params)
	next.store = new(results)
	return &next
}

// Where adds a condition in the server's own syntax, unchanged. A condition that the server would not take makes the
// query one whose every read is that error.
func (q *Query) Where(condition string) *Query {
	next := q.clone()
	if next.err != nil {
		return next
	}
	if q.raw != nil {
		next.err = Errorf("cannot call .where() on a raw query: it already is the whole query")
		return next
	}
	if check := q.kind.Style.Check; check != nil {
		if next.err = check(q, condition); next.err != nil {
			return next
		}
	}
	next.terms = append(next.terms, condition)
	return next
}

// WhereTerm adds the condition that field equals one of values, quoted and escaped: a value is data and never
// becomes syntax. No values is an error, since it would match everything or nothing.
func (q *Query) WhereTerm(field string, values ...any) *Query {
	if q.err != nil {
		return q
	}
	fail := func(err error) *Query {
		next := q.clone()
		next.err = err
		return next
	}
	if !isFieldName(field) {
		return fail(Errorf("where: %q is not the name of a field", field))
	}
	if len(values) == 0 {
		return fail(Errorf("where: no value was given for %s", field))
	}
	if q.kind.Style.Term == nil {
		return fail(Errorf("where: %s queries take no keyword conditions, write where(\"%s:value\")", q.kind.Name, field))
	}
	text, err := q.kind.Style.Term(q, field, values)
	if err != nil {
		return fail(err)
	}
	next := q.Where(text)
	if next.err == nil && len(values) > 1 {
		next.choices = append(next.choices, Choice{Field: field, Values: values, term: len(next.terms) - 1})
	}
	return next
}

func isFieldName(s string) bool {
	for _, r := range s {
		if r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != ""
}

// Sort sets the order, as "last_update desc"; empty text removes it.
func (q *Query) Sort(order string) *Query {
	next := q.clone()
	next.sort = strings.TrimSpace(order)
	if next.err == nil && !q.kind.Style.Sorting {
		next.err = Errorf("%s queries cannot be sorted: the server has no order for them", q.kind.Name)
	}
	if next.sort == "" {
		next.sort = noSort
	}
	return next
}

// noSort marks an order that was taken away, which differs from one that was never set.
const noSort = "-"

// BatchSize sets how many rows are asked for at once. Values below 1 are an error.
func (q *Query) BatchSize(n int) *Query {
	next := q.clone()
	next.batch = n
	if next.err == nil && n < 1 {
		next.err = Errorf("batch_size: got %d, want at least 1", n)
	}
	return next
}

// With sets a parameter of the style, replacing an earlier value.
func (q *Query) With(name, value string) *Query {
	next := q.clone()
	for i, p := range next.params {
		if p.Name == name {
			next.params = slices.Clone(next.params)
			next.params[i].Value = value
			return next
		}
	}
	next.params = append(next.params, QueryParam{name, value})
	return next
}

// Failed gives a query whose every read is err.
func (q *Query) Failed(err error) *Query {
	next := q.clone()
	next.err = err
	return next
}

// Raw gives a query whose parameters are those of a URL, as the console writes them. Conditions cannot be added.
func (q *Query) Raw(values url.Values) *Query {
	next := q.clone()
	next.raw = values
	return next
}

// Client is the connection that the query goes by.
func (q *Query) Client() *Client { return q.client }

// Kind is the model that is queried.
func (q *Query) Kind() *Kind { return q.kind }

// Terms are the conditions in the order they were added. The slice must not be changed.
func (q *Query) Terms() []string { return q.terms }

// Params are the style's parameters in the order they were set. The slice must not be changed.
func (q *Query) Params() []QueryParam { return q.params }

// RawValues are the parameters of a raw query, or nil. They must not be changed.
func (q *Query) RawValues() url.Values { return q.raw }

// Order is the order of the results, or empty. It reports whether the query itself sets it.
func (q *Query) Order() (order string, set bool) {
	switch {
	case q.sort == noSort:
		return "", true
	case q.sort != "":
		return q.sort, true
	case q.kind.Style != nil && q.kind.Style.DefaultSort != nil:
		return q.kind.Style.DefaultSort(q.kind), false
	}
	return "", false
}

// Err is what is wrong with the query, or nil. No request has been made.
func (q *Query) Err() error { return q.err }

func (q *Query) pageSize() int {
	if q.batch > 0 {
		return q.batch
	}
	return q.kind.Style.PageSize
}

// paged reports whether the server gives the results in pages.
func (q *Query) paged() bool { return q.kind.Style != nil && q.kind.Style.PageSize > 0 }

// String shows the query without a request.
func (q *Query) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "select(%s)", q.kind.Name)
	for _, term := range q.terms {
		fmt.Fprintf(&b, ".where(%q)", term)
	}
	for _, p := range q.params {
		fmt.Fprintf(&b, "[%s=%s]", p.Name, p.Value)
	}
	if q.raw != nil {
		fmt.Fprintf(&b, "[%s]", q.raw.Encode())
	}
	if order, set := q.Order(); set && order != "" {
		fmt.Fprintf(&b, ".sort(%q)", order)
	}
	return b.String()
}

// text is how error messages name the query.
func (q *Query) text() string {
	if q.kind.Style != nil && q.kind.Style.Text != nil {
		return q.kind.Style.Text(q)
	}
	return fmt.Sprintf("%q", strings.Join(q.terms, " "))
}

// First gives the first result, or nil when there is none.
func (q *Query) First(ctx context.Context) (*Object, error) {
	rows, err := q.head(ctx, 1)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// One gives the only result. None or several are a [MoreThanOneResultError].
func (q *Query) One(ctx context.Context) (*Object, error) {
	rows, err := q.head(ctx, 2)
	if err != nil {
		return nil, err
	}
	if len(rows) == 1 {
		return rows[0], nil
	}
	count := len(rows)
	if count > 1 {
		if count, err = q.Count(ctx); err != nil {
			return nil, err
		}
	}
	return nil, &MoreThanOneResultError{Query: q.text(), Count: count}
}
