package response

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// alertBlock is how many alerts are changed by one request. Source: contract/query.md, section 4, "Bulk operations".
const alertBlock = 500

const pathAlertBulk = "/api/v1/alerts"

// bulkAlerts names the alerts that a bulk change of alerts is about.
func bulkAlerts(body []byte) ([]string, error) {
	members, err := client.Members(body)
	if err != nil {
		return nil, err
	}
	var ids []string
	if list, ok := members["alert_ids"]; ok {
		if err := json.Unmarshal(list, &ids); err != nil {
			return nil, err
		}
	}
	for i, id := range ids {
		ids[i] = "Alert " + id
	}
	return ids, nil
}

func alertBulkMethods() []client.QueryMethod {
	assign := func(name, doc string) client.QueryMethod {
		return client.QueryMethod{Name: name, Returns: "int", Capability: client.Write, Doc: doc,
			Params: []client.Param{{Name: "target", Type: client.Text, Required: true, Doc: "name of the user"}},
			Do: func(ctx context.Context, q *client.Query, args client.Args) (any, error) {
				return AssignAlerts(ctx, q, args.Text("target"))
			}}
	}
	return []client.QueryMethod{
		{Name: "set_ignored", Returns: "int", Capability: client.Write,
			Doc: "Mark all alerts that the query finds so that what raised them is ignored, or no longer. Gives how many they were.",
			Params: []client.Param{
				{Name: "ignored_flag", Type: client.Bool, Default: true, Doc: "whether it shall be ignored"},
				{Name: "status", Type: client.Text, Default: "False Positive", Doc: "the status that they get"},
			},
			Do: func(ctx context.Context, q *client.Query, args client.Args) (any, error) {
				return IgnoreAlerts(ctx, q, args.Bool("ignored_flag"), args.Text("status"))
			}},
		assign("assign", "Assign all alerts that the query finds to a user, and mark them as In Progress. Gives how many they were."),
		assign("assign_to", "The same as assign."),
		{Name: "change_status", Returns: "int", Capability: client.Write,
			Doc:    "Give all alerts that the query finds a status. Gives how many they were.",
			Params: []client.Param{{Name: "new_status", Type: client.Text, Required: true, Doc: strings.Join(alertStatuses, ", ")}},
			Do: func(ctx context.Context, q *client.Query, args client.Args) (any, error) {
				return ChangeAlerts(ctx, q, args.Text("new_status"))
			}},
	}
}

// IgnoreAlerts gives all alerts of a query a status and has what raised them ignored, or no longer, and gives how many
// they were. See [ChangeAlerts] for how it fails.
//
// Source: contract/query.md, section 4; known-bugs.md, row 23.
func IgnoreAlerts(ctx context.Context, q *client.Query, ignored bool, status string) (int, error) {
	if err := alertStatus("set_ignored", status); err != nil {
		return 0, err
	}
	return changeAlerts(ctx, q, "set_ignored", map[string]any{"set_ignored": ignored, "requested_status": status})
}

// AssignAlerts assigns all alerts of a query to a user, and gives how many they were. See [ChangeAlerts] for how it
// fails.
func AssignAlerts(ctx context.Context, q *client.Query, user string) (int, error) {
	if user == "" {
		return 0, client.Errorf("assign: got an empty name for the user")
	}
	return changeAlerts(ctx, q, "assign", map[string]any{"assigned_to": user, "requested_status": "In Progress"})
}

// ChangeAlerts gives all alerts of a query a status, in blocks of 500, and gives how many they were. The alerts are
// found before the first is changed. When a block fails nothing more is sent: if some alerts were changed by then, or
// may have been, the error is a [client.PartialChangeError], which says how many.
func ChangeAlerts(ctx context.Context, q *client.Query, status string) (int, error) {
	if err := alertStatus("change_status", status); err != nil {
		return 0, err
	}
	return changeAlerts(ctx, q, "change_status", map[string]any{"requested_status": status})
}

func alertStatus(action, status string) error {
	if !slices.Contains(alertStatuses, status) {
		return client.Errorf("%s: got the status %q, want one of %s", action, status, strings.Join(alertStatuses, ", "))
	}
	return nil
}

// changeAlerts finds the alerts and sends the change with their ids.
func changeAlerts(ctx context.Context, q *client.Query, action string, change map[string]any) (int, error) {
	ids, err := alertIDs(ctx, q)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	c, total := q.Client(), len(ids)
	permission := &client.Change{Needs: []client.Capability{client.Write}, Kind: q.Kind(), Count: total, Which: ids,
		Action: fmt.Sprintf("%s of %d alerts", action, total)}
	for done := 0; done < total; done += alertBlock {
		c.Report(ctx, client.Progress{Action: action, Unit: "alerts", Done: done, Total: total})
		block := ids[done:min(done+alertBlock, total)]
		body := map[string]any{"alert_ids": anyList(block)}
		for name, v := range change {
			body[name] = v
		}
		part := *permission
		part.Continues = done > 0
		if _, err := c.Do(ctx, client.Request{Method: http.MethodPost, Path: pathAlertBulk, Body: body, Change: &part}); err != nil {
			return done, partialChange(action, done, len(block), total, err)
		}
	}
	c.Report(ctx, client.Progress{Action: action, Unit: "alerts", Done: total, Total: total})
	return total, nil
}

// partialChange is the error for a block that failed after done alerts were changed.
func partialChange(action string, done, block, total int, err error) error {
	uncertain := 0
	if mayHaveArrived(err) {
		uncertain = block
	}
	if done == 0 && uncertain == 0 {
		return fmt.Errorf("%s: none of %d alerts was changed: %w", action, total, err)
	}
	return &client.PartialChangeError{Action: action, Unit: "alerts", Changed: done, Uncertain: uncertain, Total: total, Err: err}
}

// mayHaveArrived reports whether a request that failed may have been carried out: all but those that were refused
// before, by this host for whatever reason, or by the server.
func mayHaveArrived(err error) bool {
	var (
		refused *client.ServerError
		typed   client.Error
	)
	if errors.As(err, &refused) {
		return refused.Status >= http.StatusInternalServerError
	}
	if !errors.As(err, &typed) {
		return true
	}
	return !slices.Contains([]string{"PermissionError", "UnauthorizedError", "ObjectNotFoundError", "LimitError"}, typed.Kind())
}

// alertIDs gives the ids of all alerts of a query, each once: results may move between pages while they are read.
func alertIDs(ctx context.Context, q *client.Query) ([]string, error) {
	var ids []string
	seen := map[string]bool{}
	for alert, err := range q.All(ctx) {
		if err != nil {
			return nil, err
		}
		id := alert.ID().Key
		if id == "" {
			return nil, client.Errorf("the server gave an alert without a unique_id, which cannot be changed")
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func anyList(texts []string) []any {
	list := make([]any, len(texts))
	for i, s := range texts {
		list[i] = s
	}
	return list
}
