package check

import (
	"go.starlark.net/syntax"
)

// secrets is the capability that reading a secret field needs.
const secrets = "secrets"

// capability notes what a name needs that is called, or may be called under another name later.
func (c *collector) capability(name string, pos syntax.Position) {
	for _, capability := range c.opts.capabilities(name) {
		c.use(&c.needs.Capabilities, capability, name, pos)
	}
}

// attribute notes what reading an attribute needs: a method may be called later, wherever it goes.
func (c *collector) attribute(name string, pos syntax.Position) {
	c.capability(name, pos)
	if c.opts.secret(name) {
		c.use(&c.needs.Capabilities, secrets, name, pos)
	}
}

// anything notes that an attribute's name cannot be read from the text.
func (c *collector) anything(pos syntax.Position) {
	c.needs.Everything = true
	c.unknown = append(c.unknown, pos)
}

// assigned notes what the targets of an assignment need. Those of an augmented one are read as well.
func (c *collector) assigned(target syntax.Expr, read bool) {
	switch target := target.(type) {
	case *syntax.ParenExpr:
		c.assigned(target.X, read)
	case *syntax.TupleExpr:
		for _, e := range target.List {
			c.assigned(e, read)
		}
	case *syntax.ListExpr:
		for _, e := range target.List {
			c.assigned(e, read)
		}
	case *syntax.DotExpr:
		for _, capability := range c.opts.setting(target.Name.Name) {
			c.use(&c.needs.Capabilities, capability, target.Name.Name, target.Name.NamePos)
		}
		if read {
			c.attribute(target.Name.Name, target.Name.NamePos)
		}
		syntax.Walk(target.X, c.visit)
	default:
		syntax.Walk(target, c.visit)
	}
}

// got notes what a call of get needs, as a method or as a function, that names a secret: it reads a field by its name. A
// name that is computed is most likely a dict's.
func (c *collector) got(call *syntax.CallExpr) {
	at := 0
	switch fn := unparen(call.Fn).(type) {
	case *syntax.DotExpr:
		if fn.Name.Name != "get" {
			return
		}
	case *syntax.Ident:
		if fn.Name != "get" || !isPredeclared(fn) {
			return
		}
		at = 1
	default:
		return
	}
	for i, a := range call.Args {
		if kw, ok := a.(*syntax.BinaryExpr); ok && kw.Op == syntax.EQ && varName(kw.X) == "name" {
			a = kw.Y
		} else if i != at {
			continue
		}
		if name, ok := writtenText(a); ok && c.opts.secret(name) {
			c.use(&c.needs.Capabilities, secrets, name, syntax.Start(a))
		}
	}
}

// writtenText gives a text that stands in the script as it is, or in parts: not one that a variable holds, which other
// code may change.
func writtenText(e syntax.Expr) (string, bool) {
	switch e := unparen(e).(type) {
	case *syntax.Literal:
		return literalText(e)
	case *syntax.BinaryExpr:
		if e.Op != syntax.PLUS {
			return "", false
		}
		left, ok := writtenText(e.X)
		right, also := writtenText(e.Y)
		return left + right, ok && also
	}
	return "", false
}
