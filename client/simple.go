package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// SimpleList is the style of models whose whole list is one answer: it is read at once, and filtered and sorted
// here. A condition is "field:value" and matches text that is equal but for case.
//
// Source: contract/query.md, section 2; known-bugs.md, row 39.
func SimpleList() *Style {
	return &Style{
		Name: "simple",
		Doc:  "The whole list is read in one request and filtered here: where(\"field:value\") is an exact match that ignores case.",
		Page: func(ctx context.Context, q *Query, _, _ int) (Page, error) {
			resp, err := q.client.Do(ctx, Request{Path: cmp.Or(q.kind.ListRoute, q.client.route(q.kind))})
			if err != nil {
				return Page{}, err
			}
			rows, err := q.client.Docs(resp, q.kind)
			return Page{Rows: rows, Total: -1}, err
		},
		Check: func(q *Query, condition string) error {
			if len(q.terms) > 0 {
				return Errorf("cannot have multiple 'where' clauses: a %s query takes one", q.kind.Name)
			}
			_, _, err := splitCondition(q.kind, condition)
			return err
		},
		Term: func(q *Query, field string, values []any) (string, error) {
			if len(values) != 1 {
				return "", Errorf("where: a %s query takes one value for %s, got %d", q.kind.Name, field, len(values))
			}
			return field + ":" + ShowValue(values[0]), nil
		},
		Local:   true,
		Sorting: true,
	}
}

func splitCondition(k *Kind, condition string) (field, value string, err error) {
	field, value, ok := strings.Cut(condition, ":")
	if !ok {
		return "", "", Errorf("where: got %q, want \"field:value\" to select from a list of %s objects", condition, k.Name)
	}
	return field, value, nil
}

// narrow filters and sorts a whole list as the query says.
func (q *Query) narrow(ctx context.Context, rows []*Object) ([]*Object, error) {
	if len(q.terms) > 0 {
		field, value, err := splitCondition(q.kind, q.terms[0])
		if err != nil {
			return nil, err
		}
		var kept []*Object
		for _, o := range rows {
			v, err := o.GetOr(ctx, field, nil)
			if err != nil {
				return nil, err
			}
			if v != nil && strings.EqualFold(ShowValue(v), value) {
				kept = append(kept, o)
			}
		}
		rows = kept
	}
	order, _ := q.Order()
	if order == "" {
		return rows, nil
	}
	return sortRows(ctx, rows, order)
}

func sortRows(ctx context.Context, rows []*Object, order string) ([]*Object, error) {
	field, direction, _ := strings.Cut(order, " ")
	keys := make(map[*Object]any, len(rows))
	for _, o := range rows {
		v, err := o.GetOr(ctx, field, nil)
		if err != nil {
			return nil, err
		}
		keys[o] = v
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, func(a, b *Object) int {
		c := compareValues(keys[a], keys[b])
		if strings.EqualFold(strings.TrimSpace(direction), "desc") {
			return -c
		}
		return c
	})
	return sorted, nil
}

// compareValues orders numbers by size and everything else by its text; what is absent comes first.
func compareValues(a, b any) int {
	x, okX := number(a)
	y, okY := number(b)
	switch {
	case a == nil || b == nil:
		return cmp.Compare(presence(a), presence(b))
	case okX && okY:
		return cmp.Compare(x, y)
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func presence(v any) int {
	if v == nil {
		return 0
	}
	return 1
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}
