package check

import (
	"go.starlark.net/syntax"
)

// maxFlow bounds the literals that are followed from one use of a name: three alike are a list anyhow.
const maxFlow = 32

// flows tells where the values of names come from, over the whole file.
type flows struct {
	bound map[any][]boundExpr
	defs  map[any]*syntax.DefStmt
}

func newFlows(file *syntax.File) *flows {
	f := &flows{map[any][]boundExpr{}, map[any]*syntax.DefStmt{}}
	syntax.Walk(file, func(n syntax.Node) bool {
		if def, ok := n.(*syntax.DefStmt); ok {
			f.defs[variable(def.Name)] = def
			for _, param := range def.Params {
				if b, ok := param.(*syntax.BinaryExpr); ok {
					f.bind(b.X, b.Y)
				}
			}
		}
		return true
	})
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AssignStmt:
			f.bind(n.LHS, n.RHS)
		case *syntax.ForStmt:
			f.loop(n.Vars, n.X)
		case *syntax.ForClause:
			f.loop(n.Vars, n.X)
		case *syntax.CallExpr:
			f.arguments(n)
		}
		return true
	})
	return f
}

func (f *flows) add(id *syntax.Ident, b boundExpr) {
	key := variable(id)
	f.bound[key] = append(f.bound[key], b)
}

func (f *flows) bind(lhs, rhs syntax.Expr) {
	lhs, rhs = unparen(lhs), unparen(rhs)
	if id, ok := lhs.(*syntax.Ident); ok {
		f.add(id, boundExpr{expr: rhs})
		return
	}
	left, right := items(lhs), items(rhs)
	if len(left) == len(right) {
		for i := range left {
			f.bind(left[i], right[i])
		}
	}
}

func (f *flows) loop(vars, over syntax.Expr) {
	vars = unparen(vars)
	if id, ok := vars.(*syntax.Ident); ok {
		f.add(id, boundExpr{expr: over, part: elementPart})
		return
	}
	for i, v := range items(vars) {
		if id, ok := unparen(v).(*syntax.Ident); ok {
			f.add(id, boundExpr{expr: over, part: nthPart, nth: i})
		}
	}
}

// arguments binds the parameters of a function of the file to what a call gives them, directly or through a function
// that maps it over a list.
func (f *flows) arguments(call *syntax.CallExpr) {
	if id, ok := unparen(call.Fn).(*syntax.Ident); ok {
		if def := f.defs[variable(id)]; def != nil {
			for i, a := range call.Args {
				if kw, ok := a.(*syntax.BinaryExpr); ok && kw.Op == syntax.EQ {
					f.bindParam(def, varName(kw.X), -1, boundExpr{expr: kw.Y})
					continue
				}
				f.bindParam(def, "", i, boundExpr{expr: a})
			}
			return
		}
	}
	for i := 0; i+1 < len(call.Args); i++ {
		if id, ok := unparen(call.Args[i]).(*syntax.Ident); ok {
			if def := f.defs[variable(id)]; def != nil {
				f.bindParam(def, "", 0, boundExpr{expr: call.Args[i+1], part: elementPart})
			}
		}
	}
}

func (f *flows) bindParam(def *syntax.DefStmt, name string, index int, b boundExpr) {
	for i, p := range def.Params {
		if id := paramIdent(p); id != nil && (i == index || name != "" && id.Name == name) {
			f.add(id, b)
		}
	}
}

func paramIdent(p syntax.Expr) *syntax.Ident {
	switch p := p.(type) {
	case *syntax.Ident:
		return p
	case *syntax.BinaryExpr:
		id, _ := p.X.(*syntax.Ident)
		return id
	}
	return nil
}

// params gives the names of the parameters of the file's function that id denotes.
func (f *flows) params(id *syntax.Ident) []string {
	def := f.defs[variable(id)]
	if def == nil {
		return nil
	}
	var out []string
	for _, p := range def.Params {
		id := paramIdent(p)
		if id == nil {
			break
		}
		out = append(out, id.Name)
	}
	return out
}

// maxTrace bounds the steps of one search for literals.
const maxTrace = 400

// literals gives the text literals that come out of the sources of a name, at most maxFlow of them. sourcesOf tells the
// sources of further names on the way.
func literals(sources []boundExpr, sourcesOf func(*syntax.Ident) []boundExpr) []*syntax.Literal {
	t := &tracer{sourcesOf: sourcesOf, seen: map[boundExpr]bool{}}
	for _, b := range sources {
		if t.steps > maxTrace {
			break
		}
		t.trace(b, 0)
	}
	return t.out
}

