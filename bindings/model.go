package bindings

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/client"
)

// Model is the Starlark value of a model, as Process in select(Process). Its attributes are the model's constants, and for
// help the descriptions of what its objects and queries have.
type Model struct {
	kind    *client.Kind
	product *client.Product
}

var _ starlark.HasAttrs = Model{}

// String names the model.
func (v Model) String() string { return "<model " + v.kind.Name + ">" }

// Type is "model".
func (v Model) Type() string { return "model" }

// Freeze does nothing.
func (v Model) Freeze() {}

// Truth is always true.
func (v Model) Truth() starlark.Bool { return true }

// Hash is that of its name.
func (v Model) Hash() (uint32, error) {
	return starlark.String(v.kind.Product + "." + v.kind.Name).Hash()
}

// Kind gives the client's table.
func (v Model) Kind() *client.Kind { return v.kind }

// Attr gives a constant, or a [ModelMember].
func (v Model) Attr(name string) (starlark.Value, error) {
	for _, c := range v.kind.Constants {
		if c.Name == name {
			return FromGo(c.Value)
		}
	}
	if _, ok := memberHelp(v.kind, name); ok {
		return ModelMember{v.kind, name}, nil
	}
	return nil, nil
}

// AttrNames lists the constants and the attributes of the model's objects and queries, sorted.
func (v Model) AttrNames() []string {
	names := v.kind.Names()
	for _, c := range v.kind.Constants {
		names = append(names, c.Name)
	}
	for _, m := range v.kind.QueryMethods() {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ModelMember describes an attribute of a model's objects, or a method of its queries, for help: Watchlist.search. It
// cannot be called; the attribute of an object can.
type ModelMember struct {
	kind *client.Kind
	name string
}

var _ starlark.Callable = ModelMember{}

// String names the attribute.
func (v ModelMember) String() string { return "<attribute " + v.kind.Name + "." + v.name + ">" }

// Type is "attribute".
func (v ModelMember) Type() string { return "attribute" }

// Freeze does nothing.
func (v ModelMember) Freeze() {}

// Truth is always true.
func (v ModelMember) Truth() starlark.Bool { return true }

// Hash is that of its name.
func (v ModelMember) Hash() (uint32, error) { return starlark.String(v.String()).Hash() }

// Name is the attribute's name with its model.
func (v ModelMember) Name() string { return v.kind.Name + "." + v.name }

// CallInternal says how the attribute of an object is called.
func (v ModelMember) CallInternal(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return nil, fmt.Errorf("%s describes an attribute and cannot be called: call it on an object or a query, as select(%s).first().%s(...)",
		v.Name(), v.kind.Name, v.name)
}

// Help tells what the attribute is.
func (v ModelMember) Help() string {
	text, _ := memberHelp(v.kind, v.name)
	return text
}

// memberHelp describes an attribute of a model's objects, and the method of that name of its queries.
func memberHelp(k *client.Kind, name string) (string, bool) {
	var b strings.Builder
	if a, ok := k.Attribute(name); ok {
		title, needed := k.Name+"."+name, client.Read
		if a.Method != nil {
			title = k.Name + "." + call{name: name, params: a.Method.Params}.signature()
			needed = a.Method.Capability
		}
		fmt.Fprintf(&b, "%s -> %s\n  %s\n", title, a.Returns(), a.Doc()+needs(needed))
		if a.Method != nil {
			paramHelp(&b, a.Method.Params)
		}
	}
	for _, m := range k.QueryMethods() {
		if m.Name == name {
			c := call{name: name, params: m.Params, terms: m.Terms}
			fmt.Fprintf(&b, "select(%s).%s -> %s\n  %s\n", k.Name, c.signature(), m.Returns, m.Doc+needs(m.Capability))
			paramHelp(&b, m.Params)
		}
	}
	return strings.TrimRight(b.String(), "\n"), b.Len() > 0
}

func paramHelp(b *strings.Builder, params []client.Param) {
	for _, p := range params {
		fmt.Fprintf(b, "  %s: %s\n", p.Name, p.Doc)
	}
}

// Help tells what the model is and lists everything that its objects and queries have.
func (v Model) Help() string { return modelHelp(v.kind) }

// Help tells what the object's model is and lists what it has.
func (v *Object) Help() string { return modelHelp(v.o.Kind()) }

// Help lists the methods of the query.
func (v *Query) Help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "a query of %s objects\n", v.q.Kind().Name)
	queryHelp(&b, v.q.Kind())
	return strings.TrimRight(b.String(), "\n")
}

