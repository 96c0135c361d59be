package runtime

import "go.starlark.net/syntax"

// constantsOf returns the global names of a file that are assigned once, to an expression that literal accepts.
func constantsOf(f *syntax.File) map[string]syntax.Expr {
	constants := make(map[string]syntax.Expr)
	assigned := make(map[string]int)
	for _, stmt := range f.Stmts {
		syntax.Walk(stmt, func(n syntax.Node) bool {
			if a, ok := n.(*syntax.AssignStmt); ok {
				if name, ok := a.LHS.(*syntax.Ident); ok {
					assigned[name.Name]++
				}
			}
			return true
		})
		if a, ok := stmt.(*syntax.AssignStmt); ok && a.Op == syntax.EQ {
			if name, ok := a.LHS.(*syntax.Ident); ok && literal(a.RHS, constants) != nil {
				constants[name.Name] = literal(a.RHS, constants)
			}
		}
	}
	for name, n := range assigned {
		if n > 1 {
			delete(constants, name)
		}
	}
	return constants
}

// literalArgs returns the arguments of a declaration that are written down, and whether others are not. It returns no
// arguments when the name is not.
func literalArgs(call *syntax.CallExpr, constants map[string]syntax.Expr) (args []syntax.Expr, computed bool) {
	named := false
	for i, arg := range call.Args {
		if pair, ok := arg.(*syntax.BinaryExpr); ok && pair.Op == syntax.EQ {
			name := pair.X.(*syntax.Ident).Name
			if value := literal(pair.Y, constants); value != nil {
				named = named || name == "name"
				args = append(args, &syntax.BinaryExpr{X: &syntax.Ident{Name: name, NamePos: pair.OpPos}, Op: syntax.EQ, OpPos: pair.OpPos, Y: value})
				continue
			}
			computed = true
			continue
		}
		value := literal(arg, constants)
		switch {
		case value != nil:
			named = named || i == 0
		case i == 0:
			return nil, true
		default:
			// A later argument must keep its place: None stands for the default of most.
			computed = true
			value = &syntax.Ident{Name: "None"}
		}
		args = append(args, value)
	}
	if !named {
		return nil, true
	}
	return args, computed
}

// literal returns a copy of an expression whose value is written down: literals, lists and the like of them, sums,
// names of constants and of types, timedelta(...). For others it returns nil. What could grow, as a product of texts,
// is not among them.
func literal(e syntax.Expr, constants map[string]syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.Literal:
		return e
	case *syntax.ParenExpr:
		return literal(e.X, constants)
	case *syntax.UnaryExpr:
		if x := literal(e.X, constants); x != nil && (e.Op == syntax.MINUS || e.Op == syntax.PLUS) {
			return &syntax.UnaryExpr{OpPos: e.OpPos, Op: e.Op, X: x}
		}
	case *syntax.BinaryExpr:
		x, y := literal(e.X, constants), literal(e.Y, constants)
		if x != nil && y != nil && (e.Op == syntax.PLUS || e.Op == syntax.MINUS || e.Op == syntax.STAR && number(x) && number(y)) {
			return &syntax.BinaryExpr{X: x, OpPos: e.OpPos, Op: e.Op, Y: y}
		}
	case *syntax.ListExpr:
		if list, ok := literals(e.List, constants); ok {
			return &syntax.ListExpr{Lbrack: e.Lbrack, List: list, Rbrack: e.Rbrack}
		}
	case *syntax.TupleExpr:
		if list, ok := literals(e.List, constants); ok {
			return &syntax.TupleExpr{Lparen: e.Lparen, List: list, Rparen: e.Rparen}
		}
	case *syntax.Ident:
		switch e.Name {
		case "True", "False", "None", "str", "int", "float", "bool", "list":
			return &syntax.Ident{Name: e.Name, NamePos: e.NamePos}
		}
		if constant := constants[e.Name]; constant != nil {
			return literal(constant, constants)
		}
	case *syntax.CallExpr:
		return literalCall(e, constants)
	}
	return nil
}

// literalCall copies timedelta(...), the one call among the literals.
func literalCall(call *syntax.CallExpr, constants map[string]syntax.Expr) syntax.Expr {
	name, ok := call.Fn.(*syntax.Ident)
	if !ok || name.Name != "timedelta" {
		return nil
	}
	args, computed := []syntax.Expr(nil), false
	for _, arg := range call.Args {
		pair, ok := arg.(*syntax.BinaryExpr)
		if !ok || pair.Op != syntax.EQ || literal(pair.Y, constants) == nil {
			computed = true
			break
		}
		key := pair.X.(*syntax.Ident)
		args = append(args, &syntax.BinaryExpr{X: &syntax.Ident{Name: key.Name, NamePos: key.NamePos}, OpPos: pair.OpPos, Op: syntax.EQ,
			Y: literal(pair.Y, constants)})
	}
	if computed {
		return nil
	}
	return &syntax.CallExpr{Fn: &syntax.Ident{Name: name.Name, NamePos: name.NamePos}, Lparen: call.Lparen, Args: args, Rparen: call.Rparen}
}

func literals(list []syntax.Expr, constants map[string]syntax.Expr) ([]syntax.Expr, bool) {
	copies := make([]syntax.Expr, len(list))
	for i, e := range list {
		if copies[i] = literal(e, constants); copies[i] == nil {
			return nil, false
		}
	}
	return copies, true
}

// number reports whether a literal expression is a number.
func number(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Literal:
		return e.Token == syntax.INT || e.Token == syntax.FLOAT
	case *syntax.UnaryExpr:
		return number(e.X)
	case *syntax.BinaryExpr:
		return number(e.X) && number(e.Y)
	}
	return false
}
