package response

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// search is what differs between the models with a search index.
type search struct {
	console    string // the console's page for it, "search"
	index      string // what a watchlist calls the index, or empty where there are no watchlists of it
	legacyMode bool   // asks for documents of a mounted index of an older version as well
	segments   bool   // a row is a part of an object, so that an object may have several
	fields     *indexed
}

// searchStyle is the way the models with a search index are queried: conditions in the language of the console's
// search box, pages by start and rows, facets.
//
// Source: contract/query.md, section 4.
func searchStyle(pageSize int, defaultSort string, s search, methods ...client.QueryMethod) *client.Style {
	return &client.Style{
		Name:     "search",
		Doc:      "Conditions are in the language of the console's search box, and all must hold.",
		PageSize: pageSize,
		Page:     s.page,
		Count:    s.count,
		Check:    s.check,
		Term:     searchTerm,
		Parts:    s.parts,
		Identity: s.identity,
		Disjoint: s.disjoint,
		Text:     func(q *client.Query) string { return strconv.Quote(strings.Join(q.Terms(), " ")) },
		Sorting:  true,
		DefaultSort: func(*client.Kind) string {
			return defaultSort
		},
		Methods: append(methods, s.methods()...),
	}
}

func (s search) check(q *client.Query, condition string) error {
	if s.fields == nil {
		return nil
	}
	return s.fields.check(q, condition)
}

func (s search) page(ctx context.Context, q *client.Query, start, rows int) (client.Page, error) {
	params, err := s.params(ctx, q)
	if err != nil {
		return client.Page{}, err
	}
	params = setParam(params, "start", strconv.Itoa(start))
	params = setParam(params, "rows", strconv.Itoa(rows))
	if order, _ := q.Order(); order != "" {
		params = setParam(params, "sort", order)
	}
	page, err := s.ask(ctx, q, params, start)
	if s.segments && err == nil {
		watchSegments(ctx, q, page.Rows)
	}
	return page, err
}

// count asks for the number of results alone: no rows and no order, except that a raw query keeps its own.
func (s search) count(ctx context.Context, q *client.Query) (int, error) {
	params, err := s.params(ctx, q)
	if err != nil {
		return 0, err
	}
	page, err := s.ask(ctx, q, setParam(setParam(params, "start", "0"), "rows", "0"), math.MaxInt)
	return max(0, page.Total), err
}

// ask makes a request. An answer without a list of results is an error when there are some from start on: it must not
// pass for an empty page, which is the end.
func (s search) ask(ctx context.Context, q *client.Query, params []client.QueryParam, start int) (client.Page, error) {
	c := q.Client()
	resp, err := c.Do(ctx, client.Request{Path: q.Kind().Route, Query: params, PageOf: q.Kind()})
	if err != nil {
		return client.Page{}, err
	}
	rows, rest, err := c.DocsIn(resp, q.Kind(), "results")
	if err != nil {
		return client.Page{}, err
	}
	total, _ := rest.Get("total_results")
	n, ok := client.Whole(total.Any())
	if !ok {
		return client.Page{}, c.BadAnswer(resp, errors.New("it has no total_results, as every search answer does"))
	}
	if list, _ := rest.Get("results"); list.IsNull() && int(n) > start {
		return client.Page{}, c.BadAnswer(resp, fmt.Errorf("it has no results, though total_results is %d", n))
	}
	return client.Page{Rows: rows, Total: int(n)}, nil
}

// params are the parameters that every request of a query has.
func (s search) params(ctx context.Context, q *client.Query) ([]client.QueryParam, error) {
	if raw := q.RawValues(); raw != nil {
		var params []client.QueryParam
		for name, values := range raw {
			for _, v := range values {
				if v != "" {
					params = append(params, client.QueryParam{Name: name, Value: v})
				}
			}
		}
		return params, nil
	}
	params, err := s.defaults(ctx, q)
	return append(params, client.QueryParam{Name: "q", Value: strings.Join(q.Terms(), " ")}), err
}

