package response

import (
	"context"
	"net/http"

	"github.com/cbscript/cbscript/client"
)

// sharingPath is the list of what a group shares, and with an id one entry of it. Source: contract/examples.md.
func sharingPath(group *client.Object, entry ...string) (string, error) {
	if group.IsNew() {
		return "", client.Errorf("this SensorGroup has no id yet: save it first")
	}
	return client.JoinPath("/api/v1/group", append([]string{group.ID().Key, "datasharing"}, entry...)...)
}

// sharingRoutes are the changing requests of what groups share.
func sharingRoutes() []client.Route {
	const list = "/api/v1/group/{id}/datasharing"
	write, group := []client.Capability{client.Write}, "SensorGroup {id}"
	return []client.Route{
		{Method: http.MethodPost, Path: list, Needs: write, Object: group},
		{Method: http.MethodDelete, Path: list, Needs: write, Object: group},
		{Method: http.MethodDelete, Path: list + "/{entry}", Needs: write, Object: group},
	}
}

// ShareData has a group share data of its endpoints: what, as "BIN" for unknown binaries, and with whom, as
// "VIRUSTOTAL".
func ShareData(ctx context.Context, group *client.Object, who, what string) error {
	path, err := sharingPath(group)
	if err != nil {
		return err
	}
	_, err = group.Client().Do(ctx, client.Request{Method: http.MethodPost, Path: path,
		Body:   map[string]any{"group_id": group.ID().Value, "who": who, "what": what},
		Change: sharingChange(group, "share "+what+" of SensorGroup "+group.ID().Key+" with "+who)})
	return err
}

// StopSharingData takes one entry of what a group shares back; empty text means all.
func StopSharingData(ctx context.Context, group *client.Object, entry string) error {
	var entries []string
	what := "everything"
	if entry != "" {
		entries, what = []string{entry}, "entry "+entry
	}
	path, err := sharingPath(group, entries...)
	if err != nil {
		return err
	}
	_, err = group.Client().Do(ctx, client.Request{Method: http.MethodDelete, Path: path,
		Change: sharingChange(group, "stop sharing "+what+" of SensorGroup "+group.ID().Key)})
	return err
}

func sharingChange(group *client.Object, action string) *client.Change {
	return &client.Change{Needs: []client.Capability{client.Write}, Action: action, Kind: group.Kind(), ID: group.ID().Key}
}
