package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/cbscript/cbscript/client"
)

// WireConfig says what may pass a [Wire]. The zero value lets through what reads.
type WireConfig struct {
	// Allow are the capabilities that are granted.
	Allow []client.Capability
	// Frozen refuses every change, whatever is granted: for a run that only shows them.
	Frozen bool
	// MaxChanges bounds how many objects may be changed; 0 means no bound. What Live Response does is not counted here.
	MaxChanges int
}

// Wire checks the requests to one server by the tables of its product, and needs no description of them: it is the
// second line behind a [Guard], for requests of whoever got round the first. It is safe for concurrent use.
type Wire struct {
	c      WireConfig
	routes []client.Route

	mu      sync.Mutex
	changed map[string]bool // objects
	created int
}

// A WireRequest is a request before it is sent.
type WireRequest struct {
	Method string
	Path   string // escaped, without the query
	Body   []byte // whole
	// Current gives the document that the server has at the request's path. It is asked only when what the request needs
	// depends on what it would change.
	Current func(ctx context.Context) ([]byte, error)
}

// NewWire makes the check of one server's requests.
func NewWire(product *client.Product, c WireConfig) *Wire {
	return &Wire{c: c, routes: product.Routes(), changed: map[string]bool{}}
}

// Check is nil for a request that may be sent, and counts it. Otherwise it is a [*client.PermissionError], a
// [*ReachError], or the error of Current. Reading needs nothing. A changing request that no table knows needs Write.
func (w *Wire) Check(ctx context.Context, r WireRequest) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	action := r.Method + " " + r.Path
	if w.c.Frozen {
		return &client.PermissionError{Capability: client.Write, Action: action, Reason: "this run only shows changes"}
	}
	matches := client.MatchRoutes(w.routes, r.Method, r.Path)
	if len(matches) == 0 {
		matches = []client.Match{{Route: client.Route{Needs: []client.Capability{client.Write}}}}
	}
	counts := false
	for _, m := range matches {
		needs, err := w.needs(ctx, m, r)
		if err != nil {
			return err
		}
		for _, need := range needs {
			if need != client.Read && !slices.Contains(w.c.Allow, need) {
				return &client.PermissionError{Capability: need, Action: action}
			}
			counts = counts || need != client.Respond && need != client.RespondWrite
		}
	}
	if !counts {
		return nil
	}
	return w.count(action, matches[0].Object)
}

// count takes note of a change, unless it is one too many.
func (w *Wire) count(action, object string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if object != "" && w.changed[object] {
		return nil
	}
	if n := len(w.changed) + w.created; w.c.MaxChanges > 0 && n >= w.c.MaxChanges {
		return &ReachError{Action: action, Count: n + 1, Made: n, Limit: w.c.MaxChanges}
	}
	if object == "" {
		w.created++
	} else {
		w.changed[object] = true
	}
	return nil
}

// needs gives what a request needs as one of the routes that it may be.
func (w *Wire) needs(ctx context.Context, m client.Match, r WireRequest) ([]client.Capability, error) {
	if m.Judge != nil {
		return m.Judge(r.Body)
	}
	if m.Kind == nil || m.Kind.FieldNeeds() == nil {
		return m.Needs, nil
	}
	return w.saveNeeds(ctx, m.Kind, r)
}

// saveNeeds gives what the save of an object needs whose fields differ in that. A save sends the whole document, so what
// it would change is only seen beside what the server has.
func (w *Wire) saveNeeds(ctx context.Context, k *client.Kind, r WireRequest) ([]client.Capability, error) {
	own := k.FieldNeeds()
	all := []client.Capability{k.Capability}
	for _, need := range own {
		all = append(all, need)
	}
	if !slices.ContainsFunc(all, func(c client.Capability) bool { return !slices.Contains(w.c.Allow, c) }) {
		return []client.Capability{k.Capability}, nil
	}
	sent, err := object(r.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: the document to save cannot be read: %w", r.Method, r.Path, err)
	}
	has := map[string]any{}
	if r.Method != http.MethodPost {
		text, err := r.Current(ctx)
		if err != nil {
			return nil, err
		}
		if has, err = object(text); err != nil {
			return nil, fmt.Errorf("GET %s: the answer cannot be read, so that it is not known what a save would change: %w", r.Path, err)
		}
	}
	needs := w.changedNeeds(k, has, sent)
	if len(needs) > 0 {
		return needs, nil
	}
	for _, c := range all { // it changes nothing: any of them will do
		if slices.Contains(w.c.Allow, c) {
			return []client.Capability{c}, nil
		}
	}
	return []client.Capability{k.Capability}, nil
}

// changedNeeds gives what the difference between two documents of an object needs.
func (w *Wire) changedNeeds(k *client.Kind, has, sent map[string]any) []client.Capability {
	own := map[string]client.Capability{}
	for name, need := range k.FieldNeeds() {
		own[strings.ToLower(name)] = need
	}
	var needs []client.Capability
	for name, value := range sent {
		need, special := own[strings.ToLower(name)] // in any case: who knows how the server reads it
		field, known := k.Field(name)
		before, there := has[name]
		switch {
		case there && reflect.DeepEqual(before, value):
			continue
		case special:
		case !known, field.ReadOnly, value == nil:
			// Servers ignore what is not theirs to be told, and take null for "as it is". Much of a document has changed
			// since it was read.
			continue
		default:
			need = k.Capability
		}
		if !slices.Contains(needs, need) {
			needs = append(needs, need)
		}
	}
	slices.Sort(needs)
	return needs
}

// object reads a JSON object.
func object(text []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var members map[string]any
	if err := d.Decode(&members); err != nil {
		return nil, err
	}
	if members == nil {
		return nil, errors.New("it is no JSON object")
	}
	return members, nil
}
