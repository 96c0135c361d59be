package response

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/cbscript/cbscript/client"
)

const pathAlerts = "/api/v1/alert"

// The states of an alert. Source: contract/query.md, section 4.
var alertStatuses = []string{"Unresolved", "In Progress", "Resolved", "False Positive"}

// Alert is something that the server wants an analyst to look at. Source: contract/response.md, section 8.
var Alert = client.Define(client.Kind{
	Name: "Alert", Product: Name, Route: pathAlerts, PrimaryKey: "unique_id",
	Doc:    "A hit of a watchlist or a feed that someone shall look at.",
	Allows: client.CanQuery | client.CanGet | client.CanUpdate,
	Style:  searchStyle(500, "", search{console: "alerts", fields: &alertIndex}), FullRows: true,
	Fetch: fetchAlert,
	// The search, which is the only way to read an alert, shows a change after some seconds.
	ShowsLate: true,
	Saving: func(_ context.Context, o *client.Object, _ bool) (client.Request, error) {
		path, err := client.JoinPath(pathAlerts, o.ID().Key)
		return client.Request{Method: http.MethodPost, Path: path, Body: o.Data()}, err
	},
	Changes: []client.Route{
		{Method: http.MethodPost, Path: pathAlerts + "/{id}", Needs: []client.Capability{client.Write}, Object: "Alert {id}"},
		{Method: http.MethodPost, Path: pathAlertBulk, Needs: []client.Capability{client.Write}, Objects: bulkAlerts},
	},
	Fields: alertFields,
	Properties: []client.Property{
		{Name: "process", Returns: "Process", Doc: "The process that caused it; None when alert_type is not one of processes.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return alertProcess(ctx, o) }},
		joinUnlessZero("binary", "md5", "Binary", "The binary that caused it, or the process's image."),
		joinUnlessZero("sensor", "sensor_id", "Sensor", "The sensor of the endpoint."),
		joinUnlessZero("feed", "feed_id", "Feed", "The feed that it is a hit of; None for a watchlist of its own."),
		{Name: "trigger_ioc", Returns: "dict", Doc: "What exactly was hit; the same as ioc_attr.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return o.Get(ctx, "ioc_attr") }},
	},
	Queries: alertBulkMethods(),
})

// alertFields are the declared fields, and those that recorded scripts and the vendor's list of searchable fields have.
var alertFields = []client.Field{
	{Name: "unique_id", Type: client.Text, ReadOnly: true, Doc: "id of the alert"},
	{Name: "alert_type", Type: client.Text, ReadOnly: true, Doc: "what was hit: watchlist.hit.query.process, watchlist.hit.ingress.binary and so on"},
	{Name: "alert_severity", Type: client.Float, ReadOnly: true, Doc: "how severe it is, from the three scores below"},
	{Name: "report_score", Type: client.Int, ReadOnly: true, Doc: "score of the report that was hit"},
	{Name: "feed_rating", Type: client.Float, ReadOnly: true, Doc: "how far the feed is trusted"},
	{Name: "sensor_criticality", Type: client.Float, ReadOnly: true, Doc: "weight of the endpoint's group"},
	{Name: "ioc_confidence", Type: client.Float, ReadOnly: true, Doc: "how sure the indicator is"},
	{Name: "ioc_attr", Type: client.Map, ReadOnly: true, Doc: "what exactly was hit"},
	{Name: "ioc_value", Type: client.Text, ReadOnly: true, Doc: "the indicator that was hit"},
	{Name: "status", Type: client.Text, Doc: "Unresolved, In Progress, Resolved or False Positive"},
	{Name: "assigned_to", Type: client.Text, Doc: "who looks at it"},
	{Name: "created_time", Type: client.Time, ReadOnly: true, Doc: "when it was raised"},
	{Name: "resolved_time", Type: client.Time, ReadOnly: true, Doc: "when it was resolved"},
	{Name: "feed_id", Type: client.Int, ReadOnly: true, Doc: "number of the feed; -1 for a watchlist of its own"},
	{Name: "feed_name", Type: client.Text, ReadOnly: true, Doc: "name of the feed; My Watchlists for a watchlist of its own"},
	{Name: "watchlist_id", Type: client.Any, ReadOnly: true, Doc: "the watchlist, or the report of the feed"},
	{Name: "watchlist_name", Type: client.Text, ReadOnly: true, Doc: "name of the watchlist or of the report"},
	{Name: "hostname", Type: client.Text, ReadOnly: true, Doc: "name of the endpoint"},
	{Name: "sensor_id", Type: client.Int, ReadOnly: true, Doc: "number of the sensor"},
	{Name: "group", Type: client.Text, ReadOnly: true, Doc: "name of the endpoint's sensor group"},
	{Name: "username", Type: client.Text, ReadOnly: true, Doc: "who ran the process"},
	{Name: "os_type", Type: client.Text, ReadOnly: true, Doc: "operating system of the endpoint"},
	{Name: "process_id", Type: client.Text, ReadOnly: true, Doc: "guid of the process"},
	{Name: "segment_id", Type: client.Int, ReadOnly: true, Doc: "segment of the process; cut short by servers 6.1"},
	{Name: "process_name", Type: client.Text, ReadOnly: true, Doc: "name of the process's image"},
	{Name: "process_path", Type: client.Text, ReadOnly: true, Doc: "path of the process's image"},
	{Name: "md5", Type: client.Text, ReadOnly: true, Doc: "MD5 of the binary, or of the process's image"},
	{Name: "observed_filename", Type: client.Any, ReadOnly: true, Doc: "paths that the binary was seen at"},
}

// alertProcess gives the process of an alert. Servers 6.1 cut the segment's number short in alerts, so that the
// process is selected without it.
func alertProcess(ctx context.Context, o *client.Object) (any, error) {
	v, _, err := o.Value(ctx, "alert_type")
	if err != nil || !strings.Contains(text(v), "process") {
		return nil, err
	}
	id, _, err := o.Value(ctx, "process_id")
	if err != nil || text(id) == "" {
		return nil, err
	}
	return o.Join(ctx, "process_id", "Process")
}

// fetchAlert searches for the one alert, since there is no call that reads it. The filter by id is one of the second
// version of the search, which older servers do not have; what comes back is checked, should the filter be ignored.
//
// Source: contract/response.md, section 8; known-bugs.md, row 24.
func fetchAlert(ctx context.Context, o *client.Object) (rowDoc, error) {
	c := o.Client()
	second, err := c.AtLeast(ctx, "6.0")
	if err != nil {
		return rowDoc{}, err
	}
	path := pathAlerts
	if second {
		path = "/api/v2/alert"
	}
	path += "?cb.fq.unique_id=" + url.QueryEscape(o.ID().Key)
	resp, err := c.Do(ctx, client.Request{Path: path})
	if err != nil {
		return rowDoc{}, err
	}
	rows, _, err := c.DocsIn(resp, o.Kind(), "results")
	if err != nil {
		return rowDoc{}, err
	}
	for _, row := range rows {
		if textOf(row, "unique_id") == o.ID().Key {
			return row, nil
		}
	}
	return rowDoc{}, &client.ObjectNotFoundError{Method: resp.Method, URI: resp.URI,
		Message: fmt.Sprintf("none of %d alerts in the answer has the unique_id %q", len(rows), o.ID().Key)}
}
