package main

import (
	"io"
	"time"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime/output"
)

// screen is where what a script gives goes.
type screen struct {
	print    io.Writer // its text
	text     io.Writer // text that is a result: standard output, whatever the rows are written as
	plain    bool      // that is no terminal
	rows     output.Rows
	open     func() (output.Rows, error)                     // further rows, of any format
	again    func() (output.Rows, error)                     // further rows, of a format that holds them until it is closed; else nil
	progress func(label string, total int) builtins.Progress // nil without a terminal
	status   func() *output.Status                           // nil without a terminal
	width    int                                             // columns of the terminal of standard error, 0 without one
}

// openScreen arranges the program's streams for a script, and gives the program that writes above the progress line.
// Standard output is for rows alone when a format was asked for, or when the script emits rows into a pipe: then text
// goes to standard error.
func (p *program) openScreen(format string, emits bool) (*program, *screen, error) {
	on := *p
	s := &screen{}
	out := p.out
	if _, terminal := fileOf(p.err); terminal {
		console := output.NewConsole(p.err, func() int { return widthOf(p.err) }, time.Now)
		on.err = console
		s.status, s.width = console.Status, widthOf(p.err)
		s.progress = func(label string, total int) builtins.Progress { return console.Progress(label, total) }
		if widthOf(p.out) > 0 {
			out = console.Above(p.out)
		}
	}
	open := func() (output.Rows, error) { return rowsOn(out, format, widthOf(p.out)) }
	var err error
	if s.rows, err = open(); err != nil {
		return nil, nil, err
	}
	s.open = open
	if format == "table" || format == "markdown" || format == "" && widthOf(p.out) > 0 {
		s.again = open
	}
	piped := widthOf(p.out) == 0
	s.plain, s.text = piped, out
	if !piped {
		s.text = output.Terminal(out)
	}
	switch {
	case format != "" || piped && emits:
		s.print = on.err
	case piped:
		s.print = out
	default:
		s.print = s.text
	}
	return &on, s, nil
}
