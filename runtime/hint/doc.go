// Package hint knows the habits from Python and its kin that Starlark lacks, and says what to write instead.
//
// [For] takes an error of the interpreter and the line it points to:
//
//	hint.For(hint.Problem{Message: "got import, want primary expression", Line: "import re", Names: []string{"re"}})
//	// "re is predeclared: delete this line"
//
// The interpreter's message alone seldom tells: "got string literal, want ','" is an f-string or a missing comma. So a
// rule is a pattern for the message and one for the line. The package judges text; it never looks at working code.
package hint
