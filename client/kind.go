package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"sync"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// Capability names what a call needs to be granted before it may be made. Reading needs none.
type Capability string

// The capabilities. A host grants them one by one.
const (
	Read         Capability = ""              // always granted
	Write        Capability = "write"         // change what the server keeps
	Isolate      Capability = "isolate"       // cut an endpoint off the network, or let it back on
	Respond      Capability = "respond"       // read from an endpoint by Live Response
	RespondWrite Capability = "respond-write" // change an endpoint by Live Response
	Artifacts    Capability = "artifacts"     // write files on the host
	Secrets      Capability = "secrets"       // read a field that holds a secret of the server
)

// Capabilities lists every capability that can be granted.
func Capabilities() []Capability {
	return []Capability{Write, Isolate, Respond, RespondWrite, Artifacts, Secrets}
}

// Product is one of the servers' APIs: its models and the calls of its connection.
type Product struct {
	Name  string // "response": also the name of its credential files and of its module
	Title string // "Cb Response"
	Kinds []*Kind
	Calls []Call
	// Records are the types of values that objects and calls give beside models and plain values.
	Records []RecordType
	// Changes are the changing requests that no model's table implies.
	Changes []Route
	// Base is the path below which the API is, as "/api/": no request has another.
	Base string
	// Open makes the first requests of a connection, before the first request of its user: it learns the server's
	// version. Nil means that there are none.
	Open func(ctx context.Context, c *Client) error
	// Watch wraps the way to a server where what the product's calls open can be closed after the process that opened it
	// is gone. What is open is kept in an Openings, and what earlier runs left there is closed before anything else is
	// opened; nil keeps nothing. A Watch of nil means that nothing stays open.
	Watch func(next http.RoundTripper, origin *url.URL, kept Openings) Watcher
	// Receipts notes the files of endpoints that a server sends. Nil means that it sends none.
	Receipts Noter
	// Explain gives the error to report for the one that an answer with an error status makes: the same, or one that
	// says what the status means on this product's servers. Nil means the same.
	Explain func(err Error) error
}

// Watcher is a way to a server that knows what was left open on it.
type Watcher interface {
	http.RoundTripper
	// Close closes that. Requests may be passed on afterwards, but what they open is not closed any more.
	Close() error
}

// Kind gives the model of that name.
func (p *Product) Kind(name string) (*Kind, bool) {
	for _, k := range p.Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return nil, false
}

// Record gives the description of the record type of that name.
func (p *Product) Record(name string) (RecordType, bool) {
	for _, r := range p.Records {
		if r.Name == name {
			return r, true
		}
	}
	return RecordType{}, false
}

// Call is a function or an attribute of a connection, as info() or live_response.
type Call struct {
	Name       string
	Doc        string
	Params     []Param
	Returns    string // what it gives, for the reference
	Attribute  bool   // read without calling
	Capability Capability
	Do         func(ctx context.Context, c *Client, args Args) (any, error)
}

