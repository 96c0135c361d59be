package client

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/nearest"
)

// Object is one instance of a model: what the server sent about it, read lazily, and local changes on top. A read
// of a field that it does not hold fetches the whole document, once. It is safe for concurrent use.
//
// Source: contract/model.md.
type Object struct {
	client *Client
	kind   *Kind

	id    atomic.Pointer[ID]
	state atomic.Pointer[state]

	mu  sync.Mutex // held to replace state or ext, never during a request
	ext any

	page  *rowPage // that the object came in as a row, or nil
	index int      // in that page
}

// state is what an object holds. It is replaced as a whole and never changed, so that reading takes no lock.
type state struct {
	doc       jsondoc.Doc
	local     map[string]any   // as the server would send it; hides doc
	prior     map[string]prior // the changed fields
	full      bool
	refreshed time.Time // zero when never fetched
	missing   *ObjectNotFoundError
}

// prior is what a changed field held before its first change.
type prior struct {
	value   any
	present bool
}

// raw gives a field as the server would send it.
func (s *state) raw(name string) (any, bool) {
	if s.local != nil {
		if v, ok := s.local[name]; ok {
			_, gone := v.(removed)
			return v, !gone
		}
	}
	v, ok := s.doc.Get(name)
	if !ok {
		return nil, false
	}
	return v.Any(), true
}

// removed marks a field that the document holds and the object does not.
type removed struct{}

// Select gives the object of that id. It makes no request, unless the argument force_init asks for one: the first
// read of a field does. Within a minute the same object is given again, so that what it holds is not asked twice.
// An id that the model cannot have is an error, for example an [InvalidHashError].
//
// Source: contract/model.md, section 1.
func (c *Client) SelectID(ctx context.Context, k *Kind, id any, args Args) (*Object, error) {
	if k.Allows == 0 {
		return nil, errConstants(k)
	}
	if !k.Allows.Can(CanGet) && !k.Allows.Can(CanQuery) {
		return nil, Errorf("%s objects cannot be selected by id", k.Name)
	}
	var (
		at  ID
		err error
	)
	if k.NewID != nil {
		at, err = k.NewID(ctx, c, id, args)
	} else {
		at, err = plainID(k, id)
	}
	if err != nil {
		return nil, err
	}
	o := c.Cached(k, at, nil)
	if !args.Bool("force_init") {
		return o, nil
	}
	o.update(func(s *state) { s.missing = nil })
	return o, o.load(ctx)
}

// errConstants is the error for a set of constants that is used as a model.
func errConstants(k *Kind) error {
	return Errorf("%s is a set of constants and no model: there is nothing to select", k.Name)
}

// Cached gives the object of that id, from the cache if it is there; else one that holds the fields of initial, as
// the server would send them, and is not fully loaded. Joins use it.
func (c *Client) Cached(k *Kind, id ID, initial map[string]any) *Object {
	return c.cache.get(k, id.Key, func() *Object {
		o := &Object{client: c, kind: k}
		o.id.Store(&id)
		local := map[string]any{k.PrimaryKey: id.Value}
		for name, v := range initial {
			local[name] = v
		}
		o.state.Store(&state{local: local})
		return o
	})
}

