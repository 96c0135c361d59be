package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/journal"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/evidence"
	"github.com/cbscript/cbscript/runtime/lrshell"
	"github.com/cbscript/cbscript/runtime/servers"
)

// lrOptions are the flags of lr.
type lrOptions struct {
	host     hostOptions
	product  string
	commands []string
	goOn     bool
	wait     time.Duration
	format   string
	dryRun   bool
	out      string
}

// lrCommand is a shell on an endpoint.
func (p *program) lrCommand() *cobra.Command {
	var o lrOptions
	names := servers.LiveResponseNames()
	cmd := &cobra.Command{
		Use:   "lr SENSOR",
		Short: "Work on an endpoint with Live Response, in a shell",
		Long: `Work on an endpoint with Live Response, in a shell: its files, processes and
registry. SENSOR is the number of a sensor (with --product defense, of a device)
or the name of its host, in any case of letters. A sensor that is offline is
waited for. The session is closed whatever happens.

Tab completes commands, paths of the endpoint, keys and processes. Ctrl-C ends
what is running, and Ctrl-D the session. There is no local shell. The command
help lists the commands.

Opening a session and reading need the capability respond, changing the endpoint
needs respond-write. What --allow has not granted is shown, and you are asked.

Commands come from -c instead, or from standard input when it is no terminal.
Then nobody is asked, and the first command that fails ends it, with the exit
code of its error.

With --out, files that are fetched are kept as those of cbscript run: in one
directory, with a manifest that cbscript evidence verifies, and never replaced.`,
		Example: `  cbscript lr --demo WS-FIN-01
  cbscript lr 11 --profile prod --allow respond,respond-write
  cbscript lr --demo --allow respond WS-FIN-01 -c 'ps svchost; dir C:\Users'
  cbscript lr --demo --allow respond WS-FIN-01 < commands.txt
  cbscript lr 11 --profile prod --allow respond --out case-42`,
		Args:              arguments(1, 1, "one sensor, by its number or the name of its host"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, args []string) error { return p.lr(cmd.Context(), args[0], o) },
	}
	p.hostFlags(cmd, &o.host)
	outputFlag(cmd, &o.format)
	flags := cmd.Flags()
	flags.StringVar(&o.product, "product", names[0], "the `PRODUCT` of the sensor: "+strings.Join(names, " or "))
	flags.StringArrayVarP(&o.commands, "command", "c", nil, "run these `COMMANDS`, with semicolons between them, and leave (may be repeated)")
	flags.BoolVarP(&o.goOn, "keep-going", "k", false, "go on after a command that failed; the exit code is that of the first")
	flags.DurationVar(&o.wait, "wait", liveresponse.DefaultWait, "wait for this `DURATION` until the sensor is online and has joined")
	flags.StringVar(&o.out, "out", "", "save what get, memdump and archive fetch in this `DIRECTORY`, with a manifest of where it came from")
	flags.BoolVar(&o.dryRun, "dry-run", false, "show each change instead of making it")
	_ = cmd.RegisterFlagCompletionFunc("product", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)) // fails only when done twice
	return cmd
}

// lr opens a session, runs what is typed or given, and closes the session.
func (p *program) lr(ctx context.Context, sensor string, o lrOptions) (err error) {
	product, err := liveProduct(o.product)
	if err != nil {
		return err
	}
	if o.wait <= 0 {
		return usage("as in --wait 30m", "--wait: got %s, want more than 0", o.wait)
	}
	p, screen, err := p.openScreen(o.format, false)
	if err != nil {
		return err
	}
	l := &liveShell{program: p, screen: screen, options: o}
	if len(o.commands) == 0 {
		if _, terminal := fileOf(p.in); terminal {
			if err := l.openEditor(); err != nil {
				return err
			}
			defer l.editor.Close()
		}
	}
	book := evidence.NewBook()
	if o.out != "" {
		l.options.host.received = book.Note
	}
	if l.host, err = p.newHost(l.options.host, journal.Source{}, l.decide(), screen.progress, p.logger(o.host.verbose)); err != nil {
		return err
	}
	if o.out != "" {
		if l.folder, err = p.openOut(o.out, l.host, book, journal.Source{}); err != nil {
			return p.first(err, l.host.close())
		}
		defer l.folder.Close()
		defer func() { p.tellSaved(l.folder, o.out) }()
	}
	scope := &client.Scope{}
	ctx = scope.Context(ctx)
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
		defer cancel()
		err = p.first(err, scope.End(closing), l.host.close())
	}()
	cb, err := l.host.pool.Client(product.Product, "")
	if err != nil {
		return err
	}
	if l.editor != nil {
		return l.interact(ctx, cb, product, sensor)
	}
	return l.batch(ctx, cb, product, sensor)
}

// closingTime bounds how long a session is closed for.
const closingTime = 20 * time.Second

// liveProduct is the product of that name that has Live Response.
func liveProduct(name string) (servers.LiveProduct, error) {
	for _, product := range servers.LiveResponse() {
		if product.Name == name {
			return product, nil
		}
	}
	return servers.LiveProduct{}, usage("want "+strings.Join(servers.LiveResponseNames(), " or "), "--product: %q has no Live Response", name)
}

// liveShell is a shell on an endpoint and what it works with.
type liveShell struct {
	*program
	screen  *screen
	host    *host
	options lrOptions
	editor  *editor          // nil without a person
	folder  *evidence.Folder // nil without --out
}