// Kind is the one description of a model, or of a set of constants, which is a kind that allows nothing. Attribute
// access, completion, help, validation, the capability that a call needs and the reference are all derived from it. It is
// not changed after the product's table is built; a Kind is safe for concurrent use.
type Kind struct {
	Name       string
	Product    string
	Doc        string
	Route      string // collection, "/api/v1/sensor"
	ListRoute  string // where a list is read, if not at Route; may carry a fixed query
	PrimaryKey string // the field that holds the id
	Fields     []Field
	Properties []Property
	Methods    []Method
	Constants  []Constant
	Allows     Ops
	Style      *Style        // how it is queried; nil means that it cannot be
	Queries    []QueryMethod // methods of its queries beyond those of the style
	Capability Capability    // what a change needs unless a field says otherwise; zero means Write
	Since      string        // the first version of the server that has the model; empty means all

	// Lenient models give nil for an attribute that the server did not send; the others fail with the nearest name.
	Lenient bool
	// FullRows says that a row of a list is the whole document, so that it need not be fetched again.
	FullRows bool
	// Printer lays out print(obj); nil means PrintFields.
	Printer func(o *Object) string
	// Select are further parameters of selecting by id.
	Select []Param

	// NewID reads an id that a user passed. Nil means a number or text, taken as it is.
	NewID func(ctx context.Context, c *Client, id any, args Args) (ID, error)
	// RowID reads the id of a row; a row without one gives the zero ID. Nil means the primary key's field.
	RowID func(c *Client, row jsondoc.Doc) ID
	// Path is the path of an object. Nil means Route/id.
	Path func(o *Object) (string, error)
	// Moved gives the collection's route on a server that does not have it at Route, or empty text. Nil means none.
	Moved func(f Facts) string
	// Elsewhere are the routes that Moved may give.
	Elsewhere []string
	// Fetch reads the whole document. Nil means GET Path. NoFetch says that the server has no such route: then an
	// object has what it was made with, and reading more of one that was selected by id is an error.
	Fetch   func(ctx context.Context, o *Object) (jsondoc.Doc, error)
	NoFetch bool
	// ShowsLate says that the server shows a change only after a while, so that a saved object keeps what was sent
	// instead of being fetched anew.
	ShowsLate bool
	// Changes are the changing requests of the model beyond those that Allows implies: POST Route, PUT and DELETE of
	// Route/id.
	Changes []Route
	// UpdateParams are the query parameters that an update may have, as in [Route].
	UpdateParams map[string]Capability
	// Cautions gives what speaks against a change of an object, asking the server if need be. Nil means that nothing
	// ever does.
	Cautions func(ctx context.Context, c *Client, change Change) ([]Caution, error)
	// Saving gives the request of a save. Nil means POST Route for a new object and PUT Path for another, with all
	// the data that is held.
	Saving func(ctx context.Context, o *Object, isNew bool) (Request, error)
	// Saved reads the answer of a save. Nil means the common handling (contract/model.md, section 6).
	Saved func(ctx context.Context, o *Object, answer *Response) error
	// Deleted reads the answer of a delete whose status is good. Nil means that the status says it all.
	Deleted func(o *Object, answer *Response) error
	// Init makes what the kind keeps beside an object's document, when Object.Extra asks for it the first time.
	Init func(o *Object) any
	// Held is called with each document that an object gets, and gives what that lacks or has wrong, or nil.
	Held func(o *Object, doc jsondoc.Doc) map[string]any
	// Refreshed is called by refresh() before the document is fetched anew.
	Refreshed func(o *Object)

	index func() *kindIndex
}

// ID identifies an object of a kind on its server.
type ID struct {
	Value any    // int64 or string as it goes into the path and the primary key's field; nil for a new object
	Key   string // text that is equal for equal objects; empty for a new object
	Extra any    // what NewID or RowID learnt besides, for Init
}

// Ops says what may be done with a model.
type Ops uint8

// The operations. A model without Get is known from lists alone.
const (
	CanQuery Ops = 1 << iota
	CanGet
	CanCreate
	CanUpdate
	CanDelete
)

// Can reports whether all of ops are allowed.
func (o Ops) Can(ops Ops) bool { return o&ops == ops }

// Field is a field of a model's document.
type Field struct {
	Name     string
	Type     Type
	Required bool // must be present when saved
	// RequiredFrom is the first version of the server on which a required field is; empty means all.
	RequiredFrom string
	ReadOnly     bool
	Secret       bool       // can be set, is never shown, and is read only where a guard grants Secrets
	Capability   Capability // what changing it needs; zero means the kind's
	Doc          string
}

// Property is an attribute that is computed: a join to another model, or a reading of several fields.
type Property struct {
	Name    string
	Returns string // a model's name, so that completion goes on from it, or a type
	Doc     string
	Get     func(ctx context.Context, o *Object) (any, error)
	Set     func(ctx context.Context, o *Object, value any) error // nil means read-only
}

// Method is a method of a model's objects.
type Method struct {
	Name       string
	Params     []Param
	Returns    string
	Doc        string
	Capability Capability
	Also       []Capability // what it needs besides
	Do         func(ctx context.Context, o *Object, args Args) (any, error)
}

// Constant is a named value of a model, as FileRule.StateBanned.
type Constant struct {
	Name  string
	Value any
	Doc   string
}

