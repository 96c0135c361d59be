package reference

import (
	"fmt"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/attrs"
	"github.com/cbscript/cbscript/bindings/clock"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
)

// builtinsPage lists the functions and modules that every script sees.
func builtinsPage(names []builtins.Builtin) Page {
	p := newPage("Builtins")
	p.line("These names are there without a load, beside those of Starlark itself. The methods of objects and queries are")
	p.line("functions as well, which take the object first: `save(sensor)` is `sensor.save()`.\n")
	p.line("## Functions\n")
	for _, b := range names {
		if len(b.Members) == 0 {
			p.builtin(b)
		}
	}
	for _, b := range names {
		if len(b.Members) == 0 {
			continue
		}
		p.line("## Module `%s`\n\n%s\n", b.Name, sentence(b.Doc))
		for _, member := range b.Members {
			p.builtin(member)
		}
	}
	return p.done("builtins.md")
}

func (p *page) builtin(b builtins.Builtin) {
	p.line("### `%s`\n", b.Signature())
	text := sentence(b.Doc)
	if b.Returns != "" && b.Returns != "None" && b.Returns != "any" {
		text += " Gives " + b.Returns + "."
	}
	if b.Needs == client.Artifacts {
		text += " Needs `--out DIR`."
	} else if b.Needs != client.Read {
		text += fmt.Sprintf(" Needs `--allow %s`.", b.Needs)
	}
	p.line("%s\n", text)
	documented := false
	for _, param := range b.Params {
		if param.Doc != "" {
			p.line("- `%s`: %s", param.Name, param.Doc)
			documented = true
		}
	}
	if documented {
		p.line("")
	}
}

// described is a kind of value that builtins and objects give.
type described struct {
	title, doc string
	value      interface{ AttrDocs() []attrs.Doc }
}

// values lists them. Their docs need no value: the tables belong to the types.
func values() []described {
	return []described{
		{"time", "A point in time, in UTC. Times can be compared, and subtracted from each other.", clock.Time{}},
		{"duration", "A length of time. Durations can be added to times, multiplied and compared.", clock.Duration(0)},
		{"result of attempt", "What `attempt` gives.", (*builtins.Result)(nil)},
		{"error", "What failed: `error` of such a result. What is known of an error of its kind besides, such as `status`, are attributes too.", (*builtins.Error)(nil)},
		{"file", "A file of a server or an endpoint, which is read as it arrives.", bindings.File{}},
		{"pattern", "A regular expression, as `re.compile` gives it.", (*builtins.Pattern)(nil)},
		{"match", "What a pattern found.", (*builtins.Match)(nil)},
		{"address", "An IP address, as `ip.address` gives it.", builtins.Address{}},
		{"network", "A range of IP addresses, as `ip.network` gives it.", builtins.Network{}},
		{"hash", "A hash in the making, as the functions of `hashlib` give it.", (*builtins.Hash)(nil)},
		{"csv writer", "Rows of CSV in the making, as `csv.writer` gives them.", (*builtins.CSVWriter)(nil)},
	}
}

// valuesPage tells what values there are beside those of Starlark and the models.
func valuesPage() Page {
	p := newPage("Values")
	p.line("The values that builtins and objects give, beside those of Starlark itself and the models.\n")
	for _, v := range values() {
		p.line("## %s\n\n%s\n\n| attribute | meaning |\n| --- | --- |", sentence(v.title)[:len(v.title)], v.doc)
		for _, doc := range v.value.AttrDocs() {
			name := doc.Name
			if doc.Signature != "" {
				name = doc.Signature
			}
			p.line("| `.%s` | %s |", cell(name), cell(sentence(doc.Text)))
		}
		p.line("")
	}
	return p.done("values.md")
}
