package reference

import (
	"cmp"
	"slices"

	"github.com/cbscript/cbscript/client"
)

// recordPage tells all about a type of values that is no model.
func recordPage(product *client.Product, r client.RecordType) Page {
	p := newPage(r.Name)
	p.line("%s\n", sentence(r.Doc))
	p.line("- a value of [%s](README.md)\n", product.Title)
	if len(r.Attributes) > 0 {
		p.line("## Attributes\n\n| name | type | meaning |\n| --- | --- | --- |")
		attributes := slices.Clone(r.Attributes)
		slices.SortFunc(attributes, func(a, b client.RecordAttribute) int { return cmp.Compare(a.Name, b.Name) })
		for _, a := range attributes {
			p.line("| `%s` | %s | %s |", a.Name, cell(linked(product, a.Returns)), cell(sentence(a.Doc)))
		}
		p.line("")
	}
	if len(r.Methods) > 0 {
		p.line("## Methods\n")
		for _, m := range r.Methods {
			p.callable(product, "."+signature(m.Name, m.Params, false), m.Returns, m.Doc, m.Params, m.Capability)
		}
	}
	return p.done(product.Name + "/" + r.Name + ".md")
}
