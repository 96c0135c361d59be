package scripttest

import (
	"fmt"
	"regexp"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime/repl"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
	"go.starlark.net/syntax"
)

// shownWidth is how wide values are shown in the text of a failed assertion.
const shownWidth = 100

// An AssertionError is the failure of an assertion.
type AssertionError struct {
	Text string // what was found, and what was wanted
}

// Error gives the text.
func (e *AssertionError) Error() string { return e.Text }

// Kind is "AssertionError".
func (e *AssertionError) Kind() string { return "AssertionError" }

// Facts is empty: the text says all.
func (e *AssertionError) Facts() map[string]any { return map[string]any{} }

// assertModule makes the module assert.
func assertModule() starlark.Value {
	members := starlark.StringDict{
		"true":     truth("true", true),
		"false":    truth("false", false),
		"contains": starlark.NewBuiltin("assert.contains", assertContains),
		"fails":    starlark.NewBuiltin("assert.fails", assertFails),
	}
	for name, op := range map[string]syntax.Token{"eq": syntax.EQL, "ne": syntax.NEQ, "lt": syntax.LT, "le": syntax.LE} {
		members[name] = comparison(name, op)
	}
	return &starlarkstruct.Module{Name: "assert", Members: members}
}

// comparison makes assert.eq and its kin.
func comparison(name string, op syntax.Token) *starlark.Builtin {
	return starlark.NewBuiltin("assert."+name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var got, want starlark.Value
		var msg string
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "got", &got, "want", &want, "msg?", &msg); err != nil {
			return nil, err
		}
		ok, err := starlark.Compare(op, got, want)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
		if ok {
			return starlark.None, nil
		}
		label := "want"
		if op != syntax.EQL {
			label = "want " + op.String()
		}
		return nil, failed(msg, "got", got, label, want)
	})
}

// truth makes assert.true and assert.false.
func truth(name string, want bool) *starlark.Builtin {
	return starlark.NewBuiltin("assert."+name, func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var got starlark.Value
		var msg string
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &got, "msg?", &msg); err != nil {
			return nil, err
		}
		if bool(got.Truth()) == want {
			return starlark.None, nil
		}
		return nil, failed(msg, "got", got, "want what counts as", starlark.Bool(want))
	})
}

func assertContains(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var all, one starlark.Value
	var msg string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "all", &all, "one", &one, "msg?", &msg); err != nil {
		return nil, err
	}
	found, err := starlark.Binary(syntax.IN, one, all)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	if bool(found.Truth()) {
		return starlark.None, nil
	}
	return nil, failed(msg, "got", all, "want in it", one)
}

// assertFails gives the error of the call, for more assertions.
func assertFails(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("%s: missing argument for fn", b.Name())
	}
	match, kind := "", ""
	var rest []starlark.Tuple
	for _, kv := range kwargs {
		text, isText := starlark.AsString(kv[1])
		switch name := kv[0]; {
		case name == starlark.String("match") && isText:
			match = text
		case name == starlark.String("kind") && isText:
			kind = text
		default:
			rest = append(rest, kv)
		}
	}
	pattern, err := regexp.Compile(match)
	if err != nil {
		return nil, fmt.Errorf("%s: for parameter match: %w", b.Name(), err)
	}
	v, err := bindings.Call(t, args[0], args[1:], rest)
	if err == nil {
		return nil, &AssertionError{"the call gave " + repl.Format(v, shownWidth) + ", want an error"}
	}
	if bindings.Context(t).Err() != nil {
		return nil, err
	}
	got, _ := bindings.Describe(err)
	if kind != "" && kind != got {
		return nil, &AssertionError{fmt.Sprintf("the call failed with the kind %s, want %s: %v", got, kind, err)}
	}
	if !pattern.MatchString(err.Error()) {
		return nil, &AssertionError{fmt.Sprintf("the call failed with %q, want a text that matches %q", err, match)}
	}
	return builtins.NewError(err), nil
}

// failed makes the error of an assertion about two values.
func failed(msg, first string, x starlark.Value, second string, y starlark.Value) error {
	text := fmt.Sprintf("%s %s\n%s %s", first, repl.Format(x, shownWidth), second, repl.Format(y, shownWidth))
	if msg != "" {
		text = msg + "\n" + text
	}
	return &AssertionError{text}
}