type tracer struct {
	sourcesOf func(*syntax.Ident) []boundExpr
	seen      map[boundExpr]bool
	steps     int
	out       []*syntax.Literal
}

func (t *tracer) trace(b boundExpr, depth int) {
	t.steps++
	if depth > 12 || len(t.out) >= maxFlow || t.steps > maxTrace || t.seen[b] {
		return
	}
	t.seen[b] = true
	switch e := unparen(b.expr).(type) {
	case *syntax.Literal:
		if _, ok := e.Value.(string); ok && b.part == wholePart {
			t.out = append(t.out, e)
		}
	case *syntax.Ident:
		for _, src := range t.sourcesOf(e) {
			if t.steps > maxTrace {
				return
			}
			t.traceName(src, b, depth)
		}
	case *syntax.CondExpr:
		t.trace(boundExpr{e.True, b.part, b.nth}, depth+1)
		t.trace(boundExpr{e.False, b.part, b.nth}, depth+1)
	case *syntax.BinaryExpr:
		if e.Op == syntax.OR || e.Op == syntax.AND {
			t.trace(boundExpr{e.X, b.part, b.nth}, depth+1)
			t.trace(boundExpr{e.Y, b.part, b.nth}, depth+1)
		}
	case *syntax.ListExpr, *syntax.TupleExpr:
		t.traceItems(items(e), b, depth)
	case *syntax.DictExpr:
		t.traceDict(e, b, 0, depth)
	case *syntax.CallExpr:
		t.traceCall(e, b, depth)
	}
}

// traceName goes on from a name to one of its sources: an element of what a whole name holds, or the whole of an
// element.
func (t *tracer) traceName(src, b boundExpr, depth int) {
	switch {
	case src.part == wholePart:
		t.trace(boundExpr{src.expr, b.part, b.nth}, depth+1)
	case b.part == wholePart:
		t.trace(src, depth+1)
	}
}

func (t *tracer) traceItems(list []syntax.Expr, b boundExpr, depth int) {
	if b.part == wholePart {
		return
	}
	for _, e := range list {
		if len(t.out) >= maxFlow {
			return
		}
		if b.part == elementPart {
			t.trace(boundExpr{expr: e}, depth+1)
		} else if inner := items(unparen(e)); b.nth < len(inner) {
			t.trace(boundExpr{expr: inner[b.nth]}, depth+1)
		}
	}
}

// traceDict follows the keys (which 0) or the values (which 1) of a dict.
func (t *tracer) traceDict(e *syntax.DictExpr, b boundExpr, which, depth int) {
	if b.part == wholePart {
		return
	}
	for _, x := range e.List {
		if entry, ok := x.(*syntax.DictEntry); ok && len(t.out) < maxFlow {
			from := entry.Key
			if which == 1 {
				from = entry.Value
			}
			t.trace(boundExpr{expr: from}, depth+1)
		}
	}
}

func (t *tracer) traceCall(e *syntax.CallExpr, b boundExpr, depth int) {
	name, recv := calleeOf(e)
	if recv == nil {
		if len(e.Args) == 0 {
			return
		}
		switch name {
		case "sorted", "set", "list", "tuple", "reversed", "progress":
			t.trace(boundExpr{e.Args[0], b.part, b.nth}, depth+1)
		case "enumerate":
			if b.part == nthPart && b.nth == 1 {
				t.trace(boundExpr{expr: e.Args[0], part: elementPart}, depth+1)
			}
		case "str":
			t.trace(boundExpr{e.Args[0], b.part, b.nth}, depth+1)
		}
		return
	}
	switch name {
	case "lower", "upper", "strip":
		t.trace(boundExpr{recv, b.part, b.nth}, depth+1)
	case "split", "splitlines":
		if b.part == elementPart {
			t.trace(boundExpr{expr: recv}, depth+1)
		}
	case "keys":
		t.trace(boundExpr{expr: recv, part: b.part}, depth+1)
	case "items", "values":
		which := 1
		if name == "items" {
			which = b.nth
		}
		for _, d := range t.dicts(recv, depth) {
			t.traceDict(d, boundExpr{part: elementPart}, which, depth+1)
		}
	}
}

// dicts gives the dict literals that e may stand for.
func (t *tracer) dicts(e syntax.Expr, depth int) []*syntax.DictExpr {
	switch e := unparen(e).(type) {
	case *syntax.DictExpr:
		return []*syntax.DictExpr{e}
	case *syntax.Ident:
		var out []*syntax.DictExpr
		for _, src := range t.sourcesOf(e) {
			if _, isName := src.expr.(*syntax.Ident); src.part == wholePart && !isName {
				out = append(out, t.dicts(src.expr, depth+1)...)
			}
		}
		return out
	}
	return nil
}
