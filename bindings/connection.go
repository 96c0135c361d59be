package bindings

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/client"
)

// Connection is the Starlark value of the connection to a server, as cb. It connects when it is first used, so that a
// script that asks nothing needs no credentials.
type Connection struct {
	product *client.Product
	connect func() (*client.Client, error)
	calls   map[string]connectionEntry
	names   []string // sorted
}

var _ starlark.HasAttrs = (*Connection)(nil)

// connectionEntry is one attribute of a connection.
type connectionEntry struct {
	builtin *starlark.Builtin
	call    *client.Call // an attribute that is read
}

// NewConnection makes the connection to a server of a product. connect gives the client; it is called whenever one is
// needed, and gives the same one each time.
func NewConnection(product *client.Product, connect func() (*client.Client, error)) *Connection {
	v := &Connection{product: product, connect: connect, calls: map[string]connectionEntry{
		"select": {builtin: starlark.NewBuiltin("select", selectFrom)},
		"create": {builtin: starlark.NewBuiltin("create", createOn)},
	}}
	for _, c := range product.Calls {
		if c.Attribute {
			v.calls[c.Name] = connectionEntry{call: &c}
		} else {
			v.calls[c.Name] = connectionEntry{builtin: connectionMethod(c)}
		}
	}
	for name := range v.calls {
		v.names = append(v.names, name)
	}
	v.names = append(v.names, "url")
	slices.Sort(v.names)
	return v
}

func connectionMethod(m client.Call) *starlark.Builtin {
	c := call{name: m.Name, params: m.Params}
	return starlark.NewBuiltin(m.Name, func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		unpacked, err := c.unpack(t, args, kwargs)
		if err != nil {
			return nil, err
		}
		cl, err := attrs.Receiver[*Connection](b).connect()
		if err != nil {
			return nil, err
		}
		got, err := m.Do(callContext(t, m.Capability), cl, unpacked)
		if err != nil {
			return nil, err
		}
		return FromGo(got)
	})
}

// String names the product.
func (v *Connection) String() string { return "<connection to " + v.product.Title + ">" }

// Type is "connection".
func (v *Connection) Type() string { return "connection" }

// Freeze does nothing.
func (v *Connection) Freeze() {}

// Truth is always true.
func (v *Connection) Truth() starlark.Bool { return true }

// Hash is that of the product's name.
func (v *Connection) Hash() (uint32, error) { return starlark.String(v.product.Name).Hash() }

// Attr gives select, create, url and the product's calls.
func (v *Connection) Attr(name string) (starlark.Value, error) {
	if name == "url" {
		cl, err := v.connect()
		if err != nil {
			return nil, err
		}
		return starlark.String(cl.URL()), nil
	}
	e, ok := v.calls[name]
	switch {
	case !ok:
		return nil, nil
	case e.builtin != nil:
		return e.builtin.BindReceiver(v), nil
	}
	cl, err := v.connect()
	if err != nil {
		return nil, err
	}
	got, err := e.call.Do(Context(Current()), cl, client.Args{})
	if err != nil {
		return nil, err
	}
	return FromGo(got)
}

// AttrDocs describes them.
func (v *Connection) AttrDocs() []attrs.Doc {
	docs := []attrs.Doc{
		{Name: "create", Signature: "create(model, data=None, **fields)",
			Text: "A new object of a model, which save() sends to the server. Fields come as a dict, or by name."},
		{Name: "select", Signature: "select(model, id=None, force_init=False)",
			Text: "The query of all objects of a model; with an id, that object. It is read when it is used, with force_init at once."},
		{Name: "url", Text: "Where the server is: scheme, host and port."},
	}
	for _, c := range v.product.Calls {
		d := attrs.Doc{Name: c.Name, Text: c.Doc + needs(c.Capability)}
		if !c.Attribute {
			d.Signature = call{name: c.Name, params: c.Params}.signature()
		}
		docs = append(docs, d)
	}
	slices.SortFunc(docs, func(a, b attrs.Doc) int { return strings.Compare(a.Name, b.Name) })
	return docs
}

