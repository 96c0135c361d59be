package response

import (
	"crypto/md5"
	"fmt"
	"maps"
	"net/http"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// newTeams makes the teams of the story's company.
func (p *Product) newTeams() *records {
	access := func(category string, groups ...int) []any {
		list := []any{}
		for _, id := range groups {
			list = append(list, map[string]any{"group_id": id, "group_name": p.groups.get(id)["name"], "access_category": category})
		}
		return list
	}
	return newRecords("id",
		map[string]any{"id": 1, "name": "Administrators", "group_access": access("Administrator", 1, 2, 3, 4, 5, 6)},
		map[string]any{"id": 2, "name": "Analysts", "group_access": access("Viewer", 1, 2, 3, 4, 5, 6)},
		map[string]any{"id": 3, "name": "Rotterdam", "group_access": access("Administrator", 6)},
	)
}

// newUsers makes the users of the story's server. The one who may log in is the first.
func (p *Product) newUsers() *records {
	all := newRecords("username")
	for _, u := range []struct {
		name, first, last string
		admin             bool
		teams             []any
	}{
		{DemoUser, "Demo", "Analyst", true, []any{}},
		{"jcole", "Joan", "Cole", true, []any{team(1, "Administrators")}},
		{"jgarman", "Jason", "Garman", false, []any{team(2, "Analysts")}},
		{"lvisser", "Lotte", "Visser", false, []any{team(2, "Analysts"), team(3, "Rotterdam")}},
	} {
		all.put(p.completeUser(map[string]any{
			"username": u.name, "first_name": u.first, "last_name": u.last, "email": u.name + "@brightwater.example", "global_admin": u.admin, "teams": u.teams,
		}))
	}
	return all
}

func team(id int, name string) any { return map[string]any{"id": id, "name": name} }

// completeUser adds the API token, which is the one that the server accepts for the user who may log in.
func (p *Product) completeUser(doc map[string]any) map[string]any {
	whole := maps.Clone(doc)
	name := text(doc, "username")
	token := fmt.Sprintf("%x", md5.Sum([]byte("token of "+name))) + "00000000"
	if name == DemoUser {
		token = p.opts.Token
	}
	whole["id"], whole["auth_token"] = name, token
	delete(whole, "password")
	return whole
}

func (p *Product) userModel() model {
	return model{
		what: "user", base: "/api/user", list: "/api/users", rows: p.users,
		check: p.checkUser,
		create: func(doc map[string]any) route.Reply {
			if p.users.docs[text(doc, "username")] != nil {
				return route.Text(http.StatusConflict, "There is a user with that name.")
			}
			p.users.put(p.completeUser(doc))
			return route.Success()
		},
		remove: func(doc map[string]any) (route.Reply, bool) {
			if text(doc, "username") == DemoUser {
				return route.BadRequest("Users cannot delete themselves."), false
			}
			return route.Reply{}, true
		},
	}
}

// checkUser brings the teams, which clients send as numbers or as objects, into the form in which they are shown. It
// needs p.mu.
func (p *Product) checkUser(doc, old map[string]any) (route.Reply, bool) {
	sent, ok := doc["teams"].([]any)
	if !ok {
		return route.BadRequest("teams is a list."), false
	}
	teams := []any{}
	for _, entry := range sent {
		if object, ok := entry.(map[string]any); ok {
			entry = object["id"]
		}
		id, ok := wholeNumber(entry)
		known := p.teams.docs[p.teams.id(map[string]any{"id": id})]
		if !ok || known == nil {
			return route.BadRequest(fmt.Sprintf("There is no team %v.", entry)), false
		}
		teams = append(teams, team(id, text(known, "name")))
	}
	doc["teams"] = teams
	if old != nil {
		maps.Copy(doc, map[string]any{"id": old["id"], "auth_token": old["auth_token"]})
	}
	delete(doc, "password")
	return needs(doc, "username", "first_name", "last_name", "email")
}

// teamModel lists teams without their rights, as servers do.
func (p *Product) teamModel() model {
	return model{
		what: "team", base: "/api/team", list: "/api/teams", rows: p.teams,
		row: func(doc map[string]any) any { return map[string]any{"id": doc["id"], "name": doc["name"]} },
		check: func(doc, _ map[string]any) (route.Reply, bool) {
			access, ok := doc["group_access"].([]any)
			if !ok {
				return route.BadRequest("group_access is a list."), false
			}
			for _, entry := range access {
				object, _ := entry.(map[string]any)
				id, ok := wholeNumber(object["group_id"])
				if group := p.groups.get(id); !ok || group == nil {
					return route.BadRequest(fmt.Sprintf("There is no sensor group %v.", object["group_id"])), false
				}
			}
			return needs(doc, "name")
		},
	}
}

func (p *Product) userRoutes() []route.Route {
	return append(p.modelRoutes(p.userModel()), p.modelRoutes(p.teamModel())...)
}
