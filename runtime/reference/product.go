package reference

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// productPage tells about a product's connection, and lists its models.
func productPage(product *client.Product, predeclared bool) Page {
	p := newPage(product.Title)
	if predeclared {
		p.line("`cb`, `select`, `create` and the models are there without a load. A further server is")
		p.line("`load(\"cb/%s\", \"connect\")` and `connect(\"ROLE\")`, with `--profile ROLE=NAME`.\n", product.Name)
	} else {
		p.line("`load(\"cb/%s\", \"cb\", \"select\", ...)` gives the connection `cb`, `select`, `create`, `connect(\"ROLE\")` and the", product.Name)
		p.line("models by their names.\n")
	}
	p.line("## Models\n")
	p.line("| model | what it is | can be |\n| --- | --- | --- |")
	for _, k := range sortedKinds(product) {
		if k.Allows != 0 {
			p.line("| [%s](%s.md) | %s | %s |", k.Name, k.Name, cell(k.Doc), strings.Join(operations(k), ", "))
		}
	}
	var constants []string
	for _, k := range sortedKinds(product) {
		if k.Allows == 0 {
			constants = append(constants, fmt.Sprintf("[%s](%s.md)", k.Name, k.Name))
		}
	}
	if len(constants) > 0 {
		p.line("\nSets of constants: %s.", strings.Join(constants, ", "))
	}
	if len(product.Records) > 0 {
		p.line("\n## Other values\n")
		p.line("What objects and the connection give besides. They are read, and not selected or saved.\n")
		p.line("| value | what it is |\n| --- | --- |")
		for _, r := range product.Records {
			p.line("| [%s](%s.md) | %s |", r.Name, r.Name, cell(r.Doc))
		}
	}
	p.line("\n## The connection\n")
	p.line("### `cb.select(MODEL)`, `cb.select(MODEL, id)`\n\nA query of all objects of a model; or the object of that id, which is not asked for before it is read.\n")
	p.line("### `cb.create(MODEL, data={}, **fields)`\n\nA new object with these fields. `save()` sends it.\n")
	p.line("### `cb.url`\n\nThe server's address.\n")
	calls := slices.Clone(product.Calls)
	slices.SortFunc(calls, func(a, b client.Call) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range calls {
		title := "cb." + signature(c.Name, c.Params, false)
		if c.Attribute {
			title = "cb." + c.Name
		}
		p.callable(product, title, c.Returns, c.Doc, c.Params, c.Capability)
	}
	return p.done(product.Name + "/README.md")
}

func sortedKinds(product *client.Product) []*client.Kind {
	kinds := slices.Clone(product.Kinds)
	slices.SortFunc(kinds, func(a, b *client.Kind) int { return cmp.Compare(a.Name, b.Name) })
	return kinds
}

// operations says what can be done with the objects of a model.
func operations(k *client.Kind) []string {
	var out []string
	for _, op := range []struct {
		op   client.Ops
		name string
	}{
		{client.CanQuery, "queried"}, {client.CanGet, "selected by id"}, {client.CanCreate, "created"},
		{client.CanUpdate, "changed"}, {client.CanDelete, "deleted"},
	} {
		if k.Allows.Can(op.op) {
			out = append(out, op.name)
		}
	}
	return out
}

// callable writes a function or a method.
func (p *page) callable(product *client.Product, title, returns, doc string, params []client.Param, needs client.Capability) {
	p.line("### `%s`\n", title)
	text := sentence(doc)
	if returns != "" && returns != "None" && returns != "any" {
		text += " Gives " + linked(product, returns) + "."
	}
	if needs != client.Read {
		text += fmt.Sprintf(" Needs `--allow %s`.", needs)
	}
	p.line("%s\n", text)
	documented := false
	for _, param := range params {
		if param.Doc != "" {
			p.line("- `%s` (%s): %s", param.Name, param.Type, param.Doc)
			documented = true
		}
	}
	if documented {
		p.line("")
	}
}

// signature is how a function is called.
func signature(name string, params []client.Param, terms bool) string {
	var parts []string
	for _, param := range params {
		switch {
		case param.Variadic:
			parts = append(parts, "*"+param.Name)
		case param.Required:
			parts = append(parts, param.Name)
		default:
			parts = append(parts, param.Name+"="+literal(param.Default))
		}
	}
	if terms {
		parts = append(parts, "**fields")
	}
	return name + "(" + strings.Join(parts, ", ") + ")"
}

// literal is a default as a script would write it.
func literal(v any) string {
	if text, ok := v.(string); ok {
		return fmt.Sprintf("%q", text)
	}
	return client.ShowValue(v)
}

// linked is a type with the models and other values in it as links.
func linked(product *client.Product, returns string) string {
	words := strings.Fields(returns)
	for i, word := range words {
		name := strings.Trim(word, ",;")
		_, isKind := product.Kind(name)
		_, isRecord := product.Record(name)
		if isKind || isRecord {
			words[i] = strings.Replace(word, name, fmt.Sprintf("[%s](%s.md)", name, name), 1)
		}
	}
	return strings.Join(words, " ")
}