// Create gives a new object that the server does not know yet. It makes no request: save() does.
// Fields are assigned one by one as by Set. Models that cannot be created are an [APIError].
func (c *Client) Create(ctx context.Context, k *Kind, fields map[string]any) (*Object, error) {
	if !k.Allows.Can(CanCreate) {
		return nil, Errorf("cannot create object of type %s: the server has no call for it", k.Name)
	}
	o := &Object{client: c, kind: k}
	o.id.Store(&ID{})
	o.state.Store(&state{local: map[string]any{k.PrimaryKey: nil}})
	for _, name := range sortedKeys(fields) {
		if err := o.Set(ctx, name, fields[name]); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// newRow makes the object of a row of results.
func (c *Client) newRow(k *Kind, row jsondoc.Doc) *Object {
	o := &Object{client: c, kind: k}
	o.state.Store(&state{doc: row, full: k.FullRows})
	if k.Held != nil {
		if local := k.Held(o, row); local != nil {
			o.state.Store(&state{doc: row, local: local, full: k.FullRows})
		}
	}
	return o
}

// FromRow makes the object of a row that a model's own code has read. A row that is the whole document makes a full
// object.
func (c *Client) FromRow(k *Kind, row jsondoc.Doc) *Object { return c.newRow(k, row) }

// plainID reads an id that is a number or text.
func plainID(k *Kind, id any) (ID, error) {
	switch v := id.(type) {
	case int:
		return ID{Value: int64(v), Key: strconv.Itoa(v)}, nil
	case int64:
		return ID{Value: v, Key: strconv.FormatInt(v, 10)}, nil
	case string:
		if v != "" {
			return ID{Value: v, Key: v}, nil
		}
	}
	return ID{}, Errorf("%s: got %v (%s) for an id, want a number or text", k.Name, id, TypeName(id))
}

// Client is the connection that the object came by.
func (o *Object) Client() *Client { return o.client }

// Kind is the object's model.
func (o *Object) Kind() *Kind { return o.kind }

// ID gives the object's id. It makes no request. A new object has the zero ID.
func (o *Object) ID() ID {
	if id := o.id.Load(); id != nil {
		return *id
	}
	var id ID
	row := o.state.Load().doc
	if o.kind.RowID != nil {
		id = o.kind.RowID(o.client, row)
	} else if v, ok := row.Get(o.kind.PrimaryKey); ok {
		id, _ = plainID(o.kind, v.Any())
	}
	o.id.CompareAndSwap(nil, &id)
	return *o.id.Load()
}

// IsNew reports whether the server does not know the object yet.
func (o *Object) IsNew() bool { return o.ID().Value == nil }

// IsFull reports whether the whole document is held.
func (o *Object) IsFull() bool { return o.state.Load().full }

// Extra gives what the kind keeps beside the document.
func (o *Object) Extra() any {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ext == nil && o.kind.Init != nil {
		o.ext = o.kind.Init(o)
	}
	return o.ext
}

// Peek gives a field as the server sent it, without a request and without copying it; it reports false when it is
// not held, was changed locally, or is a secret. It is the fast way for a reader that falls back on Get.
func (o *Object) Peek(name string) (jsondoc.Value, bool) {
	if o.kind.index().secrets[name] {
		return jsondoc.Value{}, false
	}
	s := o.state.Load()
	if s.local != nil {
		if _, hidden := s.local[name]; hidden {
			return jsondoc.Value{}, false
		}
	}
	return s.doc.Get(name)
}

// Held gives a field as the server would send it, without a request.
func (o *Object) Held(name string) (any, bool) { return o.state.Load().raw(name) }

// Value gives a field as the server would send it, fetching the document if it is not held. It reports false for one
// that the server does not send.
func (o *Object) Value(ctx context.Context, name string) (any, bool, error) {
	s := o.state.Load()
	if v, ok := s.raw(name); ok {
		return v, true, nil
	}
	if s.full {
		return nil, false, nil
	}
	if o.kind.NoFetch && !o.IsNew() {
		return nil, false, &APIError{Message: fmt.Sprintf("%s.%s is not known: only the id of %s is", o.kind.Name, name, o),
			Advice: "the server has no call that reads a " + o.kind.Name + " by its id: take the object from a query"}
	}
	if err := o.load(ctx); err != nil {
		return nil, false, err
	}
	v, ok := o.state.Load().raw(name)
	return v, ok, nil
}

// Get gives an attribute: a field, a join or a computed property. A [NoSuchAttributeError] names the nearest
// attribute, unless the model is lenient, which gives nil.
func (o *Object) Get(ctx context.Context, name string) (any, error) {
	a, ok := o.kind.Attribute(name)
	switch {
	case ok && a.Property != nil:
		return a.Property.Get(ctx, o)
	case ok && a.Field != nil:
		return o.Field(ctx, a.Field)
	case ok:
		return nil, Errorf("%s.%s is a method: call it", o.kind.Name, name)
	}
	return o.Undeclared(ctx, name)
}

// Field gives a declared field in its type. A field that the server does not send is nil, or an empty list or map.
func (o *Object) Field(ctx context.Context, f *Field) (any, error) {
	if f.Secret && !o.client.grants(Secrets) {
		return nil, &PermissionError{Capability: Secrets, Action: fmt.Sprintf("reading %s.%s", o.kind.Name, f.Name),
			Reason: "it is a secret of the server, which can be set but not read unless that is granted"}
	}
	raw, _, err := o.Value(ctx, f.Name)
	if err != nil {
		return nil, err
	}
	v, err := decode(f.Type, raw)
	if err != nil {
		return nil, Errorf("%s.%s: %w", o.kind.Name, f.Name, err)
	}
	return v, nil
}

// Undeclared gives an attribute that the table does not name, if the server sends it.
func (o *Object) Undeclared(ctx context.Context, name string) (any, error) {
	v, ok, err := o.Value(ctx, name)
	if err != nil || ok {
		return v, err
	}
	if o.kind.Lenient {
		o.warnMisspelt(ctx, name)
		return nil, nil
	}
	return nil, &NoSuchAttributeError{Model: o.kind.Name, Name: name, Nearest: nearest.Name(name, o.Names())}
}

// warnMisspelt logs, once for each name, that an attribute which a lenient model gives as nil is probably another one
// misspelt.
func (o *Object) warnMisspelt(ctx context.Context, name string) {
	if _, before := o.client.misspelt.LoadOrStore(o.kind.Name+"."+name, true); before {
		return
	}
	if nearest := nearest.Name(name, o.Names()); nearest != "" {
		o.client.log.WarnContext(ctx, "no such attribute, so it is None: is another one meant?",
			"attribute", o.kind.Name+"."+name, "nearest", nearest)
	}
}

// Names gives the names of the model's attributes and of the fields that are held besides, sorted. It makes no
// request.
func (o *Object) Names() []string {
	s := o.state.Load()
	seen := make(map[string]any, len(o.kind.index().attributes)+s.doc.Len())
	for name := range o.kind.index().attributes {
		seen[name] = nil
	}
	for _, name := range s.names() {
		seen[name] = nil
	}
	return sortedKeys(seen)
}

// names gives the names of the fields that are held, in the server's order and then the local ones, sorted.
func (s *state) names() []string {
	names := make([]string, 0, s.doc.Len()+len(s.local))
	for i := range s.doc.Len() {
		name := s.doc.Name(i)
		if _, gone := s.local[name].(removed); !gone {
			names = append(names, name)
		}
	}
	for _, name := range sortedKeys(s.local) {
		if _, gone := s.local[name].(removed); gone {
			continue
		}
		if _, held := s.doc.Get(name); !held {
			names = append(names, name)
		}
	}
	return names
}

// document gives everything that is held, as the server would send it.
func (o *Object) document() map[string]any {
	s := o.state.Load()
	doc := make(map[string]any, s.doc.Len()+len(s.local))
	for _, name := range s.names() {
		doc[name], _ = s.raw(name)
	}
	return doc
}

// Document gives everything that is held as the server would send it, local changes included, fetching it first if it
// is not all there. Secrets are replaced by a placeholder.
func (o *Object) Document(ctx context.Context) (map[string]any, error) {
	if err := o.load(ctx); err != nil {
		return nil, err
	}
	doc := o.document()
	for _, f := range o.kind.Fields {
		if _, held := doc[f.Name]; held && f.Secret {
			doc[f.Name] = SecretPlaceholder
		}
	}
	return doc, nil
}

// SecretPlaceholder is shown in the place of a secret.
const SecretPlaceholder = "<secret>"

// String gives the short form, without a request: model, id and server, and a mark when there are unsaved changes.
func (o *Object) String() string {
	text := "<" + o.kind.Name + ": "
	if id := o.ID(); id.Value == nil {
		text += "new"
	} else {
		text += "id " + id.Key
	}
	text += "> @ " + o.client.URL()
	if o.IsDirty() {
		text += " (*)"
	}
	return text
}