// openEditor prepares for a person at a terminal.
func (l *liveShell) openEditor() error {
	history, err := l.history(l.options.host, "lr-history")
	if err != nil {
		return err
	}
	l.editor, err = l.program.editor(history, "Type help for the commands, Ctrl-D to leave.")
	return err
}

// decide says what becomes of what was not allowed.
func (l *liveShell) decide() guard.Config {
	var decide guard.Config
	if l.options.dryRun {
		decide.Show = (&shower{write: func(text string) error { _, err := fmt.Fprint(l.screen.print, text); return err }}).show
	}
	if l.editor != nil {
		decide.Ask = l.ask
	}
	return decide
}

// ask asks a person, but never while the terminal waits for completion.
func (l *liveShell) ask(ctx context.Context, change client.Change, missing []client.Capability) (guard.Answer, error) {
	if lrshell.Completing(ctx) {
		return guard.No, nil
	}
	return l.editor.askChange(ctx, change, missing)
}

// open opens the session and makes the shell.
func (l *liveShell) open(ctx context.Context, cb *client.Client, product servers.LiveProduct, sensor string) (*lrshell.Shell, error) {
	target := lrshell.Target{Client: cb, Product: product.Live, Name: sensor, Wait: l.options.wait,
		Say: func(text string) { l.complain("note", text) }, Asking: l.editor != nil || l.options.host.verbose}
	s, err := lrshell.Attach(ctx, target)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		var several *lrshell.AmbiguousError
		if errors.As(err, &several) {
			return nil, errors.Join(l.listCandidates(several), err)
		}
		return nil, err
	}
	config := lrshell.Config{Session: s, Out: l.screen.text, Notes: l.err, Plain: l.screen.plain, Rows: l.screen.open, Progress: l.screen.progress,
		Upright: l.options.format != "jsonl" && l.options.format != "csv" && !l.screen.plain, DryRun: l.options.dryRun}
	if !l.here {
		config.Dir = l.workDir
	}
	if l.folder != nil {
		config.Files, config.FilesDir = l.folder, l.options.out
	}
	if l.editor != nil {
		config.Confirm, config.History = l.editor.confirm, l.editor.history
	}
	return lrshell.New(ctx, config), nil
}

// listCandidates shows the endpoints of a name, beside the error that says so.
func (l *liveShell) listCandidates(e *lrshell.AmbiguousError) error {
	rows, err := rowsOn(l.err, "table", widthOf(l.err))
	if err != nil {
		return err
	}
	for _, row := range e.Rows() {
		if err := rows.Write(row); err != nil {
			return err
		}
	}
	return rows.Close()
}

// interact lets a person type. Signals that end the program end the session first.
func (l *liveShell) interact(ctx context.Context, cb *client.Client, product servers.LiveProduct, sensor string) error {
	ctx, stop := signal.NotifyContext(ctx, endings()...)
	defer stop()
	// A Ctrl-C that comes when a command has just ended would end the program, and leave the session open.
	late := make(chan os.Signal, 1)
	signal.Notify(late, os.Interrupt)
	defer signal.Stop(late)
	defer context.AfterFunc(ctx, func() { l.editor.Close() })()
	opening, cancel := l.interruptible(ctx)
	shell, err := l.open(opening, cb, product, sensor)
	cancel()
	if err != nil {
		return err
	}
	l.editor.complete = func(line string, pos int) (int, []string) { return shell.Complete(ctx, line, pos) }
	err = shell.Run(ctx, lrshell.Terminal{
		Editor: l.editor,
		Interrupt: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return signal.NotifyContext(ctx, os.Interrupt)
		},
		Report: l.report,
	})
	if ctx.Err() != nil {
		return &runtime.InterruptedError{}
	}
	return err
}

// batch runs the commands that were given.
func (l *liveShell) batch(ctx context.Context, cb *client.Client, product servers.LiveProduct, sensor string) error {
	ctx, stop := l.interruptible(ctx)
	defer stop()
	shell, err := l.open(ctx, cb, product, sensor)
	if err != nil {
		return err
	}
	lines, place := l.given()
	err = shell.Lines(ctx, lines, place, l.options.goOn, l.report)
	if err != nil && l.options.goOn && ctx.Err() == nil {
		return &toldError{err}
	}
	return err
}

// given are the lines of commands, and what a line is called in errors.
func (l *liveShell) given() (lines iter.Seq2[string, error], place func(n int) string) {
	if texts := l.options.commands; len(texts) > 0 {
		place = func(n int) string { return "-c" }
		if len(texts) > 1 {
			place = func(n int) string { return "-c " + strconv.Itoa(n) }
		}
		return func(yield func(string, error) bool) {
			for _, text := range texts {
				if !yield(text, nil) {
					return
				}
			}
		}, place
	}
	return linesOf(l.in), func(n int) string { return "line " + strconv.Itoa(n) }
}

// linesOf reads lines.
func linesOf(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		in := bufio.NewReader(r)
		for {
			line, err := in.ReadString('\n')
			if line != "" && !yield(line, nil) {
				return
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					yield("", err)
				}
				return
			}
		}
	}
}

// toldError is an error that was shown when it happened: only its exit code is left.
type toldError struct{ err error }

// Error is empty: there is nothing more to tell.
func (*toldError) Error() string { return "" }

// Unwrap gives the error.
func (e *toldError) Unwrap() error { return e.err }

// Hint is empty, as it was told.
func (*toldError) Hint() string { return "" }