func modelHelp(k *client.Kind) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", k.Name, k.Doc)
	if k.Allows != 0 {
		fmt.Fprintf(&b, "Operations: %s\n", strings.Join(operations(k), ", "))
	}
	if len(k.Constants) > 0 {
		b.WriteString("\nConstants:\n")
		for _, c := range k.Constants {
			helpLine(&b, k.Name+"."+c.Name, client.ShowValue(c.Value), c.Doc)
		}
	}
	if k.Allows == 0 {
		return strings.TrimRight(b.String(), "\n")
	}
	b.WriteString("\nAttributes:\n")
	var methods []string
	for _, name := range k.Names() {
		a, _ := k.Attribute(name)
		if a.Method != nil {
			methods = append(methods, name)
			continue
		}
		helpLine(&b, name, a.Returns(), a.Doc())
	}
	b.WriteString("\nMethods:\n")
	for _, name := range methods {
		a, _ := k.Attribute(name)
		c := call{name: name, params: a.Method.Params}
		helpLine(&b, c.signature(), a.Method.Returns, a.Method.Doc+needs(a.Method.Capability))
	}
	if k.Style != nil {
		b.WriteString("\nMethods of select(" + k.Name + "):\n")
		queryHelp(&b, k)
	}
	return strings.TrimRight(b.String(), "\n")
}

func queryHelp(b *strings.Builder, k *client.Kind) {
	for _, m := range k.QueryMethods() {
		c := call{name: m.Name, params: m.Params, terms: m.Terms}
		title := c.signature()
		if m.Attribute {
			title = m.Name
		}
		helpLine(b, title, m.Returns, m.Doc+needs(m.Capability))
	}
}

func helpLine(b *strings.Builder, name, returns, doc string) {
	fmt.Fprintf(b, "  .%s -> %s\n      %s\n", name, returns, doc)
}

func needs(c client.Capability) string {
	if c == client.Read {
		return ""
	}
	return " Needs --allow " + string(c) + "."
}

// kindDocs describes the attributes of a model's objects, sorted by name.
func kindDocs(k *client.Kind) []attrs.Doc {
	var docs []attrs.Doc
	for _, name := range k.Names() {
		a, _ := k.Attribute(name)
		d := attrs.Doc{Name: name, Text: a.Doc()}
		if m := a.Method; m != nil {
			d.Signature = call{name: name, params: m.Params}.signature()
			d.Text += needs(m.Capability)
		}
		docs = append(docs, d)
	}
	return docs
}

// queryDocs describes the methods of a model's queries, sorted by name.
func queryDocs(k *client.Kind) []attrs.Doc {
	var docs []attrs.Doc
	for _, m := range k.QueryMethods() {
		d := attrs.Doc{Name: m.Name, Text: m.Doc + needs(m.Capability)}
		if !m.Attribute {
			d.Signature = call{name: m.Name, params: m.Params, terms: m.Terms}.signature()
		}
		docs = append(docs, d)
	}
	return docs
}

// operations says what can be done with a model.
func operations(k *client.Kind) []string {
	var out []string
	for _, op := range []struct {
		bit  client.Ops
		name string
	}{{client.CanQuery, "query"}, {client.CanGet, "get"}, {client.CanCreate, "create"}, {client.CanUpdate, "change"}, {client.CanDelete, "delete"}} {
		if k.Allows.Can(op.bit) {
			out = append(out, op.name)
		}
	}
	return out
}
