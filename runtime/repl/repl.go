package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/cbscript/cbscript/runtime"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// ErrInterrupt is what an Editor returns for Ctrl-C at the prompt: the input so far is thrown away.
var ErrInterrupt = errors.New("interrupted at the prompt")

// Newline stands for a line break inside a line that an Editor recalls from the history: editors of single lines show
// an input of several lines as one.
const Newline = "⏎"

// Editor reads lines from the user.
type Editor interface {
	// ReadLine shows a prompt and returns the next line without its newline. It returns io.EOF at the end of the input
	// (Ctrl-D), and ErrInterrupt for Ctrl-C.
	ReadLine(prompt string) (string, error)
}

// Config is what a Loop is made of. Session and Editor are required.
type Config struct {
	Session *runtime.Session
	Editor  Editor
	Out     io.Writer  // values; nil throws them away. It should make control characters visible: output.Terminal
	Err     io.Writer  // error reports; nil means Out
	Width   func() int // columns of the terminal, asked before each value; nil means 80
	History *History   // gets each input; nil means that none is kept

	// Interrupt makes the context of one evaluation, which Ctrl-C cancels, and the function that ends its watch. Nil
	// means that evaluations cannot be interrupted.
	Interrupt func(context.Context) (context.Context, context.CancelFunc)

	// Complete is called with the loop's completer before the first prompt, for an Editor that completes. May be nil.
	Complete func(*Completer)
}

// Loop is a read, evaluate, print loop. It is not safe for concurrent use.
type Loop struct {
	c       Config
	pending []string // lines that are read but not consumed, from an input with line breaks
}

// New makes a loop.
func New(c Config) *Loop {
	if c.Out == nil {
		c.Out = io.Discard
	}
	if c.Err == nil {
		c.Err = c.Out
	}
	if c.Width == nil {
		c.Width = func() int { return 80 }
	}
	if c.Interrupt == nil {
		c.Interrupt = func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }
	}
	return &Loop{c: c}
}

// Run reads and evaluates until the user leaves or ctx ends. Errors of scripts are shown, not returned; it returns an
// error of the Editor or of the History, and the cause of ctx.
func (l *Loop) Run(ctx context.Context) error {
	defer l.c.Session.Close(ctx)
	if l.c.Complete != nil {
		l.c.Complete(NewCompleter(l.c.Session))
	}
	for ctx.Err() == nil {
		chunk, err := l.read()
		var failure *runtime.Failure
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, ErrInterrupt):
			l.pending = nil
			continue
		case errors.As(err, &failure):
			l.pending = nil
			fmt.Fprint(l.c.Err, runtime.Report(err))
		case err != nil:
			return err
		}
		if err := l.c.History.Add(chunk.Text); err != nil {
			return err
		}
		if err != nil || chunk.Empty() {
			continue
		}
		if l.leaves(chunk.Expr()) {
			return nil
		}
		l.evaluate(ctx, chunk)
	}
	return context.Cause(ctx)
}

// read reads one chunk, with a prompt for its first line and another for those that follow.
func (l *Loop) read() (*runtime.Chunk, error) {
	prompt := ">>> "
	return l.c.Session.Read(func() (string, error) {
		if len(l.pending) == 0 {
			line, err := l.c.Editor.ReadLine(prompt)
			if err != nil {
				return "", err
			}
			l.pending = strings.Split(strings.ReplaceAll(line, Newline, "\n"), "\n")
			if len(l.pending) > 1 {
				l.pending = append(l.pending, "") // the empty line that ends a block
			}
		}
		prompt = "... "
		line := l.pending[0]
		l.pending = l.pending[1:]
		return line, nil
	})
}

// evaluate runs a chunk and shows its value or its error.
func (l *Loop) evaluate(ctx context.Context, chunk *runtime.Chunk) {
	ctx, stop := l.c.Interrupt(ctx)
	defer stop()
	value, err := l.c.Session.Eval(ctx, chunk)
	if err == nil && value != nil && value != starlark.None {
		err = l.c.Session.Do(ctx, func(*starlark.Thread) error {
			_, err := fmt.Fprintln(l.c.Out, Format(value, l.c.Width()))
			return err
		})
	}
	if err != nil {
		fmt.Fprint(l.c.Err, runtime.Report(err))
	}
}

// leaves reports whether an expression is exit, quit, exit() or quit(), unless a script gave the name a meaning.
func (l *Loop) leaves(expr syntax.Expr) bool {
	if call, ok := expr.(*syntax.CallExpr); ok && len(call.Args) == 0 {
		expr = call.Fn
	}
	name, ok := expr.(*syntax.Ident)
	return ok && (name.Name == "exit" || name.Name == "quit") && !l.c.Session.Globals().Has(name.Name)
}
