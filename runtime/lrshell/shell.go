package lrshell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/cbscript/cbscript/runtime/repl"
)

// Config is what a Shell is made of. Session, Out and Rows are required.
type Config struct {
	// Session is open, and closed by who made it.
	Session *liveresponse.Session
	// Out gets what was asked for: text of files and programs, help.
	Out io.Writer
	// Notes gets what the shell tells besides, as that a file was deleted. Nil means Out.
	Notes io.Writer
	// Plain says that Out is no terminal: text of the endpoint goes there byte by byte, instead of made visible.
	Plain bool
	// Rows begins a listing.
	Rows func() (output.Rows, error)
	// Upright has a listing of one thing written with a fact in each row, where a table of one row would be cut.
	Upright bool
	// Confirm asks a person. Nil means that nobody can be asked.
	Confirm func(ctx context.Context, question string) (bool, error)
	// Progress shows a transfer, whose items are KiB. Nil shows nothing.
	Progress func(label string, total int) builtins.Progress
	// Dir is the directory that local paths start from; empty means the process's own.
	Dir string
	// Files is where get, memdump and archive save what has no absolute local path. Nil: each is a file of its own.
	Files Files
	// FilesDir is what the folder of Files is called.
	FilesDir string
	// DryRun says that changes are shown instead of made, so that the shell must not tell of them as done.
	DryRun bool
	// History is what the command history lists. Nil is none.
	History *repl.History
	// Now is the clock of caches. Nil means time.Now.
	Now func() time.Time
}

// Shell runs commands on an endpoint. It is safe for concurrent use: one command runs at a time.
type Shell struct {
	c     Config
	paths paths
	table []*Command
	dir   string // where remote paths start from
	known cache
	mu    sync.Mutex // held by Do and Complete
}

// ErrLeave is the error of a command that ends the shell: there is nothing wrong.
var ErrLeave = errors.New("leave the shell")

// New makes a shell, which starts in the session's own directory.
func New(ctx context.Context, c Config) *Shell {
	if c.Notes == nil {
		c.Notes = c.Out
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Shell{c: c, paths: pathsOf(c.Session.Endpoint().System), table: Commands()}
	s.known = cache{now: c.Now}
	s.dir = s.firstDir(ctx)
	return s
}

// firstDir is the session's directory when that is an absolute path, and else the top of the first drive.
func (s *Shell) firstDir(ctx context.Context) string {
	start := s.fact(ctx, "current_working_directory")
	if s.paths.windows {
		if root, _ := s.paths.root(start); root != "" {
			return s.paths.abs(root, start)
		}
		return s.paths.abs(`C:`, `\`)
	}
	return s.paths.abs("/", start)
}

// fact is a text of the server's description of the session, or empty.
func (s *Shell) fact(ctx context.Context, name string) string {
	v, err := s.c.Session.Get(ctx, name)
	if err != nil || v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// Prompt tells the host and the directory, in one line that a terminal can be shown.
func (s *Shell) Prompt() string {
	host := s.c.Session.Endpoint().Name
	if host == "" {
		host = fmt.Sprintf("sensor %d", s.c.Session.Endpoint().ID)
	}
	return output.VisibleLine(host + " " + s.dir + "> ")
}

// Do runs the commands of a line, up to the first that fails: with a [*FailedError]. Ctrl-C is the end of ctx. The error
// is [ErrLeave] when the shell shall end.
func (s *Shell) Do(ctx context.Context, line string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := parse(line)
	if err != nil {
		all = split(line)
		return &FailedError{Command: line[all[len(all)-1].words[0].start:], Err: err}
	}
	for _, one := range all {
		err := s.run(ctx, line, one)
		if errors.Is(err, ErrLeave) {
			return ErrLeave
		}
		if err != nil {
			return &FailedError{Command: line[one.words[0].start:one.end], Err: err}
		}
	}
	return nil
}

// run runs one command.
func (s *Shell) run(ctx context.Context, line string, one statement) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c, n := find(s.table, one.words)
	if c == nil {
		return unknown(s.table, one.words)
	}
	in, err := c.read(line, one, n)
	if err != nil {
		return err
	}
	err = c.run(ctx, s, in)
	if c.changes() {
		s.known.forget()
	}
	return explain(err, c)
}

// say gives text that was asked for, as lines of its own.
func (s *Shell) say(text string) error {
	if !s.c.Plain {
		text = output.Visible(text)
	}
	_, err := fmt.Fprintln(s.c.Out, text)
	return err
}

// note tells a person something besides.
func (s *Shell) note(format string, args ...any) error {
	_, err := fmt.Fprintln(s.c.Notes, output.Visible(fmt.Sprintf(format, args...)))
	return err
}

// done tells that something was changed, unless it was only shown.
func (s *Shell) done(format string, args ...any) error {
	if s.c.DryRun {
		return nil
	}
	return s.note(format, args...)
}

// list writes rows as one listing.
func (s *Shell) list(rows []output.Row) error {
	w, err := s.c.Rows()
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			return err
		}
	}
	return w.Close()
}

// tell writes what is known about one thing.
func (s *Shell) tell(facts output.Row) error {
	if !s.c.Upright {
		return s.list([]output.Row{facts})
	}
	rows := make([]output.Row, len(facts))
	for i, f := range facts {
		value := f.Value
		if n, ok := value.(int64); ok {
			value = strconv.FormatInt(n, 10) // numbers stand on the right only among themselves
		}
		rows[i] = output.Row{{Name: "fact", Value: f.Name}, {Name: "value", Value: value}}
	}
	return s.list(rows)
}

// abs is the path of the endpoint that an argument means.
func (s *Shell) abs(text string) string { return s.paths.abs(s.dir, text) }

// confirm asks about what was just listed. what says why a question is needed, for who cannot be asked.
func (s *Shell) confirm(ctx context.Context, in *input, question string) error {
	if in.has("-y") || s.c.DryRun {
		return nil
	}
	if s.c.Confirm == nil {
		return usage("-y does it without asking", "%s: nobody can be asked whether to %s", in.command.Name, question)
	}
	yes, err := s.c.Confirm(ctx, question+"?")
	if err == nil && !yes {
		err = errRefused
	}
	return err
}

// errRefused is what a person did not confirm.
var errRefused = errors.New("nothing was done")
