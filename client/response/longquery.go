package response

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// maxRequestLine is how long the first line of a request may be, in bytes. The web server in front of Cb Response, nginx,
// has to hold it in one buffer of 8 KiB unless it was set up otherwise; a proxy on the way may add a little.
const maxRequestLine = 8000

// parts divides a query whose keyword conditions have so many values that its requests would be too long: the longest
// condition is halved until every part fits. A query that is long for another reason is asked as it is.
//
// Source: field-notes.md, A.3.
func (s search) parts(ctx context.Context, q *client.Query) ([]*client.Query, error) {
	length, err := s.requestLine(ctx, q)
	if err != nil || length <= maxRequestLine {
		return nil, err
	}
	longest, most := -1, 0
	for i, choice := range q.Choices() {
		if n := lengthOf(choice.Values); len(choice.Values) > 1 && n > most {
			longest, most = i, n
		}
	}
	if longest < 0 {
		return nil, nil
	}
	values := q.Choices()[longest].Values
	var all []*client.Query
	for _, half := range [][]any{values[:len(values)/2], values[len(values)/2:]} {
		part, err := q.WithChoice(longest, half)
		if err != nil {
			return nil, err
		}
		more, err := s.parts(ctx, part)
		if err != nil {
			return nil, err
		}
		if more == nil {
			more = []*client.Query{part}
		}
		all = append(all, more...)
	}
	return all, nil
}

func lengthOf(values []any) int {
	n := 0
	for _, v := range values {
		n += len(client.ShowValue(v))
	}
	return n
}

// requestLine is the length of the first line of the longest request that a query may make.
func (s search) requestLine(ctx context.Context, q *client.Query) (int, error) {
	params, err := s.params(ctx, q)
	if err != nil {
		return 0, err
	}
	params = setParam(setParam(params, "start", "999999999"), "rows", "99999")
	if order, _ := q.Order(); order != "" {
		params = setParam(params, "sort", order)
	}
	return len(http.MethodGet) + len(" ") + len(q.Kind().Route) + len("?") + len(client.EncodeQuery(params)) + len(" HTTP/1.1"), nil
}

// identity tells the results of parts apart: by what they are grouped by, or by their ids.
func (s search) identity(q *client.Query, o *client.Object) string {
	for _, p := range q.Params() {
		if p.Name == groupParam {
			if v, ok := o.Held(p.Value); ok && v != nil {
				return fmt.Sprint(v)
			}
		}
	}
	if key := o.ID().Key; key != "" {
		return key
	}
	return fmt.Sprintf("%p", o)
}

// disjoint reports whether no result can be in two parts: when what was divided are different values of fields that
// have one value each.
func (s search) disjoint(q *client.Query, parts []*client.Query) bool {
	for i, choice := range q.Choices() {
		if len(parts[0].Choices()[i].Values) == len(choice.Values) {
			continue // not divided
		}
		if s.fields == nil || !slices.Contains(s.fields.single, choice.Field) {
			return false
		}
		seen := map[string]bool{}
		for _, v := range choice.Values {
			text := strings.ToLower(client.ShowValue(v))
			if seen[text] {
				return false
			}
			seen[text] = true
		}
	}
	return true
}
