package lrshell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/repl"
)

// Terminal is where a person types. Editor is required.
type Terminal struct {
	Editor repl.Editor
	// Interrupt makes the context of one command, which Ctrl-C ends, and the function that ends its watch. Nil means that
	// commands cannot be interrupted.
	Interrupt func(context.Context) (context.Context, context.CancelFunc)
	// Report shows why a command failed. Nil shows nothing.
	Report func(error)
}

// Run reads lines and runs them until the person leaves or ctx ends. What fails is reported, and the shell goes on. It
// returns an error of the editor or of the history, and the cause of ctx.
func (s *Shell) Run(ctx context.Context, t Terminal) error {
	refused := 0 // Ctrl-C at an empty prompt, in a row
	for ctx.Err() == nil {
		line, err := t.Editor.ReadLine(s.Prompt())
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, repl.ErrInterrupt):
			if refused++; line != "" {
				refused = 0
			}
			if refused == 2 {
				if err := s.note("Ctrl-D or exit closes the session and leaves."); err != nil {
					return err
				}
				refused = 0
			}
			continue
		case err != nil:
			return err
		}
		refused = 0
		if err := s.c.History.Add(line); err != nil {
			return err
		}
		if err := s.interruptible(ctx, t, line); errors.Is(err, ErrLeave) {
			return nil
		} else if err != nil && t.Report != nil {
			t.Report(err)
		}
	}
	return context.Cause(ctx)
}

// interruptible runs a line that Ctrl-C ends.
func (s *Shell) interruptible(ctx context.Context, t Terminal, line string) error {
	one := ctx
	if t.Interrupt != nil {
		var stop context.CancelFunc
		one, stop = t.Interrupt(ctx)
		defer stop()
	}
	err := s.Do(one, line)
	if err == nil || one.Err() == nil || errors.Is(err, ErrLeave) {
		return err
	}
	var told *explained
	if errors.As(err, &told) {
		return &explained{err: &runtime.InterruptedError{}, advice: told.advice}
	}
	return &runtime.InterruptedError{}
}

// Lines runs lines that nobody types. name says what a line is called in errors, by its number from 1. The first command
// that fails ends it, unless it shall go on: then each failure is reported, and the first is returned. The error is a
// [*FailedError], the cause of ctx, or the input's.
func (s *Shell) Lines(ctx context.Context, lines iter.Seq2[string, error], name func(n int) string, goOn bool, report func(error)) error {
	var first error
	n := 0
	for line, err := range lines {
		if err != nil {
			return fmt.Errorf("cannot read the commands: %w", err)
		}
		n++
		all := split(line)
		if len(all) == 0 {
			continue
		}
		if _, err := parse(line); err != nil {
			all = []statement{{words: all[0].words, end: len(line)}} // it is one that Do refuses
		}
		for _, one := range all {
			err := s.Do(ctx, line[one.words[0].start:one.end])
			var failed *FailedError
			switch {
			case errors.Is(err, ErrLeave):
				return first
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case errors.As(err, &failed):
				failed.Where = name(n)
				if !goOn {
					return failed
				}
				report(failed)
				if first == nil {
					first = failed
				}
			}
		}
	}
	return first
}
