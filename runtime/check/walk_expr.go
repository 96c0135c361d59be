package check

import (
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/syntax"
)

const (
	// maxUses bounds the places that are kept of one literal.
	maxUses = 200
	// maxNamedTexts bounds the places in which the text behind one name is judged.
	maxNamedTexts = 50
)

// expr lists the constant texts in e, which stands at p.
func (w *walker) expr(e syntax.Expr, p place) {
	switch e := e.(type) {
	case *syntax.Literal:
		if c, ok := foldLiteral(e); ok && c.kind == constText {
			w.items = append(w.items, item{constant: c, at: e.TokenPos, place: p, whole: e})
		}
	case *syntax.ParenExpr:
		w.expr(e.X, p)
	case *syntax.Ident:
		w.use(e, p)
	case *syntax.UnaryExpr:
		if e.X != nil {
			w.expr(e.X, p)
		}
	case *syntax.BinaryExpr:
		w.binary(e, p)
	case *syntax.CondExpr:
		w.expr(e.Cond, place{line: p.line})
		w.expr(e.True, p)
		w.expr(e.False, p)
	case *syntax.ListExpr:
		w.list(e, e.List, p)
	case *syntax.TupleExpr:
		w.list(e, e.List, p)
	case *syntax.DictExpr:
		w.dict(e, p)
	case *syntax.CallExpr:
		p.part = w.composite(e, p) || p.part
		w.call(e, p)
	case *syntax.DotExpr:
		w.expr(e.X, place{line: p.line})
	case *syntax.IndexExpr:
		p.part = w.composite(e, p) || p.part
		w.expr(e.X, p)
		w.expr(e.Y, place{line: p.line})
	case *syntax.SliceExpr:
		p.part = w.composite(e, p) || p.part
		w.expr(e.X, p)
	case *syntax.LambdaExpr:
		w.params(e.Params, p)
		w.expr(e.Body, p)
	case *syntax.Comprehension:
		w.comprehension(e, p)
	}
}

// composite lists e as one text if it is constant without being a literal, and reports whether it is.
func (w *walker) composite(e syntax.Expr, p place) bool {
	c, ok := w.fold.fold(e)
	if !ok || c.kind != constText {
		return false
	}
	w.emit(c, e, p)
	return true
}

func (w *walker) emit(c constant, e syntax.Expr, p place) {
	at, _ := e.Span()
	if lit := c.first(); lit != nil {
		at = lit.TokenPos
	}
	w.items = append(w.items, item{constant: c, at: at, place: p})
}

// sources gives what a name may stand for here: what the statements above bound it to, or where that does not say,
// as for parameters and for the globals that a function uses, everything that the file binds it to.
func (w *walker) sources(id *syntax.Ident) []boundExpr {
	key := variable(id)
	if list := w.current.now[key]; len(list) > 0 && !(w.inDef && isGlobal(id)) {
		return list
	}
	return w.flows.bound[key]
}

func (w *walker) noteUses(sources []boundExpr, p place) {
	for _, lit := range literals(sources, w.sources) {
		if len(w.uses[lit]) < maxUses {
			w.uses[lit] = append(w.uses[lit], p)
		}
	}
}

func isGlobal(id *syntax.Ident) bool {
	b, ok := id.Binding.(*resolve.Binding)
	return ok && b != nil && b.Scope == resolve.Global
}

// use notes that the literals that name may stand for are used at p.
func (w *walker) use(id *syntax.Ident, p place) {
	p = p.inBody()
	p.sought = false // says nothing of where else the name goes
	if p.around == nil && p.prefix == "" && p.call == nil {
		return
	}
	w.noteUses(w.sources(id), p)
	key := variable(id)
	if w.named[key] >= maxNamedTexts {
		return
	}
	if c, ok := w.fold.foldName(id); ok && c.kind == constText && c.via != "" {
		w.named[key]++
		w.emit(c, id, p) // no literal by itself
	}
}

