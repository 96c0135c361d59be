package reference

import (
	"fmt"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// modelPage tells all about a model.
func modelPage(product *client.Product, k *client.Kind, predeclared bool) Page {
	p := newPage(k.Name)
	p.line("%s\n", sentence(k.Doc))
	p.facts(product, k, predeclared)
	p.constants(k)
	p.attributes(product, k)
	p.methods(product, k)
	p.queries(product, k)
	return p.done(product.Name + "/" + k.Name + ".md")
}

func (p *page) facts(product *client.Product, k *client.Kind, predeclared bool) {
	how := "a model of [" + product.Title + "](README.md)"
	if !predeclared {
		how += fmt.Sprintf(": `load(\"cb/%s\", %q)`", product.Name, k.Name)
	}
	p.line("- %s", how)
	if k.Allows == 0 {
		p.line("")
		return
	}
	p.line("- can be %s", strings.Join(operations(k), ", "))
	p.line("- its id is `%s`", k.PrimaryKey)
	if k.Since != "" {
		p.line("- needs server version %s or later", k.Since)
	}
	if k.Lenient {
		p.line("- an attribute that the server did not send is None")
	}
	p.line("")
}

func (p *page) constants(k *client.Kind) {
	if len(k.Constants) == 0 {
		return
	}
	p.line("## Constants\n\n| name | value | meaning |\n| --- | --- | --- |")
	for _, c := range k.Constants {
		p.line("| `%s.%s` | %s | %s |", k.Name, c.Name, cell(literal(c.Value)), cell(c.Doc))
	}
	p.line("")
}

// attributes lists what is read, and what can be set.
func (p *page) attributes(product *client.Product, k *client.Kind) {
	if k.Allows == 0 {
		return
	}
	p.line("## Attributes\n\n| name | type | set | meaning |\n| --- | --- | --- | --- |")
	for _, name := range k.Names() {
		a, _ := k.Attribute(name)
		if a.Method != nil {
			continue
		}
		doc := sentence(a.Doc())
		if a.Field != nil && a.Field.Secret {
			doc += " Secret: it cannot be read."
		}
		p.line("| `%s` | %s | %s | %s |", name, cell(linked(product, a.Returns())), settable(k, a), cell(doc))
	}
	p.line("")
}

// settable says whether an attribute can be set, and what that takes.
func settable(k *client.Kind, a client.Attribute) string {
	changeable := k.Allows.Can(client.CanCreate) || k.Allows.Can(client.CanUpdate)
	switch {
	case !changeable, a.Property != nil && a.Property.Set == nil, a.Field != nil && a.Field.ReadOnly:
		return ""
	case a.Property != nil:
		return "yes"
	}
	text := "yes"
	if a.Field.Required {
		text = "required"
		if a.Field.RequiredFrom != "" {
			text += " from " + a.Field.RequiredFrom
		}
	}
	if a.Field.Capability != client.Read {
		text += fmt.Sprintf(", needs `%s`", a.Field.Capability)
	}
	return text
}

func (p *page) methods(product *client.Product, k *client.Kind) {
	titled := false
	for _, name := range k.Names() {
		a, _ := k.Attribute(name)
		if a.Method == nil {
			continue
		}
		if !titled {
			p.line("## Methods\n")
			titled = true
		}
		m := a.Method
		p.callable(product, "."+signature(m.Name, m.Params, false), m.Returns, m.Doc, m.Params, m.Capability)
	}
}

func (p *page) queries(product *client.Product, k *client.Kind) {
	if k.Style == nil {
		return
	}
	p.line("## Queries\n")
	if k.Style.Doc != "" {
		p.line("%s\n", sentence(k.Style.Doc))
	}
	for _, m := range k.QueryMethods() {
		title := "." + signature(m.Name, m.Params, m.Terms)
		if m.Attribute {
			title = "." + m.Name
		}
		p.callable(product, title, m.Returns, m.Doc, m.Params, m.Capability)
	}
}
