package check

import (
	"strings"
	"unicode/utf8"

	"go.starlark.net/resolve"
	"go.starlark.net/syntax"
)

const (
	maxFoldText  = 64 << 10 // bytes of one constant text
	maxFoldItems = 4096     // items of one constant list
	foldBudget   = 64 << 20 // bytes of all texts made while folding one script
	foldStep     = 32       // what visiting an expression costs of it
	maxFoldDepth = 200
)

// constant is the value of a constant expression: a text (string or bytes), a number, a list or a dict.
type constant struct {
	kind   constKind
	text   string
	pieces []piece // where the bytes of text come from, in order
	list   []constant
	keys   []string // with list, for a dict
	num    int64
	via    string // how the text was made, when that is worth saying: "base64", "reversed", …
}

type constKind int

const (
	constText constKind = iota + 1
	constNum
	constList
	constDict
)

// piece says that text[start:end] of a constant is the literal's.
type piece struct {
	lit        *syntax.Literal
	start, end int
}

// first gives the literal that begins the text; nil when there is none.
func (c constant) first() *syntax.Literal {
	if len(c.pieces) == 0 {
		return nil
	}
	return c.pieces[0].lit
}

// variable identifies what a name denotes: the identifier that binds it first, or the name where the resolver did
// not get so far.
func variable(id *syntax.Ident) any {
	if b, ok := id.Binding.(*resolve.Binding); ok && b != nil && b.First != nil {
		return b.First
	}
	return id.Name
}

// folder evaluates constant expressions. It follows the source from top to bottom, which is not the order of
// execution: it looks for values that were taken apart, not for what a script computes.
type folder struct {
	now    map[any]constant    // what a name was bound to last, above the current statement
	bound  map[any][]boundExpr // every binding of a name in the file
	budget int
	depth  int
}

func newFolder(f *flows) *folder {
	return &folder{now: map[any]constant{}, bound: f.bound, budget: foldBudget}
}

// boundExpr is one source of a name's value.
type boundExpr struct {
	expr syntax.Expr
	// part tells how the value comes out of expr: whole, an element, a key, or the n-th item of an element.
	part part
	nth  int
}

type part int

const (
	wholePart part = iota
	elementPart
	nthPart // the nth item of each element
)

func (f *folder) fold(e syntax.Expr) (constant, bool) {
	if f.depth >= maxFoldDepth || f.budget <= 0 {
		return constant{}, false
	}
	f.depth++
	f.budget -= foldStep
	defer func() { f.depth-- }()
	switch e := e.(type) {
	case *syntax.Literal:
		return foldLiteral(e)
	case *syntax.ParenExpr:
		return f.fold(e.X)
	case *syntax.Ident:
		return f.foldName(e)
	case *syntax.BinaryExpr:
		return f.foldBinary(e)
	case *syntax.UnaryExpr:
		if c, ok := f.fold(e.X); e.Op == syntax.MINUS && ok && c.kind == constNum {
			c.num = -c.num
			return c, true
		}
	case *syntax.ListExpr:
		return f.foldList(e.List)
	case *syntax.TupleExpr:
		return f.foldList(e.List)
	case *syntax.DictExpr:
		return f.foldDict(e)
	case *syntax.IndexExpr:
		return f.foldIndex(e)
	case *syntax.SliceExpr:
		return f.foldSlice(e)
	case *syntax.CallExpr:
		return f.foldCall(e)
	case *syntax.Comprehension:
		return f.foldComprehension(e)
	}
	return constant{}, false
}

func foldLiteral(e *syntax.Literal) (constant, bool) {
	switch v := e.Value.(type) {
	case string:
		return constant{kind: constText, text: v, pieces: []piece{{e, 0, len(v)}}}, true
	case int64:
		return constant{kind: constNum, num: v}, true
	}
	return constant{}, false
}

