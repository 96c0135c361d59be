package response

import (
	"context"
	"errors"
	"net/http"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

const pathIngress = "/api/v1/ingress_whitelist"

// IngressFilter says which events the server does not keep. Source: contract/response.md, section 11.
var IngressFilter = client.Define(client.Kind{
	Name: "IngressFilter", Product: Name, Route: pathIngress, PrimaryKey: "id", Since: "6.1",
	Doc:    "A filter of what sensors send: the events that match it are not kept.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(), FullRows: true,
	Saving: saveFilter,
	Saved:  filterSaved,
	Fields: ingressFields,
})

var ingressFields = []client.Field{
	{Name: "id", Type: client.Text, Required: true, Doc: "id of the filter; honoured for a new one, null lets the server choose"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the filter"},
	{Name: "description", Type: client.Text, Required: true, Doc: "what it is for"},
	{Name: "enabled", Type: client.Bool, Doc: "whether it is in force"},
	{Name: "priority", Type: client.Int, Doc: "its place among the filters"},
	{Name: "version", Type: client.Int, Doc: "version of the filter"},
	{Name: "internal", Type: client.Bool, Doc: "whether it came with the server"},
	{Name: "filter_on_sensor", Type: client.Bool, Doc: "whether sensors drop the events"},
	{Name: "filter_on_server", Type: client.Bool, Doc: "whether the server drops the events"},
	{Name: "track_metrics", Type: client.Bool, Doc: "whether what it drops is counted"},
	{Name: "hit_rate", Type: client.Any, ReadOnly: true, Doc: "how often it drops something"},
	{Name: "os_mask", Type: client.Int, Doc: "sum of 1 Windows, 2 macOS, 4 Linux; the server's default is 7"},
	{Name: "global", Type: client.Bool, Doc: "whether it holds for all endpoints; then group_ids and sensor_ids are ignored"},
	{Name: "group_ids", Type: client.List, Doc: "numbers of the sensor groups that it holds for"},
	{Name: "sensor_ids", Type: client.List, Doc: "numbers of the sensors that it holds for"},
	{Name: "path_filters", Type: client.List, Doc: "paths of processes whose events it drops"},
	{Name: "cmdline_filters", Type: client.List, Doc: "command lines of processes whose events it drops"},
	{Name: "md5_filters", Type: client.List, Doc: "MD5s of processes whose events it drops"},
	{Name: "descendant_filtering_level", Type: client.Int, Doc: "how many levels of children it drops as well; 0 none, -1 all"},
	{Name: "filter_all_events", Type: client.Bool, Doc: "whether every kind of event is dropped, whatever the lists below say"},
	{Name: "regmod_filters", Type: client.List, Doc: "registry keys whose modifications it drops"},
	{Name: "modload_filters", Type: client.List, Doc: "paths of modules whose loads it drops"},
	{Name: "filemod_filters", Type: client.List, Doc: "paths of files whose modifications it drops"},
	{Name: "non_binary_filemod_filters", Type: client.List, Doc: "the same for files that are not binaries"},
	{Name: "netconn_filters", Type: client.List, Doc: "network connections that it drops"},
	{Name: "crossproc_filters", Type: client.List, Doc: "cross-process events that it drops"},
	{Name: "create_timestamp", Type: client.Time, ReadOnly: true, Doc: "when it was made"},
	{Name: "create_user_id", Type: client.Int, ReadOnly: true, Doc: "number of the user who made it"},
	{Name: "modify_timestamp", Type: client.Time, ReadOnly: true, Doc: "when it was last changed"},
	{Name: "modify_user_id", Type: client.Int, ReadOnly: true, Doc: "number of the user who last changed it"},
}

// saveFilter sends a new filter as a list of one, with its id, which may be null.
func saveFilter(_ context.Context, o *client.Object, isNew bool) (client.Request, error) {
	body := o.Data()
	if isNew {
		return client.Request{Method: http.MethodPost, Path: pathIngress, Body: []any{body}}, nil
	}
	path, err := o.Path()
	return client.Request{Method: http.MethodPut, Path: path, Body: body}, err
}

// filterSaved reads the answer to a new filter, a list of ids of which the first is its own.
func filterSaved(ctx context.Context, o *client.Object, answer *client.Response) error {
	if answer.Method != http.MethodPost {
		return o.Answered(ctx, answer)
	}
	v, err := jsondoc.ParseValue(answer.Body)
	if err != nil {
		return o.Client().BadAnswer(answer, err)
	}
	ids := v.Array()
	if ids.Len() == 0 {
		return o.Client().BadAnswer(answer, errors.New("a list with the filter's id was expected"))
	}
	if err := o.Renamed(ids.At(0).Any()); err != nil {
		return o.Client().BadAnswer(answer, err)
	}
	return o.Reread(ctx)
}
