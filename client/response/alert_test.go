package response_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/journal"
	"github.com/cbscript/cbscript/client/response"
)

const alertRow = `{"unique_id": "a-1", "alert_type": "watchlist.hit.query.process", "status": "Unresolved", "process_id": "00000001-0000-0e48-01d2-c2a397f4cfe0",
 "segment_id": 1, "md5": "0123456789ABCDEF0123456789ABCDEF", "sensor_id": 1, "feed_id": -1, "ioc_attr": {"a": 1}, "alert_severity": 50, "process_name": "net.exe"}`

// alertPage is a page of alerts numbered from a to b.
func alertPage(a, b, total int) string {
	rows := make([]string, 0, b-a)
	for i := a; i < b; i++ {
		rows = append(rows, fmt.Sprintf(`{"unique_id": "a-%d", "status": "Unresolved"}`, i))
	}
	return fmt.Sprintf(`200 {"results": [%s], "total_results": %d}`, strings.Join(rows, ","), total)
}

// alertList is the list of ids of alerts numbered from a to b, as a request has it.
func alertList(a, b int) string {
	ids := make([]string, 0, b-a)
	for i := a; i < b; i++ {
		ids = append(ids, fmt.Sprintf(`"a-%d"`, i))
	}
	return "[" + strings.Join(ids, ", ") + "]"
}

func alertPath(start int) string {
	return fmt.Sprintf("GET /api/v1/alert?cb.urlver=1&facet=false&q=status%%3AUnresolved&rows=500&start=%d", start)
}

