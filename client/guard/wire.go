package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/cbscript/cbscript/client"
)

// WireConfig says what may pass a [Wire]. The zero value lets through what reads.
type WireConfig struct {
	// Allow are the capabilities that are granted.
	Allow []client.Capability
	// Declared are those that a script declares, as in [Config].
	Declared []client.Capability
	// Frozen refuses every change, whatever is granted: for a run that only shows them. What reads from an endpoint is no
	// change.
	Frozen bool
	// Budget bounds how many objects may be changed, over all servers that share it. Nil means no bound.
	Budget *Budget
}

// Budget counts the objects that requests change, each once for each server. It is safe for concurrent use.
type Budget struct {
	most int

	mu      sync.Mutex
	changed map[object]bool
	further int      // without a name
	last    []string // some that were changed
}

// object is an object on a server.
type object struct {
	at   *Wire
	name string
}

// NewBudget makes a budget of so many objects; 0 means no bound.
func NewBudget(most int) *Budget { return &Budget{most: most, changed: map[object]bool{}} }

// count takes note of a change, unless it is one too many. Without names it counts as one more object.
func (b *Budget) count(at *Wire, action string, names []string) error {
	if b == nil || b.most <= 0 {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var fresh []string
	for _, name := range names {
		if !b.changed[object{at, name}] && !slices.Contains(fresh, name) {
			fresh = append(fresh, name)
		}
	}
	more, made := len(fresh), len(b.changed)+b.further
	if len(names) == 0 {
		more = 1
	}
	if more > 0 && made+more > b.most {
		e := &ReachError{Action: action, Count: made + more, Made: made, Limit: b.most, Which: slices.Clone(b.last)}
		if more > 1 {
			e.Which = fresh
		}
		return e
	}
	for _, name := range fresh {
		b.changed[object{at, name}] = true
	}
	if len(names) == 0 {
		b.further++
		fresh = []string{action}
	}
	b.last = append(b.last, fresh[:min(len(fresh), max(0, mostNamed+1-len(b.last)))]...)
	return nil
}

// Wire checks the requests to one server by the tables of its product, and needs no description of them: it is the
// second line behind a [Guard], for requests of whoever got round the first. It is safe for concurrent use.
type Wire struct {
	c       WireConfig
	product *client.Product
	routes  []client.Route

	mu       sync.Mutex
	subjects map[string]string // the objects that documents name, by their path
}

// A WireRequest is a request before it is sent.
type WireRequest struct {
	Method string
	Path   string // escaped, without the query
	Query  url.Values
	Body   []byte // whole
	// Read gives the document that the server has at a path. It is asked only when what the request needs, or what it
	// changes, depends on that.
	Read func(ctx context.Context, path string) ([]byte, error)
}

// NewWire makes the check of one server's requests.
func NewWire(product *client.Product, c WireConfig) *Wire {
	return &Wire{c: c, product: product, routes: product.Routes(), subjects: map[string]string{}}
}

// Check is nil for a request that may be sent, and counts it. Otherwise it is a [*client.PermissionError], a
// [*ReachError], or the error of Read. Reading below the product's base needs nothing. What no table knows is refused
// whatever is granted.
func (w *Wire) Check(ctx context.Context, r WireRequest) error {
	action := r.Method + " " + r.Path
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if !staysBelow(w.product.Base, r.Path) {
			return &client.PermissionError{Action: action, Reason: fmt.Sprintf("%s is read below %s only", w.product.Title, w.product.Base)}
		}
		return nil
	}
	m, known := client.MatchRoute(w.routes, r.Method, r.Path)
	if !known {
		return &client.PermissionError{Action: action, Reason: "no model of " + w.product.Title + " has such a change, so that no capability stands for it"}
	}
	needs, err := w.needs(ctx, m, r)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.Query)) {
		need, known := m.Params[name]
		if !known {
			return &client.PermissionError{Action: action, Reason: fmt.Sprintf("no model of %s has such a change with the parameter %q", w.product.Title, name)}
		}
		if need != client.Read && !slices.Contains(needs, need) {
			needs = append(slices.Clone(needs), need)
		}
	}
	if err := undeclared(w.c.Declared, needs, action); err != nil {
		return err
	}
	changes := slices.ContainsFunc(needs, func(c client.Capability) bool { return c != client.Respond })
	if w.c.Frozen && changes {
		return &client.PermissionError{Capability: needs[0], Action: action, Reason: "this run only shows changes"}
	}
	for _, need := range needs {
		if need != client.Read && !w.may(need) {
			return &client.PermissionError{Capability: need, Action: action}
		}
	}
	if !changes {
		return nil
	}
	names, err := w.changed(ctx, m, r)
	if err != nil {
		return err
	}
	return w.c.Budget.count(w, action, names)
}