func (w *walker) binary(e *syntax.BinaryExpr, p place) {
	switch e.Op {
	case syntax.PLUS:
		w.sum(e, p)
	case syntax.PERCENT:
		p.part = w.composite(e, p) || p.part
		w.expr(e.X, p)
		w.formatted(e.X, items(unparen(e.Y)), e.Y, p)
	case syntax.EQL, syntax.NEQ, syntax.IN, syntax.NOT_IN, syntax.LT, syntax.GT, syntax.LE, syntax.GE:
		bare := place{line: p.line}
		w.expr(e.X, bare.named(w.operandName(e.Y), comparedName))
		item := bare.named(w.operandName(e.X), comparedName)
		_, literal := unparen(e.X).(*syntax.Literal)
		item.sought = (e.Op == syntax.IN || e.Op == syntax.NOT_IN) && !literal
		w.expr(e.Y, item)
	case syntax.AND, syntax.OR:
		w.expr(e.X, p)
		w.expr(e.Y, p)
	case syntax.STAR:
		if x, ok := e.X.(*syntax.BinaryExpr); !ok || x.Op != syntax.STAR {
			p.part = w.composite(e, p) || p.part
		}
		w.expr(e.X, p)
		w.expr(e.Y, p)
	default:
		w.expr(e.X, p)
		w.expr(e.Y, p)
	}
}

// operandName names one side of a comparison for the other: a name that holds the result of a function has the name of
// the function besides.
func (w *walker) operandName(e syntax.Expr) string {
	id, ok := unparen(e).(*syntax.Ident)
	if !ok {
		return operandName(e)
	}
	if src := w.sources(id); len(src) == 1 {
		if call, ok := src[0].expr.(*syntax.CallExpr); ok {
			if name, _ := calleeOf(call); name != "" {
				return id.Name + " " + name
			}
		}
	}
	return id.Name
}

// operandName gives the last name of an expression.
func operandName(e syntax.Expr) string {
	switch e := unparen(e).(type) {
	case *syntax.Ident:
		return e.Name
	case *syntax.DotExpr:
		return e.Name.Name
	case *syntax.Comprehension:
		return operandName(e.Body)
	case *syntax.IndexExpr:
		if lit, ok := e.Y.(*syntax.Literal); ok {
			if s, ok := lit.Value.(string); ok {
				return s
			}
		}
		return operandName(e.X)
	case *syntax.CallExpr:
		if dot, ok := e.Fn.(*syntax.DotExpr); ok {
			switch dot.Name.Name {
			case "lower", "upper", "strip":
				return operandName(dot.X)
			case "get":
				if len(e.Args) > 0 {
					if lit, ok := e.Args[0].(*syntax.Literal); ok {
						if s, ok := lit.Value.(string); ok {
							return s
						}
					}
				}
			}
			return dot.Name.Name
		}
		if id, ok := e.Fn.(*syntax.Ident); ok && id.Name != "len" && id.Name != "type" {
			return id.Name
		}
	}
	return ""
}

// sum walks a chain of +, whose constant neighbours are one text even beside operands that are not constant.
func (w *walker) sum(e *syntax.BinaryExpr, p place) {
	var operands []syntax.Expr
	var flatten func(syntax.Expr)
	flatten = func(e syntax.Expr) {
		if b, ok := unparen(e).(*syntax.BinaryExpr); ok && b.Op == syntax.PLUS {
			flatten(b.X)
			operands = append(operands, b.Y)
			return
		}
		operands = append(operands, e)
	}
	flatten(e)
	var run []constant
	begin := 0
	flush := func(end int) {
		if len(run) > 1 {
			if c, ok := w.fold.concat(run...); ok {
				w.emit(c, operands[begin], p)
			}
		}
		run, begin = nil, end+1
	}
	constants := make([]constant, len(operands))
	for i, op := range operands {
		if c, ok := w.fold.fold(op); ok && c.kind == constText {
			constants[i] = c
		}
	}
	prefix := ""
	for i, op := range operands {
		c, ok := constants[i], constants[i].kind == constText
		if ok {
			run = append(run, c)
		} else {
			flush(i)
		}
		q := p
		q.prefix = prefix
		q.part = p.part || ok && (i > 0 && constants[i-1].kind == constText || i+1 < len(operands) && constants[i+1].kind == constText)
		w.expr(op, q)
		prefix = ""
		if ok {
			prefix = c.text[max(0, len(c.text)-120):]
		}
	}
	flush(len(operands))
}

// formatted walks the operands of a format text, each with the text before its verb.
func (w *walker) formatted(format syntax.Expr, operands []syntax.Expr, single syntax.Expr, p place) {
	if operands == nil {
		operands = []syntax.Expr{single}
	}
	prefixes := formatPrefixes(w, format)
	for i, op := range operands {
		q := p
		if i < len(prefixes) {
			q.prefix = prefixes[i]
		}
		w.expr(op, q)
	}
}

