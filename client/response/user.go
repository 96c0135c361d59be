package response

import (
	"context"
	"net/http"

	"github.com/cbscript/cbscript/client"
)

// User is someone who may log in to the server. Source: contract/response.md, section 5.
var User = client.Define(client.Kind{
	Name: "User", Product: Name, Route: "/api/user", ListRoute: "/api/users", PrimaryKey: "username",
	Doc:    "Someone who may log in to the server, and the teams that say what they may see.",
	Allows: client.CanQuery | client.CanGet | client.CanCreate | client.CanUpdate | client.CanDelete,
	Style:  client.SimpleList(), FullRows: true,
	// A user's id is the user name, also where the server sends another or none.
	Held: func(_ *client.Object, doc rowDoc) map[string]any {
		if name := textOf(doc, "username"); name != "" {
			return map[string]any{"id": name}
		}
		return nil
	},
	Saving: saveUser,
	Fields: []client.Field{
		{Name: "id", Type: client.Text, ReadOnly: true, Doc: "the user name"},
		{Name: "username", Type: client.Text, Required: true, Doc: "name to log in with"},
		{Name: "first_name", Type: client.Text, Required: true, Doc: "first name"},
		{Name: "last_name", Type: client.Text, Required: true, Doc: "last name"},
		{Name: "email", Type: client.Text, Required: true, Doc: "e-mail address"},
		{Name: "global_admin", Type: client.Bool, Required: true, Doc: "whether they may do everything"},
		{Name: "teams", Type: client.List, Required: true, Doc: "their teams: dicts of id and name; add_team and remove_team change it"},
		{Name: "password", Type: client.Text, Secret: true, Doc: "password to log in with"},
		{Name: "auth_token", Type: client.Text, Secret: true, ReadOnly: true, Doc: "API token"},
	},
	Methods: []client.Method{
		membership("add_team", "Add the user to a team; save() sends it.", addTeam),
		membership("remove_team", "Take the user out of a team; save() sends it.", removeTeam),
	},
})

// saveUser sends a new user with the numbers of the teams instead of their descriptions.
func saveUser(_ context.Context, o *client.Object, isNew bool) (client.Request, error) {
	body := o.Data()
	if !isNew {
		path, err := o.Path()
		return client.Request{Method: http.MethodPut, Path: path, Body: body}, err
	}
	delete(body, "id")
	teams, _ := body["teams"].([]any)
	ids := []any{}
	for _, team := range teams {
		if id := entryID(team, "id"); id != nil && id != int64(0) && id != "" {
			ids = append(ids, id)
		}
	}
	body["teams"] = ids
	return client.Request{Method: http.MethodPost, Path: "/api/user", Body: body}, nil
}

// entryID gives the id of an entry of a list, which is a dict with the id under a name, or the id itself.
func entryID(entry any, name string) any {
	if m, ok := entry.(map[string]any); ok {
		return m[name]
	}
	return entry
}

// without gives the entries of a list whose id is another one.
func without(list []any, name string, id int64) []any {
	kept := []any{}
	for _, entry := range list {
		if n, ok := wholeNumber(entryID(entry, name)); !ok || n != id {
			kept = append(kept, entry)
		}
	}
	return kept
}

func membership(name, doc string, do func(ctx context.Context, user *client.Object, team any) error) client.Method {
	return client.Method{Name: name, Returns: "None", Doc: doc,
		Params: []client.Param{{Name: "team", Type: client.Any, Required: true, Doc: "a Team, its number, or its name"}},
		Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
			return nil, do(ctx, o, args["team"])
		}}
}

func addTeam(ctx context.Context, user *client.Object, which any) error {
	team, id, err := member(ctx, user.Client(), "Team", which)
	if err != nil {
		return err
	}
	name, err := team.Get(ctx, "name")
	if err != nil {
		return err
	}
	teams, err := listField(ctx, user, "teams")
	if err != nil {
		return err
	}
	return user.Set(ctx, "teams", append(without(teams, "id", id), map[string]any{"id": id, "name": name}))
}

func removeTeam(ctx context.Context, user *client.Object, which any) error {
	_, id, err := member(ctx, user.Client(), "Team", which)
	if err != nil {
		return err
	}
	teams, err := listField(ctx, user, "teams")
	if err != nil {
		return err
	}
	return user.Set(ctx, "teams", without(teams, "id", id))
}

func listField(ctx context.Context, o *client.Object, name string) ([]any, error) {
	v, err := o.Get(ctx, name)
	list, _ := v.([]any)
	return list, err
}

// member reads an argument that names an object of a model: the object, its number, or its name, of which there must
// be one. An object that was not saved has no number, which is an error.
func member(ctx context.Context, c *client.Client, model string, which any) (*client.Object, int64, error) {
	k, err := c.Kind(model)
	if err != nil {
		return nil, 0, err
	}
	var o *client.Object
	switch v := which.(type) {
	case *client.Object:
		if o = v; o.Kind() != k {
			return nil, 0, client.Errorf("got a %s, want a %s, its number or its name", o.Kind().Name, model)
		}
	case string:
		o, err = c.Select(k).Where("name:" + v).One(ctx)
	case int, int64:
		o, err = c.SelectID(ctx, k, v, nil)
	default:
		err = client.Errorf("got %s, want a %s, its number or its name", client.ShowValue(which), model)
	}
	if err != nil {
		return nil, 0, err
	}
	id, ok := wholeNumber(o.ID().Value)
	if !ok {
		return nil, 0, client.Errorf("this %s has no number yet: save it first", model)
	}
	return o, id, nil
}
