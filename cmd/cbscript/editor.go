package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/chzyer/readline"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/cbscript/cbscript/runtime/repl"
)

// editor reads the lines of a session: with editing on a terminal, else as they come.
type editor struct {
	terminal *readline.Instance // nil without one
	lines    *bufio.Reader
	out      io.Writer // of questions
	history  *repl.History
	recalled int // inputs of the history that the terminal knows
	complete func(line string, pos int) (start int, candidates []string)
	indents  bool // Tab at the beginning of a line indents
}

var _ repl.Editor = (*editor)(nil)

// editor opens the editor of the program's standard input. A person is greeted.
func (p *program) editor(history *repl.History, greeting string) (*editor, error) {
	e := &editor{out: p.err, history: history}
	if _, terminal := fileOf(p.in); !terminal {
		e.lines = bufio.NewReader(p.in)
		return e, nil
	}
	var err error
	e.terminal, err = readline.NewEx(&readline.Config{
		AutoComplete:           e,
		HistoryLimit:           5000,
		DisableAutoSaveHistory: true,
		InterruptPrompt:        "^C",
		EOFPrompt:              "\n",
	})
	if err != nil {
		return nil, fmt.Errorf("cannot edit lines on this terminal: %w", err)
	}
	fmt.Fprintln(p.out, greeting)
	return e, nil
}

// interactive reports whether a person can be asked.
func (e *editor) interactive() bool { return e.terminal != nil }

// Close gives the terminal back as it was.
func (e *editor) Close() error {
	if e.terminal == nil {
		return nil
	}
	return e.terminal.Close()
}

// ReadLine reads a line.
func (e *editor) ReadLine(prompt string) (string, error) {
	if e.terminal == nil {
		line, err := e.lines.ReadString('\n')
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	}
	if err := e.recall(); err != nil {
		return "", err
	}
	return e.read(prompt)
}

// recall has the terminal know the inputs that were added to the history.
func (e *editor) recall() error {
	all := e.history.Recall()
	for _, entry := range all[min(e.recalled, len(all)):] {
		if err := e.terminal.SaveHistory(entry); err != nil {
			return fmt.Errorf("cannot recall the history: %w", err)
		}
	}
	e.recalled = len(all)
	return nil
}

// read reads a line from the terminal.
func (e *editor) read(prompt string) (string, error) {
	e.terminal.SetPrompt(prompt)
	line, err := e.terminal.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		err = repl.ErrInterrupt
	}
	return line, err
}

// Do completes for the terminal: it gives what may follow the cursor, and how long the word before it is.
func (e *editor) Do(line []rune, pos int) (following [][]rune, length int) {
	before := string(line[:pos])
	if e.indents && strings.TrimSpace(before) == "" {
		return [][]rune{[]rune("    ")}, 0
	}
	if e.complete == nil {
		return nil, 0
	}
	start, candidates := e.complete(before, len(before))
	word := before[start:]
	for _, candidate := range candidates {
		if rest, ok := strings.CutPrefix(candidate, word); ok {
			following = append(following, []rune(rest))
		}
	}
	return following, len([]rune(word))
}

// askChange shows a change that was not allowed, and asks what shall become of it. It runs while an input is evaluated,
// when nobody else reads the terminal.
func (e *editor) askChange(_ context.Context, change client.Change, missing []client.Capability) (guard.Answer, error) {
	names := make([]string, len(missing))
	for i, c := range missing {
		names[i] = string(c)
	}
	fmt.Fprint(e.out, output.Visible(guard.Describe(change)))
	for {
		answer, err := e.read(fmt.Sprintf("Allow this? y: yes, a: yes, and all that need %s, n: no [n] ", strings.Join(names, " or ")))
		if errors.Is(err, repl.ErrInterrupt) || errors.Is(err, io.EOF) {
			return guard.No, nil
		}
		if err != nil {
			return guard.No, err
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return guard.Once, nil
		case "a", "all":
			return guard.Always, nil
		case "n", "no", "":
			return guard.No, nil
		}
	}
}

// confirm reports whether a question was answered with yes. It runs while an input is evaluated, as askChange.
func (e *editor) confirm(_ context.Context, question string) (bool, error) {
	for {
		answer, err := e.read(output.VisibleLine(question) + " [y/N] ")
		if errors.Is(err, repl.ErrInterrupt) || errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "y", "yes":
			return true, nil
		case "n", "no", "":
			return false, nil
		}
	}
}
