package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Dialect returns the options of the language that scripts are written in: Starlark with sets, control flow at the top
// level, global names that may be assigned again, and recursion, and without while. A REPL sets LoadBindsGlobally too.
func Dialect() *syntax.FileOptions {
	return &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true, Recursion: true}
}

// A SourceError says that a file is no source text at all, before any parsing.
type SourceError struct {
	Name   string // of the file
	Line   int    // 1 for the first; 0 when it is not about one line
	Reason string
	Advice string // what to do, or empty
}

// Error names the file, the line and the reason.
func (e *SourceError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Reason)
	}
	return e.Name + ": " + e.Reason
}

// Kind is "SourceError".
func (e *SourceError) Kind() string { return "SourceError" }

// Facts are file and line.
func (e *SourceError) Facts() map[string]any { return map[string]any{"file": e.Name, "line": e.Line} }

// Hint says what to do, or is empty.
func (e *SourceError) Hint() string { return e.Advice }

// compile parses, resolves and compiles one file. Errors are a *LimitError, a *SourceError, a syntax.Error or a
// resolve.ErrorList.
func compile(name, source string, limits Limits, predeclared func(string) bool) (*syntax.File, *starlark.Program, error) {
	f, err := parse(name, source, limits)
	if err != nil {
		return nil, nil, err
	}
	prog, err := starlark.FileProgram(f, predeclared)
	if err != nil {
		return nil, nil, err
	}
	return f, prog, nil
}

// parse parses one file.
func parse(name, source string, limits Limits) (*syntax.File, error) {
	if len(source) > limits.Source {
		return nil, fmt.Errorf("%s: %w", name, limits.exceeded(limitSource))
	}
	source, err := clean(name, source)
	if err != nil {
		return nil, err
	}
	return Dialect().Parse(name, source, 0)
}

// clean takes a byte order mark off, and refuses text that the parser would read otherwise than an editor shows it.
func clean(name, source string) (string, error) {
	source = strings.TrimPrefix(source, "\ufeff")
	if bytes.HasPrefix([]byte(source), []byte{0xff, 0xfe}) || bytes.HasPrefix([]byte(source), []byte{0xfe, 0xff}) {
		return "", &SourceError{name, 0, "the file is UTF-16", "save it as UTF-8; PowerShell's > writes UTF-16, Set-Content -Encoding utf8 does not"}
	}
	line := 1
	for i := 0; i < len(source); {
		r, size := utf8.DecodeRuneInString(source[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return "", &SourceError{name, line, "the text is not UTF-8", "save the file as UTF-8"}
		case r == 0:
			return "", &SourceError{name, line, "the text contains a NUL character", "is this a script? Remove the character"}
		case r == '\r' && !strings.HasPrefix(source[i:], "\r\n"):
			return "", &SourceError{name, line, "the text contains a carriage return that ends no line",
				"an editor may show it otherwise than it would run: remove it, or write \\r inside a string"}
		case r == '\n':
			line++
		}
		i += size
	}
	return source, nil
}

// docstring returns the text that a file begins with, or an empty string.
func docstring(f *syntax.File) string {
	if len(f.Stmts) == 0 {
		return ""
	}
	stmt, ok := f.Stmts[0].(*syntax.ExprStmt)
	if !ok {
		return ""
	}
	lit, ok := stmt.X.(*syntax.Literal)
	if !ok || lit.Token != syntax.STRING {
		return ""
	}
	text, _ := lit.Value.(string)
	return dedent(text)
}

// dedent takes the indentation that all lines but the first share off, and blank lines at both ends.
func dedent(text string) string {
	lines := strings.Split(text, "\n")
	margin := -1
	for _, line := range lines[1:] {
		if trimmed := strings.TrimLeft(line, " \t"); trimmed != "" && (margin < 0 || len(line)-len(trimmed) < margin) {
			margin = len(line) - len(trimmed)
		}
	}
	for i, line := range lines {
		if i > 0 && margin > 0 {
			line = line[min(margin, len(line)):]
		}
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// isSyntax reports whether err came from the parser.
func isSyntax(err error) (syntax.Error, bool) {
	var s syntax.Error
	ok := errors.As(err, &s)
	return s, ok
}