// QueryMethod is a method of a model's queries.
type QueryMethod struct {
	Name       string
	Params     []Param
	Terms      bool // takes any further named arguments, as conditions on fields
	Attribute  bool // read without calling
	Returns    string
	Doc        string
	Capability Capability
	Do         func(ctx context.Context, q *Query, args Args) (any, error)
}

// Attribute is one name of a model's objects: exactly one of the three is set.
type Attribute struct {
	Field    *Field
	Property *Property
	Method   *Method
}

// Doc is the line of documentation of the attribute.
func (a Attribute) Doc() string {
	switch {
	case a.Field != nil:
		return a.Field.Doc
	case a.Property != nil:
		return a.Property.Doc
	}
	return a.Method.Doc
}

// Returns is the type of the attribute's value, or a model's name.
func (a Attribute) Returns() string {
	switch {
	case a.Field != nil:
		return string(a.Field.Type)
	case a.Property != nil:
		return a.Property.Returns
	}
	return a.Method.Returns
}

// Define completes a table: it adds what every object has, and the index of names. It panics on a table that contradicts
// itself, and the first use of a name on one that declares a method twice: mistakes in the program, found by its first test.
func Define(k Kind) *Kind {
	if k.Name == "" || k.Product == "" || k.PrimaryKey == "" && k.Allows != 0 {
		panic(fmt.Sprintf("client.Define: a kind needs a name, a product and a primary key: %q", k.Name))
	}
	if k.Allows != 0 {
		if k.Capability == Read {
			k.Capability = Write
		}
		k.Methods, k.Properties = withCommonMethods(&k), withCommonProperties(&k)
	}
	kind := &k
	kind.index = sync.OnceValue(kind.makeIndex)
	return kind
}

// kindIndex finds a model's attributes by name.
type kindIndex struct {
	attributes map[string]Attribute
	secrets    map[string]bool
}

// makeIndex makes the index when it is first needed: a program knows many models, and mostly uses a few. It panics on a
// method that is declared twice.
func (k *Kind) makeIndex() *kindIndex {
	x := &kindIndex{make(map[string]Attribute, len(k.Fields)+len(k.Properties)+len(k.Methods)), map[string]bool{}}
	for i := range k.Fields {
		f := &k.Fields[i]
		x.attributes[f.Name] = Attribute{Field: f}
		if f.Secret {
			x.secrets[f.Name] = true
		}
	}
	// A computed attribute hides the field that it reads, so these come later.
	for i := range k.Properties {
		x.attributes[k.Properties[i].Name] = Attribute{Property: &k.Properties[i]}
	}
	for i := range k.Methods {
		m := &k.Methods[i]
		if a, taken := x.attributes[m.Name]; taken && a.Field == nil {
			panic(fmt.Sprintf("client.Kind: %s.%s is declared twice", k.Name, m.Name))
		}
		x.attributes[m.Name] = Attribute{Method: m}
	}
	return x
}

// Attribute gives what a name of the model's objects is.
func (k *Kind) Attribute(name string) (Attribute, bool) {
	a, ok := k.index().attributes[name]
	return a, ok
}

// Names gives the names of the model's attributes, sorted. The slice is the caller's.
func (k *Kind) Names() []string {
	names := make([]string, 0, len(k.index().attributes))
	for name := range k.index().attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Field gives the declared field of that name, also when a property hides it.
func (k *Kind) Field(name string) (*Field, bool) {
	for i := range k.Fields {
		if k.Fields[i].Name == name {
			return &k.Fields[i], true
		}
	}
	return nil, false
}

// QueryMethods gives the methods of the model's queries: the common ones, the style's, and its own, which take
// precedence. It is empty for a model that cannot be queried.
func (k *Kind) QueryMethods() []QueryMethod {
	if k.Style == nil {
		return nil
	}
	out := slices.Clone(k.Queries)
	for _, group := range [][]QueryMethod{k.Style.Methods, commonQueryMethods()} {
		for _, m := range group {
			if !slices.ContainsFunc(out, func(have QueryMethod) bool { return have.Name == m.Name }) {
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b QueryMethod) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

// String gives the model's name.
func (k *Kind) String() string { return k.Name }
