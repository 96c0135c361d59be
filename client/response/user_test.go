package response_test

import (
	"context"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

const anna = `200 {"username": "anna", "first_name": "Anna", "last_name": "B", "email": "a@x.example", "global_admin": false, "auth_token": "f00d",
 "teams": [{"id": 1, "name": "Analysts"}, 7]}`

// annaBody is the body of a save of anna with other teams.
func annaBody(teams string) string {
	return `{"auth_token": "f00d", "email": "a@x.example", "first_name": "Anna", "global_admin": false, "id": "anna", "last_name": "B", "teams": ` + teams + `, "username": "anna"}`
}

func TestUser(t *testing.T) {
	newUser := map[string]any{"username": "anna", "first_name": "Anna", "last_name": "B", "email": "a@x.example", "global_admin": false, "password": "sesame",
		"teams": []any{map[string]any{"id": 1, "name": "Analysts"}, map[string]any{"id": nil}, map[string]any{"name": "x"}, 7}}
	member := func(method string, team any) func(context.Context, *client.Client) (any, error) {
		return wiretest.Selected(response.User, "anna", func(ctx context.Context, o *client.Object) (any, error) {
			if _, err := wiretest.Invoke(ctx, o, method, client.Args{"team": team}); err != nil {
				return nil, err
			}
			return nil, o.Save(ctx)
		})
	}
	put := []string{`200 {"result": "success"}`}
	getAnna, putAnna, getTeam, getTeams := "GET /api/user/anna", "PUT /api/user/anna", "GET /api/team/2", "GET /api/teams"
	team := []string{`200 {"id": 2, "name": "Hunters", "group_access": []}`}
	run(t, []exchange{
		{name: "list: GET /api/users; id is the user name", answers: map[string][]string{"GET /api/users": {"200 [" + anna[4:] + "]"}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.User).Where("username:ANNA"), "id")
			}, asked: []string{"GET /api/users"}, want: []any{"anna"}},
		{name: "list: a secret is no condition", answers: map[string][]string{"GET /api/users": {"200 [" + anna[4:] + "]"}},
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				return wiretest.Rows(ctx, cb.Select(response.User).Where("auth_token:f00d"), "id")
			}, asked: []string{"GET /api/users"}, kind: "PermissionError", text: "auth_token"},
		{name: "new: POST with username, without id, team numbers; then GET", answers: map[string][]string{"POST /api/user": put, getAnna: {anna}},
			do:    wiretest.Creating(response.User, newUser, "id", "email"),
			asked: []string{`POST /api/user {"email": "a@x.example", "first_name": "Anna", "global_admin": false, "last_name": "B", "password": "sesame", "teams": [1, 7], "username": "anna"}`, getAnna},
			want:  map[string]any{"id": "anna", "email": "a@x.example"}},
		{name: "new: required fields, all at once", do: wiretest.Creating(response.User, map[string]any{"username": "anna", "email": "a"}),
			kind: "InvalidObjectError", text: "[first_name, last_name, global_admin, teams]"},
		{name: "update: PUT of everything, teams as they are", answers: map[string][]string{getAnna: {anna}, putAnna: put},
			do:    wiretest.Changing(response.User, "anna", map[string]any{"email": "b@x.example"}),
			asked: []string{getAnna, putAnna + ` {"auth_token": "f00d", "email": "b@x.example", "first_name": "Anna", "global_admin": false, "id": "anna", "last_name": "B", "teams": [{"id": 1, "name": "Analysts"}, 7], "username": "anna"}`, getAnna}},
		{name: "update: the same before 6.1", version: "6.0.1", answers: map[string][]string{getAnna: {anna}, putAnna: put},
			do:    wiretest.Changing(response.User, "anna", map[string]any{"global_admin": true}),
			asked: []string{getAnna, putAnna + ` {"auth_token": "f00d", "email": "a@x.example", "first_name": "Anna", "global_admin": true, "id": "anna", "last_name": "B", "teams": [{"id": 1, "name": "Analysts"}, 7], "username": "anna"}`, getAnna}},
		{name: "add_team: by number", answers: map[string][]string{getAnna: {anna}, putAnna: put, getTeam: team}, do: member("add_team", int64(2)),
			asked: []string{getTeam, getAnna, putAnna + " " + annaBody(`[{"id": 1, "name": "Analysts"}, 7, {"id": 2, "name": "Hunters"}]`), getAnna}},
		{name: "add_team: by name", answers: map[string][]string{getAnna: {anna}, putAnna: put, getTeams: {`200 [{"id": 2, "name": "Hunters"}, {"id": 3, "name": "Hunters and more"}]`}},
			do:    member("add_team", "hunters"),
			asked: []string{getTeams, getAnna, putAnna + " " + annaBody(`[{"id": 1, "name": "Analysts"}, 7, {"id": 2, "name": "Hunters"}]`), getAnna}},
		{name: "add_team: a name that there is not", answers: map[string][]string{getTeams: {`200 []`}}, do: member("add_team", "hunters"),
			asked: []string{getTeams}, kind: "MoreThanOneResultError", text: "0 results"},
		{name: "add_team: in place of the entry that there is, object or number", answers: map[string][]string{getAnna: {anna}, putAnna: put, "GET /api/team/7": {`200 {"id": 7, "name": "Seven"}`}},
			do:    member("add_team", int64(7)),
			asked: []string{"GET /api/team/7", getAnna, putAnna + " " + annaBody(`[{"id": 1, "name": "Analysts"}, {"id": 7, "name": "Seven"}]`), getAnna}},
		{name: "remove_team: object", answers: map[string][]string{getAnna: {anna}, putAnna: put}, do: member("remove_team", int64(1)),
			asked: []string{getAnna, putAnna + " " + annaBody(`[7]`), getAnna}},
		{name: "remove_team: number", answers: map[string][]string{getAnna: {anna}, putAnna: put}, do: member("remove_team", int64(7)),
			asked: []string{getAnna, putAnna + " " + annaBody(`[{"id": 1, "name": "Analysts"}]`), getAnna}},
		{name: "add_team: a number with a fraction", do: member("add_team", 1.5), kind: "ApiError", text: "want a Team, its number or its name"},
		{name: "an id cannot change the route", kind: "ApiError", text: "cannot be an id",
			do: wiretest.Selected(response.User, "../users", func(ctx context.Context, o *client.Object) (any, error) { return wiretest.Read(ctx, o, "email") })},
		{name: "delete", answers: map[string][]string{"DELETE /api/user/anna": put},
			do:    wiretest.Selected(response.User, "anna", func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) }),
			asked: []string{"DELETE /api/user/anna"}},
	})
}