func (f *folder) foldName(e *syntax.Ident) (constant, bool) {
	key := variable(e)
	if c, ok := f.now[key]; ok {
		return c, c.kind != 0
	}
	if b := f.bound[key]; len(b) == 1 && b[0].part == wholePart {
		return f.fold(b[0].expr)
	}
	return constant{}, false
}

// text gives a constant text and charges its length to the budget.
func (f *folder) text(s string, pieces []piece, via string) (constant, bool) {
	f.budget -= len(s)
	if len(s) > maxFoldText || f.budget <= 0 {
		return constant{}, false
	}
	return constant{kind: constText, text: s, pieces: pieces, via: via}, true
}

// derived gives a text that was computed from c as a whole, so that its pieces cannot be told any more.
func (f *folder) derived(c constant, s, via string) (constant, bool) {
	if c.via != "" {
		via = c.via
	}
	return f.text(s, wholePiece(c.first(), len(s)), via)
}

func wholePiece(lit *syntax.Literal, n int) []piece {
	if lit == nil {
		return nil
	}
	return []piece{{lit, 0, n}}
}

func (f *folder) concat(parts ...constant) (constant, bool) {
	var b strings.Builder
	var pieces []piece
	via := ""
	for _, p := range parts {
		for _, q := range p.pieces {
			pieces = append(pieces, piece{q.lit, b.Len() + q.start, b.Len() + q.end})
		}
		b.WriteString(p.text)
		if p.via != "" {
			via = p.via
		}
	}
	if via == "" && len(pieces) > 1 {
		via = "joined"
	}
	return f.text(b.String(), pieces, via)
}

func (f *folder) foldBinary(e *syntax.BinaryExpr) (constant, bool) {
	if e.Op != syntax.PLUS && e.Op != syntax.PERCENT && e.Op != syntax.STAR {
		return constant{}, false
	}
	x, ok := f.fold(e.X)
	if !ok {
		return constant{}, false
	}
	y, ok := f.fold(e.Y)
	if !ok {
		return constant{}, false
	}
	switch {
	case e.Op == syntax.PLUS && x.kind == constText && y.kind == constText:
		return f.concat(x, y)
	case e.Op == syntax.PLUS && x.kind == constNum && y.kind == constNum:
		return constant{kind: constNum, num: x.num + y.num}, true
	case e.Op == syntax.PLUS && x.kind == constList && y.kind == constList && len(x.list)+len(y.list) <= maxFoldItems:
		return constant{kind: constList, list: append(x.list[:len(x.list):len(x.list)], y.list...)}, true
	case e.Op == syntax.STAR && x.kind == constText && y.kind == constNum:
		if y.num < 0 || y.num > maxFoldText || int64(len(x.text))*y.num > maxFoldText {
			return constant{}, false
		}
		return f.derived(x, strings.Repeat(x.text, int(y.num)), "")
	case e.Op == syntax.PERCENT && x.kind == constText:
		return f.foldPercent(x, y)
	}
	return constant{}, false
}

func (f *folder) foldList(items []syntax.Expr) (constant, bool) {
	if len(items) > maxFoldItems {
		return constant{}, false
	}
	out := constant{kind: constList, list: make([]constant, 0, len(items))}
	for _, e := range items {
		c, ok := f.fold(e)
		if !ok {
			return constant{}, false
		}
		out.list = append(out.list, c)
	}
	return out, true
}

func (f *folder) foldDict(e *syntax.DictExpr) (constant, bool) {
	out := constant{kind: constDict}
	for _, entry := range e.List {
		entry, ok := entry.(*syntax.DictEntry)
		if !ok {
			return constant{}, false
		}
		k, ok1 := f.fold(entry.Key)
		v, ok2 := f.fold(entry.Value)
		if !ok1 || k.kind != constText {
			return constant{}, false
		}
		if ok2 {
			out.keys, out.list = append(out.keys, k.text), append(out.list, v)
		}
	}
	return out, true
}

