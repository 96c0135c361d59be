package response

import (
	"context"
	"fmt"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// onlyOf fetches a model whose object is answered as a list of one.
func onlyOf(ctx context.Context, o *client.Object) (jsondoc.Doc, error) {
	path, err := o.Path()
	if err != nil {
		return jsondoc.Doc{}, err
	}
	return o.Client().GetOnly(ctx, o.Kind(), path)
}

// join is a property that leads to the object whose id a field holds; None when the field is null or absent.
func join(name, field, model, doc string) client.Property {
	return client.Property{Name: name, Returns: model, Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) { return o.Join(ctx, field, model) }}
}

// settableJoin is a join that can be set to another object of that model.
func settableJoin(name, field, model, doc string) client.Property {
	p := join(name, field, model, doc)
	p.Set = func(ctx context.Context, o *client.Object, value any) error {
		other, ok := value.(*client.Object)
		if !ok || other.Kind().Name != model {
			return client.Errorf("%s.%s can be set to a %s only; to set its id, assign %s", o.Kind().Name, name, model, field)
		}
		return o.Set(ctx, field, other.ID().Value)
	}
	return p
}

// related is a property that is the query of another model's objects on a condition with this object's id.
func related(name, model, field, doc string) client.Property {
	return client.Property{Name: name, Returns: "Query of " + model, Doc: doc,
		Get: func(_ context.Context, o *client.Object) (any, error) {
			k, err := o.Client().Kind(model)
			if err != nil {
				return nil, err
			}
			return o.Client().Select(k).Where(field + ":" + o.ID().Key), nil
		}}
}

// SensorGroup is a group of sensors with a common policy. Source: contract/response.md, section 4.
var SensorGroup = client.Define(client.Kind{
	Name: "SensorGroup", Product: Name, Route: "/api/group", PrimaryKey: "id",
	Doc:    "A group of sensors: what they collect, how much they may store and send, and who may see them.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(), FullRows: true,
	Moved: groupRoute, Elsewhere: []string{pathGroupsV3},
	Changes: sharingRoutes(),
	Fetch:   onlyOf,
	Fields:  groupFields,
	Properties: []client.Property{
		related("sensors", "Sensor", "groupid", "The sensors of the group."),
		settableJoin("site", "site_id", "Site", "The site whose throttle rules the group's sensors obey."),
		{Name: "datasharing", Returns: "list", Doc: "What the group shares with others: a list of dicts of id, who and what.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				path, err := sharingPath(o)
				if err != nil {
					return nil, err
				}
				return getList(ctx, o.Client(), path)
			}},
	},
	Methods: []client.Method{
		{Name: "get_installer", Returns: "bytes", Doc: "A sensor installer that joins this group.",
			Params: []client.Param{{Name: "os", Type: client.Text, Default: "windows/exe", Doc: "windows/exe, windows/msi, osx or linux"}},
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				return Installer(ctx, o, args.Text("os"))
			}},
		{Name: "share_data", Returns: "None", Capability: client.Write, Doc: "Share data of the group's endpoints with someone.",
			Params: []client.Param{
				{Name: "who", Type: client.Text, Required: true, Doc: "with whom, for example VIRUSTOTAL"},
				{Name: "what", Type: client.Text, Required: true, Doc: "what, for example BIN, unknown binaries"},
			},
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				return nil, ShareData(ctx, o, args.Text("who"), args.Text("what"))
			}},
		{Name: "stop_sharing_data", Returns: "None", Capability: client.Write, Doc: "Take back one entry of datasharing, or all of them.",
			Params: []client.Param{{Name: "id", Type: client.Any, Doc: "id of the entry; None means all"}},
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				return nil, StopSharingData(ctx, o, text(args["id"]))
			}},
	},
})

const pathGroupsV3 = "/api/v3/group"

// groupRoute is where servers from 7.0 on have the groups. Source: contract/response.md, section 4.
func groupRoute(f client.Facts) string {
	if client.CompareVersions(f.Version, "7.0") >= 0 {
		return pathGroupsV3
	}
	return ""
}

