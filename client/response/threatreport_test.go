package response_test

import (
	"context"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

func TestThreatReport(t *testing.T) {
	const path = "/api/v1/feed/2/report/WannaCry-2017.1"
	one := map[string][]string{"GET " + path: {`200 {"id": "WannaCry-2017.1", "feed_id": 2, "title": "WannaCry", "score": 90, "is_ignored": false, "iocs": {"md5": ["a"]}}`}}
	save := map[string][]string{
		"GET " + path:                {`200 {"id": "WannaCry-2017.1", "feed_id": 2, "is_ignored": false}`, `200 {"id": "WannaCry-2017.1", "feed_id": 2, "is_ignored": true}`},
		"POST /api/v1/threat_report": {`200 {"result": "success"}`}}
	const rowsOf2 = "GET /api/v1/threat_report?cb.urlver=1&facet=false&q=feed_id%3A2&rows=100&start=0"
	run(t, []exchange{
		{name: "id: feed:report", do: wiretest.Selected(response.ThreatReport, "2:WannaCry-2017.1", func(ctx context.Context, o *client.Object) (any, error) {
			return wiretest.Read(ctx, o, "id", "feed_id", "feed")
		}), want: map[string]any{"id": "WannaCry-2017.1", "feed_id": int64(2), "feed": "Feed 2"}},
		{name: "id: without a colon", do: wiretest.Selected(response.ThreatReport, "WannaCry", nil), kind: "ApiError", text: "'<feed_id>:<report_id>'"},
		{name: "id: a number", do: wiretest.Selected(response.ThreatReport, 2, nil), kind: "ApiError", text: "'<feed_id>:<report_id>'"},
		{name: "id: without a report", do: wiretest.Selected(response.ThreatReport, "2:", nil), kind: "ApiError", text: "'<feed_id>:<report_id>'"},
		{name: "id: cannot change the route", do: wiretest.Selected(response.ThreatReport, "2:../../x?y", func(ctx context.Context, o *client.Object) (any, error) {
			return wiretest.Read(ctx, o, "title")
		}), kind: "ApiError", text: "cannot be an id"},
		{name: "fetch", answers: one, asked: []string{"GET " + path},
			do: wiretest.Selected(response.ThreatReport, "2:WannaCry-2017.1", func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "title", "score", "iocs", "is_ignored", "tags")
			}),
			want: map[string]any{"title": "WannaCry", "score": int64(90), "iocs": map[string]any{"md5": []any{"a"}}, "is_ignored": false, "tags": []any{}}},
		{name: "search: a row knows its id", answers: map[string][]string{rowsOf2: {`200 {"results": [{"feed_id": 2, "id": "r", "title": "t"}], "total_results": 1}`}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.ThreatReport).Where("feed_id:2"), "model_unique_id")
			}, asked: []string{rowsOf2}, want: []any{"2:r"}},
		{name: "disable: POST of the change, then GET", answers: save,
			do: wiretest.Selected(response.ThreatReport, "2:WannaCry-2017.1", func(ctx context.Context, o *client.Object) (any, error) {
				if _, err := wiretest.Invoke(ctx, o, "disable", nil); err != nil {
					return nil, err
				}
				return wiretest.Read(ctx, o, "is_ignored")
			}),
			asked: []string{"GET " + path, `POST /api/v1/threat_report {"ids": {"2": ["WannaCry-2017.1"]}, "updates": {"is_ignored": true}}`, "GET " + path},
			want:  map[string]any{"is_ignored": true}},
		{name: "enable: nothing to do", answers: one, asked: []string{"GET " + path},
			do: wiretest.Selected(response.ThreatReport, "2:WannaCry-2017.1", func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Invoke(ctx, o, "enable", nil)
			})},
		{name: "only is_ignored can be set", do: wiretest.Changing(response.ThreatReport, "2:r", map[string]any{"score": 1}), kind: "AttributeError", text: "read-only"},
		{name: "a report cannot be created", do: wiretest.Creating(response.ThreatReport, nil), kind: "ApiError", text: "cannot create object of type ThreatReport"},
		{name: "a report cannot be deleted", kind: "ApiError", text: "cannot be deleted",
			do: wiretest.Selected(response.ThreatReport, "2:r", func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) })},
	})
}

func TestThreatReportSetIgnored(t *testing.T) {
	const count = "GET /api/v1/threat_report?cb.urlver=1&facet=false&q=feed_name%3Ax+title%3Aa%2Fb&rows=0&start=0"
	ignore := func(args client.Args, conditions ...string) func(context.Context, *client.Client) (any, error) {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			q := cb.Select(response.ThreatReport)
			for _, c := range conditions {
				q = q.Where(c)
			}
			return invokeQuery(ctx, q, "set_ignored", args)
		}
	}
	run(t, []exchange{
		{name: "set_ignored: one POST with the query", answers: map[string][]string{
			count: {`200 {"results": [], "total_results": 7}`}, "POST /api/v1/threat_report": {`200 {"result": "success"}`}},
			do:    ignore(nil, "feed_name:x", "title:a/b"),
			asked: []string{count, `POST /api/v1/threat_report {"query": "cb.urlver=1&q=feed_name%3Ax%20title%3Aa/b", "updates": {"is_ignored": true}}`}, want: 7},
		{name: "set_ignored: back", answers: map[string][]string{
			count: {`200 {"results": [], "total_results": 1}`}, "POST /api/v1/threat_report": {`200 {"result": "success"}`}},
			do:    ignore(client.Args{"ignored_flag": false}, "feed_name:x", "title:a/b"),
			asked: []string{count, `POST /api/v1/threat_report {"query": "cb.urlver=1&q=feed_name%3Ax%20title%3Aa/b", "updates": {"is_ignored": false}}`}, want: 1},
		{name: "set_ignored: nothing matches", answers: map[string][]string{count: {`200 {"results": [], "total_results": 0}`}},
			do: ignore(nil, "feed_name:x", "title:a/b"), asked: []string{count}, want: 0},
		{name: "set_ignored: without a condition", do: ignore(nil), kind: "ApiError", text: "every report"},
		{name: "set_ignored: servers before 5.1", version: "5.0.0", do: ignore(nil, "a"), kind: "ApiError", text: "5.1.0 or later"},
	})
}
