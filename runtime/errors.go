package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kinds of the errors of this package, as scripts and ExitCode know them.
const (
	kindInternal    = "InternalError"
	kindInterrupted = "InterruptedError"
	kindLimit       = "LimitError"
	kindLoad        = "LoadError"
	kindParam       = "ParamError"
	kindUsage       = "UsageError"
)

// A LimitError says that a limit ended the script. See [Limits].
type LimitError struct {
	Limit string // "steps", "depth", "memory", "time", "output", "requests", "artifacts", "files" or "source"
	Value string // the limit as it was set, with its unit: "1 GiB", "30s", "1,000,000,000"
	Flag  string // the command's flag that sets it, or empty when the caller's own deadline passed
}

// Error says what the script did too much of.
func (e *LimitError) Error() string {
	switch e.Limit {
	case limitSteps:
		return "the script took more than " + e.Value + " steps"
	case limitDepth:
		return "calls are nested more than " + e.Value + " deep"
	case limitMemory:
		return "the script used more than " + e.Value + " of memory"
	case limitTime:
		if e.Value == "" {
			return "the time allowed for the script is over"
		}
		return "the script ran longer than " + e.Value
	case limitOutput:
		return "the script wrote more than " + e.Value + " of output"
	case limitRequests:
		return "the script made more than " + e.Value + " requests"
	case limitSaved:
		return "the files that the script saves have more than " + e.Value
	case limitFiles:
		return "the script saved more than " + e.Value + " files"
	}
	return "the script is larger than " + e.Value
}

// Kind is "LimitError".
func (e *LimitError) Kind() string { return kindLimit }

// Facts is empty: the text says all.
func (e *LimitError) Facts() map[string]any { return map[string]any{} }

// Hint says how to raise the limit.
func (e *LimitError) Hint() string {
	switch {
	case e.Flag == "":
		return ""
	case e.Limit == limitDepth:
		return "a function probably calls itself without end; " + e.Flag + " raises the limit"
	}
	return e.Flag + " raises the limit, if the script means to do that much"
}

// An InterruptedError says that the run was cancelled from outside, as by Ctrl-C.
type InterruptedError struct {
	Cause error // what the canceller gave as the cause: context.Canceled when it gave none
}

// Error says so, with the canceller's reason if there was one.
func (e *InterruptedError) Error() string {
	if e.Cause == nil || errors.Is(e.Cause, context.Canceled) {
		return "interrupted"
	}
	return "interrupted: " + e.Cause.Error()
}

// Unwrap returns the canceller's cause.
func (e *InterruptedError) Unwrap() error { return e.Cause }

// Kind is "InterruptedError".
func (e *InterruptedError) Kind() string { return kindInterrupted }

// Facts is empty: the text says all.
func (e *InterruptedError) Facts() map[string]any { return map[string]any{} }

// An InternalError is a panic of the host: a fault of this program, not of the script.
type InternalError struct {
	Value any    // what the program panicked with; its text may have a Go stack behind its first line
	Stack []byte // the Go stack, for the log of a developer; Report never shows it
}

// Error names the panic's value, its first line.
func (e *InternalError) Error() string {
	first, _, _ := strings.Cut(fmt.Sprint(e.Value), "\n")
	return "internal error: " + first
}

// Kind is "InternalError".
func (e *InternalError) Kind() string { return kindInternal }

// Facts is empty: the text says all.
func (e *InternalError) Facts() map[string]any { return map[string]any{} }

// Hint asks for a report.
func (e *InternalError) Hint() string {
	return "this is a fault of cbscript, not of the script: please report it, with the script and this text"
}

// A HangError says that a script did not stop within the grace period after it was told to: it is inside a single
// long operation, such as sorting a huge list. Its goroutine is still running and what it holds is lost to the process.
type HangError struct {
	Cause error         // why it was told to stop
	Grace time.Duration // how long it was given
}

// Error gives the cause and says that the script is still running.
func (e *HangError) Error() string {
	return fmt.Sprintf("%v; the script did not stop within %v", e.Cause, e.Grace)
}

// Unwrap returns why it was told to stop.
func (e *HangError) Unwrap() error { return e.Cause }

// A LoadError says that a module cannot be loaded, and why.
type LoadError struct {
	Module string // as the script wrote it
	Err    error
	Advice string // what to do, or empty
}

// Error gives the cause: the interpreter names the module in front of it.
func (e *LoadError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *LoadError) Unwrap() error { return e.Err }

// Kind is "LoadError".
func (e *LoadError) Kind() string { return kindLoad }

// Facts are module.
func (e *LoadError) Facts() map[string]any { return map[string]any{"module": e.Module} }

// Hint says what to do next, or is empty.
func (e *LoadError) Hint() string { return e.Advice }

// A UsageError says that a script cannot be run as asked: no such file, not a file, wrong flags.
type UsageError struct {
	Err    error
	Advice string // what to do, or empty
}

// Error gives the cause.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return e.Err }

// Kind is "UsageError".
func (e *UsageError) Kind() string { return kindUsage }

// Facts is empty: the text says all.
func (e *UsageError) Facts() map[string]any { return map[string]any{} }

// Hint says what to do next, or is empty.
func (e *UsageError) Hint() string { return e.Advice }

// stopped joins why a run was ended with where the script was at that moment.
type stopped struct {
	cause error
	where error // nil when the script came to its end
}

func (e *stopped) Error() string { return e.cause.Error() }

func (e *stopped) Unwrap() []error {
	if e.where == nil {
		return []error{e.cause}
	}
	return []error{e.cause, e.where}
}

// causeOf turns the end of a context into a typed error.
func causeOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	var kinded interface{ Kind() string }
	switch {
	case errors.As(cause, &kinded):
		return cause
	case errors.Is(cause, context.DeadlineExceeded):
		return &LimitError{Limit: limitTime}
	}
	return &InterruptedError{Cause: cause}
}
