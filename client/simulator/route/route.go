// Package route is the small REST layer that every product of the simulator is written against: a [Route] names a
// method and a path pattern and answers a [Call] with a [Reply]. A [Table] finds the route of a request and gives the
// texts of the errors that belong to no product (no such page, wrong method, no token).
//
// Handlers return values and never touch the connection, so that the server around them can record, delay, compress
// or break an answer in one place.
package route

import (
	"cmp"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Handler answers one request. It is called concurrently.
type Handler func(*Call) Reply

// Route is one entry of a product's API.
type Route struct {
	Method string // http.MethodGet and so on; a GET route also answers HEAD
	// Path is a pattern of net/http.ServeMux without method and host, for example "/api/v1/sensor/{id}/queued".
	Path   string
	Handle Handler
	// Token is the API token that the route is answered for. "" means that of the server.
	Token string
	// Public marks a route that is answered without an API token, because it checks other credentials itself.
	Public bool
}

// Call is a request as a handler sees it.
type Call struct {
	Method string
	Path   string      // decoded
	Form   url.Values  // the query string; a body is never merged into it
	Header http.Header // without the token
	Body   []byte

	request *http.Request
}

// NewCall makes the call of a request whose body was read already.
func NewCall(r *http.Request, body []byte) *Call {
	form, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		// Well-formed pairs are kept: the real server ignores a broken escape as well.
		form = lenientQuery(r.URL.RawQuery)
	}
	return &Call{Method: r.Method, Path: r.URL.Path, Form: form, Header: r.Header, Body: body, request: r}
}

// Var gives the text that a wildcard of the route's path matched, "" when the path has no such wildcard.
func (c *Call) Var(name string) string { return c.request.PathValue(name) }

// Int gives the number that a wildcard matched; ok is false when it is not a decimal number.
func (c *Call) Int(name string) (n int, ok bool) {
	n, err := strconv.Atoi(c.Var(name))
	return n, err == nil
}

func lenientQuery(raw string) url.Values {
	form := url.Values{}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		form.Add(unescape(name), unescape(value))
	}
	return form
}

func unescape(s string) string {
	if t, err := url.QueryUnescape(s); err == nil {
		return t
	}
	return s
}

// Table finds the route of a request. It is immutable once made, and safe for concurrent use.
type Table struct {
	mux    *http.ServeMux
	routes map[string]Route // by the pattern given to mux
}

// NewTable makes a table of the given routes. It panics, as net/http does, when two of them collide: that is a mistake
// in the source and never depends on input.
func NewTable(routes []Route) *Table {
	t := &Table{mux: http.NewServeMux(), routes: make(map[string]Route, len(routes))}
	for _, r := range routes {
		pattern := r.Method + " " + r.Path
		t.mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
		t.routes[pattern] = r
	}
	return t
}

// Find gives the route of r and fills in r's path values. When there is none, found is false and the reply is the 404,
// or the 405 with its Allow header, that the server answers instead.
func (t *Table) Find(r *http.Request) (route Route, missing Reply, found bool) {
	tidy(r)
	route, found = t.match(r, r.Method)
	if found {
		t.mux.ServeHTTP(nil, r) // the handlers do nothing: this only sets the path values
		return route, Reply{}, true
	}
	if allowed := t.allowed(r); len(allowed) > 0 {
		return Route{}, MethodNotAllowed(allowed), false
	}
	return Route{}, NotFound(), false
}

// tidy brings a path with double slashes or dot segments into the form that the proxy in front of the real server
// passes on, instead of the redirect that net/http would answer.
func tidy(r *http.Request) {
	escaped := r.URL.EscapedPath()
	tidied := path.Clean("/" + escaped)
	if strings.HasSuffix(escaped, "/") && tidied != "/" {
		tidied += "/"
	}
	if tidied == escaped {
		return
	}
	u := *r.URL
	u.RawPath = tidied
	plain, err := url.PathUnescape(tidied)
	if err != nil {
		plain, u.RawPath = tidied, ""
	}
	u.Path = plain
	r.URL = &u
}

func (t *Table) match(r *http.Request, method string) (Route, bool) {
	probe := *r
	probe.Method = method
	_, pattern := t.mux.Handler(&probe)
	route, ok := t.routes[pattern]
	return route, ok
}

func (t *Table) allowed(r *http.Request) []string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, ok := t.match(r, m); ok {
			methods = append(methods, m)
		}
	}
	return methods
}

// All lists the routes in the order of their paths, for documentation and tests.
func (t *Table) All() []Route {
	all := make([]Route, 0, len(t.routes))
	for _, r := range t.routes {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Route) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return all
}