// defaults are the parameters of a query besides its conditions, in the order in which a watchlist stores them.
func (s search) defaults(ctx context.Context, q *client.Query) ([]client.QueryParam, error) {
	facts, err := q.Client().Facts(ctx)
	if err != nil {
		return nil, err
	}
	params := []client.QueryParam{{Name: "cb.urlver", Value: "1"}}
	if client.CompareVersions(facts.Version, "5.1.1") >= 0 {
		params = append(params, client.QueryParam{Name: "facet", Value: "false"})
	}
	if facts.Legacy && s.legacyMode {
		params = append(params, client.QueryParam{Name: "cb.legacy_5x_mode", Value: "True"})
	}
	for _, p := range q.Params() {
		if versioned(p.Name) && client.CompareVersions(facts.Version, "6.0.0") < 0 {
			q.Client().Log().DebugContext(ctx, "parameter only supported in Cb Response 6.1+, left out", "parameter", p.Name)
			continue
		}
		params = append(params, p)
	}
	return params, nil
}

// versioned reports whether servers before 6.0.0 do not know a parameter that a query sets.
func versioned(name string) bool { return strings.HasPrefix(name, "cb.") }

// setParam replaces the first parameter of that name and drops the others, or adds it.
func setParam(params []client.QueryParam, name, value string) []client.QueryParam {
	params = slices.DeleteFunc(slices.Clone(params), func(p client.QueryParam) bool { return p.Name == name })
	return append(params, client.QueryParam{Name: name, Value: value})
}

// searchTerm writes field:value, or (field:a or field:b) for several values.
func searchTerm(_ *client.Query, field string, values []any) (string, error) {
	terms := make([]string, len(values))
	for i, v := range values {
		text, err := searchValue(v)
		if err != nil {
			return "", client.Errorf("where: %s: %w", field, err)
		}
		terms[i] = field + ":" + text
	}
	if len(terms) == 1 {
		return terms[0], nil
	}
	return "(" + strings.Join(terms, " or ") + ")", nil
}

// searchValue quotes a value. Inside quotes only the quote and the backslash mean something, so both are escaped;
// a control character has no place in a query.
func searchValue(v any) (string, error) {
	text, plain, err := client.TermText(v)
	switch {
	case err != nil || plain:
		return text, err
	case text == "":
		return "", errors.New("the value is empty")
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`, nil
}

func (s search) methods() []client.QueryMethod {
	methods := []client.QueryMethod{
		{Name: "facets", Returns: "dict",
			Doc:    "Count the results by the values of fields: field -> list of {name, value, percent, ratio}, value being the count.",
			Params: []client.Param{{Name: "fields", Type: client.List, Variadic: true, Doc: "the fields to count by"}},
			Do: func(ctx context.Context, q *client.Query, args client.Args) (any, error) {
				return s.facets(ctx, q, args.List("fields"))
			}},
		{Name: "webui_link", Returns: "string", Attribute: true, Doc: "Where the console shows this search.",
			Do: func(ctx context.Context, q *client.Query, _ client.Args) (any, error) { return s.link(ctx, q) }},
	}
	if s.index != "" {
		methods = append(methods, s.watchlistMethod())
	}
	return methods
}

func (s search) facets(ctx context.Context, q *client.Query, fields []any) (map[string]any, error) {
	if err := q.Err(); err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, client.Errorf("facets: name at least one field to count by")
	}
	parts, err := q.Parts(ctx)
	if err != nil {
		return nil, err
	}
	if parts != nil {
		return nil, client.Errorf("facets: the conditions have too many values for one request, and the counts of several cannot be added up: ask for fewer")
	}
	params, err := s.defaults(ctx, q)
	if err != nil {
		return nil, err
	}
	params = setParam(params, "facet", "true")
	for _, f := range fields {
		name, ok := f.(string)
		if !ok {
			return nil, client.Errorf("facets: got %s, want the name of a field", client.TypeName(f))
		}
		params = append(params, client.QueryParam{Name: "facet.field", Value: name})
	}
	if len(q.Terms()) > 0 {
		params = append(params, client.QueryParam{Name: "q", Value: strings.Join(q.Terms(), " ")})
	}
	params = setParam(setParam(params, "start", "0"), "rows", "0")
	answer, err := getMap(ctx, q.Client(), q.Kind().Route, params...)
	if err != nil {
		return nil, err
	}
	found, _ := answer["facets"].(map[string]any)
	if found == nil {
		found = map[string]any{}
	}
	return found, nil
}

// link is the address of the search in the web console.
func (s search) link(ctx context.Context, q *client.Query) (string, error) {
	params, err := s.params(ctx, q)
	if err != nil {
		return "", err
	}
	if order, _ := q.Order(); order != "" {
		params = setParam(params, "sort", order)
	}
	return q.Client().URL() + "/#/" + s.console + "/" + formatForm(params), nil
}
