package client

import (
	"context"
	"net/http"
	"slices"
)

// Change is a request that changes something, before it is made.
type Change struct {
	Needs  []Capability // what it needs, all of them
	Action string       // "save Sensor 7", for messages
	Kind   *Kind        // the model, or nil
	ID     string       // of the object, or empty for a new one
	Before map[string]any
	After  map[string]any // the changed fields by name, before and after; nil when it is not a save
	Count  int            // how many objects it touches; 0 means one
	Which  []string       // ids of the objects, when there are several and they are known
	// Continues says that the request completes a change that was permitted as a whole before, so that its objects
	// are not counted again.
	Continues bool
	Method    string
	Path      string // with its query
	Server    string // the origin, as https://cb.example
	Body      any    // as in Request
	// Cautions asks the server what speaks against the change, by the model's table. It is nil when nothing ever does.
	Cautions func(context.Context) ([]Caution, error)
	// Against is what Cautions gave, in a change that a Guard hands on.
	Against []Caution
}

// Caution is something that speaks against a change: it is made only when a person has confirmed it.
type Caution struct {
	Reason string // as "it is part of Windows, signed by Microsoft Corporation"
	Hosts  int    // how many endpoints the change would reach, as far as the server knows; at least 1
	// Always says that it counts however few the endpoints are.
	Always bool
}

// Guard decides about changes.
type Guard interface {
	// Permit is asked before a change is sent. It reports false for a change that shall only be shown and counted as
	// made; an error, for example a [PermissionError], is given to whoever wanted the change.
	Permit(ctx context.Context, change Change) (send bool, err error)
}

// changeKey is the key under which a context keeps what is called before a change.
type changeKey struct{}

// BeforeChange gives ctx with a function that is called before a request under it is sent that changes something, after it
// was permitted. An error keeps the request from being sent, and is given to whoever wanted it. Requests that only read
// from an endpoint, and what opens and closes a session with one, change nothing. f may be called concurrently.
func BeforeChange(ctx context.Context, f func(context.Context) error) context.Context {
	return context.WithValue(ctx, changeKey{}, f)
}

// announce calls what is to be called before a change.
func announce(ctx context.Context, change *Change) error {
	f, ok := ctx.Value(changeKey{}).(func(context.Context) error)
	if !ok || change != nil && !slices.ContainsFunc(change.Needs, func(c Capability) bool { return c != Respond }) {
		return nil
	}
	return f(ctx)
}

// grants reports whether the client's guard says that a capability is granted. A guard that cannot say grants none, and
// neither does the lack of one.
func (c *Client) grants(needed Capability) bool {
	g, ok := c.guard.(interface{ Grants(Capability) bool })
	return ok && g.Grants(needed)
}

// skippedHeader marks an answer that no server gave.
const skippedHeader = "X-Cbscript-Not-Sent"

func (c *Client) permit(ctx context.Context, r Request, req *http.Request) (bool, error) {
	if c.guard == nil {
		return true, nil
	}
	change := Change{Needs: []Capability{Write}, Action: r.Method + " " + r.Path}
	if r.Change != nil {
		change = *r.Change
	}
	change.Method, change.Path, change.Body, change.Server = r.Method, req.URL.RequestURI(), r.Body, c.origin
	if k := change.Kind; k != nil && k.Cautions != nil && !change.Continues {
		described := change
		change.Cautions = func(ctx context.Context) ([]Caution, error) { return k.Cautions(ctx, c, described) }
	}
	return c.guard.Permit(ctx, change)
}

// continued describes a further request of the same change.
func (c *Change) continued() *Change {
	if c == nil {
		return nil
	}
	next := *c
	next.Continues = true
	return &next
}

func skipped(req *http.Request) *http.Response {
	return &http.Response{
		StatusCode: http.StatusNoContent,
		Header:     http.Header{skippedHeader: {"1"}},
		Body:       http.NoBody,
		Request:    req,
	}
}