func TestAlert(t *testing.T) {
	list := map[string][]string{alertPath(0): {`200 {"results": [` + alertRow + `], "total_results": 1}`}}
	first := func(next func(context.Context, *client.Object) (any, error)) func(context.Context, *client.Client) (any, error) {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			for o, err := range cb.Select(response.Alert).Where("status:Unresolved").All(ctx) {
				if err != nil {
					return nil, err
				}
				return next(ctx, o)
			}
			return nil, errors.New("no alert")
		}
	}
	run(t, []exchange{
		{name: "search in pages of 500, joins, ioc", answers: list, asked: []string{alertPath(0)},
			do: first(func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "process", "binary", "sensor", "feed", "trigger_ioc", "alert_severity", "process_name", "assigned_to")
			}),
			want: map[string]any{"process": "Process 00000001-0000-0e48-01d2-c2a397f4cfe0", "binary": "Binary 0123456789ABCDEF0123456789ABCDEF", "sensor": "Sensor 1",
				"feed": nil, "trigger_ioc": map[string]any{"a": int64(1)}, "alert_severity": 50.0, "process_name": "net.exe", "assigned_to": nil}},
		{name: "an alert of a binary has no process", answers: map[string][]string{
			alertPath(0): {`200 {"results": [{"unique_id": "a-2", "alert_type": "watchlist.hit.ingress.binary", "process_id": "x", "md5": null, "feed_id": 3}], "total_results": 1}`}},
			asked: []string{alertPath(0)},
			do: first(func(ctx context.Context, o *client.Object) (any, error) {
				return wiretest.Read(ctx, o, "process", "binary", "feed", "trigger_ioc")
			}),
			want: map[string]any{"process": nil, "binary": nil, "feed": "Feed 3", "trigger_ioc": map[string]any{}}},
		{name: "save: POST alert/id with everything, and no search before the server shows it", answers: map[string][]string{
			alertPath(0): list[alertPath(0)], "POST /api/v1/alert/a-1": {`200 {"result": "success"}`}},
			do: first(func(ctx context.Context, o *client.Object) (any, error) {
				if err := o.Set(ctx, "status", "Resolved"); err != nil {
					return nil, err
				}
				if err := o.Save(ctx); err != nil {
					return nil, err
				}
				if o.IsDirty() {
					return nil, errors.New("dirty after save")
				}
				return wiretest.Read(ctx, o, "status", "unique_id")
			}),
			asked: []string{alertPath(0), `POST /api/v1/alert/a-1 {"alert_severity": 50, "alert_type": "watchlist.hit.query.process", "feed_id": -1, "ioc_attr": {"a": 1}, "md5": "0123456789ABCDEF0123456789ABCDEF", "process_id": "00000001-0000-0e48-01d2-c2a397f4cfe0", "process_name": "net.exe", "segment_id": 1, "sensor_id": 1, "status": "Resolved", "unique_id": "a-1"}`},
			want:  map[string]any{"status": "Resolved", "unique_id": "a-1"}},
		{name: "an attribute that is not declared can be set when the row has it", answers: map[string][]string{
			alertPath(0): {`200 {"results": [{"unique_id": "a-1", "mood": "calm"}], "total_results": 1}`}, "POST /api/v1/alert/a-1": {"204"}},
			do: first(func(ctx context.Context, o *client.Object) (any, error) {
				var unknown *client.NoSuchAttributeError
				if err := o.Set(ctx, "moods", "wild"); !errors.As(err, &unknown) {
					return nil, fmt.Errorf("setting what the row does not have: %w", err)
				}
				if err := o.Set(ctx, "mood", "wild"); err != nil {
					return nil, err
				}
				return nil, o.Save(ctx)
			}),
			asked: []string{alertPath(0), `POST /api/v1/alert/a-1 {"mood": "wild", "unique_id": "a-1"}`}},
		{name: "save: the server may answer the document", answers: map[string][]string{
			alertPath(0): {`200 {"results": [{"unique_id": "a-1", "status": "Unresolved"}], "total_results": 1}`}, "POST /api/v1/alert/a-1": {`200 {"unique_id": "a-1", "status": "Resolved", "resolved_time": "2017-01-01T00:00:00Z"}`}},
			do: first(func(ctx context.Context, o *client.Object) (any, error) {
				if err := o.Set(ctx, "status", "Resolved"); err != nil {
					return nil, err
				}
				if err := o.Save(ctx); err != nil {
					return nil, err
				}
				return wiretest.Read(ctx, o, "resolved_time")
			}),
			asked: []string{alertPath(0), `POST /api/v1/alert/a-1 {"status": "Resolved", "unique_id": "a-1"}`},
			want:  map[string]any{"resolved_time": "2017-01-01 00:00:00 +0000 UTC"}},
		{name: "by id: a search with a filter on v2", answers: map[string][]string{
			"GET /api/v2/alert?cb.fq.unique_id=a-1": {`200 {"results": [` + alertRow + `], "total_results": 1}`}},
			do:    wiretest.Selected(response.Alert, "a-1", func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "status") }),
			asked: []string{"GET /api/v2/alert?cb.fq.unique_id=a-1"}, want: map[string]any{"status": "Unresolved"}},
		{name: "by id: on v1 before 6.0", version: "5.2.0", answers: map[string][]string{
			"GET /api/v1/alert?cb.fq.unique_id=a-1": {`200 {"results": [` + alertRow + `], "total_results": 1}`}},
			do:    wiretest.Selected(response.Alert, "a-1", func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "status") }),
			asked: []string{"GET /api/v1/alert?cb.fq.unique_id=a-1"}, want: map[string]any{"status": "Unresolved"}},
		{name: "by id: a server that ignores the filter gives no other alert", answers: map[string][]string{
			"GET /api/v2/alert?cb.fq.unique_id=b%262": {`200 {"results": [` + alertRow + `], "total_results": 1}`}},
			do:    wiretest.Selected(response.Alert, "b&2", func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "status") }),
			asked: []string{"GET /api/v2/alert?cb.fq.unique_id=b%262"}, kind: "ObjectNotFoundError", text: `"b&2"`},
		{name: "an alert cannot be created", do: wiretest.Creating(response.Alert, nil), kind: "ApiError", text: "cannot create object of type Alert"},
		{name: "an alert cannot be deleted", kind: "ApiError", text: "cannot be deleted",
			do: wiretest.Selected(response.Alert, "a-1", func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) })},
	})
}

