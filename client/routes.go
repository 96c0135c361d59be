package client

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
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
	// Params are the query parameters that the request may have, each with the capability that it needs besides: Read for
	// none. There are no others.
	Params map[string]Capability
	// Kind is the model whose object the request saves, or nil. A field of it may need a capability of its own.
	Kind *Kind
	// Object names what the request changes as a [Change] names it, by model and id: "SensorGroup {id}", with a name of
	// Path. Empty means that each request counts as a further object.
	Object string
	// Objects gives those names by the body; of none that it names, Object tells. Nil means that the body does not matter.
	Objects func(body []byte) ([]string, error)
	// Subject tells where the server says what the request changes, in the place of Object. Nil means nowhere.
	Subject *Subject
}

// Subject is where a server says which object a request changes, as a Live Response session says its endpoint.
type Subject struct {
	Document string // the path of a document, which is the beginning of the route's: "/api/session/{session}"
	Member   string // of that document: the id of the object
	Model    string // of the object
}

// Match is what the tables know of a request. Its Object holds the id.
type Match struct {
	Route
	// Document is the path of the document of the route's Subject, empty without one.
	Document string
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
	all := slices.Clone(k.Changes)
	for _, collection := range append([]string{k.Route}, k.Elsewhere...) {
		object, name := collection+"/{id}", k.Name+" {id}"
		if k.Allows.Can(CanCreate) {
			all = append(all, Route{Method: http.MethodPost, Path: collection, Needs: needs, Kind: k})
		}
		if k.Allows.Can(CanUpdate) {
			all = append(all, Route{Method: http.MethodPut, Path: object, Needs: needs, Kind: k, Object: name, Params: k.UpdateParams})
		}
		if k.Allows.Can(CanDelete) {
			all = append(all, Route{Method: http.MethodDelete, Path: object, Needs: needs, Object: name})
		}
	}
	return all
}

// MatchRoute gives the route of a request, by its method and its escaped path without the query. It reports false when no
// table knows it. The path must be written as [JoinPath] writes it, without slashes in a name: servers differ in how they
// read doubled, closing and escaped slashes, another case, parameters of a segment, control characters and escapes that
// are not needed, so that nobody could tell which request it is.
func MatchRoute(routes []Route, method, path string) (Match, bool) {
	segments, ok := plainSegments(path)
	if !ok {
		return Match{}, false
	}
	for _, r := range routes {
		if r.Method != method {
			continue
		}
		names, ok := matches(strings.Split(r.Path, "/")[1:], segments)
		if !ok {
			continue
		}
		m := Match{Route: r}
		m.Object = strings.NewReplacer(names...).Replace(r.Object)
		if r.Subject != nil {
			m.Document = "/" + strings.Join(segments[:strings.Count(r.Subject.Document, "/")], "/")
		}
		return m, true
	}
	return Match{}, false
}

// plainSegments divides a path that every server divides in the same way.
func plainSegments(path string) ([]string, bool) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil, false
	}
	segments := strings.Split(rest, "/")
	return segments, !slices.ContainsFunc(segments, func(s string) bool {
		plain, err := url.PathUnescape(s)
		return err != nil || plain == "" || plain == "." || plain == ".." || url.PathEscape(plain) != s ||
			strings.ContainsFunc(plain, func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) })
	})
}

// matches reports whether a path has a route's form, and gives the names in it, each followed by what stands for it.
func matches(pattern, segments []string) (names []string, ok bool) {
	if len(pattern) != len(segments) {
		return nil, false
	}
	for i, want := range pattern {
		switch {
		case strings.HasPrefix(want, "{"):
			plain, err := url.PathUnescape(segments[i])
			if err != nil {
				return nil, false
			}
			names = append(names, want, plain)
		case want != segments[i]:
			return nil, false
		}
	}
	return names, true
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
