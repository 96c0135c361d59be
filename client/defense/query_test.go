package defense_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/defense"
	"github.com/cbscript/cbscript/client/internal/wiretest"
)

// answer is a page of n devices from index start on, of total.
func answer(start, n, total int) string {
	text := fmt.Sprintf(`200 {"success": true, "totalResults": %d, "results": [`, total)
	for i := start; i < min(start+n, total); i++ {
		if i > start {
			text += ", "
		}
		text += fmt.Sprintf(`{"deviceId": %d}`, i)
	}
	return text + "]}"
}

// TestConditions: contract/query.md, section 6; contract/defense.md, "Device" and "Event".
func TestConditions(t *testing.T) {
	first := func(build func(q *client.Query) *client.Query) wiretest.Step {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			o, err := build(cb.Select(defense.Device)).First(ctx)
			if err != nil {
				return nil, err
			}
			return wiretest.Show(o), nil
		}
	}
	where := func(conditions ...string) wiretest.Step {
		return first(func(q *client.Query) *client.Query {
			for _, c := range conditions {
				q = q.Where(c)
			}
			return q
		})
	}
	term := func(field string, values ...any) wiretest.Step {
		return first(func(q *client.Query) *client.Query { return q.WhereTerm(field, values...) })
	}
	var cases []wiretest.Exchange
	for _, c := range []struct {
		name  string
		do    wiretest.Step
		query string
	}{
		{"no condition", where(), "rows=1"},
		{"hostNameExact and ipAddress", where("hostNameExact:WIN", "ipAddress:10.0.0.1"), "hostNameExact=WIN&ipAddress=10.0.0.1&rows=1"},
		{"hostName, a part", where("hostName:WS"), "hostName=WS&rows=1"},
		{"the value goes on after a further colon", where("ownerName:a:b"), "ownerName=a%3Ab&rows=1"},
		{"term: text cannot become another parameter", term("hostName", "a&rows=5"), "hostName=a%26rows%3D5&rows=1"},
		{"term: number", term("policyId", int64(3)), "policyId=3&rows=1"},
		{"term: boolean", term("quarantined", true), "quarantined=true&rows=1"},
	} {
		request := "GET " + root + "device?" + c.query
		cases = append(cases, wiretest.Exchange{Name: c.name, Answers: wiretest.Answers{request: {answer(3, 1, 9)}}, Do: c.do, Asked: []string{request}, Want: "Device 3"})
	}
	for name, c := range map[string]struct {
		do   wiretest.Step
		text string
	}{
		"no colon":                   {where("WIN"), `got "WIN" for a Device query, want "name:value"`},
		"no name":                    {where(":WIN"), `got ":WIN"`},
		"a second condition of name": {where("hostName:a", "hostName:b"), `got "hostName:b" after "hostName:a"`},
		"paging is no condition":     {where("rows:5"), `"rows" says which rows are wanted`},
		"start is no condition":      {where("start:5"), `"start" says which rows are wanted`},
		"limit is no condition":      {where("limit:5"), `"limit" says which rows are wanted`},
		"term: two values":           {term("hostName", "a", "b"), "one value for hostName, got 2"},
		"term: a dict":               {term("hostName", map[string]any{}), "dict cannot be a value"},
		"there is no order":          {first(func(q *client.Query) *client.Query { return q.Sort("name") }), "cannot be sorted"},
	} {
		cases = append(cases, wiretest.Exchange{Name: name, Do: c.do, Kind: "ApiError", Text: c.text})
	}
	run(t, cases)
}

// TestCountingFromOne: known-bugs.md, row 7: the service counts rows from 1.
func TestCountingFromOne(t *testing.T) {
	request := func(query string) string { return "GET " + root + "device?" + query }
	slice := func(a, b int) wiretest.Step {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			objects, err := cb.Select(defense.Device).Slice(ctx, a, b)
			var ids []any
			for _, o := range objects {
				ids = append(ids, o.ID().Value)
			}
			return ids, err
		}
	}
	at := func(i int) wiretest.Step {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			o, err := cb.Select(defense.Device).At(ctx, i)
			if o == nil {
				return nil, err
			}
			return o.ID().Value, err
		}
	}
	ids := func(from, to int) []any {
		var list []any
		for i := from; i < to; i++ {
			list = append(list, int64(i))
		}
		return list
	}
	count := request("limit=0")
	run(t, []wiretest.Exchange{
		{Name: "q[0]", Answers: wiretest.Answers{request("rows=1"): {answer(0, 1, 9)}}, Do: at(0), Asked: []string{request("rows=1")}, Want: int64(0)},
		{Name: "q[1]", Answers: wiretest.Answers{request("rows=1&start=2"): {answer(1, 1, 9)}}, Do: at(1), Asked: []string{request("rows=1&start=2")}, Want: int64(1)},
		{Name: "q[-1]", Answers: wiretest.Answers{count: {answer(0, 0, 9)}, request("rows=1&start=9"): {answer(8, 1, 9)}}, Do: at(-1), Asked: []string{count, request("rows=1&start=9")}, Want: int64(8)},
		{Name: "q[9] of 9", Answers: wiretest.Answers{request("rows=1&start=10"): {answer(9, 1, 9)}}, Do: at(9), Asked: []string{request("rows=1&start=10")}},
		{Name: "q[2:5]", Answers: wiretest.Answers{request("rows=3&start=3"): {answer(2, 3, 9)}}, Do: slice(2, 5), Asked: []string{request("rows=3&start=3")}, Want: ids(2, 5)},
		{Name: "all of 250", Answers: wiretest.Answers{request("rows=100"): {answer(0, 100, 250)}, request("rows=100&start=101"): {answer(100, 100, 250)}, request("rows=100&start=201"): {answer(200, 100, 250)}},
			Do: slice(0, 1<<40), Asked: []string{request("rows=100"), request("rows=100&start=101"), request("rows=100&start=201")}, Want: ids(0, 250)},
		{Name: "none", Answers: wiretest.Answers{request("rows=100"): {answer(0, 0, 0)}}, Do: slice(0, 1<<40), Asked: []string{request("rows=100")}, Want: []any(nil)},
	})
}

