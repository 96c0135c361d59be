// Package reference writes the reference of what scripts see, in Markdown, from the same tables that make it work: the
// products' models and calls, the builtins, and the values that they give.
//
//	pages := reference.Pages(servers.Products(), builtins.All())
//	stale, err := reference.Write("docs/reference", pages)
//
// [Compare] tells whether the files are still what the tables say.
package reference

import (
	"fmt"
	"strings"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
)

// Page is a file of the reference.
type Page struct {
	Name string // with slashes, relative to the reference's folder
	Text string
}

// Mark is the first line of every page: files that have it are the generator's, and may be removed by it.
const Mark = "<!-- Written by cbscript doc from the program's tables. Do not edit. -->"

// Pages gives the whole reference, but for the pages commands.md and lr.md that its index names: commands are the
// program's.
// The first product is the one whose names a script sees without a load.
func Pages(products []*client.Product, names []builtins.Builtin) []Page {
	pages := []Page{index(products), builtinsPage(names), valuesPage()}
	for i, p := range products {
		pages = append(pages, productPage(p, i == 0))
		for _, k := range p.Kinds {
			pages = append(pages, modelPage(p, k, i == 0))
		}
		for _, r := range p.Records {
			pages = append(pages, recordPage(p, r))
		}
	}
	return pages
}

// page is a page under construction.
type page struct{ strings.Builder }

// newPage begins a page with its title.
func newPage(title string) *page {
	p := &page{}
	p.line("%s\n\n# %s\n", Mark, title)
	return p
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// done gives the page.
func (p *page) done(name string) Page { return Page{name, strings.TrimRight(p.String(), "\n") + "\n"} }

// index is the first page.
func index(products []*client.Product) Page {
	p := newPage("Script reference")
	p.line("What a script sees, as the program's own tables say. How the pieces fit together is told in")
	p.line("[the script language](../language.md).\n")
	p.line("- [Builtins](builtins.md): functions and modules without a load")
	p.line("- [Commands](commands.md): the program's own")
	p.line("- [Commands of the Live Response shell](lr.md): those of `cbscript lr`")
	p.line("- [Values](values.md): times, durations, matches and the like")
	for i, product := range products {
		how := fmt.Sprintf("with `load(\"cb/%s\", ...)`", product.Name)
		if i == 0 {
			how = "without a load"
		}
		p.line("- [%s](%s/README.md): %s", product.Title, product.Name, how)
	}
	return p.done("README.md")
}

// cell makes text fit into a cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

// sentence gives a phrase a capital letter and a full stop.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ")") {
		text += "."
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