// AttrNames lists the attributes, sorted.
func (v *Connection) AttrNames() []string { return slices.Clone(v.names) }

// CompleteNames lists the attributes for completion.
func (v *Connection) CompleteNames() []string { return v.AttrNames() }

// CompleteAttr says what a call gives, without making it.
func (v *Connection) CompleteAttr(name string) any {
	switch name {
	case "select":
		return describedSelect{describedCall{names: []string{"id", "force_init"}}, v.product, false}
	case "create":
		return describedSelect{describedCall{names: []string{"data"}}, v.product, true}
	}
	for _, c := range v.product.Calls {
		if c.Name == name && c.Attribute {
			return returned(v.product, nil, c.Returns)
		}
		if c.Name == name {
			return describedCall{returned(v.product, nil, c.Returns), keywords(c.Params)}
		}
	}
	return nil
}

// Names gives what a script sees of the product: cb, select, create, and its models.
func (v *Connection) Names() starlark.StringDict {
	names := starlark.StringDict{"cb": v}
	for _, name := range []string{"select", "create"} {
		names[name] = v.calls[name].builtin.BindReceiver(v)
	}
	for _, k := range v.product.Kinds {
		names[k.Name] = Model{k, v.product}
	}
	return names
}

// selectFrom is select(Model), which gives a query, and select(Model, id), which gives an object.
func selectFrom(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v := attrs.Receiver[*Connection](b)
	m, rest, err := v.model(b.Name(), args)
	if err != nil {
		return nil, err
	}
	cl, err := v.connect()
	if err != nil {
		return nil, err
	}
	if len(rest) == 0 && len(kwargs) == 0 {
		q := cl.Select(m.kind)
		return newQuery(q), q.Err()
	}
	params := []client.Param{{Name: "id", Type: client.Any, Required: true}}
	params = append(params, m.kind.Select...)
	params = append(params, client.Param{Name: "force_init", Type: client.Bool, Default: false})
	unpacked, err := call{name: b.Name(), params: params}.unpack(t, rest, kwargs)
	if err != nil {
		return nil, err
	}
	if unpacked["id"] == nil {
		return nil, fmt.Errorf("%s: for parameter id: got None, want the id of a %s", b.Name(), m.kind.Name)
	}
	o, err := cl.SelectID(Context(t), m.kind, unpacked["id"], unpacked)
	if err != nil {
		return nil, err
	}
	return newObject(o), nil
}

// createOn is create(Model), with the fields as a dict or as named arguments.
func createOn(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v := attrs.Receiver[*Connection](b)
	m, rest, err := v.model(b.Name(), args)
	if err != nil {
		return nil, err
	}
	unpacked, err := call{name: b.Name(), params: []client.Param{{Name: "data", Type: client.Map}}, fields: true}.unpack(t, rest, kwargs)
	if err != nil {
		return nil, err
	}
	fields := map[string]any{}
	if data, ok := unpacked["data"].(map[string]any); ok {
		fields = data
	}
	delete(unpacked, "data")
	for name, value := range unpacked {
		fields[name] = value
	}
	cl, err := v.connect()
	if err != nil {
		return nil, err
	}
	o, err := cl.Create(Context(t), m.kind, fields)
	if err != nil {
		return nil, err
	}
	return newObject(o), nil
}

// model takes the model off the arguments of select or create.
func (v *Connection) model(name string, args starlark.Tuple) (Model, starlark.Tuple, error) {
	if len(args) == 0 {
		return Model{}, nil, fmt.Errorf("%s: missing argument for model, as in %s(%s)", name, name, v.product.Kinds[0].Name)
	}
	m, ok := args[0].(Model)
	switch {
	case !ok:
		return Model{}, nil, fmt.Errorf("%s: for parameter model: got %s, want a model, as in %s(%s)", name, args[0].Type(), name, v.product.Kinds[0].Name)
	case m.kind.Product != v.product.Name:
		return Model{}, nil, fmt.Errorf("%s: %s is a model of cb/%s, this is the connection to %s", name, m.kind.Name, m.kind.Product, v.product.Title)
	}
	return m, args[1:], nil
}
