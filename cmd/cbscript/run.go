package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.starlark.net/syntax"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/evidence"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/cbscript/cbscript/runtime/worker"
)

// runOptions are the flags and arguments of run.
type runOptions struct {
	host   hostOptions
	limits runtime.Limits
	format string
	out    string
	root   string
	dryRun bool
	reach  reachOptions
	jobs   jobsOptions
	inside bool // run in this process
	trust  bool
	script string

	bundles bundleOptions
	params  []string // what stands after --
}

// runLong is what the help of run says above the flags.
const runLong = `Run a script. What it prints goes to standard output; so do the rows that it
emits: as a table on a terminal, as JSON Lines into a file or pipe. When rows go
into a pipe, or --output names their format, they are all that standard output
gets: the text goes to standard error.

A script may read. Each change belongs to a capability, which --allow grants:

  write           change what the server keeps
  isolate         cut an endpoint off the network, or let it back on
  respond         read from an endpoint by Live Response
  respond-write   change an endpoint by Live Response
  secrets         read a field that holds a secret of the server
  all             all of these

A script that declares what it needs, as in meta(needs = ["isolate"]), is granted
no more than that.

Every change is recorded in the journal. --dry-run shows the changes instead of
making them, and counts what they touch. Beyond --max-changes objects a change is
made only with --confirm and that very number; so is the ban of a file that many
endpoints have, or that an operating system is made of. Files that a script
makes are saved under --out only, where cbscript evidence verifies them.

What became of the jobs of a script (cb.live_response.submit_job) is told at its
end: in a table on standard error, and as JSON Lines in a file. With --jobs FILE
they are kept while they run, so that the same command goes on with what is left
when it was killed, or when sensors were offline. A failure that the script
never looked at makes the run fail.

The script's own parameters come after --. cbscript run SCRIPT --help shows
them.

Exit codes: 0 done, 1 the script failed, 2 wrong usage, 3 credentials, 4 server
or network, 5 a change was not allowed, 6 a limit was reached, 130 interrupted.
The first Ctrl-C ends the script and closes what it has open, the second one
ends the program at once.`

// runCommand runs a script.
func (p *program) runCommand() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run SCRIPT [flags] [-- --PARAMETER VALUE ...]",
		Short: "Run a script",
		Long:  runLong,
		Example: `  cbscript run --demo scripts/net_use.star
  cbscript run hunt.star --profile prod --output csv > hits.csv
  cbscript run hunt.star -- --days 7 --host ws-12
  cbscript run bundle:acme/hunts/net.star
  cbscript run isolate.star --dry-run
  cbscript run isolate.star --allow isolate
  cbscript run isolate.star --allow isolate --confirm 25
  cbscript run collect.star --allow respond --jobs collect.jobs --until 72h`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"star"}, cobra.ShellCompDirectiveFilterFileExt
		},
		Args: func(cmd *cobra.Command, args []string) error {
			return arguments(1, 1, "a script")(cmd, beforeDash(cmd, args))
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.script, o.params = args[0], args[1:]
			if err := o.jobs.check(o.dryRun); err != nil {
				return err
			}
			return p.runScript(cmd.Context(), o)
		},
	}
	cmd.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if args := beforeDash(cmd, cmd.Flags().Args()); len(args) == 1 {
			o.script = args[0]
			p.failed = p.describeScript(cmd.Context(), o)
			return
		}
		p.writeHelp(cmd, nil)
	})
	p.runFlags(cmd, &o)
	return cmd
}

// runFlags adds the flags of run.
func (p *program) runFlags(cmd *cobra.Command, o *runOptions) {
	p.hostFlags(cmd, &o.host)
	outputFlag(cmd, &o.format)
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "save the files that the script makes in this `DIRECTORY`, with a manifest of where they came from")
	flags.StringVar(&o.root, "root", "", "the `DIRECTORY` that loads of files may not leave (default the script's own)")
	flags.BoolVar(&o.dryRun, "dry-run", false, "show each change instead of making it")
	flags.BoolVar(&o.trust, "trust", false, "run the script although cbscript check refuses it, or a bundle that it loads")
	bundleFlags(cmd, &o.bundles)
	flags.BoolVar(&o.inside, "in-process", false, "run the script in this process, to look for a fault: it is then kept from nothing but by its builtins")
	reachFlags(cmd, &o.reach)
	jobsFlags(cmd, &o.jobs)
	limitFlags(cmd, &o.limits)
}

