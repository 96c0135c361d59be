package check

import (
	"strings"

	"go.starlark.net/syntax"
)

// transparent functions give back what they are given, in another form: what their result is called is what their
// arguments are called.
var transparent = words(`str bytes list tuple set frozenset dict struct sorted reversed join format lower upper strip
	lstrip rstrip replace split splitlines elems encode decode removeprefix removesuffix chr ord hex fmt concat
	b64decode b64encode standard_b64decode urlsafe_b64decode unhexlify fromhex hexlify quote unquote escape unescape
	title trim update append extend insert add pad`)

// growing methods put their arguments into the list, set or dict that they are called on.
var growing = words(`append extend insert add update setdefault`)

// queryCalls take conditions in the query language.
var queryCalls = words(`where and_ or_ not_ search query raw_query`)

// calleeOf gives the name of the called function or method, and the receiver of a method.
func calleeOf(e *syntax.CallExpr) (string, syntax.Expr) {
	switch fn := unparen(e.Fn).(type) {
	case *syntax.Ident:
		return fn.Name, nil
	case *syntax.DotExpr:
		return fn.Name.Name, fn.X
	}
	return "", e.Fn
}

func (w *walker) call(e *syntax.CallExpr, p place) {
	name, recv := calleeOf(e)
	through := transparent.has(name)
	p = p.inBody()
	if recv != nil {
		w.receiver(name, recv, e, p)
	}
	if id, ok := recv.(*syntax.Ident); ok && growing.has(name) {
		p = p.named(id.Name, valueName)
	}
	inner := p.within(&box{items: e.Args, node: e, isCall: !through})
	if !through {
		if inner.around != nil {
			inner.around = &label{kind: barrier, next: inner.around}
		}
		inner = inner.named(name, calleeName)
	}
	if queryCalls.has(name) {
		inner.kind = queryText
	}
	var params []string
	if id, ok := unparen(e.Fn).(*syntax.Ident); ok {
		params = w.flows.params(id)
	}
	var prefixes []string
	if name == "format" && recv != nil {
		prefixes = formatPrefixes(w, recv)
	}
	for i, a := range e.Args {
		q := inner
		if kw, ok := a.(*syntax.BinaryExpr); ok && kw.Op == syntax.EQ {
			key := varName(kw.X)
			q = q.named(key, assignedField)
			if i > 0 && (key == "default" || key == "value" || key == "fallback") {
				q = q.named(w.argumentName(e.Args[0]), valueName)
			}
			q.call = &argument{name, -1, key}
			w.expr(kw.Y, q)
			continue
		}
		q.call = &argument{name, i, ""}
		switch {
		case i < len(params):
			q = q.named(params[i], valueName)
		case i > 0:
			q = q.named(w.argumentName(e.Args[i-1]), valueName)
		}
		if i < len(prefixes) {
			q.prefix = prefixes[i]
		}
		w.expr(a, q)
	}
}

// receiver walks the object of a method. A text's methods leave its name as it is, and add and append on a list give
// the list's name to what is added.
func (w *walker) receiver(name string, recv syntax.Expr, e *syntax.CallExpr, p place) {
	if transparent.has(name) {
		w.expr(recv, p)
		return
	}
	w.expr(recv, place{line: p.line})
}

// argumentName gives the name that a literal argument gives to the next one, as in param("token", "…").
func (w *walker) argumentName(before syntax.Expr) string {
	c, ok := w.fold.fold(before)
	if !ok || c.kind != constText || len(c.text) > 40 || strings.ContainsAny(c.text, " /\\:") || isHash(c.text) {
		return ""
	}
	return c.text
}
