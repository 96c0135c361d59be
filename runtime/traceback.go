package runtime

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/jedib0t/go-pretty/v6/text"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

const (
	// shownFrames is how many calls a traceback shows at each end of a deep one.
	shownFrames = 12
	// quotedWidth bounds how much of a source line is quoted.
	quotedWidth = 120
	// builtinFile is the file name of a builtin's frame.
	builtinFile = "<builtin>"
)

// traces returns the script errors of a chain, the outermost first: a file that was loaded, or a worker, has its own.
func traces(err error) []*bindings.ScriptError {
	var calls []*bindings.ScriptError
	for {
		var next *bindings.ScriptError
		if !errors.As(err, &next) {
			return calls
		}
		calls = append(calls, next)
		err = next.Err
	}
}

// atCall takes the frame of a function off that was called with the wrong arguments: the place is the call.
func atCall(call *bindings.ScriptError) starlark.CallStack {
	last := len(call.Stack) - 1
	if last > 0 && strings.HasPrefix(call.Error(), "function "+call.Stack[last].Name+" ") {
		return call.Stack[:last]
	}
	return call.Stack
}

// lastPlace returns the innermost place in a script, which is where the cause arose.
func lastPlace(calls []*bindings.ScriptError) (syntax.Position, bool) {
	for i := len(calls) - 1; i >= 0; i-- {
		stack := atCall(calls[i])
		for depth := range stack {
			if at := stack.At(depth).Pos; at.Filename() != builtinFile && at.IsValid() {
				return at, true
			}
		}
	}
	return syntax.Position{}, false
}

// calls writes the frames of each script error. What an outer one adds to the inner one's text stands between them.
func (r *report) calls(calls []*bindings.ScriptError, syntaxFollows bool) {
	for i, call := range calls {
		if i == 0 {
			r.line("Traceback (most recent call last):")
		}
		r.frames(atCall(call))
		if i+1 == len(calls) {
			if syntaxFollows {
				r.line(outerText(call.Err, "") + ":")
			}
			return
		}
		r.line(outerText(call.Err, calls[i+1].Error()) + ":")
	}
}

// outerText returns what the text of err says beyond the text of the error that it wraps.
func outerText(err error, inner string) string {
	if found := problems(err); inner == "" && len(found) > 0 {
		inner = found[0].pos.String() + ": "
		if at := strings.Index(err.Error(), inner); at > 0 {
			return strings.TrimSuffix(err.Error()[:at], ": ")
		}
	}
	if text, ok := strings.CutSuffix(err.Error(), ": "+inner); ok && inner != "" {
		return text
	}
	return "caused by"
}

// frames writes the frames of one stack. A call that repeats itself is shown once, and of a deep stack both ends.
func (r *report) frames(stack starlark.CallStack) {
	type call struct {
		frame starlark.CallFrame
		times int
	}
	var calls []call
	for _, frame := range stack {
		if last := len(calls) - 1; last >= 0 && calls[last].frame == frame {
			calls[last].times++
			continue
		}
		calls = append(calls, call{frame, 1})
	}
	hidden := len(calls) - 2*shownFrames
	for i, c := range calls {
		if hidden > 1 && i >= shownFrames && i < shownFrames+hidden {
			if i == shownFrames {
				r.line(fmt.Sprintf("  ... %s more calls ...", grouped(int64(hidden))))
			}
			continue
		}
		r.line(fmt.Sprintf("  %s: in %s", c.frame.Pos, c.frame.Name))
		r.quote(c.frame.Pos, "    ")
		if c.times > 1 {
			r.line(fmt.Sprintf("  ... the same call %s more times ...", grouped(int64(c.times-1))))
		}
	}
}

// quote writes the line of source at a position, and a caret under its column.
func (r *report) quote(at syntax.Position, indent string) {
	source := r.failure.sources.line(at.Filename(), int(at.Line))
	if strings.TrimSpace(source) == "" {
		return
	}
	runes := []rune(source)
	col := min(max(int(at.Col)-1, 0), len(runes))
	for len(runes) > 0 && col > 0 && (runes[0] == ' ' || runes[0] == '\t') {
		runes, col = runes[1:], col-1
	}
	before, after := "", ""
	if start := col - quotedWidth*2/3; start > 0 && len(runes) > quotedWidth {
		runes, col, before = runes[start:], col-start, "..."
	}
	if len(runes) > quotedWidth {
		runes, after = runes[:quotedWidth], "..."
	}
	left := before + shown(runes[:min(col, len(runes))])
	r.b.WriteString(indent + left + shown(runes[min(col, len(runes)):]) + after + "\n")
	r.b.WriteString(indent + strings.Repeat(" ", text.StringWidth(left)) + "^\n")
}

// shown returns source text as a report quotes it, every character as wide as it looks.
func shown(runes []rune) string {
	return strings.ReplaceAll(output.Visible(string(runes)), "\t", "    ")
}
