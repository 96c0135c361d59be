package protection

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// pageSize is how many rows a request asks for, and the most that the server gives unless it is asked for more.
// Source: contract/query.md, section 5.
const pageSize = 1000

// style is the way all models are queried: conditions name, operator and value, each a parameter of its own, and pages
// by offset and limit. An answer is a bare list, which does not tell how many there are.
//
// Source: contract/query.md, section 5; known-bugs.md, rows 5 and 6.
func style() *client.Style {
	return &client.Style{
		Name: "protection",
		Doc: "Each condition is a field, an operator and a value, and all must hold: name:SRV*, deleted:false, daysOffline>7, " +
			"policyName!Default; a|b means either, and * any text.",
		PageSize: pageSize,
		Page:     page,
		Count:    count,
		Check:    check,
		Term:     term,
		Text:     func(q *client.Query) string { return strconv.Quote(strings.Join(q.Terms(), " and ")) },
		Sorting:  true,
	}
}

func page(ctx context.Context, q *client.Query, start, rows int) (client.Page, error) {
	params := append(conditions(q),
		client.QueryParam{Name: "offset", Value: strconv.Itoa(start)},
		client.QueryParam{Name: "limit", Value: strconv.Itoa(rows)})
	if order, _ := q.Order(); order != "" {
		params = append(params, client.QueryParam{Name: "sort", Value: order})
	}
	c := q.Client()
	resp, err := c.Do(ctx, client.Request{Path: q.Kind().Route, Query: params})
	if err != nil {
		return client.Page{}, err
	}
	docs, err := c.Docs(resp, q.Kind())
	return client.Page{Rows: docs, Total: -1}, err
}

// count asks for the number of results alone. An answer without a count means none.
//
// Source: contract/query.md, section 5.
func count(ctx context.Context, q *client.Query) (int, error) {
	c := q.Client()
	resp, err := c.Do(ctx, client.Request{Path: q.Kind().Route, Query: append(conditions(q), client.QueryParam{Name: "limit", Value: "-1"})})
	if err != nil {
		return 0, err
	}
	answer, err := c.JSON(resp)
	if err != nil {
		return 0, err
	}
	object, ok := answer.Any().(map[string]any)
	if !ok {
		return 0, c.BadAnswer(resp, fmt.Errorf("it is %s where an object with a count was expected", answer.Kind()))
	}
	held, ok := object["count"]
	if !ok {
		return 0, nil
	}
	n, ok := client.Whole(held)
	if !ok {
		return 0, c.BadAnswer(resp, fmt.Errorf("its count is %s where a whole number was expected", client.TypeName(held)))
	}
	return int(n), nil
}

func conditions(q *client.Query) []client.QueryParam {
	params := make([]client.QueryParam, 0, len(q.Terms())+3)
	for _, term := range q.Terms() {
		params = append(params, client.QueryParam{Name: "q", Value: term})
	}
	return params
}

// operators stand between the name and the value of a condition.
const operators = ":!<>+-"

// check refuses a condition in which nothing is compared, which the server would not take for one.
func check(q *client.Query, condition string) error {
	if i := strings.IndexAny(condition, operators); i > 0 {
		return nil
	}
	return client.Errorf("where: got %q for a %s query, want a field, one of the operators : ! < > + - and a value, as in \"name:SRV*\"", condition, q.Kind().Name)
}

// term writes field:value, or field:a|b for several values.
func term(_ *client.Query, field string, values []any) (string, error) {
	texts := make([]string, len(values))
	for i, v := range values {
		text, err := termValue(v)
		if err != nil {
			return "", client.Errorf("where: %s: %w", field, err)
		}
		texts[i] = text
	}
	return field + ":" + strings.Join(texts, "|"), nil
}

// termValue writes a value that stands for itself. The API has no way to say that an asterisk, a question mark or a bar
// in a value is just that, so that such a value is refused and never becomes syntax.
func termValue(v any) (string, error) {
	text, _, err := client.TermText(v)
	if err == nil && strings.ContainsAny(text, "*?|") {
		return "", fmt.Errorf("the value %q holds one of * ? |, which mean something in a condition and cannot be quoted: "+
			"write the condition as text if that is wanted", text)
	}
	return text, err
}
