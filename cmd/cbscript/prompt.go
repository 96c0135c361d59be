package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"github.com/cbscript/cbscript/runtime"
)

// prompter asks a person. Questions go to standard error; answers are lines of standard input, which may as well be a
// file or a pipe.
type prompter struct {
	in       *bufio.Reader
	fd       int // of standard input
	terminal bool
	out      io.Writer
}

func (p *program) prompter() *prompter {
	fd, terminal := fileOf(p.in)
	return &prompter{in: bufio.NewReader(p.in), fd: fd, terminal: terminal, out: p.err}
}

// errNoAnswer is the end of the input before an answer.
var errNoAnswer = errors.New("the input ended before the answer")

// ask gives the answer to a question.
func (q *prompter) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(q.out, question+": ")
	return q.read(ctx, func() (string, error) {
		line, err := q.in.ReadString('\n')
		if !q.terminal {
			fmt.Fprintln(q.out) // nobody has typed the end of the line
		}
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		return line, err
	})
}

// askHidden gives the answer to a question without showing what is typed. The terminal is told so before the question
// is asked: whoever is quick would be shown else.
func (q *prompter) askHidden(ctx context.Context, question string) (string, error) {
	if !q.terminal {
		return q.ask(ctx, question)
	}
	before, err := term.MakeRaw(q.fd)
	if err != nil {
		return "", fmt.Errorf("cannot hide what is typed: %w", err)
	}
	defer func() { _ = term.Restore(q.fd, before) }() // it worked a moment ago, and there is no other way
	hidden := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{q.in, q.out}, "")
	return q.read(ctx, func() (string, error) {
		answer, err := hidden.ReadPassword(question + ": ")
		if errors.Is(err, io.EOF) { // Ctrl-C, which is no signal while the terminal hides what is typed, or Ctrl-D
			err = &runtime.InterruptedError{}
		}
		return answer, err
	})
}

// confirm reports whether a question was answered with yes.
func (q *prompter) confirm(ctx context.Context, question string) (bool, error) {
	for {
		answer, err := q.ask(ctx, question+" [y/N]")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "y", "yes":
			return true, nil
		case "n", "no", "":
			return false, nil
		}
		fmt.Fprintln(q.out, "Please answer yes or no.")
	}
}

// read waits for an answer, or for the end of ctx. After that the reader is left behind: the program ends.
func (q *prompter) read(ctx context.Context, from func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := from()
		got <- answer{text, err}
	}()
	select {
	case a := <-got:
		if errors.Is(a.err, io.EOF) {
			return "", usage("answer every question, or give the answers as lines of standard input", "%w", errNoAnswer)
		}
		return strings.TrimSpace(a.text), a.err
	case <-ctx.Done():
		fmt.Fprintln(q.out)
		return "", context.Cause(ctx)
	}
}
