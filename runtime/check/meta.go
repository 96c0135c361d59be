package check

import (
	"errors"
	"fmt"
	"slices"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Meta is what a script declares about itself: meta(name=, version=, author=, description=, needs=[…]).
type Meta struct {
	Name, Version, Author, Description string
	// Needs are the declared capabilities, and products where the script names any; nil when it declares none.
	Needs        []string
	Line, Column int
}

// errNoSource says that a module's text is not at hand.
var errNoSource = errors.New("source of the module is not at hand")

func universal(name string) bool { return starlark.Universe.Has(name) }

// inspect fills in what the script uses and declares, and the warnings that need the syntax tree.
func inspect(r *Report, file *syntax.File, opts Options, secrets []string) {
	c := collect(r.File, ".", "", file, opts)
	c.loadModules()
	c.needs.finish(secrets)
	r.Needs = c.needs
	for _, pos := range c.unknown {
		r.add(int(pos.Line), int(pos.Col), ruleNeedsUnknown, ruleByID(ruleNeedsUnknown).What, "")
	}
	c.reportUnread(r, secrets)
	readMeta(r, file, secrets)
	if r.Meta != nil && r.Meta.Needs != nil {
		compareNeeds(r)
	}
	warn(r, file)
}

// ReadMeta gives what a script declares about itself, nil when it declares nothing. It fails on a text that does not parse.
func ReadMeta(name string, src []byte) (*Meta, error) {
	text, _ := sourceText(src)
	file, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	if err := resolve.File(file, func(string) bool { return true }, universal); err != nil {
		return nil, err
	}
	var r Report
	readMeta(&r, file, nil)
	return r.Meta, nil
}

// readMeta reads the one meta() call at the top level.
func readMeta(r *Report, file *syntax.File, secrets []string) {
	bad := func(pos syntax.Position, format string, args ...any) {
		r.add(int(pos.Line), int(pos.Col), ruleMetaForm, scrub(fmt.Sprintf(format, args...), secrets), "")
	}
	top := map[*syntax.CallExpr]bool{}
	for _, s := range file.Stmts {
		if e, ok := s.(*syntax.ExprStmt); ok {
			if call, ok := e.X.(*syntax.CallExpr); ok {
				top[call] = true
			}
		}
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		id, ok := call.Fn.(*syntax.Ident)
		if !ok || id.Name != "meta" || !isPredeclared(id) {
			return true
		}
		switch {
		case !top[call]:
			bad(id.NamePos, "meta() is called below the top level, or its result is used")
		case r.Meta != nil:
			bad(id.NamePos, "meta() is called again, after line %d", r.Meta.Line)
		default:
			r.Meta = metaOf(call, id.NamePos, secrets, bad)
		}
		return true
	})
}

func metaOf(call *syntax.CallExpr, pos syntax.Position, secrets []string, bad func(syntax.Position, string, ...any)) *Meta {
	m := &Meta{Line: int(pos.Line), Column: int(pos.Col)}
	texts := map[string]*string{"name": &m.Name, "version": &m.Version, "author": &m.Author, "description": &m.Description}
	for _, a := range call.Args {
		start, _ := a.Span()
		kw, ok := a.(*syntax.BinaryExpr)
		if !ok || kw.Op != syntax.EQ {
			bad(start, "meta() takes keyword arguments only")
			continue
		}
		key := varName(kw.X)
		to := texts[key]
		switch {
		case key == "needs":
			m.Needs = needsOf(kw.Y, secrets, bad)
		case to == nil:
			bad(start, "meta() has no parameter %q", key)
		default:
			c, ok := literalText(kw.Y)
			if !ok {
				bad(start, "%s in meta() is not a literal text", key)
			}
			*to = scrub(c, secrets)
		}
	}
	return m
}

func literalText(e syntax.Expr) (string, bool) {
	lit, ok := e.(*syntax.Literal)
	if !ok || lit.Token != syntax.STRING {
		return "", false
	}
	s, ok := lit.Value.(string)
	return s, ok
}

func needsOf(e syntax.Expr, secrets []string, bad func(syntax.Position, string, ...any)) []string {
	out := []string{}
	start, _ := e.Span()
	var list []syntax.Expr
	switch e := unparen(e).(type) {
	case *syntax.ListExpr:
		list = e.List
	case *syntax.TupleExpr:
		list = e.List
	default:
		bad(start, "needs in meta() is not a literal list")
		return nil
	}
	for _, item := range list {
		s, ok := literalText(item)
		if !ok {
			at, _ := item.Span()
			bad(at, "needs in meta() holds something else than literal texts")
			continue
		}
		out = append(out, scrub(s, secrets))
	}
	return out
}

// compareNeeds holds the declaration against the text. Products are compared only where the declaration names one.
func compareNeeds(r *Report) {
	declared := r.Meta.Needs
	missing := func(u Use, what string) {
		line, column := u.Line, u.Column
		message := fmt.Sprintf("%s is not in meta(needs=): the script uses %s", what, u.By)
		if u.File != r.File {
			line, column = r.Meta.Line, r.Meta.Column
			message += fmt.Sprintf(" in %s, line %d", u.File, u.Line)
		}
		r.add(line, column, ruleNeedsMissing, message, "")
	}
	used := map[string]bool{}
	for _, u := range r.Needs.Capabilities {
		used[u.Name] = true
		if !slices.Contains(declared, u.Name) {
			missing(u, fmt.Sprintf("capability %q", u.Name))
		}
	}
	namesProduct := slices.ContainsFunc(declared, func(d string) bool { return slices.Contains(products[:], d) })
	for _, u := range r.Needs.Products {
		used[u.Name] = true
		if namesProduct && !slices.Contains(declared, u.Name) {
			missing(u, fmt.Sprintf("product %q", u.Name))
		}
	}
	for _, d := range declared {
		if !used[d] && !r.Needs.Everything && len(r.Needs.Unread) == 0 {
			r.add(r.Meta.Line, r.Meta.Column, ruleNeedsUnused, fmt.Sprintf("%q is in meta(needs=), but the script does not use it", d), "")
		}
	}
}
