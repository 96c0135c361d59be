package bindings

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/client"
)

// What stands in this file describes values that were not read, for completion: it comes from the tables alone, and makes
// no request. The interfaces are those of package repl.

// described stands for an object of a model.
type described struct {
	product *client.Product
	kind    *client.Kind
}

// CompleteNames lists the model's attributes.
func (d described) CompleteNames() []string { return slices.Clone(d.kind.Names()) }

// CompleteAttr says what an attribute is: the model of a join, a method, text.
func (d described) CompleteAttr(name string) any {
	a, ok := d.kind.Attribute(name)
	switch {
	case !ok:
		return nil
	case a.Method != nil:
		return describedCall{returned(d.product, d.kind, a.Method.Returns), keywords(a.Method.Params)}
	}
	return returned(d.product, d.kind, a.Returns())
}

// describedQuery stands for a query of a model.
type describedQuery struct {
	product *client.Product
	kind    *client.Kind
}

// CompleteNames lists the query's methods.
func (d describedQuery) CompleteNames() []string { return slices.Clone(queryTableOf(d.kind).names) }

// CompleteAttr says what a method gives. The keyword arguments of a condition are the model's fields.
func (d describedQuery) CompleteAttr(name string) any {
	for _, m := range d.kind.QueryMethods() {
		if m.Name != name {
			continue
		}
		gives := returned(d.product, d.kind, m.Returns)
		if m.Attribute {
			return gives
		}
		names := keywords(m.Params)
		if m.Terms {
			names = nil
			for _, f := range d.kind.Fields {
				names = append(names, f.Name)
			}
		}
		return describedCall{gives, names}
	}
	return nil
}

// CompleteIndex says that the elements are objects.
func (d describedQuery) CompleteIndex() any { return described(d) }

// describedRecord stands for a record of a type.
type describedRecord struct {
	product *client.Product // nil when it is not known
	record  client.RecordType
}

// CompleteNames lists the attributes and methods.
func (d describedRecord) CompleteNames() []string {
	var names []string
	for _, a := range d.record.Attributes {
		names = append(names, a.Name)
	}
	for _, m := range d.record.Methods {
		names = append(names, m.Name)
	}
	return names
}

// CompleteAttr says what an attribute is.
func (d describedRecord) CompleteAttr(name string) any {
	for _, a := range d.record.Attributes {
		if a.Name == name {
			return returned(d.product, nil, a.Returns)
		}
	}
	for _, m := range d.record.Methods {
		if m.Name == name {
			return describedCall{returned(d.product, nil, m.Returns), keywords(m.Params)}
		}
	}
	return nil
}

// describedList stands for a list whose elements are alike.
type describedList struct{ element any }

// CompleteNames lists the methods of lists.
func (describedList) CompleteNames() []string { return new(starlark.List).AttrNames() }

// CompleteAttr says nothing about what they are.
func (describedList) CompleteAttr(string) any { return nil }

// CompleteIndex says what an element is.
func (d describedList) CompleteIndex() any { return d.element }

// describedCall stands for something that is called.
type describedCall struct {
	gives any // nil when it is not known
	names []string
}

// CompleteCall says what it gives, whatever the arguments are.
func (d describedCall) CompleteCall([]any) any { return d.gives }

// CompleteArguments lists the names of its arguments.
func (d describedCall) CompleteArguments() []string { return slices.Clone(d.names) }

// describedSelect stands for select and create of a connection, whose first argument is a model.
type describedSelect struct {
	describedCall
	product *client.Product
	create  bool
}

// CompleteCall says that select(Model) gives a query, and select(Model, id) and create(Model) an object.
func (d describedSelect) CompleteCall(args []any) any {
	if len(args) == 0 {
		return nil
	}
	m, ok := args[0].(Model)
	switch {
	case !ok:
		return nil
	case d.create || len(args) > 1:
		return described{d.product, m.kind}
	}
	return describedQuery{d.product, m.kind}
}

// CompleteCall says what the method of its name gives on the first argument.
func (f *freeFunction) CompleteCall(args []any) any {
	if len(args) == 0 {
		return nil
	}
	on, ok := args[0].(interface{ CompleteAttr(name string) any })
	if !ok {
		return nil
	}
	if method, ok := on.CompleteAttr(f.name).(describedCall); ok {
		return method.gives
	}
	return nil
}

// returned describes what a table says that something gives; of is the model that "object" and "Query" are of. It is nil
// for what has no names.
func returned(p *client.Product, of *client.Kind, returns string) any {
	switch {
	case returns == "string":
		return starlark.String("")
	case returns == "bytes":
		return starlark.Bytes("")
	case returns == "dict":
		return new(starlark.Dict)
	case p == nil:
		return nil
	case of != nil && returns == "object":
		return described{p, of}
	case of != nil && returns == "Query":
		return describedQuery{p, of}
	}
	if element, ok := strings.CutPrefix(returns, "list of "); ok {
		return describedList{returned(p, of, element)}
	}
	if name, ok := strings.CutPrefix(returns, "Query of "); ok {
		if k, ok := p.Kind(name); ok {
			return describedQuery{p, k}
		}
		return nil
	}
	if k, ok := p.Kind(returns); ok {
		return described{p, k}
	}
	if r, ok := p.Record(returns); ok {
		return describedRecord{p, r}
	}
	return nil
}

// keywords are the names that may stand before = in a call.
func keywords(params []client.Param) []string {
	var names []string
	for _, param := range params {
		if !param.Variadic {
			names = append(names, param.Name)
		}
	}
	return names
}