// beforeDash gives the arguments that stand before --.
func beforeDash(cmd *cobra.Command, args []string) []string {
	if n := cmd.ArgsLenAtDash(); n >= 0 {
		return args[:min(n, len(args))]
	}
	return args
}

// runScript runs a script to its end.
func (p *program) runScript(ctx context.Context, o runOptions) (err error) {
	var w *worker.Worker
	if !o.inside {
		// First of all: it begins while the script is read.
		if w, err = worker.Start(worker.Options{Log: p.logger(o.host.verbose)}); err != nil {
			return err
		}
		defer w.Close()
	}
	asked, err := p.readScript(ctx, o)
	if asked == nil {
		return err
	}
	defer asked.script.Close()
	script := asked.script
	p, screen, err := p.openScreen(o.format, emits(asked.file))
	if err != nil {
		return err
	}
	config := runtime.Config{Limits: o.limits, Bundles: asked.bundles, Params: asked.params, Print: screen.print, Progress: screen.progress, Rows: screen.rows,
		ScriptLog: p.scriptLogger(filepath.Base(script.Name), o.host.verbose)}
	book := evidence.NewBook()
	if o.out != "" {
		o.host.received = book.Note
	}
	decide, err := o.reach.config()
	if err != nil {
		return err
	}
	decide.Declared = asked.declared
	shower := &shower{most: decide.MaxChanges, write: func(text string) error { _, err := fmt.Fprint(screen.print, text); return err }}
	if o.dryRun {
		decide.Show = shower.show
		defer func() { p.complain("note", shower.summary()) }()
	}
	work, err := p.openJobs(o, asked, screen)
	if err != nil {
		return err
	}
	defer work.close()
	p.exit = work.before(ctx, p.exit)
	if work.store != nil && !o.host.demo { // a demo server ends with the run
		o.host.openings = work.store
	}
	host, err := p.newHost(o.host, hashed(script), decide, screen.progress, p.logger(o.host.verbose), liveresponse.WithPlan(work.plan))
	if err != nil {
		return err
	}
	if o.out != "" {
		folder, err := p.openOut(o.out, host, book, hashed(script))
		if err != nil {
			return p.first(err, host.close())
		}
		defer folder.Close()
		defer func() { p.tellSaved(folder, o.out) }()
		if config.Artifacts = folder; asked.withholdsFiles() {
			config.Artifacts = withheld{}
		}
	}
	ctx, stop := p.interruptible(ctx)
	defer stop()
	if w != nil {
		config.Log, config.Now = host.log, host.now
		err = w.Run(ctx, script, config, worker.Access{Servers: host.pool, Guard: host.guard, Shown: shower.shownText, Jobs: work.plan})
		return p.first(err, config.Rows.Close(), host.close(), work.finish(ctx))
	}
	return p.first(p.execute(ctx, script, config, host), work.finish(ctx))
}

// askedRun is a script that may run, with all that it was asked to run with.
type askedRun struct {
	script   *runtime.Script
	file     *syntax.File
	bundles  *lazyBundles
	params   *runtime.Values
	declared []client.Capability // see declared
}

// withholdsFiles reports whether the script declares what it needs, and no files among it.
func (a *askedRun) withholdsFiles() bool {
	return a.declared != nil && !slices.Contains(a.declared, client.Artifacts)
}

