package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/output"
)

// report shows why a command failed, and what to do next.
func (p *program) report(err error) {
	var failure *runtime.Failure
	var remote *runtime.RemoteFailure
	switch script := errors.As(err, &failure) || errors.As(err, &remote); {
	case script && errors.Is(err, syscall.EPIPE): // by head, as a rule: where the script was then matters to nobody
		p.complain("error", "the script was ended, since nobody reads its output any more (broken pipe)")
		return
	case script:
		p.reportScript(err)
		return
	}
	if text := err.Error(); text != "" { // else it was told before
		p.complain("error", text)
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		p.complain("hint", hinted.Hint())
	}
}

// reportScript shows why a script failed: its first line and its hints are the program's, those between show where the
// script was.
func (p *program) reportScript(err error) {
	first := true
	for line := range strings.Lines(runtime.Report(err)) {
		line = strings.TrimSuffix(line, "\n")
		advice, isHint := strings.CutPrefix(line, "hint: ")
		switch {
		case first:
			p.complain("error", line)
		case isHint:
			p.complain("hint", advice)
		default:
			fmt.Fprintln(p.err, line) // a report has made it visible
		}
		first = false
	}
}

// warn says what a person should know although the command goes on.
func (p *program) warn(text string) { p.complain("warning", text) }

// complain writes a message line by line, so that each is known to be the program's.
func (p *program) complain(kind, text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		fmt.Fprintf(p.err, "cbscript: %s: %s\n", kind, output.Visible(line))
	}
}

// usage is the error of a command that was not asked for properly.
func usage(advice, format string, args ...any) error {
	return &runtime.UsageError{Err: fmt.Errorf(format, args...), Advice: advice}
}

// exitCode is that of a command's error: a script's errors have theirs from package runtime, and what a gate could not
// reach is the server's fault here too.
func exitCode(err error) int {
	code := runtime.ExitCode(err)
	var fault *gate.Error
	switch {
	case code != runtime.ExitScript:
		return code
	case errors.Is(err, context.Canceled):
		return runtime.ExitInterrupted
	case !errors.As(err, &fault):
		return code
	case fault.Kind == gate.Denied:
		return runtime.ExitDenied
	case fault.Kind == gate.Canceled:
		return runtime.ExitInterrupted
	}
	return runtime.ExitServer
}

// counted gives a number with what is counted: "1 file", "2 files".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
