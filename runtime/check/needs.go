package check

import (
	"cmp"
	"path"
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
}

// collect gathers what one file uses. folder is that of a module, "." for the script itself.
func collect(name, folder string, file *syntax.File, opts Options) *collector {
	c := &collector{opts: opts, file: name, folder: folder,
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
		c.capability(n.Name.Name, n.Name.NamePos)
		syntax.Walk(n.X, c.visit) // not n.Name, which is no name of its own
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

func (c *collector) capability(name string, pos syntax.Position) {
	for _, capability := range c.opts.capabilities(name) {
		c.use(&c.needs.Capabilities, capability, name, pos)
	}
}

func (c *collector) load(n *syntax.LoadStmt) {
	module := n.ModuleName()
	product, isHost := strings.CutPrefix(module, "cb/")
	if !isHost || !slices.Contains(products[:], product) {
		if relativeModule(module) {
			module = "./" + path.Join(c.folder, module)
		}
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
	if !isPredeclared(id) || c.opts.Surface == nil {
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
	id, ok := call.Fn.(*syntax.Ident)
	if !ok || !isPredeclared(id) {
		return
	}
	switch id.Name {
	case "getattr":
		if len(call.Args) < 2 {
			return
		}
		if name, ok := c.fold.fold(call.Args[1]); ok && name.kind == constText {
			c.capability(name.text, syntax.Start(call.Args[1]))
			return
		}
		c.needs.Everything = true
		c.unknown = append(c.unknown, id.NamePos)
	case "param":
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
		c.use(&c.needs.Parameters, name, "param", id.NamePos)
	}
}

// loadModules adds the needs of the modules that the script loads, and of those that they load.
func (c *collector) loadModules() {
	seen := map[string]bool{}
	queue := slices.Clone(c.needs.Modules)
	for len(queue) > 0 {
		module := queue[0].Name
		queue = queue[1:]
		if seen[module] {
			continue
		}
		seen[module] = true
		inner, err := c.parseModule(module)
		if err != nil {
			c.needs.Unread = append(c.needs.Unread, module)
			continue
		}
		c.merge(inner.needs)
		queue = append(queue, inner.needs.Modules...)
	}
	slices.Sort(c.needs.Unread)
}

func (c *collector) parseModule(module string) (*collector, error) {
	if c.opts.Load == nil {
		return nil, errNoSource
	}
	src, err := c.opts.Load(module)
	if err != nil {
		return nil, err
	}
	text, _ := sourceText(src)
	file, err := parse(module, text)
	if err != nil {
		return nil, err
	}
	if err := resolve.File(file, c.opts.predeclared, universal); err != nil {
		return nil, err
	}
	return collect(module, moduleFolder(module), file, c.opts), nil
}

func relativeModule(module string) bool {
	return strings.HasPrefix(module, "./") || strings.HasPrefix(module, "../")
}

func moduleFolder(module string) string {
	if relativeModule(module) {
		return path.Dir(module)
	}
	return "."
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