func (f *folder) foldIndex(e *syntax.IndexExpr) (constant, bool) {
	x, ok := f.fold(e.X)
	if !ok {
		return constant{}, false
	}
	y, ok := f.fold(e.Y)
	if !ok {
		return constant{}, false
	}
	if x.kind == constDict && y.kind == constText {
		for i := len(x.keys) - 1; i >= 0; i-- {
			if x.keys[i] == y.text {
				return x.list[i], true
			}
		}
		return constant{}, false
	}
	if y.kind != constNum {
		return constant{}, false
	}
	n := len(x.list)
	if x.kind == constText {
		n = len(x.text)
	}
	i := y.num
	if i < 0 {
		i += int64(n)
	}
	switch {
	case i < 0 || i >= int64(n):
		return constant{}, false
	case x.kind == constText:
		return f.derived(x, x.text[i:i+1], "")
	case x.kind == constList:
		return x.list[i], true
	}
	return constant{}, false
}

// foldSlice knows reversal and plain slices.
func (f *folder) foldSlice(e *syntax.SliceExpr) (constant, bool) {
	x, ok := f.fold(e.X)
	if !ok || x.kind != constText && x.kind != constList {
		return constant{}, false
	}
	n := len(x.text)
	if x.kind == constList {
		n = len(x.list)
	}
	bound := func(e syntax.Expr, or int) (int, bool) {
		if e == nil {
			return or, true
		}
		c, ok := f.fold(e)
		if !ok || c.kind != constNum {
			return 0, false
		}
		i := c.num
		if i < 0 {
			i += int64(n)
		}
		return int(min(max(i, 0), int64(n))), true
	}
	if e.Step != nil {
		step, ok := f.fold(e.Step)
		if !ok || step.kind != constNum || step.num != -1 || e.Lo != nil || e.Hi != nil {
			return constant{}, false
		}
		return f.reverse(x)
	}
	lo, ok1 := bound(e.Lo, 0)
	hi, ok2 := bound(e.Hi, n)
	if !ok1 || !ok2 || lo > hi {
		return constant{}, false
	}
	if x.kind == constList {
		return constant{kind: constList, list: x.list[lo:hi]}, true
	}
	return f.derived(x, x.text[lo:hi], "")
}

func (f *folder) reverse(x constant) (constant, bool) {
	if x.kind == constList {
		out := constant{kind: constList, list: make([]constant, len(x.list))}
		for i, c := range x.list {
			out.list[len(x.list)-1-i] = c
		}
		return out, true
	}
	return f.derived(x, reversed(x.text), "reversed")
}

func reversed(s string) string {
	b := make([]byte, len(s))
	for i := range len(s) {
		b[len(s)-1-i] = s[i]
	}
	return string(b)
}

// foldComprehension knows one loop over a constant list, as in "".join([chr(c) for c in codes]).
func (f *folder) foldComprehension(e *syntax.Comprehension) (constant, bool) {
	if e.Curly || len(e.Clauses) != 1 {
		return constant{}, false
	}
	clause, ok := e.Clauses[0].(*syntax.ForClause)
	if !ok {
		return constant{}, false
	}
	id, ok := clause.Vars.(*syntax.Ident)
	if !ok {
		return constant{}, false
	}
	over, ok := f.fold(clause.X)
	if !ok || over.kind != constList || len(over.list) > maxFoldItems {
		return constant{}, false
	}
	key := variable(id)
	old, had := f.now[key]
	defer func() {
		if delete(f.now, key); had {
			f.now[key] = old
		}
	}()
	out := constant{kind: constList}
	for _, item := range over.list {
		f.now[key] = item
		c, ok := f.fold(e.Body)
		if !ok {
			return constant{}, false
		}
		out.list = append(out.list, c)
	}
	return out, true
}

func runeText(n int64) (string, bool) {
	if n < 0 || n > utf8.MaxRune {
		return "", false
	}
	return string(rune(n)), true
}