func TestTeam(t *testing.T) {
	getTeam, list := "GET /api/team/2", "GET /api/teams"
	full := `200 {"id": 2, "name": "Hunters", "group_access": [{"group_id": 1, "group_name": "Default", "access_category": "Viewer"}, {"group_id": 5, "group_name": "Servers", "access_category": "Viewer"}]}`
	group := map[string][]string{getTeam: {full}, list: {`200 [{"id": 2, "name": "Hunters"}]`}, "PUT /api/team/2": {`200 {"result": "success"}`},
		"GET /api/group/5": {`200 [{"id": 5, "name": "Servers"}]`}, "GET /api/group/6": {`200 [{"id": 6, "name": "Kiosks"}]`}}
	grant := func(team func(ctx context.Context, cb *client.Client) (*client.Object, error), method string, group any) func(context.Context, *client.Client) (any, error) {
		return func(ctx context.Context, cb *client.Client) (any, error) {
			o, err := team(ctx, cb)
			if err != nil {
				return nil, err
			}
			if _, err := wiretest.Invoke(ctx, o, method, client.Args{"sensor_group": group}); err != nil {
				return nil, err
			}
			return nil, o.Save(ctx)
		}
	}
	byID := func(ctx context.Context, cb *client.Client) (*client.Object, error) {
		return cb.SelectID(ctx, response.Team, 2, nil)
	}
	byName := func(ctx context.Context, cb *client.Client) (*client.Object, error) {
		return cb.Select(response.Team).Where("name:hunters").One(ctx)
	}
	run(t, []exchange{
		{name: "list rows are not complete: group_access is fetched, also after where", answers: group,
			do: func(ctx context.Context, cb *client.Client) (any, error) {
				o, err := byName(ctx, cb)
				if err != nil {
					return nil, err
				}
				v, err := o.Get(ctx, "group_access")
				return len(v.([]any)), err
			}, asked: []string{list, getTeam}, want: 2},
		{name: "new: name and group_access are required", do: wiretest.Creating(response.Team, map[string]any{"name": "x"}), kind: "InvalidObjectError", text: "[group_access]"},
		{name: "new: POST answers an id", answers: map[string][]string{"POST /api/team": {`200 {"id": 2}`}, getTeam: {full}},
			do:    wiretest.Creating(response.Team, map[string]any{"name": "Hunters", "group_access": []any{}}, "id", "name"),
			asked: []string{`POST /api/team {"group_access": [], "name": "Hunters"}`, getTeam}, want: map[string]any{"id": int64(2), "name": "Hunters"}},
		{name: "add_viewer_access: to one found by name, keeping the others", answers: group, do: grant(byName, "add_viewer_access", int64(6)),
			asked: []string{list, "GET /api/group/6", getTeam,
				`PUT /api/team/2 {"group_access": [{"access_category": "Viewer", "group_id": 1, "group_name": "Default"}, {"access_category": "Viewer", "group_id": 5, "group_name": "Servers"}, {"access_category": "Viewer", "group_id": 6, "group_name": "Kiosks"}], "id": 2, "name": "Hunters"}`, getTeam}},
		{name: "add_administrator_access: in place of the entry that there is", answers: group, do: grant(byID, "add_administrator_access", int64(5)),
			asked: []string{"GET /api/group/5", getTeam,
				`PUT /api/team/2 {"group_access": [{"access_category": "Viewer", "group_id": 1, "group_name": "Default"}, {"access_category": "Administrator", "group_id": 5, "group_name": "Servers"}], "id": 2, "name": "Hunters"}`, getTeam}},
		{name: "delete", answers: map[string][]string{"DELETE /api/team/2": {"204"}},
			do:    wiretest.Selected(response.Team, 2, func(ctx context.Context, o *client.Object) (any, error) { return nil, o.Delete(ctx) }),
			asked: []string{"DELETE /api/team/2"}},
	})
}
