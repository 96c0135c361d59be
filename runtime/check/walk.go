package check

import (
	"strings"

	"go.starlark.net/syntax"
)

// item is a constant text of the script with its place.
type item struct {
	constant
	at    syntax.Position
	place place
	// whole is set for a single literal, whose raw text tells lines apart.
	whole *syntax.Literal
}

// walker goes through a script once, from top to bottom, and lists its constant texts.
type walker struct {
	fold  *folder
	flows *flows
	items []item
	// current are the sources of each name at the statement that is walked.
	current *bindings
	// inDef is set in the body of a function, where a global name may have any of its values.
	inDef bool
	// uses are further places of a literal: where a name that is bound to it stands.
	uses map[*syntax.Literal][]place
	// named counts how often a name was listed as a text of its own.
	named map[any]int
	// grown are the texts that statements extend with +=, with the place of the first.
	grown map[any]*item
	order []any
}

func newWalker(file *syntax.File) *walker {
	fl := newFlows(file)
	return &walker{
		fold:    newFolder(fl),
		flows:   fl,
		current: newBindings(),
		uses:    map[*syntax.Literal][]place{},
		named:   map[any]int{},
		grown:   map[any]*item{},
	}
}

func (w *walker) file(f *syntax.File) {
	w.body(f.Stmts, place{})
	for _, key := range w.order {
		if it := w.grown[key]; it != nil {
			w.items = append(w.items, *it)
		}
	}
}

// body walks the statements of a file or function.
func (w *walker) body(stmts []syntax.Stmt, p place) {
	for _, s := range stmts {
		w.stmt(s, p)
	}
}

func (w *walker) stmt(s syntax.Stmt, p place) {
	start, _ := s.Span()
	p.line = int(start.Line)
	switch s := s.(type) {
	case *syntax.AssignStmt:
		w.assign(s, p)
	case *syntax.ExprStmt:
		if lit, ok := s.X.(*syntax.Literal); ok { // a docstring, or a text that serves as a comment
			p.kind = proseText
			w.expr(lit, p)
			return
		}
		w.appendCall(s.X, p)
		w.expr(s.X, p)
	case *syntax.DefStmt:
		w.params(s.Params, p)
		p.around = nil
		if name := s.Name.Name; !strings.HasPrefix(name, "test_") {
			p = p.named(name, calleeName)
		}
		outer := w.inDef
		w.inDef = true
		w.body(s.Body, p)
		w.inDef = outer
	case *syntax.ForStmt:
		w.expr(s.X, p.named(varName(s.Vars), valueName))
		w.current.join([]changes{nil, w.current.branch(func() {
			w.enterLoop(s.Vars, s.X)
			w.body(s.Body, p)
		})})
	case *syntax.WhileStmt: // not in the dialect, which the resolver says
		w.expr(s.Cond, p)
		w.body(s.Body, p)
	case *syntax.IfStmt:
		w.ifStmt(s, p)
	case *syntax.ReturnStmt:
		if s.Result != nil {
			w.expr(s.Result, p.returned())
		}
	case *syntax.LoadStmt:
		w.expr(s.Module, p)
	}
}

// ifStmt walks a chain of if, elif and else.
func (w *walker) ifStmt(s *syntax.IfStmt, p place) {
	var ways []changes
	for {
		w.expr(s.Cond, p)
		body := s.True
		ways = append(ways, w.current.branch(func() { w.body(body, p) }))
		if len(s.False) == 1 {
			if next, ok := s.False[0].(*syntax.IfStmt); ok {
				s = next
				continue
			}
		}
		ways = append(ways, w.current.branch(func() { w.body(s.False, p) }))
		break
	}
	w.current.join(ways)
}

// enterLoop notes what the variables of a loop stand for in its body.
func (w *walker) enterLoop(vars, over syntax.Expr) {
	vars = unparen(vars)
	if id, ok := vars.(*syntax.Ident); ok {
		w.current.set(variable(id), boundExpr{expr: over, part: elementPart})
		return
	}
	for i, v := range items(vars) {
		if id, ok := unparen(v).(*syntax.Ident); ok {
			src := boundExpr{expr: over, part: nthPart, nth: i}
			w.current.set(variable(id), src)
			w.noteUses([]boundExpr{src}, place{}.named(id.Name, valueName))
		}
	}
}

// returned gives the place of a function's result, which the function names.
func (p place) returned() place {
	if p.around != nil && p.around.kind == calleeName {
		p.around = &label{p.around.name, valueName, nil}
	}
	return p
}

// inBody drops the function's name, which says nothing about the values in its body.
func (p place) inBody() place {
	if p.around != nil && p.around.kind == calleeName && p.around.next == nil {
		p.around = nil
	}
	return p
}

func varName(e syntax.Expr) string {
	if id, ok := e.(*syntax.Ident); ok {
		return id.Name
	}
	return ""
}