// TestAnswers: contract/query.md, section 6, "Count" and "Answer object"; known-bugs.md, rows 45 and 46.
func TestAnswers(t *testing.T) {
	request := "GET " + root + "device?hostName=a&rows=100"
	count := "GET " + root + "device?hostName=a&limit=0"
	list := wiretest.Listing(defense.Device, "deviceId", func(q *client.Query) *client.Query { return q.Where("hostName:a") })
	counting := func(ctx context.Context, cb *client.Client) (any, error) {
		return cb.Select(defense.Device).Where("hostName:a").Count(ctx)
	}
	second := "GET " + root + "device?hostName=a&rows=100&start=2"
	run(t, []wiretest.Exchange{
		{Name: "count", Answers: wiretest.Answers{count: {`200 {"success": true, "totalResults": 12, "results": []}`}}, Do: counting, Asked: []string{count}, Want: 12},
		{Name: "count as text", Answers: wiretest.Answers{count: {`200 {"totalResults": "12", "results": []}`}}, Do: counting, Asked: []string{count}, Want: 12},
		{Name: "count, no number", Answers: wiretest.Answers{count: {`200 {"totalResults": "many", "results": []}`}}, Do: counting, Asked: []string{count}, Kind: "ServerError", Text: "string for the number of results"},
		{Name: "total as text", Answers: wiretest.Answers{request: {`200 {"totalResults": "2", "results": [{"deviceId": 1}]}`}, second: {`200 {"totalResults": "2", "results": [{"deviceId": 2}]}`}}, Do: list,
			Asked: []string{request, second}, Want: []any{int64(1), int64(2)}},
		{Name: "count, absent", Answers: wiretest.Answers{count: {`200 {"success": true}`}}, Do: counting, Asked: []string{count}, Want: 0},
		{Name: "count, errorMessage", Answers: wiretest.Answers{count: {`200 {"errorMessage": "down"}`}}, Do: counting, Asked: []string{count}, Kind: "ServerError", Text: "down"},
		{Name: "results null, and there are none", Answers: wiretest.Answers{request: {`200 {"totalResults": 0, "results": null}`}}, Do: list, Asked: []string{request}, Want: []any(nil)},
		{Name: "results absent", Answers: wiretest.Answers{request: {`200 {"totalResults": 0}`}}, Do: list, Asked: []string{request}, Want: []any(nil)},
		{Name: "results null where there should be some", Answers: wiretest.Answers{request: {`200 {"totalResults": 2, "results": [{"deviceId": 1}]}`}, second: {`200 {"totalResults": 2, "results": null}`}}, Do: list,
			Asked: []string{request, second}, Kind: "ServerError", Text: "no rows after the first 1 of 2"},
		{Name: "fewer than promised", Answers: wiretest.Answers{request: {`200 {"totalResults": 2, "results": [{"deviceId": 1}]}`}, second: {`200 {"totalResults": 2, "results": []}`}}, Do: list,
			Asked: []string{request, second}, Want: []any{int64(1)}},
		{Name: "no total: a short page ends it", Answers: wiretest.Answers{request: {`200 {"results": [{"deviceId": 1}]}`}}, Do: list, Asked: []string{request}, Want: []any{int64(1)}},
		{Name: "success false", Answers: wiretest.Answers{request: {`200 {"success": false, "message": "bad search"}`}}, Do: list, Asked: []string{request}, Kind: "ServerError", Text: "bad search"},
		{Name: "errorMessage in an answer with status 200", Answers: wiretest.Answers{request: {`200 {"errorMessage": "down", "results": []}`}}, Do: list, Asked: []string{request}, Kind: "ServerError", Text: "down"},
		{Name: "a web page", Answers: wiretest.Answers{request: {`200 <html><title>Log in</title>`}}, Do: list, Asked: []string{request}, Kind: "ServerError", Text: "web page"},
		{Name: "a list", Answers: wiretest.Answers{request: {`200 []`}}, Do: list, Asked: []string{request}, Kind: "ServerError", Text: "cannot be read"},
	})
}

// TestOne: known-bugs.md, row 8.
func TestOne(t *testing.T) {
	cb := defense.New(wiretest.New(t, wiretest.Answers{"GET " + root + "device?hostName=a&rows=2": {answer(0, 2, 3)}}, nil))
	_, err := cb.Select(defense.Device).Where("hostName:a").One(t.Context())
	want := `3 results found for query "hostName:a", exactly one was wanted`
	if err == nil || cmp.Diff(want, err.Error()) != "" {
		t.Errorf("got %v, want %s", err, want)
	}
}