// staysBelow reports whether every server reads an escaped path as one below base.
func staysBelow(base, path string) bool {
	plain, err := url.PathUnescape(path)
	if err != nil || !strings.HasPrefix(path, base) || strings.ContainsFunc(plain, unicode.IsControl) {
		return false
	}
	for segment := range strings.FieldsFuncSeq(plain, func(r rune) bool { return r == '/' || r == '\\' }) {
		if name, _, _ := strings.Cut(segment, ";"); name == "." || name == ".." { // some take what follows for parameters
			return false
		}
	}
	return true
}

// may reports whether a capability is granted and, where the script declares what it needs, declared.
func (w *Wire) may(c client.Capability) bool {
	return slices.Contains(w.c.Allow, c) && (w.c.Declared == nil || slices.Contains(w.c.Declared, c))
}

// changed names the objects that a request changes: none when it makes one, or does not say which.
func (w *Wire) changed(ctx context.Context, m client.Match, r WireRequest) ([]string, error) {
	if w.c.Budget == nil {
		return nil, nil
	}
	if m.Objects != nil {
		names, err := m.Objects(r.Body)
		if err != nil {
			return nil, fmt.Errorf("%s %s: what it would change cannot be read: %w", r.Method, r.Path, err)
		}
		if len(names) > 0 {
			return names, nil
		}
	}
	if m.Subject != nil {
		name, err := w.subject(ctx, m, r)
		return []string{name}, err
	}
	if m.Object == "" {
		return nil, nil
	}
	return []string{m.Object}, nil
}

// subject names the object that the server says a request changes.
func (w *Wire) subject(ctx context.Context, m client.Match, r WireRequest) (string, error) {
	w.mu.Lock()
	name, known := w.subjects[m.Document]
	w.mu.Unlock()
	if known {
		return name, nil
	}
	text, err := r.Read(ctx, m.Document)
	if err != nil {
		return "", err
	}
	members, err := client.Members(text)
	if err != nil {
		return "", fmt.Errorf("GET %s: the answer cannot be read, so that it is not known what a change would reach: %w", m.Document, err)
	}
	id := strings.Trim(string(members[m.Subject.Member]), `"`)
	if id == "" || id == "null" {
		return "", fmt.Errorf("GET %s: the answer has no %s, so that it is not known what a change would reach", m.Document, m.Subject.Member)
	}
	name = m.Subject.Model + " " + id
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subjects[m.Document] = name
	return name, nil
}

// needs gives what a request needs.
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
	if !slices.ContainsFunc(all, func(c client.Capability) bool { return !w.may(c) }) {
		return []client.Capability{k.Capability}, nil
	}
	sent, err := document(r.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: the document to save cannot be read: %w", r.Method, r.Path, err)
	}
	has := map[string]any{}
	if r.Method != http.MethodPost {
		text, err := r.Read(ctx, r.Path)
		if err != nil {
			return nil, err
		}
		if has, err = document(text); err != nil {
			return nil, fmt.Errorf("GET %s: the answer cannot be read, so that it is not known what a save would change: %w", r.Path, err)
		}
	}
	needs := w.changedNeeds(k, has, sent)
	if len(needs) > 0 {
		return needs, nil
	}
	for _, c := range all { // it changes nothing: any of them will do
		if w.may(c) {
			return []client.Capability{c}, nil
		}
	}
	return []client.Capability{k.Capability}, nil
}

// changedNeeds gives what the difference between two documents of an object needs.
func (w *Wire) changedNeeds(k *client.Kind, has, sent map[string]any) []client.Capability {
	own := k.FieldNeeds()
	var needs []client.Capability
	for name, value := range sent {
		need, special := foldedNeed(own, name)
		field, known := foldedField(k, name)
		before, there := has[name]
		switch {
		case there && reflect.DeepEqual(before, value):
			continue
		case special:
		case !known && !there && value != nil: // not of the document, and who knows what the server does with it
			need = k.Capability
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

// foldedField gives a declared field by its name in any case.
func foldedField(k *client.Kind, name string) (*client.Field, bool) {
	for i := range k.Fields {
		if strings.EqualFold(k.Fields[i].Name, name) {
			return &k.Fields[i], true
		}
	}
	return nil, false
}

// foldedNeed gives what a field needs by its name in any case: who knows how the server reads it.
func foldedNeed(own map[string]client.Capability, name string) (client.Capability, bool) {
	for field, need := range own {
		if strings.EqualFold(field, name) {
			return need, true
		}
	}
	return "", false
}

// document reads a JSON object.
func document(text []byte) (map[string]any, error) {
	members, err := client.Members(text)
	if err != nil {
		return nil, err
	}
	values := make(map[string]any, len(members))
	for name, raw := range members {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		values[name] = v
	}
	return values, nil
}
