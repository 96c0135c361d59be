package runtime

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/share"
	"github.com/cbscript/cbscript/client"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// A Session runs chunks of a script one after the other, with global names that live on between them, as a REPL needs
// it. Each chunk has the limits of a run for itself. A Session is not safe for concurrent use.
type Session struct {
	rt      *Runtime
	origin  *origin
	script  *Script
	globals starlark.StringDict // predeclared names too: a chunk may replace them
	sources sources
	loaded  map[string]*module
	index   *share.Index
	scope   client.Scope // what the chunks leave open
	chunks  int
}

// NewSession makes a session. files is where its loads find "./name.star"; it may be nil.
func (rt *Runtime) NewSession(files *Script) *Session {
	if files == nil {
		files = &Script{}
	}
	return &Session{
		rt:      rt,
		origin:  &origin{name: "<input>", files: files.Files, path: files.Path},
		script:  files,
		globals: maps.Clone(rt.predeclared),
		loaded:  make(map[string]*module),
		index:   &share.Index{},
	}
}

// Close closes what the chunks left open, also when ctx has ended. The session may go on.
func (s *Session) Close(ctx context.Context) { s.rt.close(ctx, &s.scope) }

// Globals returns the names that the next chunk sees. The caller must not change the map.
func (s *Session) Globals() starlark.StringDict { return s.globals }

// Modules returns the names of the host modules, sorted.
func (s *Session) Modules() []string { return s.rt.moduleNames }

// Chunk is one input of a session: a statement, or an expression.
type Chunk struct {
	Text string // as it was typed, without the last newline
	file *syntax.File
}

// Expr returns the expression that the chunk consists of, or nil for a statement.
func (c *Chunk) Expr() syntax.Expr {
	if len(c.file.Stmts) != 1 {
		return nil
	}
	if stmt, ok := c.file.Stmts[0].(*syntax.ExprStmt); ok {
		return stmt.X
	}
	return nil
}

// Empty reports whether the chunk has no statements.
func (c *Chunk) Empty() bool { return len(c.file.Stmts) == 0 }

// Read parses one chunk. It calls line for as many lines as the chunk needs; an error of line ends the reading and is
// returned as it is. Other errors are a [*Failure].
func (s *Session) Read(line func() (string, error)) (*Chunk, error) {
	s.chunks++
	name := fmt.Sprintf("<input %d>", s.chunks)
	var text strings.Builder
	var lineErr error
	options := Dialect()
	options.LoadBindsGlobally = true
	file, err := options.ParseCompoundStmt(name, func() ([]byte, error) {
		next, err := line()
		if err == nil && text.Len()+len(next) >= s.rt.limits.Source {
			err = s.rt.limits.exceeded(limitSource)
		}
		if err == nil {
			next, err = clean(name, next)
		}
		if err != nil {
			lineErr = err
			return nil, err
		}
		text.WriteString(next + "\n")
		return []byte(next + "\n"), nil
	})
	s.sources.add(name, text.String())
	chunk := &Chunk{Text: strings.TrimRight(text.String(), "\n"), file: file}
	var kinded interface{ Kind() string }
	switch {
	case lineErr != nil && !errors.As(lineErr, &kinded):
		return chunk, lineErr
	case lineErr != nil:
		err = lineErr
	}
	if err != nil {
		return chunk, s.failure(err)
	}
	return chunk, nil
}

// Eval runs a chunk and returns the value of an expression, or nil for statements. A value other than None becomes the global "_". What
// the chunk had assigned before an error stays. Errors are those of [Runtime.Run]. A chunk can run once.
func (s *Session) Eval(ctx context.Context, c *Chunk) (starlark.Value, error) {
	s.learn(c)
	return s.run(ctx, func(t *starlark.Thread, globals starlark.StringDict) (starlark.Value, error) {
		expr := c.Expr()
		if expr == nil {
			return nil, starlark.ExecREPLChunk(c.file, t, globals)
		}
		// As an assignment, not by EvalExpr: to a lambda in that the session's names would not be globals, and parallel
		// would not see that it has to freeze them.
		before := globals["_"]
		name := &syntax.Ident{Name: "_", NamePos: syntax.Start(expr)}
		c.file.Stmts = []syntax.Stmt{&syntax.AssignStmt{OpPos: name.NamePos, Op: syntax.EQ, LHS: name, RHS: expr}}
		if err := starlark.ExecREPLChunk(c.file, t, globals); err != nil {
			return nil, err
		}
		value := globals["_"]
		if value == starlark.None && before != nil {
			globals["_"] = before
		}
		return value, nil
	})
}

// learn tells the index which globals the functions of a chunk use. The interpreter resolves the chunk's own tree when it
// runs it, which can be done once only, so that the index gets another of the same text. A chunk that does not resolve
// will say so when it runs.
func (s *Session) learn(c *Chunk) {
	f, err := c.file.Options.Parse(c.file.Path, c.Text, 0)
	if err != nil {
		return
	}
	nothing := func(string) bool { return false }
	if resolve.REPLChunk(f, s.globals.Has, nothing, starlark.Universe.Has) == nil {
		s.index.Add(f)
	}
}

// Do runs f on a thread of the session, under its limits: for the host's own use of the session's values.
func (s *Session) Do(ctx context.Context, f func(t *starlark.Thread) error) error {
	_, err := s.run(ctx, func(t *starlark.Thread, _ starlark.StringDict) (starlark.Value, error) { return nil, f(t) })
	return err
}

// run runs f under the limits of a run. It works on copies of the session's maps: a chunk that hangs goes on with them
// after it was given up.
func (s *Session) run(ctx context.Context, f func(*starlark.Thread, starlark.StringDict) (starlark.Value, error)) (starlark.Value, error) {
	r, ctx, end := s.rt.begin(ctx, s.script, &s.scope)
	defer end()
	r.loaded, r.sources, r.index = maps.Clone(s.loaded), &s.sources, s.index
	globals := maps.Clone(s.globals)
	value, err := supervise(ctx, r, func() (starlark.Value, error) {
		t := r.thread(s.origin)
		defer r.guard.arm(ctx, t)()
		defer bindings.Attach(t, ctx)()
		var value starlark.Value
		_, err := bindings.SafeCall(t, func() (starlark.Value, error) {
			var err error
			value, err = f(t, globals)
			return starlark.None, err
		})
		return value, err
	})
	var hang *HangError
	if errors.As(err, &hang) {
		return nil, s.failure(err)
	}
	s.globals, s.loaded = globals, r.loaded
	s.forget()
	if err == nil {
		return value, nil
	}
	var script *bindings.ScriptError
	if errors.As(err, &script) {
		// ExecREPLChunk stores what a chunk assigned unless a panic passes through it.
		maps.Copy(s.globals, script.Globals())
	}
	return nil, s.failure(err)
}

// forget drops the modules that are files, so that the next load reads them again: they may have been edited.
func (s *Session) forget() {
	maps.DeleteFunc(s.loaded, func(name string, m *module) bool {
		return m.err != nil || !m.done || strings.HasSuffix(name, ".star")
	})
}

func (s *Session) failure(err error) error {
	return &Failure{Err: err, sources: &s.sources, names: append(s.globals.Keys(), starlark.Universe.Keys()...), modules: s.rt.moduleNames}
}
