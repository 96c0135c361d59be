package client

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Route is a changing request that a product's server takes, for whoever checks requests where nothing describes them.
type Route struct {
	Method string
	// Path is that of the request, from the server's root. A segment in braces, as in "/api/v1/feed/{id}", stands for any
	// one segment.
	Path string
	// Needs are the capabilities that the request needs, all of them.
	Needs []Capability
	// Judge gives what a request needs by its body, in the place of Needs. It fails on a body that it cannot read. Nil
	// means that the body does not matter.
	Judge func(body []byte) ([]Capability, error)
	// Kind is the model whose object the request saves, or nil. A field of it may need a capability of its own.
	Kind *Kind
}

// Match is what the tables know of a request.
type Match struct {
	Route
	// Object is the beginning of the path that names one object, so that several requests to it can be told from requests
	// to several. It is empty for a request to a collection.
	Object string
}

// Routes gives the changing requests of a product: those of its models, then its own.
func (p *Product) Routes() []Route {
	var all []Route
	for _, k := range p.Kinds {
		all = append(all, k.routes()...)
	}
	return append(all, p.Changes...)
}

// routes are those that follow from what the model allows, and those that its table names.
func (k *Kind) routes() []Route {
	needs := []Capability{k.Capability}
	object := k.Route + "/{id}"
	all := slices.Clone(k.Changes)
	if k.Allows.Can(CanCreate) {
		all = append(all, Route{Method: http.MethodPost, Path: k.Route, Needs: needs, Kind: k})
	}
	if k.Allows.Can(CanUpdate) {
		all = append(all, Route{Method: http.MethodPut, Path: object, Needs: needs, Kind: k})
	}
	if k.Allows.Can(CanDelete) {
		all = append(all, Route{Method: http.MethodDelete, Path: object, Needs: needs})
	}
	return all
}

// MatchRoutes gives the routes that a request may be, by its method and its escaped path without the query: none when no
// table knows it. A server may take a path with another case, with doubled slashes, or with escapes where none are
// needed for the plain one, so these are the same here.
func MatchRoutes(routes []Route, method, path string) []Match {
	var found []Match
	for _, segments := range readings(path) {
		for _, r := range routes {
			if r.Method != method {
				continue
			}
			named, ok := matches(split(r.Path), segments)
			if !ok {
				continue
			}
			found = append(found, Match{Route: r, Object: strings.Join(segments[:named], "/")})
			break
		}
	}
	return found
}

// readings are the ways in which a server may divide a path: an escaped slash is part of a name, or it is a slash.
func readings(path string) [][]string {
	segments := split(path)
	for i, s := range segments {
		if plain, err := url.PathUnescape(s); err == nil {
			segments[i] = plain
		}
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		return [][]string{segments}
	}
	if other := split(strings.ReplaceAll(plain, `\`, "/")); !slices.Equal(other, segments) {
		return [][]string{segments, other}
	}
	return [][]string{segments}
}

func split(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// matches reports whether a path has a route's form, and how many segments lead up to the last name in it.
func matches(pattern, segments []string) (named int, ok bool) {
	if len(pattern) != len(segments) {
		return 0, false
	}
	for i, want := range pattern {
		switch {
		case strings.HasPrefix(want, "{"):
			named = i + 1
		case !strings.EqualFold(want, segments[i]):
			return 0, false
		}
	}
	return named, true
}

// FieldNeeds gives the capabilities of a model's fields that need one of their own, by the field's name.
func (k *Kind) FieldNeeds() map[string]Capability {
	var needs map[string]Capability
	for _, f := range k.Fields {
		if f.Capability == "" || f.Capability == k.Capability {
			continue
		}
		if needs == nil {
			needs = map[string]Capability{}
		}
		needs[f.Name] = f.Capability
	}
	return needs
}