// readScript opens the script that was asked for, reads its parameters and looks whether it may run. Where only its help
// was asked for, it shows that and gives nothing.
func (p *program) readScript(ctx context.Context, o runOptions) (asked *askedRun, err error) {
	script, bundles, err := p.openScript(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() {
		if asked == nil {
			script.Close()
		}
	}()
	file, err := runtime.Parse(script)
	if err != nil {
		return nil, err
	}
	description, err := runtime.Describe(script)
	if err != nil {
		return nil, err
	}
	params, err := description.Parse(o.params)
	if errors.Is(err, pflag.ErrHelp) {
		p.writeDescription(o.script, description)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := p.judge(ctx, script, o); err != nil {
		return nil, err
	}
	needs, err := declared(script, bundles)
	if err != nil {
		return nil, err
	}
	return &askedRun{script: script, file: file, bundles: bundles, params: params, declared: needs}, nil
}

// execute runs a script against a host, and closes the host.
func (p *program) execute(ctx context.Context, script *runtime.Script, config runtime.Config, host *host) error {
	config.Predeclared, config.Modules = host.pool.Predeclared(), host.pool.Modules()
	config.Log, config.Now = host.log, host.now
	config.OnHang = func(err error) {
		_ = host.close() // the run is given up: its own error is told, and what was changed is recorded
		p.report(err)
		p.exit(runtime.ExitCode(err))
	}
	rt, err := runtime.New(config)
	if err != nil {
		return err
	}
	_, err = rt.Run(ctx, script)
	return p.first(err, config.Rows.Close(), host.close())
}

// first gives the first error, and tells the others: what went wrong while a failed run was cleared up is not its cause.
func (p *program) first(errs ...error) error {
	var first error
	for _, err := range errs {
		if first != nil && err != nil && !strings.Contains(first.Error(), err.Error()) {
			p.report(err)
		}
		first = cmp.Or(first, err)
	}
	return first
}

// openScript opens a script, whose path starts from the working directory or which is in a bundle, and gives the bundles
// that it can load.
func (p *program) openScript(ctx context.Context, o runOptions) (*runtime.Script, *lazyBundles, error) {
	if strings.HasPrefix(o.script, bundleScheme) {
		bundles := p.bundles(o.bundles, ".", o.trust, o.host)
		script, err := p.openBundled(ctx, o.script, bundles)
		return script, bundles, err
	}
	root := o.root
	if root != "" {
		root = p.opened(root)
	}
	script, err := runtime.Open(p.opened(o.script), root)
	if err != nil {
		return nil, nil, err
	}
	script.Name = filepath.ToSlash(o.script)
	return script, p.bundles(o.bundles, filepath.Dir(o.script), o.trust, o.host), nil
}

// describeScript shows a script's docstring and parameters.
func (p *program) describeScript(ctx context.Context, o runOptions) error {
	script, _, err := p.openScript(ctx, o)
	if err != nil {
		return err
	}
	defer script.Close()
	description, err := runtime.Describe(script)
	if err != nil {
		return err
	}
	p.writeDescription(o.script, description)
	return nil
}

// writeDescription writes what a script says of itself.
func (p *program) writeDescription(name string, d *runtime.Description) {
	if d.Doc != "" {
		fmt.Fprintf(p.out, "%s\n\n", output.Visible(d.Doc))
	}
	fmt.Fprintf(p.out, "Usage:\n  cbscript run %s [flags]", output.VisibleLine(name))
	if parameters := d.Usage(); parameters != "" {
		fmt.Fprintf(p.out, " [-- PARAMETERS]\n\nParameters, after --:\n%s", parameters)
	} else {
		fmt.Fprint(p.out, "\n\nThe script has no parameters.\n")
	}
	fmt.Fprint(p.out, "\n\"cbscript run --help\" shows the flags.\n")
}

// emits reports whether a script emits rows itself, by its text.
func emits(file *syntax.File) bool {
	return slices.ContainsFunc(file.Stmts, func(stmt syntax.Stmt) bool {
		found := false
		syntax.Walk(stmt, func(n syntax.Node) bool {
			if id, ok := n.(*syntax.Ident); ok && id.Name == "emit" {
				found = true
			}
			return !found
		})
		return found
	})
}