var groupFields = []client.Field{
	{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the group"},
	{Name: "name", Type: client.Text, Required: true, Doc: "name of the group"},
	{Name: "site_id", Type: client.Int, Required: true, Doc: "number of the site that the group belongs to"},
	{Name: "sensorbackend_server", Type: client.Text, Required: true, RequiredFrom: "7.0", Doc: "address that the group's sensors report to"},
	{Name: "datastore_server", Type: client.Text, Doc: "address that the group's sensors send files to"},
	{Name: "sensor_exe_name", Type: client.Text, Doc: "name that the sensor's process shows on the endpoint; empty is the usual one"},
	{Name: "sensor_version", Type: client.Text, Doc: "version that the sensors are kept at; Manual leaves them alone"},
	{Name: "sensor_version_windows", Type: client.Text, Doc: "the same for Windows, on servers 7"},
	{Name: "sensor_version_osx", Type: client.Text, Doc: "the same for macOS, on servers 7"},
	{Name: "sensor_version_linux", Type: client.Text, Doc: "the same for Linux, on servers 7"},
	{Name: "team_access", Type: client.List, Doc: "teams and their access: dicts of team_id, team_name, access_category"},
	{Name: "alert_criticality", Type: client.Int, Doc: "weight of the group's alerts, 1 to 5; 3 is neutral"},
	{Name: "tamper_level", Type: client.Int, Doc: "tamper detection of the sensors: 0 off, 1 on"},
	{Name: "max_licenses", Type: client.Int, Doc: "most sensors that the group may have; 0 is no limit"},
	{Name: "banning_enabled", Type: client.Bool, Doc: "whether banned hashes are blocked on the group's endpoints"},
	{Name: "collect_emet_events", Type: client.Bool, Doc: "whether EMET mitigations are collected"},
	{Name: "collect_filemods", Type: client.Bool, Doc: "whether file modifications are collected"},
	{Name: "collect_filewritemd5s", Type: client.Bool, Doc: "whether written files are hashed"},
	{Name: "collect_cross_procs", Type: client.Bool, Doc: "whether cross-process events are collected"},
	{Name: "collect_moduleinfo", Type: client.Bool, Doc: "whether facts about binaries are collected"},
	{Name: "collect_moduleloads", Type: client.Bool, Doc: "whether module loads are collected"},
	{Name: "collect_netconns", Type: client.Bool, Doc: "whether network connections are collected"},
	{Name: "collect_nonbinary_filewrites", Type: client.Bool, Doc: "whether writes of files that are not binaries are collected"},
	{Name: "collect_processes", Type: client.Bool, Doc: "whether processes are collected"},
	{Name: "collect_regmods", Type: client.Bool, Doc: "whether registry modifications are collected"},
	{Name: "collect_storefiles", Type: client.Bool, Doc: "whether copies of binaries are sent to the server"},
	{Name: "collect_usercontext", Type: client.Bool, Doc: "whether the user of a process is collected"},
	{Name: "filter_known_dlls", Type: client.Bool, Doc: "whether loads of well-known system libraries are left out"},
	{Name: "process_filter_level", Type: client.Int, Doc: "how far processes without suspicious activity are retained in less detail"},
	{Name: "quota_eventlog_bytes", Type: client.Int, Doc: "most bytes of events that a sensor keeps on its disk"},
	{Name: "quota_eventlog_percent", Type: client.Int, Doc: "most events that a sensor keeps, in per cent of its disk"},
	{Name: "quota_storefile_bytes", Type: client.Int, Doc: "most bytes of binaries that a sensor keeps on its disk"},
	{Name: "quota_storefile_percent", Type: client.Int, Doc: "most binaries that a sensor keeps, in per cent of its disk"},
	{Name: "vdi_enabled", Type: client.Bool, Doc: "whether virtual desktops are recognised by their machine facts and keep one sensor id"},
}

// installers are the kinds of sensor installer that a server has.
var installers = []string{"windows/exe", "windows/msi", "osx", "linux"}

// Installer downloads a sensor installer of a group: a zip for windows/exe, windows/msi and osx, a tar.gz for linux.
// A kind that there is not is an APIError.
func Installer(ctx context.Context, group *client.Object, os string) ([]byte, error) {
	known := false
	for _, name := range installers {
		known = known || name == os
	}
	if !known {
		return nil, client.Errorf("get_installer: got %q, want one of %s", os, strings.Join(installers, ", "))
	}
	path, err := client.JoinPath("/api/v1/group", append([]string{group.ID().Key, "installer"}, strings.Split(os, "/")...)...)
	if err != nil {
		return nil, err
	}
	resp, err := group.Client().Do(ctx, client.Request{Path: path})
	if err != nil {
		return nil, fmt.Errorf("get_installer %s of group %s: %w", os, group.ID().Key, err)
	}
	return resp.Body, nil
}
