package response

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
)

const pathReports = "/api/v1/threat_report"

// ThreatReport is a report of a feed, with its indicators. Source: contract/response.md, section 7.
var ThreatReport = client.Define(client.Kind{
	Name: "ThreatReport", Product: Name, Route: pathReports, PrimaryKey: "_internal_id",
	Doc:    "A report of a threat feed: what it warns of, and the indicators by which it is recognised.",
	Allows: client.CanQuery | client.CanGet | client.CanUpdate,
	Style:  searchStyle(100, "", search{console: "threats", fields: &reportIndex}),
	NewID: func(_ context.Context, _ *client.Client, id any, _ client.Args) (client.ID, error) {
		s, ok := id.(string)
		feed, report, found := strings.Cut(s, ":")
		if !ok || !found || feed == "" || report == "" {
			return client.ID{}, client.Errorf("ThreatReport ID must be in form '<feed_id>:<report_id>', got %q", text(id))
		}
		return reportID(feed, report), nil
	},
	RowID: func(_ *client.Client, row rowDoc) client.ID {
		feed, ok := row.Get("feed_id")
		report := textOf(row, "id")
		if !ok || report == "" {
			return client.ID{}
		}
		return reportID(feed.Text(), report)
	},
	Path:    reportPath,
	Saving:  saveReport,
	Changes: []client.Route{{Method: http.MethodPost, Path: pathReports, Needs: []client.Capability{client.Write}, Objects: changedReports}},
	Fields:  reportFields,
	Properties: []client.Property{
		// The id says which feed and which report it is, also before anything is fetched.
		fromReportKey("id", "string", "The report's id in its feed."),
		fromReportKey("feed_id", "int", "Number of the feed."),
		{Name: "feed", Returns: "Feed", Doc: "The feed that the report is of.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				return selectByName(ctx, o.Client(), "Feed", reportKey(o)["feed_id"])
			}},
	},
	Methods: []client.Method{ignoring("disable", true, "Ignore the report from now on."), ignoring("enable", false, "No longer ignore the report.")},
	Queries: []client.QueryMethod{{Name: "set_ignored", Returns: "int", Capability: client.Write,
		Doc:    "Ignore all reports that the query finds, or no longer ignore them. Gives how many they were.",
		Params: []client.Param{{Name: "ignored_flag", Type: client.Bool, Default: true, Doc: "whether they shall be ignored"}},
		Do: func(ctx context.Context, q *client.Query, args client.Args) (any, error) {
			return IgnoreReports(ctx, q, args.Bool("ignored_flag"))
		}}},
})

var reportFields = []client.Field{
	{Name: "feed_name", Type: client.Text, ReadOnly: true, Doc: "name of the feed"},
	{Name: "feed_category", Type: client.Text, ReadOnly: true, Doc: "kind of feed"},
	{Name: "title", Type: client.Text, ReadOnly: true, Doc: "what it warns of"},
	{Name: "description", Type: client.Text, ReadOnly: true, Doc: "the same at length"},
	{Name: "link", Type: client.Text, ReadOnly: true, Doc: "where to read more"},
	{Name: "score", Type: client.Int, ReadOnly: true, Doc: "how severe it is, -100 to 100"},
	{Name: "timestamp", Type: client.Any, ReadOnly: true, Doc: "when it was written, in seconds since 1970"},
	{Name: "create_time", Type: client.Time, ReadOnly: true, Doc: "when the server got it"},
	{Name: "update_time", Type: client.Time, ReadOnly: true, Doc: "when it last changed"},
	{Name: "iocs", Type: client.Map, ReadOnly: true, Doc: "its indicators: lists under md5, ipv4, dns and query"},
	{Name: "tags", Type: client.List, ReadOnly: true, Doc: "its tags"},
	{Name: "is_ignored", Type: client.Bool, Doc: "whether it is ignored; disable() and enable() set and save it"},
}

