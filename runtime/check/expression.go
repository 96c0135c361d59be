package check

import "regexp"

// expression is a regular expression that is compiled when it is first used: most scripts need few of them, and a
// program that checks none should not wait for any. It is safe for concurrent use.
type expression struct{ compiled func() *regexp.Regexp }

// newExpression makes an expression. One that does not compile is a mistake in the program, and panics when it is used.
func newExpression(text string) expression {
	return expression{pattern(text)}
}

func (e expression) MatchString(s string) bool            { return e.compiled().MatchString(s) }
func (e expression) FindStringSubmatch(s string) []string { return e.compiled().FindStringSubmatch(s) }
func (e expression) FindAllStringIndex(s string, n int) [][]int {
	return e.compiled().FindAllStringIndex(s, n)
}
func (e expression) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return e.compiled().FindAllStringSubmatchIndex(s, n)
}
