package check

import (
	"cmp"
	"slices"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/syntax"
)

// Needs is what a script uses, read from its text. Each list is sorted by name and holds a name once, with its first
// place.
type Needs struct {
	// Products are "response", "protection", "defense".
	Products []Use
	// Capabilities are those of the methods, functions and fields that the script names.
	Capabilities []Use
	// Parameters are the names given to param().
	Parameters []Use
	// Modules are what the script loads, but for the products.
	Modules []Use
	// Models are written as product.Model.
	Models []Use
	// Unread are modules whose text was not at hand, so that their needs are not in the lists.
	Unread []string
	// Everything is set when an attribute's name is computed: the script may need any capability.
	Everything bool
}

// Use is one thing a script needs and where it says so.
type Use struct {
	Name string
	// By is the name in the script that brings the need, such as the method isolate for the capability isolate.
	By string
	// File is the script, or the module that it loads.
	File         string
	Line, Column int
}

// products are the names behind load("cb/…").
var products = [...]string{"response", "protection", "defense"}

// computed stands for a name that the text does not give.
const computed = "(computed)"

// collector gathers the needs of one file.
type collector struct {
	opts Options
	file string
	// folder is that of a module, relative to the script's: what it loads as "./x.star" stands beside it.
	folder string
	needs  Needs
	fold   *folder
	// unknown are the places where an attribute's name is computed.
	unknown []syntax.Position
	// root is the bundle that the file is in, "author/name", or empty.
	root   string
	unread []unreadModule
	// called are the names that are called where they stand.
	called map[*syntax.Ident]bool
}

// collect gathers what one file uses. folder is that of a module, "." for the script itself; root is the bundle that the
// file is in, or empty.
func collect(name, folder, root string, file *syntax.File, opts Options) *collector {
	c := &collector{opts: opts, file: name, folder: folder, root: root, called: map[*syntax.Ident]bool{},
		fold: newFolder(newFlows(file))}
	syntax.Walk(file, c.visit)
	return c
}

func (c *collector) visit(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.LoadStmt:
		c.load(n)
		return false
	case *syntax.DotExpr:
		c.attribute(n.Name.Name, n.Name.NamePos)
		syntax.Walk(n.X, c.visit) // not n.Name, which is no name of its own
		return false
	case *syntax.AssignStmt:
		c.assigned(n.LHS, n.Op != syntax.EQ)
		syntax.Walk(n.RHS, c.visit)
		return false
	case *syntax.ForStmt:
		c.assigned(n.Vars, false)
		syntax.Walk(n.X, c.visit)
		for _, s := range n.Body {
			syntax.Walk(s, c.visit)
		}
		return false
	case *syntax.ForClause:
		c.assigned(n.Vars, false)
		syntax.Walk(n.X, c.visit)
		return false
	case *syntax.Ident:
		c.name(n)
	case *syntax.CallExpr:
		c.call(n)
	}
	return true
}

func (c *collector) use(list *[]Use, name, by string, pos syntax.Position) {
	if i := slices.IndexFunc(*list, func(u Use) bool { return u.Name == name }); i >= 0 {
		return
	}
	*list = append(*list, Use{visible(name), visible(by), c.file, int(pos.Line), int(pos.Col)})
}

func (c *collector) load(n *syntax.LoadStmt) {
	module := n.ModuleName()
	product, isHost := strings.CutPrefix(module, "cb/")
	if !isHost || !slices.Contains(products[:], product) {
		module = c.moduleName(module)
		c.use(&c.needs.Modules, module, module, n.Load)
		return
	}
	c.use(&c.needs.Products, product, module, n.Load)
	for _, id := range n.From { // the names in the loaded module
		c.model(product, id.Name, id.NamePos)
		c.capability(id.Name, id.NamePos)
	}
}

func (c *collector) model(product, name string, pos syntax.Position) {
	if c.opts.Surface != nil && c.opts.Surface.Model(product, name) {
		c.use(&c.needs.Models, product+"."+name, name, pos)
	}
}

// name handles a name that the host gives.
func (c *collector) name(id *syntax.Ident) {
	if !isPredeclared(id) {
		return
	}
	if id.Name == "getattr" && !c.called[id] { // under which name it is called later, and with what, is not followed
		c.anything(id.NamePos)
	}
	if c.opts.Surface == nil {
		return
	}
	product, ok := c.opts.Surface.Predeclared(id.Name)
	if !ok {
		return
	}
	if product != "" {
		c.use(&c.needs.Products, product, id.Name, id.NamePos)
		c.model(product, id.Name, id.NamePos)
	}
	c.capability(id.Name, id.NamePos)
}

func isPredeclared(id *syntax.Ident) bool {
	b, ok := id.Binding.(*resolve.Binding)
	return ok && b != nil && (b.Scope == resolve.Predeclared || b.Scope == resolve.Universal)
}

func (c *collector) call(call *syntax.CallExpr) {
	c.got(call)
	id, ok := unparen(call.Fn).(*syntax.Ident)
	if !ok || !isPredeclared(id) {
		return
	}
	c.called[id] = true
	switch id.Name {
	case "getattr":
		if len(call.Args) >= 2 {
			if name, ok := writtenText(call.Args[1]); ok {
				c.attribute(name, syntax.Start(call.Args[1]))
				return
			}
		}
		c.anything(id.NamePos)
	case "param":
		c.use(&c.needs.Parameters, c.parameterName(call), "param", id.NamePos)
	}
}

// parameterName is the name that a call of param gives.
func (c *collector) parameterName(call *syntax.CallExpr) string {
	name := computed
	for i, a := range call.Args {
		if kw, isKw := a.(*syntax.BinaryExpr); isKw && kw.Op == syntax.EQ {
			if varName(kw.X) != "name" {
				continue
			}
			a = kw.Y
		} else if i > 0 {
			continue
		}
		if text, ok := c.fold.fold(a); ok && text.kind == constText {
			name = text.text
		}
	}
	return name
}

func (c *collector) merge(n Needs) {
	for _, pair := range [...]struct{ to, from *[]Use }{
		{&c.needs.Products, &n.Products}, {&c.needs.Capabilities, &n.Capabilities}, {&c.needs.Parameters, &n.Parameters},
		{&c.needs.Modules, &n.Modules}, {&c.needs.Models, &n.Models},
	} {
		for _, u := range *pair.from {
			if !slices.ContainsFunc(*pair.to, func(have Use) bool { return have.Name == u.Name }) {
				*pair.to = append(*pair.to, u)
			}
		}
	}
	c.needs.Everything = c.needs.Everything || n.Everything
}

// finish sorts the lists and removes secrets that were found from what they repeat of the script.
func (n *Needs) finish(secrets []string) {
	for i := range n.Unread {
		n.Unread[i] = scrub(n.Unread[i], secrets)
	}
	for _, list := range [...]*[]Use{&n.Products, &n.Capabilities, &n.Parameters, &n.Modules, &n.Models} {
		for i := range *list {
			(*list)[i].Name = scrub((*list)[i].Name, secrets)
			(*list)[i].By = scrub((*list)[i].By, secrets)
		}
		slices.SortFunc(*list, func(a, b Use) int { return cmp.Compare(a.Name, b.Name) })
	}
}
