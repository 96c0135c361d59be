package runtime

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/hint"
	"github.com/cbscript/cbscript/runtime/output"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// maxListed bounds how many errors of one file a report lists.
const maxListed = 10

// Report explains an error to the person who runs the script, in lines that end with a newline:
//
//	hunt.star:3:5: ServerError: HTTP 502 from GET https://cb.example/api/v1/process: bad gateway
//	Traceback (most recent call last):
//	  hunt.star:8:6: in <toplevel>
//	    count(select(Process))
//	         ^
//	  hunt.star:3:5: in count
//	    for p in q:
//	    ^
//	Error: ServerError: HTTP 502 from GET https://cb.example/api/v1/process: bad gateway
//	  status: 502
//	hint: try again later
//
// The first line is the cause with its place. Facts are what the error knows beyond its text. A report never contains
// Go's own stack, and shows control characters instead of sending them to the terminal. For an error that [Runtime.Run]
// did not return it has no source lines. Report returns an empty string for nil.
func Report(err error) string {
	if err == nil {
		return ""
	}
	var remote *RemoteFailure
	if errors.As(err, &remote) {
		return output.Visible(remote.Explained)
	}
	r := &report{}
	errors.As(err, &r.failure)
	if r.failure == nil {
		r.failure = &Failure{Err: err}
	}
	r.write(err)
	return r.b.String()
}

// report is one report under construction.
type report struct {
	failure *Failure
	b       strings.Builder
}

// write writes the report of err: what stopped the script, where it was, and what to do.
func (r *report) write(err error) {
	calls := traces(err)
	leaf := err
	if len(calls) > 0 {
		leaf = calls[len(calls)-1].Err
	}
	if found := problems(leaf); len(found) > 0 {
		if len(calls) > 0 {
			r.line(r.aimed(found[0]).String() + ": SyntaxError: " + found[0].msg)
			r.calls(calls, true)
		}
		r.problems(found)
		return
	}
	cause := leaf
	var why *stopped
	if errors.As(err, &why) {
		cause = why.cause
	}
	text := describe(cause)
	place := ""
	if at, ok := lastPlace(calls); ok {
		place = at.String() + ": "
	}
	r.line(place + text)
	if len(calls) > 0 {
		r.calls(calls, false)
		r.line("Error: " + text)
	}
	r.facts(cause)
	r.hints(cause, calls)
}

// line writes text as one entry: what follows its first line is marked, so that text of an endpoint cannot pass for a
// line of the report.
func (r *report) line(text string) {
	r.b.WriteString(strings.ReplaceAll(strings.TrimRight(output.Visible(text), "\n"), "\n", "\n  | "))
	r.b.WriteByte('\n')
}

// facts writes what the error knows and its text does not say.
func (r *report) facts(cause error) {
	var known interface{ Facts() map[string]any }
	if !errors.As(cause, &known) {
		return
	}
	text := cause.Error()
	facts := known.Facts()
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		value := fmt.Sprint(facts[name])
		switch v := facts[name].(type) {
		case map[string]any, []any:
			value = client.ShowValue(v) // as the script would see it
		}
		if value == "" || value == "0" || facts[name] == nil || strings.Contains(text, value) {
			continue
		}
		r.line("  " + name + ": " + output.VisibleLine(value))
	}
}

// hints writes what the error advises, or what is known about the interpreter's message.
func (r *report) hints(cause error, calls []*bindings.ScriptError) {
	var hinted interface{ Hint() string }
	if errors.As(cause, &hinted) {
		if text := hinted.Hint(); text != "" {
			r.line("hint: " + text)
		}
		return
	}
	var kinded interface{ Kind() string }
	if errors.As(cause, &kinded) {
		return // made by the host or by the script itself: not the interpreter's
	}
	problem := hint.Problem{Message: cause.Error(), Names: r.failure.names, Modules: r.failure.modules}
	if at, ok := lastPlace(calls); ok {
		problem.Line = r.failure.sources.line(at.Filename(), int(at.Line))
	}
	if text := hint.For(problem); text != "" {
		r.line("hint: " + text)
	}
}

// problem is an error of a file's text, found before it ran.
type problem struct {
	pos syntax.Position
	msg string
}

// problems returns the errors of the parser or of the resolver that err holds.
func problems(err error) []problem {
	if s, ok := isSyntax(err); ok {
		return []problem{{s.Pos, s.Msg}}
	}
	var list resolve.ErrorList
	if !errors.As(err, &list) {
		return nil
	}
	found := make([]problem, len(list))
	for i, e := range list {
		found[i] = problem{e.Pos, e.Msg}
	}
	return found
}

// problems writes the errors of a file, each with its line and its hint.
func (r *report) problems(found []problem) {
	for i, p := range found {
		if i == maxListed {
			r.line(fmt.Sprintf("and %d more", len(found)-i))
			return
		}
		pos := r.aimed(p)
		r.line(pos.String() + ": SyntaxError: " + p.msg)
		r.quote(pos, "  ")
		text := hint.For(hint.Problem{
			Message: p.msg, Line: r.failure.sources.line(pos.Filename(), int(pos.Line)),
			Names: r.failure.names, Modules: r.failure.modules,
		})
		if text != "" {
			r.line("hint: " + text)
		}
	}
}

// aimed returns where a problem is.
func (r *report) aimed(p problem) syntax.Position {
	return aim(p, func(n int) string { return r.failure.sources.line(p.pos.Filename(), n) })
}

// describe returns the text of an error after its kind.
func describe(err error) string {
	text := err.Error()
	var panicked *starlark.EvalError
	if errors.As(err, &panicked) && text == "" {
		text = panicked.Msg
	}
	if kind := kindOf(err); kind != "" && !strings.HasPrefix(text, kind) {
		return kind + ": " + text
	}
	return text
}

// kindOf returns the kind of an error, or an empty string for one that has none.
func kindOf(err error) string {
	var kinded interface{ Kind() string }
	if errors.As(err, &kinded) && kinded.Kind() != bindings.GenericKind {
		return kinded.Kind()
	}
	return ""
}