func TestAlertBulk(t *testing.T) {
	bulk := func(name string, args client.Args) func(context.Context, *client.Client) (any, error) {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			return invokeQuery(ctx, cb.Select(response.Alert).Where("status:Unresolved"), name, args)
		}
	}
	two := func() map[string][]string {
		return map[string][]string{alertPath(0): {alertPage(0, 2, 2)}, "POST /api/v1/alerts": {`200 {"result": "success"}`}}
	}
	run(t, []exchange{
		{name: "set_ignored: the keys that servers honour", answers: two(), do: bulk("set_ignored", nil), want: 2,
			asked: []string{alertPath(0), `POST /api/v1/alerts {"alert_ids": ["a-0", "a-1"], "requested_status": "False Positive", "set_ignored": true}`}},
		{name: "set_ignored: back, with a status", answers: two(), do: bulk("set_ignored", client.Args{"ignored_flag": false, "status": "Resolved"}), want: 2,
			asked: []string{alertPath(0), `POST /api/v1/alerts {"alert_ids": ["a-0", "a-1"], "requested_status": "Resolved", "set_ignored": false}`}},
		{name: "assign", answers: two(), do: bulk("assign", client.Args{"target": "anna"}), want: 2,
			asked: []string{alertPath(0), `POST /api/v1/alerts {"alert_ids": ["a-0", "a-1"], "assigned_to": "anna", "requested_status": "In Progress"}`}},
		{name: "assign_to is assign", answers: two(), do: bulk("assign_to", client.Args{"target": "anna"}), want: 2,
			asked: []string{alertPath(0), `POST /api/v1/alerts {"alert_ids": ["a-0", "a-1"], "assigned_to": "anna", "requested_status": "In Progress"}`}},
		{name: "change_status", answers: two(), do: bulk("change_status", client.Args{"new_status": "Resolved"}), want: 2,
			asked: []string{alertPath(0), `POST /api/v1/alerts {"alert_ids": ["a-0", "a-1"], "requested_status": "Resolved"}`}},
		{name: "change_status: a status that there is not", do: bulk("change_status", client.Args{"new_status": "resolved"}), kind: "ApiError", text: "In Progress"},
		{name: "assign: nobody", do: bulk("assign", client.Args{"target": ""}), kind: "ApiError", text: "empty"},
		{name: "nothing is sent when nothing matches", answers: map[string][]string{alertPath(0): {alertPage(0, 0, 0)}},
			do: bulk("change_status", client.Args{"new_status": "Resolved"}), asked: []string{alertPath(0)}, want: 0},
		{name: "an alert that moves to the next page is changed once", answers: map[string][]string{
			alertPath(0): {alertPage(0, 500, 501)}, alertPath(500): {alertPage(499, 500, 501)}, "POST /api/v1/alerts": {"204"}},
			do: bulk("change_status", client.Args{"new_status": "Resolved"}), want: 500,
			asked: []string{alertPath(0), alertPath(500), `POST /api/v1/alerts {"alert_ids": ` + alertList(0, 500) + `, "requested_status": "Resolved"}`}},
		{name: "a page that fails changes nothing", answers: map[string][]string{
			alertPath(0): {alertPage(0, 500, 501)}, alertPath(500): {"502 bad gateway"}},
			do: bulk("change_status", client.Args{"new_status": "Resolved"}), asked: []string{alertPath(0), alertPath(500)}, kind: "ServerError", text: "502"},
	})
}

// oneThousandOne answers a search with 1001 alerts, and the posts in turn.
func oneThousandOne(posts ...string) map[string][]string {
	return map[string][]string{alertPath(0): {alertPage(0, 500, 1001)}, alertPath(500): {alertPage(500, 1000, 1001)}, alertPath(1000): {alertPage(1000, 1001, 1001)},
		"POST /api/v1/alerts": posts}
}

// asking notes what it is asked to permit.
type asking struct{ asked []client.Change }

func (a *asking) Permit(_ context.Context, change client.Change) (bool, error) {
	a.asked = append(a.asked, change)
	return true, nil
}

// TestAlertBlocks: 1001 alerts are changed in three requests, permitted as one change, with progress.
func TestAlertBlocks(t *testing.T) {
	w := serve(t, "6.2.0", oneThousandOne("204"))
	guard := &asking{}
	var progress []client.Progress
	cb := response.New(w, client.WithGuard(guard), client.WithProgress(func(_ context.Context, p client.Progress) { progress = append(progress, p) }))
	n, err := response.ChangeAlerts(t.Context(), cb.Select(response.Alert).Where("status:Unresolved"), "Resolved")
	if err != nil || n != 1001 {
		t.Fatalf("got %d, %v, want 1001", n, err)
	}
	posts := []string{
		`POST /api/v1/alerts {"alert_ids": ` + alertList(0, 500) + `, "requested_status": "Resolved"}`,
		`POST /api/v1/alerts {"alert_ids": ` + alertList(500, 1000) + `, "requested_status": "Resolved"}`,
		`POST /api/v1/alerts {"alert_ids": ` + alertList(1000, 1001) + `, "requested_status": "Resolved"}`,
	}
	asked := w.Asked()
	if diff := gocmp.Diff(posts, asked[len(asked)-3:]); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	step := func(done int) client.Progress {
		return client.Progress{Action: "change_status", Unit: "alerts", Done: done, Total: 1001}
	}
	if diff := gocmp.Diff([]client.Progress{step(0), step(500), step(1000), step(1001)}, progress); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	for i, change := range guard.asked {
		if change.Count != 1001 || len(change.Which) != 1001 || change.Continues != (i > 0) || change.Action != "change_status of 1001 alerts" {
			t.Errorf("permission %d: got %d objects, %d named, continues %v, %q", i, change.Count, len(change.Which), change.Continues, change.Action)
		}
	}
	if len(guard.asked) != 3 {
		t.Errorf("asked for permission %d times, want 3", len(guard.asked))
	}
}

