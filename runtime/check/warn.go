package check

import (
	"strings"

	"fmt"

	"go.starlark.net/syntax"
)

// typeNames are the functions that Python compares type(x) with.
var typeNames = words(`int str string list dict bool float tuple bytes set range`)

// queryMakers give a query; queryMethods give a query from a query.
var (
	queryMakers  = words(`select`)
	queryMethods = words(`where and_ sort group_by min_last_update max_last_update min_last_server_update
		max_last_server_update use_comprehensive_search batch_size all select`)
)

// warn looks for what runs without an error and does not do what it says.
func warn(r *Report, file *syntax.File) {
	w := &warner{r: r, flows: newFlows(file)}
	w.fold = newFolder(w.flows)
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.BinaryExpr:
			w.compare(n)
		case *syntax.CallExpr:
			w.condition(n)
		}
		return true
	})
}

type warner struct {
	r     *Report
	flows *flows
	fold  *folder
}

func (w *warner) add(pos syntax.Position, rule, message string) {
	w.r.add(int(pos.Line), int(pos.Col), rule, message, "")
}

func (w *warner) compare(e *syntax.BinaryExpr) {
	switch e.Op {
	case syntax.EQL, syntax.NEQ:
		for _, pair := range [...][2]syntax.Expr{{e.X, e.Y}, {e.Y, e.X}} {
			if name := typeName(pair[1]); isTypeCall(pair[0]) && name != "" {
				w.add(e.OpPos, ruleTypeCompare, fmt.Sprintf("type() gives a text, which never equals %s", name))
				return
			}
		}
	case syntax.IN, syntax.NOT_IN:
		for _, item := range items(unparen(e.Y)) {
			if name := typeName(item); isTypeCall(e.X) && name != "" {
				w.add(e.OpPos, ruleTypeCompare, fmt.Sprintf("type() gives a text, which is never %s", name))
				return
			}
		}
		if w.isQuery(e.Y, 0) {
			w.add(e.OpPos, ruleQueryMembership, "in reads the results of the query one by one, until it finds the value or there are no more")
		}
	}
}

func isTypeCall(e syntax.Expr) bool {
	call, ok := unparen(e).(*syntax.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fn.(*syntax.Ident)
	return ok && id.Name == "type" && isPredeclared(id)
}

// typeName gives the name of the type that e denotes; str and string are names only where the script binds neither.
func typeName(e syntax.Expr) string {
	id, ok := unparen(e).(*syntax.Ident)
	if !ok || !typeNames.has(id.Name) || !isPredeclared(id) {
		return ""
	}
	return id.Name
}

// isQuery reports whether e is a query for certain: made by select, or a name bound to one alone.
func (w *warner) isQuery(e syntax.Expr, depth int) bool {
	if depth > 16 {
		return false
	}
	switch e := unparen(e).(type) {
	case *syntax.CallExpr:
		name, recv := calleeOf(e)
		if recv == nil {
			return queryMakers.has(name) && len(e.Args) == 1
		}
		if name == "select" {
			return len(e.Args) == 1
		}
		return queryMethods.has(name) && w.isQuery(recv, depth+1)
	case *syntax.Ident:
		b := w.flows.bound[variable(e)]
		return len(b) == 1 && b[0].part == wholePart && w.isQuery(b[0].expr, depth+1)
	}
	return false
}

// condition warns of a condition that is put together from text and data.
func (w *warner) condition(call *syntax.CallExpr) {
	name, _ := calleeOf(call)
	if name != "where" && name != "and_" {
		return
	}
	for _, a := range call.Args {
		if kw, ok := a.(*syntax.BinaryExpr); ok && kw.Op == syntax.EQ {
			continue
		}
		if !w.putTogether(a) {
			continue
		}
		start, _ := a.Span()
		w.add(start, ruleQueryConcat, "the condition is put together from text and data: a blank or a parenthesis in the data changes the query")
	}
}

// putTogether reports whether e joins or formats something that is not constant.
func (w *warner) putTogether(e syntax.Expr) bool {
	e = unparen(e)
	if _, constant := w.fold.fold(e); constant {
		return false
	}
	switch e := e.(type) {
	case *syntax.BinaryExpr:
		return e.Op == syntax.PLUS || e.Op == syntax.PERCENT && !w.formatsNumbers(e.X)
	case *syntax.CallExpr:
		name, recv := calleeOf(e)
		return recv != nil && (name == "format" || name == "join")
	case *syntax.Ident:
		b := w.flows.bound[variable(e)]
		if len(b) == 1 && b[0].part == wholePart {
			if _, isName := unparen(b[0].expr).(*syntax.Ident); !isName {
				return w.putTogether(b[0].expr)
			}
		}
	}
	return false
}

// formatsNumbers reports whether a format takes whole numbers alone, which cannot become anything else in a condition.
func (w *warner) formatsNumbers(e syntax.Expr) bool {
	c, constant := w.fold.fold(e)
	if !constant || c.kind != constText {
		return false
	}
	rest := strings.ReplaceAll(strings.ReplaceAll(c.text, "%%", ""), "%d", "")
	return !strings.Contains(rest, "%")
}
