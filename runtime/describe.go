package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// A Description is what a script says of itself, read without running it.
type Description struct {
	Doc    string   // its docstring, without its indentation
	Params []Param  // that it and the files it loads declare, in the order of their first declarations
	Loads  []string // host and standard modules that it and those files load, sorted
}

// Param is a parameter of a script, as its declaration says.
type Param struct {
	builtins.Parameter
	Pos      syntax.Position // of the declaration
	Computed bool            // the default is not written down but computed by the script

	check func(texts []string) error // reads texts as the builtin would
}

// Describe reads what a script says of itself: the docstring and the calls of param. A declaration must name its
// parameter literally; parts of it that the script computes are not known. Errors are a [*Failure].
func Describe(s *Script) (*Description, error) {
	d := &describer{script: s, sources: &sources{}, seen: make(map[string]bool), limits: readingLimits()}
	err := d.file(&origin{name: s.Name, files: s.Files, path: s.Path}, s.Source)
	if err != nil {
		return nil, &Failure{Err: err, sources: d.sources, names: starlark.Universe.Keys()}
	}
	slices.Sort(d.out.Loads)
	d.out.Loads = slices.Compact(d.out.Loads)
	return &d.out, nil
}

// Parse returns the syntax tree of a script, without looking at the files that it loads. Errors are a [*Failure].
func Parse(s *Script) (*syntax.File, error) {
	f, err := parse(s.Name, s.Source, readingLimits())
	if err != nil {
		known := &sources{}
		known.add(s.Name, s.Source)
		return nil, &Failure{Err: err, sources: known, names: starlark.Universe.Keys()}
	}
	return f, nil
}

// readingLimits are those of reading a script without running it: a run will apply its own to the size of the source.
func readingLimits() Limits { return Limits{Source: Unlimited}.withDefaults() }

// describer walks over a script and the files that it loads.
type describer struct {
	script  *Script
	limits  Limits
	sources *sources
	seen    map[string]bool
	env     starlark.StringDict // of declarations; nil until the first
	out     Description
}

func (d *describer) file(from *origin, source string) error {
	d.seen[from.name] = true
	d.sources.add(from.name, source)
	f, err := parse(from.name, source, d.limits)
	if err != nil {
		return err
	}
	if from.path == d.script.Path {
		d.out.Doc = docstring(f)
	}
	constants := constantsOf(f)
	for _, stmt := range f.Stmts {
		if load, ok := stmt.(*syntax.LoadStmt); ok {
			if err := d.load(from, load.ModuleName()); err != nil {
				return err
			}
			continue
		}
		var failed error
		syntax.Walk(stmt, func(n syntax.Node) bool {
			if call, ok := n.(*syntax.CallExpr); ok && failed == nil && isParam(call) {
				failed = d.param(call, constants)
			}
			return failed == nil
		})
		if failed != nil {
			return failed
		}
	}
	return nil
}

// load looks into a loaded file. One that cannot be read is left to the run, which says so at its place.
func (d *describer) load(from *origin, name string) error {
	if name == "" || name[0] != '.' {
		d.out.Loads = append(d.out.Loads, name)
		return nil
	}
	to, err := locate(from, name, d.script, nil)
	if err != nil || d.seen[to.name] {
		return nil
	}
	source, err := readLimited(to.files, to.path)
	if err != nil {
		return nil
	}
	return d.file(to, source)
}

func isParam(call *syntax.CallExpr) bool {
	name, ok := call.Fn.(*syntax.Ident)
	return ok && name.Name == "param"
}

// param reads one declaration.
func (d *describer) param(call *syntax.CallExpr, constants map[string]syntax.Expr) error {
	pos, _ := call.Span()
	args, computed := literalArgs(call, constants)
	if len(args) == 0 {
		return &declarationError{pos, errors.New("the name of a parameter must be written as a text, so that --help can show it")}
	}
	declared := Param{Pos: pos, Computed: computed}
	evaluate := func(texts []string) error {
		args, _ := literalArgs(call, constants) // evaluating an expression changes it
		p, err := d.declare(&syntax.CallExpr{Fn: &syntax.Ident{Name: "param"}, Lparen: call.Lparen, Args: args, Rparen: call.Rparen}, texts)
		declared.Parameter = p
		return err
	}
	var missing *builtins.ParameterError
	if err := evaluate(nil); err != nil && !errors.As(err, &missing) {
		return &declarationError{pos, err}
	}
	declared.check = evaluate
	i := slices.IndexFunc(d.out.Params, func(p Param) bool { return p.Name == declared.Name })
	if i < 0 {
		d.out.Params = append(d.out.Params, declared)
		return nil
	}
	first := &d.out.Params[i]
	if first.Help == "" {
		first.Help = declared.Help
	}
	if first.Type != declared.Type || first.Required != declared.Required {
		return &declarationError{pos, fmt.Errorf("the parameter %q is declared otherwise at %s", declared.Name, first.Pos)}
	}
	return nil
}

// declare evaluates a declaration by the builtin itself, so that --help, the flags and the run agree. texts are what the
// user gave, nil for nothing.
func (d *describer) declare(call *syntax.CallExpr, texts []string) (builtins.Parameter, error) {
	if d.env == nil {
		d.env = builtins.Predeclared()
	}
	host := &declaring{texts: texts}
	t := &starlark.Thread{Name: "describe"}
	t.SetMaxExecutionSteps(100_000)
	builtins.SetHost(t, host, builtins.NewPool())
	_, err := bindings.SafeCall(t, func() (starlark.Value, error) {
		return starlark.EvalExprOptions(Dialect(), t, call, d.env)
	})
	return host.seen, err
}

// A declarationError is a declaration of a parameter that cannot be read.
type declarationError struct {
	pos syntax.Position
	err error
}

func (e *declarationError) Error() string { return e.pos.String() + ": " + e.err.Error() }
func (e *declarationError) Unwrap() error { return e.err }
func (e *declarationError) Kind() string  { return kindUsage }

// declaring is the host of a declaration: it notes the parameter, and gives it the texts.
type declaring struct {
	texts []string
	seen  builtins.Parameter
}

func (h *declaring) ParamValue(_ context.Context, p builtins.Parameter) ([]string, bool, error) {
	h.seen = p
	return h.texts, h.texts != nil, nil
}

func (*declaring) NewThread(context.Context, string) (*starlark.Thread, func()) {
	return &starlark.Thread{}, func() {}
}
func (*declaring) Row(context.Context, builtins.Row) error { return builtins.ErrNoHost }
func (*declaring) Artifact(context.Context, string, io.Reader) (int64, error) {
	return 0, builtins.ErrNoHost
}
func (*declaring) Progress(context.Context, string, int) builtins.Progress { return noProgress{} }
func (*declaring) Log(context.Context, slog.Level, string, []slog.Attr)    {}

// noProgress shows nothing.
type noProgress struct{}

func (noProgress) Step() {}
func (noProgress) End()  {}
