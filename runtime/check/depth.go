package check

import "go.starlark.net/syntax"

// maxDepth bounds the depth of the syntax tree that is resolved and walked, which takes stack for each level. The
// parser bounds what stands in brackets, but not a chain such as 1+1+1 or a(1)(1)(1).
const maxDepth = 10_000

// tooDeep gives the place of the first statement whose tree is deeper than maxDepth.
func tooDeep(stmts []syntax.Stmt) (syntax.Position, bool) {
	for _, s := range stmts {
		if stmtDepth(s) > maxDepth {
			start, _ := s.Span()
			return start, true
		}
	}
	return syntax.Position{}, false
}

func bodyDepth(stmts []syntax.Stmt) int {
	deepest := 0
	for _, s := range stmts {
		deepest = max(deepest, stmtDepth(s))
	}
	return deepest
}

func stmtDepth(s syntax.Stmt) int {
	switch s := s.(type) {
	case *syntax.AssignStmt:
		return 1 + max(exprDepth(s.LHS), exprDepth(s.RHS))
	case *syntax.ExprStmt:
		return 1 + exprDepth(s.X)
	case *syntax.ReturnStmt:
		return 1 + exprDepth(s.Result)
	case *syntax.DefStmt:
		return 1 + max(exprsDepth(s.Params), bodyDepth(s.Body))
	case *syntax.ForStmt:
		return 1 + max(exprDepth(s.Vars), exprDepth(s.X), bodyDepth(s.Body))
	case *syntax.WhileStmt:
		return 1 + max(exprDepth(s.Cond), bodyDepth(s.Body))
	case *syntax.IfStmt:
		return ifDepth(s)
	}
	return 1
}

// ifDepth goes along a chain of elif without descending, since each branch is one level deeper than the last.
func ifDepth(s *syntax.IfStmt) int {
	deepest := 0
	for level := 1; ; level++ {
		deepest = max(deepest, level+max(exprDepth(s.Cond), bodyDepth(s.True)))
		if len(s.False) == 1 {
			if next, ok := s.False[0].(*syntax.IfStmt); ok {
				s = next
				continue
			}
		}
		return max(deepest, level+bodyDepth(s.False))
	}
}

func exprsDepth(list []syntax.Expr) int {
	deepest := 0
	for _, e := range list {
		deepest = max(deepest, exprDepth(e))
	}
	return deepest
}

// exprDepth goes along the left side of an expression without descending: there alone the parser sets no bound.
func exprDepth(e syntax.Expr) int {
	deepest := 0
	for level := 1; ; level++ {
		var left syntax.Expr
		side := 0
		switch n := e.(type) {
		case nil:
			return deepest
		case *syntax.BinaryExpr:
			left, side = n.X, exprDepth(n.Y)
		case *syntax.CallExpr:
			left, side = n.Fn, exprsDepth(n.Args)
		case *syntax.DotExpr:
			left = n.X
		case *syntax.IndexExpr:
			left, side = n.X, exprDepth(n.Y)
		case *syntax.SliceExpr:
			left, side = n.X, max(exprDepth(n.Lo), exprDepth(n.Hi), exprDepth(n.Step))
		case *syntax.ParenExpr:
			left = n.X
		case *syntax.UnaryExpr:
			left = n.X
		case *syntax.CondExpr:
			left, side = n.True, max(exprDepth(n.Cond), exprDepth(n.False))
		case *syntax.DictEntry:
			left, side = n.Key, exprDepth(n.Value)
		case *syntax.ListExpr:
			side = exprsDepth(n.List)
		case *syntax.TupleExpr:
			side = exprsDepth(n.List)
		case *syntax.DictExpr:
			side = exprsDepth(n.List)
		case *syntax.LambdaExpr:
			left, side = n.Body, exprsDepth(n.Params)
		case *syntax.Comprehension:
			left, side = n.Body, clausesDepth(n.Clauses)
		}
		deepest = max(deepest, level+side)
		if left == nil {
			return deepest
		}
		e = left
	}
}

func clausesDepth(clauses []syntax.Node) int {
	deepest := 0
	for _, c := range clauses {
		switch c := c.(type) {
		case *syntax.ForClause:
			deepest = max(deepest, exprDepth(c.Vars), exprDepth(c.X))
		case *syntax.IfClause:
			deepest = max(deepest, exprDepth(c.Cond))
		}
	}
	return deepest
}