func (w *walker) params(params []syntax.Expr, p place) {
	p = p.inBody()
	for _, e := range params {
		if b, ok := e.(*syntax.BinaryExpr); ok {
			w.expr(b.Y, p.named(varName(b.X), valueName))
		}
	}
}

func (w *walker) assign(s *syntax.AssignStmt, p place) {
	p = p.inBody()
	if lhs, ok := unparen(s.LHS).(*syntax.Ident); ok {
		p.part = w.bind(lhs, s, p)
	}
	w.assignTo(s.LHS, s.RHS, p)
}

// assignTo walks the right side under the names of the left, pair by pair where both are tuples.
func (w *walker) assignTo(lhs, rhs syntax.Expr, p place) {
	left, right := items(unparen(lhs)), items(unparen(rhs))
	if len(left) > 0 && len(left) == len(right) {
		p = p.within(&box{items: right, node: rhs})
		for i := range left {
			if id, ok := left[i].(*syntax.Ident); ok {
				w.current.set(variable(id), boundExpr{expr: unparen(right[i])})
				if c, ok := w.fold.fold(right[i]); ok {
					w.fold.now[variable(id)] = c
				}
			}
			w.assignTo(left[i], right[i], p)
		}
		return
	}
	switch lhs := unparen(lhs).(type) {
	case *syntax.Ident:
		p = p.named(lhs.Name, valueName)
	case *syntax.DotExpr:
		p = p.named(varName(lhs.X), valueName).named(lhs.Name.Name, assignedField)
		w.expr(lhs.X, place{line: p.line})
	case *syntax.IndexExpr:
		w.expr(lhs.Y, place{line: p.line})
		p = p.named(varName(lhs.X), valueName)
		if key, ok := w.fold.fold(lhs.Y); ok && key.kind == constText {
			p = p.named(key.text, valueName)
		}
	}
	w.expr(rhs, p)
}

func items(e syntax.Expr) []syntax.Expr {
	switch e := e.(type) {
	case *syntax.TupleExpr:
		return e.List
	case *syntax.ListExpr:
		return e.List
	}
	return nil
}

func unparen(e syntax.Expr) syntax.Expr {
	for {
		p, ok := e.(*syntax.ParenExpr)
		if !ok {
			return e
		}
		e = p.X
	}
}

// bind follows what a name is bound to, and what it grows to by +=. It reports whether the right side is a part of a
// text that is judged as a whole.
func (w *walker) bind(id *syntax.Ident, s *syntax.AssignStmt, p place) bool {
	key := variable(id)
	c, ok := w.fold.fold(s.RHS)
	if s.Op == syntax.EQ {
		w.current.set(key, boundExpr{expr: unparen(s.RHS)})
		delete(w.fold.now, key)
		if ok {
			w.fold.now[key] = c
		} else {
			w.fold.now[key] = constant{} // bound to something that is not constant
		}
		return false
	}
	old, had := w.fold.foldName(id)
	if !ok || !had || s.Op != syntax.PLUS_EQ || old.kind != c.kind {
		return false
	}
	p = p.named(id.Name, valueName)
	switch c.kind {
	case constText:
		if len(old.text) > maxFoldText/2 {
			old, _ = w.fold.derived(old, old.text[len(old.text)-1024:], "joined")
		}
		if sum, ok := w.fold.concat(old, c); ok {
			w.fold.now[key] = sum
			w.grow(key, sum, s, p)
			return true
		}
	case constList:
		if len(old.list)+len(c.list) <= maxFoldItems {
			sum := constant{kind: constList, list: append(old.list[:len(old.list):len(old.list)], c.list...)}
			w.fold.now[key] = sum
		}
	}
	return false
}

func (w *walker) grow(key any, c constant, s syntax.Stmt, p place) {
	at, _ := s.Span()
	if lit := c.first(); lit != nil {
		at = lit.TokenPos
	}
	if w.grown[key] == nil {
		w.order = append(w.order, key)
	}
	w.grown[key] = &item{constant: c, at: at, place: p}
}

// appendCall follows list.append(text), which takes a value apart as well.
func (w *walker) appendCall(e syntax.Expr, p place) {
	call, ok := e.(*syntax.CallExpr)
	if !ok || len(call.Args) != 1 {
		return
	}
	dot, ok := call.Fn.(*syntax.DotExpr)
	if !ok || dot.Name.Name != "append" {
		return
	}
	id, ok := dot.X.(*syntax.Ident)
	if !ok {
		return
	}
	old, ok := w.fold.foldName(id)
	if !ok || old.kind != constList || len(old.list) >= maxFoldItems {
		return
	}
	if c, ok := w.fold.fold(call.Args[0]); ok {
		w.fold.now[variable(id)] = constant{kind: constList, list: append(old.list, c)} // names of one list share it
	}
}
