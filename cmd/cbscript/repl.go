package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/journal"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/evidence"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/cbscript/cbscript/runtime/repl"
	"github.com/cbscript/cbscript/runtime/scriptfiles"
)

// replOptions are the flags of repl.
type replOptions struct {
	host   hostOptions
	limits runtime.Limits
	format string
	out    string
	dryRun bool

	bundles bundleOptions
}

// replCommand evaluates what is typed.
func (p *program) replCommand() *cobra.Command {
	var o replOptions
	cmd := &cobra.Command{
		Use:   "repl",
		Short: "Evaluate what is typed, line by line",
		Long: `Evaluate what is typed, line by line, against a server. The value of an
expression is shown, and is then called _. A block ends with an empty line.

Tab completes names, attributes and arguments, without asking the server
anything. Ctrl-C ends what is running, and Ctrl-D the session. help(x) tells
about a value or a model.

A change that --allow has not granted is shown, and you are asked. The history
is kept in the user's state directory, without lines that hold a credential.

When standard input is no terminal, its lines are evaluated without prompts, and
the exit code is 1 when one of them failed.`,
		Example: `  cbscript repl --demo
  cbscript repl --profile prod --allow write
  echo 'len(select(Sensor))' | cbscript repl --demo`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.repl(cmd.Context(), o) },
	}
	p.hostFlags(cmd, &o.host)
	outputFlag(cmd, &o.format)
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "save the files that are made in this `DIRECTORY`, with a manifest of where they came from")
	flags.BoolVar(&o.dryRun, "dry-run", false, "show each change instead of making it")
	bundleFlags(cmd, &o.bundles)
	limitFlags(cmd, &o.limits)
	return cmd
}

// repl evaluates until the user leaves.
func (p *program) repl(ctx context.Context, o replOptions) error {
	p, screen, err := p.openScreen(o.format, false)
	if err != nil {
		return err
	}
	history, err := p.history(o.host, "history")
	if err != nil {
		return err
	}
	editor, err := p.editor(history, "Type an expression or a statement, help(x) for help, Ctrl-D to leave.")
	if err != nil {
		return err
	}
	defer editor.Close()
	editor.indents = true
	decide := guard.Config{}
	switch {
	case o.dryRun:
		decide.Show = (&shower{write: func(text string) error { _, err := fmt.Fprint(screen.print, text); return err }}).show
	case editor.interactive():
		decide.Ask = editor.askChange
	}
	book := evidence.NewBook()
	if o.out != "" {
		o.host.received = book.Note
	}
	host, err := p.newHost(o.host, journal.Source{}, decide, screen.progress, p.logger(o.host.verbose))
	if err != nil {
		return err
	}
	rows := &inputRows{first: screen.rows, open: screen.again}
	config := runtime.Config{Limits: o.limits, Bundles: p.bundles(o.bundles, ".", false, o.host), Print: screen.print, Progress: screen.progress,
		Rows: rows, ScriptLog: p.scriptLogger("repl", o.host.verbose)}
	if o.out != "" {
		folder, err := p.openOut(o.out, host, book, journal.Source{})
		if err != nil {
			return p.first(err, host.close())
		}
		defer folder.Close()
		defer func() { p.tellSaved(folder, o.out) }()
		config.Artifacts = folder
	}
	s := &session{program: p, screen: screen, host: host, editor: editor, history: history, rows: rows}
	failed, err := s.run(ctx, config)
	err = p.first(err, rows.Close(), host.close())
	if err == nil && failed && !editor.interactive() {
		return &failedInput{}
	}
	return err
}

// failedInput is the error of lines from a pipe of which one failed. That was told when it happened.
type failedInput struct{}

// Error is empty: there is nothing more to tell.
func (*failedInput) Error() string { return "" }

// session is an interactive session and what it works with.
type session struct {
	*program
	screen  *screen
	host    *host
	editor  *editor
	history *repl.History
	rows    *inputRows
}

// run evaluates to the end of the input. It reports whether an input failed.
func (s *session) run(ctx context.Context, config runtime.Config) (failed bool, err error) {
	config.Predeclared, config.Modules = s.host.pool.Predeclared(), s.host.pool.Modules()
	config.Log, config.Now = s.host.log, s.host.now
	config.OnHang = func(err error) {
		_ = s.host.close() // the session is given up: its own error is told, and what was changed is recorded
		_ = s.editor.Close()
		s.report(err)
		s.exit(runtime.ExitCode(err))
	}
	rt, err := runtime.New(config)
	if err != nil {
		return false, err
	}
	ctx, stop := signal.NotifyContext(ctx, endings()...)
	defer stop()
	defer context.AfterFunc(ctx, func() { s.editor.Close() })()
	reports := &watched{w: s.err}
	loop := repl.New(repl.Config{
		Session:   rt.NewSession(&runtime.Script{Files: scriptfiles.Dir(s.workDir), Path: "input"}),
		Editor:    s.editor,
		Out:       s.screen.print,
		Err:       reports,
		History:   s.history,
		Width:     s.width,
		Interrupt: s.interruptInput,
		Complete:  func(c *repl.Completer) { s.editor.complete = c.Complete },
	})
	err = loop.Run(ctx)
	return reports.written.Load(), err
}

// interruptInput makes the context of one input, which Ctrl-C ends. When the input is done its rows are shown.
func (s *session) interruptInput(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	return ctx, func() {
		stop()
		if err := s.rows.flush(); err != nil {
			s.report(err)
		}
	}
}

// inputRows are the rows of a session: those that a table holds are shown after each input.
type inputRows struct {
	open func() (output.Rows, error) // a new table; nil for a format that holds nothing back

	mu    sync.Mutex
	first output.Rows
}

// Write takes a row.
func (r *inputRows) Write(row output.Row) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first.Write(row)
}

// flush shows the rows that are held back.
func (r *inputRows) flush() error {
	if r.open == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.first.Close(); err != nil {
		return err
	}
	var err error
	r.first, err = r.open()
	return err
}

// Close ends the rows.
func (r *inputRows) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.first.Close()
}

// watched is a writer that knows whether it was used.
type watched struct {
	w       io.Writer
	written atomic.Bool
}

// Write writes p.
func (w *watched) Write(p []byte) (int, error) {
	w.written.Store(true)
	return w.w.Write(p)
}

// history opens the inputs of earlier sessions, in a file of that name. It keeps none without a terminal or a home
// directory.
func (p *program) history(o hostOptions, name string) (*repl.History, error) {
	dir := p.stateDir()
	if _, terminal := fileOf(p.in); dir == "" || !terminal {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot keep the history: %w", err)
	}
	return repl.OpenHistory(filepath.Join(dir, name), p.secretInput(o))
}

// width is the number of columns to show values in: of a pipe there is no end.
func (s *session) width() int {
	if width := widthOf(s.out); width > 0 {
		return width
	}
	return 1 << 20
}