// formatPrefixes gives the text before each verb of a constant format.
func formatPrefixes(w *walker, format syntax.Expr) []string {
	c, ok := w.fold.fold(format)
	if !ok || c.kind != constText {
		return nil
	}
	var out []string
	from := 0
	for i := 0; i+1 < len(c.text); i++ {
		verb := c.text[i] == '%' && strings.IndexByte("sr", c.text[i+1]) >= 0
		brace := c.text[i] == '{' && strings.IndexByte("}0123456789", c.text[i+1]) >= 0
		if verb || brace {
			out = append(out, c.text[max(from, i-120):i])
			from = i + 2
		}
	}
	return out
}

func (w *walker) list(node syntax.Expr, list []syntax.Expr, p place) {
	inner := p.within(&box{items: list, node: node})
	for i, e := range list {
		q := inner
		if i > 0 {
			if name := siblingName(list[i-1], len(list)); name != "" {
				q = q.named(name, valueName)
			}
		}
		w.expr(e, q)
	}
	w.pieces(node, list, p)
}

// siblingName gives the name that an item gives to the next one: the first of a pair, or a flag before its value.
func siblingName(e syntax.Expr, n int) string {
	lit, ok := e.(*syntax.Literal)
	if !ok {
		return ""
	}
	s, ok := lit.Value.(string)
	if !ok || len(s) > 40 || strings.ContainsAny(s, " /\\:") || isHash(s) {
		return ""
	}
	if n == 2 || strings.HasPrefix(s, "-") {
		return s
	}
	return ""
}

// pieces lists the items of a short list of fragments as one text, since a list of fragments is joined somewhere.
func (w *walker) pieces(node syntax.Expr, list []syntax.Expr, p place) {
	if len(list) < 2 || len(list) > 64 || p.part {
		return
	}
	c, ok := w.fold.fold(node)
	if !ok || c.kind != constList {
		return
	}
	lines, fragments := false, len(list) <= 12
	for _, part := range c.list {
		if part.kind != constText {
			return
		}
		lines = lines || strings.Contains(part.text, "PRIVATE KEY-----")
		fragments = fragments && fragment(part.text)
	}
	switch {
	case lines:
		if joined, ok := w.fold.join(constant{text: "\n"}, c); ok {
			w.emit(joined, node, p)
		}
	case fragments:
		p.part = true // only a form gives a list of fragments away, no name
		if joined, ok := w.fold.join(constant{}, c); ok {
			w.emit(joined, node, p)
		}
	}
}

// fragment reports whether s could be a part of a token: letters and digits, and not a hash itself.
func fragment(s string) bool {
	digits := 0
	for i := range len(s) {
		if !isAlnum(s[i]) && s[i] != '/' && s[i] != '-' && s[i] != '_' {
			return false
		}
		if s[i] >= '0' && s[i] <= '9' {
			digits++
		}
	}
	return len(s) >= 4 && len(s) < 36 && hexShape(len(s)) == noShape
}

func (w *walker) dict(e *syntax.DictExpr, p place) {
	keys := make([]syntax.Expr, 0, len(e.List))
	for _, x := range e.List {
		if entry, ok := x.(*syntax.DictEntry); ok {
			keys = append(keys, entry.Key)
		}
	}
	keyPlace := p.within(&box{items: keys, node: e, keys: true})
	keyPlace.around = &label{kind: barrier, next: keyPlace.around} // a key is not what the dict is called
	valueBox := &dictValues{e}
	valuePlace := p.within(&box{items: e.List, node: valueBox, dict: true})
	for _, x := range e.List {
		entry, ok := x.(*syntax.DictEntry)
		if !ok {
			continue
		}
		w.expr(entry.Key, keyPlace)
		name := ""
		if key, ok := w.fold.fold(entry.Key); ok && key.kind == constText {
			name = key.text
		}
		w.expr(entry.Value, valuePlace.named(name, valueName))
	}
}

// dictValues stands for the values of a dict, which are counted apart from its keys.
type dictValues struct{ *syntax.DictExpr }

func (w *walker) comprehension(e *syntax.Comprehension, p place) {
	for _, c := range e.Clauses {
		switch c := c.(type) {
		case *syntax.ForClause:
			w.expr(c.X, p.named(varName(c.Vars), valueName))
		case *syntax.IfClause:
			w.expr(c.Cond, place{line: p.line})
		}
	}
	if entry, ok := e.Body.(*syntax.DictEntry); ok {
		w.expr(entry.Key, p)
		w.expr(entry.Value, p)
		return
	}
	w.expr(e.Body, p)
}
