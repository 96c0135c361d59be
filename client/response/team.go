package response

import (
	"context"

	"github.com/cbscript/cbscript/client"
)

// Team is a group of users with the same rights. The server's list of teams leaves their rights out, so that reading
// those of a team from the list asks for the team itself.
//
// Source: contract/response.md, section 5; known-bugs.md, row 17.
var Team = client.Define(client.Kind{
	Name: "Team", Product: Name, Route: "/api/team", ListRoute: "/api/teams", PrimaryKey: "id",
	Doc:    "A team of users, and which sensor groups they may look at or administer.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(),
	Fields: []client.Field{
		{Name: "id", Type: client.Int, ReadOnly: true, Doc: "number of the team"},
		{Name: "name", Type: client.Text, Required: true, Doc: "name of the team"},
		{Name: "group_access", Type: client.List, Required: true,
			Doc: "sensor groups that it has rights on: dicts of group_id, group_name and access_category, which is Viewer or Administrator"},
	},
	Methods: []client.Method{
		groupAccess("add_viewer_access", "Viewer", "Let the team look at a sensor group, and no more; save() sends it."),
		groupAccess("add_administrator_access", "Administrator", "Let the team administer a sensor group; save() sends it."),
	},
})

// groupAccess is the method that gives a team a right on a sensor group, in place of the one that it had.
func groupAccess(name, category, doc string) client.Method {
	return client.Method{Name: name, Returns: "None", Doc: doc,
		Params: []client.Param{{Name: "sensor_group", Type: client.Any, Required: true, Doc: "a SensorGroup, its number, or its name"}},
		Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
			group, id, err := member(ctx, o.Client(), "SensorGroup", args["sensor_group"])
			if err != nil {
				return nil, err
			}
			groupName, err := group.Get(ctx, "name")
			if err != nil {
				return nil, err
			}
			access, err := listField(ctx, o, "group_access")
			if err != nil {
				return nil, err
			}
			entry := map[string]any{"group_id": id, "access_category": category, "group_name": groupName}
			return nil, o.Set(ctx, "group_access", append(without(access, "group_id", id), entry))
		}}
}