// TestAlertBlockFails: a bulk change that stops halfway says how much was done.
func TestAlertBlockFails(t *testing.T) {
	cases := []struct {
		name  string
		posts []string
		kind  string
		text  string
		facts map[string]any // of those that the case is about
	}{
		{"the second block is refused", []string{"204", "403 no rights"}, "PartialChangeError", "after 500 of 1001 alerts were changed: HTTP 403",
			map[string]any{"changed": 500, "uncertain": 0, "unchanged": 501, "total": 1001, "cause": "ServerError", "status": 403}},
		{"the third block gets no answer", []string{"204", "204", "broken"}, "PartialChangeError", "after 1000 of 1001 alerts were changed (the next 1 may have been changed too)",
			map[string]any{"changed": 1000, "uncertain": 1, "unchanged": 0, "total": 1001, "cause": "ConnectionError"}},
		{"the first block ends in a server error", []string{"504 late"}, "PartialChangeError", "after 0 of 1001 alerts were changed (the next 500 may",
			map[string]any{"changed": 0, "uncertain": 500, "unchanged": 501, "total": 1001, "cause": "ServerError"}},
		{"the first block is refused", []string{"401 no"}, "UnauthorizedError", "none of 1001 alerts was changed", map[string]any{"status": 401}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cb := response.New(serve(t, "6.2.0", oneThousandOne(c.posts...)))
			n, err := response.ChangeAlerts(t.Context(), cb.Select(response.Alert).Where("status:Unresolved"), "Resolved")
			var typed client.Error
			if !errors.As(err, &typed) || typed.Kind() != c.kind || !strings.Contains(err.Error(), c.text) {
				t.Fatalf("got %d and the error %v, want a %s with %q", n, err, c.kind, c.text)
			}
			for name, want := range c.facts {
				if got := typed.Facts()[name]; got != want {
					t.Errorf("fact %s is %v, want %v", name, got, want)
				}
			}
			if c.kind == "PartialChangeError" && n != c.facts["changed"] {
				t.Errorf("got %d changed, want %v", n, c.facts["changed"])
			}
		})
	}
}

// limited is the error of a run that has reached a limit.
type limited struct{}

func (limited) Error() string         { return "too many requests" }
func (limited) Kind() string          { return "LimitError" }
func (limited) Facts() map[string]any { return map[string]any{} }

// refusing refuses each change after the first few.
type refusing struct {
	after int
	err   error
}

func (r *refusing) Permit(context.Context, client.Change) (bool, error) {
	if r.after--; r.after < 0 {
		return false, r.err
	}
	return true, nil
}

// TestAlertBlockIsRefusedHere: a block that the host refuses, for whatever reason, has not been sent, and is not said to
// have been.
func TestAlertBlockIsRefusedHere(t *testing.T) {
	for name, refusal := range map[string]error{
		"not granted": &client.PermissionError{Capability: client.Write, Action: "change_status"},
		"too many":    &guard.ReachError{Action: "change_status", Count: 1001, Limit: 10},
		"to confirm":  &guard.CautionError{Action: "change_status", Hosts: 40},
		"no journal":  &journal.Error{File: "journal.jsonl", Err: fs.ErrPermission},
		"a limit":     limited{},
	} {
		t.Run(name, func(t *testing.T) {
			change := func(after int) error {
				cb := response.New(serve(t, "6.2.0", oneThousandOne("204")), client.WithGuard(&refusing{after, refusal}))
				_, err := response.ChangeAlerts(t.Context(), cb.Select(response.Alert).Where("status:Unresolved"), "Resolved")
				return err
			}
			err := change(0)
			var (
				typed   client.Error
				partial *client.PartialChangeError
			)
			if !errors.As(err, &typed) || errors.As(err, &partial) || !errors.Is(err, refusal) || !strings.Contains(err.Error(), "none of 1001 alerts was changed") {
				t.Errorf("the first block: got %v", err)
			}
			if err := change(1); !errors.As(err, &partial) || partial.Changed != 500 || partial.Uncertain != 0 {
				t.Errorf("the second block: got %v", err)
			}
		})
	}
}
