package share

import (
	"slices"
	"sync"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Index knows the functions of the files of a run. It is safe for concurrent use. A nil Index knows none: then every
// global of a function's module counts as used.
type Index struct {
	mu    sync.RWMutex
	files map[string]*file
}

// file is what is known of the files of one name. Files with equal names add up, which errs on the safe side.
type file struct {
	functions map[place]*uses
	assigned  map[string][]assignment // the global names
}

// place is a position in a file.
type place struct{ line, col int32 }

// uses is what a function and those inside it name.
type uses struct {
	globals []string
	loaded  map[string]bool // captured names that a load statement binds
}

// assignment is one place where a global gets a value.
type assignment struct {
	pos  syntax.Position
	loop bool // it may happen several times
}

// indexKey is the key under which a thread keeps its index.
const indexKey = "cbscript.share"

// Set gives a thread the index of its run. Call it before the thread runs.
func Set(t *starlark.Thread, x *Index) { t.SetLocal(indexKey, x) }

// Of returns the index of a thread's run, or nil.
func Of(t *starlark.Thread) *Index {
	x, _ := t.Local(indexKey).(*Index)
	return x
}

// Add takes the functions of a file in. The file must have been resolved, as starlark.FileProgram does it.
func (x *Index) Add(f *syntax.File) {
	c := collector{functions: make(map[place]*uses), assigned: make(map[string][]assignment), loads: make(map[*syntax.Ident]bool)}
	c.stmts(f.Stmts)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.files == nil {
		x.files = make(map[string]*file)
	}
	known := x.files[f.Path]
	if known == nil {
		known = &file{functions: make(map[place]*uses), assigned: make(map[string][]assignment)}
		x.files[f.Path] = known
	}
	for at, u := range c.functions {
		if before := known.functions[at]; before != nil {
			u.globals = append(u.globals, before.globals...)
			for name := range u.loaded {
				if !before.loaded[name] {
					delete(u.loaded, name)
				}
			}
		}
		slices.Sort(u.globals)
		u.globals = slices.Compact(u.globals)
		known.functions[at] = u
	}
	for name, places := range c.assigned {
		known.assigned[name] = append(known.assigned[name], places...)
	}
}

// of returns what is known of a function.
func (x *Index) of(fn *starlark.Function) (*uses, *file) {
	if x == nil {
		return nil, nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	pos := fn.Position()
	f := x.files[pos.Filename()]
	if f == nil {
		return nil, nil
	}
	return f.functions[place{pos.Line, pos.Col}], f
}

// collector walks over a syntax tree.
type collector struct {
	functions map[place]*uses
	assigned  map[string][]assignment
	loads     map[*syntax.Ident]bool // what load statements bind

	inside []*uses // the functions around the current node
	loops  int     // the loops around it at the top level
}

func (c *collector) stmts(stmts []syntax.Stmt) {
	for _, s := range stmts {
		c.node(s)
	}
}

// node looks at a tree, going into loops and functions by itself to know what is around a node.
func (c *collector) node(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.DefStmt:
			c.assign(n.Name)
			c.function(n.Def, n.Params, n.Body, nil)
			return false
		case *syntax.LambdaExpr:
			c.function(n.Lambda, n.Params, nil, n.Body)
			return false
		case *syntax.LoadStmt:
			for _, id := range n.To {
				c.loads[id] = true
				c.assign(id)
			}
			return false
		case *syntax.AssignStmt:
			c.assign(n.LHS)
			if n.Op != syntax.EQ {
				c.assign(n.LHS) // it reads an earlier value, so this is not the only one
			}
		case *syntax.ForStmt:
			c.loops++
			c.assign(n.Vars)
			c.node(n.X)
			c.stmts(n.Body)
			c.loops--
			return false
		case *syntax.WhileStmt:
			c.loops++
			c.node(n.Cond)
			c.stmts(n.Body)
			c.loops--
			return false
		case *syntax.Ident:
			c.use(n)
		}
		return true
	})
}

// function records the function that begins at pos.
func (c *collector) function(pos syntax.Position, params []syntax.Expr, body []syntax.Stmt, expr syntax.Expr) {
	for _, p := range params {
		if b, ok := p.(*syntax.BinaryExpr); ok {
			c.node(b.Y) // a default is evaluated outside
		}
	}
	u := &uses{loaded: make(map[string]bool)}
	c.functions[place{pos.Line, pos.Col}] = u
	c.inside = append(c.inside, u)
	loops := c.loops
	c.loops = 0
	c.stmts(body)
	if expr != nil {
		c.node(expr)
	}
	c.loops = loops
	c.inside = c.inside[:len(c.inside)-1]
}

// use notes a name for every function around it.
func (c *collector) use(id *syntax.Ident) {
	b, ok := id.Binding.(*resolve.Binding)
	if !ok {
		return
	}
	for _, u := range c.inside {
		switch b.Scope {
		case resolve.Global:
			u.globals = append(u.globals, id.Name)
		case resolve.Free:
			if c.loads[b.First] {
				u.loaded[id.Name] = true
			}
		}
	}
}

// assign notes the global names that an assignment to target gives a value.
func (c *collector) assign(target syntax.Expr) {
	switch target := target.(type) {
	case *syntax.Ident:
		if b, ok := target.Binding.(*resolve.Binding); ok && b.Scope == resolve.Global {
			c.assigned[target.Name] = append(c.assigned[target.Name], assignment{target.NamePos, c.loops > 0})
		}
	case *syntax.ParenExpr:
		c.assign(target.X)
	case *syntax.TupleExpr:
		for _, e := range target.List {
			c.assign(e)
		}
	case *syntax.ListExpr:
		for _, e := range target.List {
			c.assign(e)
		}
	}
}