// reportID is the id of a report: its feed's number and its own text.
func reportID(feed, report string) client.ID {
	key := feed + ":" + report
	return client.ID{Value: key, Key: key}
}

// reportKey gives the fields that a report's id stands for.
func reportKey(o *client.Object) map[string]any {
	feed, report, ok := strings.Cut(o.ID().Key, ":")
	if !ok {
		return nil
	}
	key := map[string]any{"feed_id": feed, "id": report}
	if n, ok := wholeNumber(feed); ok {
		key["feed_id"] = n
	}
	return key
}

func fromReportKey(name, returns, doc string) client.Property {
	return client.Property{Name: name, Returns: returns, Doc: doc,
		Get: func(_ context.Context, o *client.Object) (any, error) { return reportKey(o)[name], nil }}
}

func reportPath(o *client.Object) (string, error) {
	key := reportKey(o)
	return client.JoinPath("/api/v1/feed", text(key["feed_id"]), "report", text(key["id"]))
}

// saveReport sends what was changed, as a change of the one report.
func saveReport(_ context.Context, o *client.Object, _ bool) (client.Request, error) {
	updates := map[string]any{}
	for _, name := range o.Changed() {
		updates[name], _ = o.Held(name)
	}
	key := reportKey(o)
	return client.Request{Method: http.MethodPost, Path: pathReports, Body: map[string]any{
		"ids":     map[string]any{text(key["feed_id"]): []any{text(key["id"])}},
		"updates": updates,
	}}, nil
}

// changedReports names the reports that a change is about; a change of those that a query finds names none.
func changedReports(body []byte) ([]string, error) {
	members, err := client.Members(body)
	if err != nil {
		return nil, err
	}
	var byFeed map[string][]string
	if ids, ok := members["ids"]; ok {
		if err := json.Unmarshal(ids, &byFeed); err != nil {
			return nil, err
		}
	}
	var names []string
	for feed, reports := range byFeed {
		for _, report := range reports {
			names = append(names, "ThreatReport "+reportID(feed, report).Key)
		}
	}
	slices.Sort(names)
	return names, nil
}

func ignoring(name string, ignored bool, doc string) client.Method {
	return client.Method{Name: name, Returns: "None", Capability: client.Write, Doc: doc,
		Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) {
			if err := o.Set(ctx, "is_ignored", ignored); err != nil {
				return nil, err
			}
			return nil, o.Save(ctx)
		}}
}

// IgnoreReports has the server ignore all reports that a query finds, or no longer ignore them, and gives how many they
// were. A query without a condition is refused, since it would mean every report there is. It needs Cb Response 5.1.
//
// Source: contract/query.md, section 4; known-bugs.md, row 22.
func IgnoreReports(ctx context.Context, q *client.Query, ignored bool) (int, error) {
	if err := q.Err(); err != nil {
		return 0, err
	}
	if len(q.Terms()) == 0 {
		return 0, client.Errorf("set_ignored: the query has no condition: it would change every report; add where(...)")
	}
	if err := q.Client().Needs(ctx, "set_ignored of ThreatReport queries", "5.1.0"); err != nil {
		return 0, err
	}
	n, err := q.Count(ctx)
	if err != nil || n == 0 {
		return 0, err
	}
	found := formatSaved([]client.QueryParam{{Name: savedURLVersion, Value: "1"}, {Name: savedText, Value: strings.Join(q.Terms(), " ")}})
	_, err = q.Client().Do(ctx, client.Request{Method: http.MethodPost, Path: pathReports,
		Body: map[string]any{"query": found, "updates": map[string]any{"is_ignored": ignored}},
		Change: &client.Change{Needs: []client.Capability{client.Write}, Kind: q.Kind(), Count: n,
			Action: fmt.Sprintf("set is_ignored of %d threat reports to %v", n, ignored)}})
	if err != nil {
		return 0, err
	}
	return n, nil
}
