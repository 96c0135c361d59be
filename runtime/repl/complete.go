package repl

import (
	"slices"
	"strings"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Attributes is a value, or the description of one, that knows its attributes without reading them. The values of the
// host implement it from their tables.
type Attributes interface {
	// CompleteNames returns the names that may follow a dot.
	CompleteNames() []string
	// CompleteAttr returns what an attribute is: a value or a description, for the dot after it, or nil when that is
	// not known.
	CompleteAttr(name string) any
}

// Call is a value, or the description of one, that knows what calling it gives.
type Call interface {
	// CompleteCall returns what a call gives: a value or a description, or nil when that is not known. It calls nothing.
	// args has what each argument is, as far as that is known, else nil; an argument by keyword is nil.
	CompleteCall(args []any) any
}

// Index is a value, or the description of one, that knows what its elements are.
type Index interface {
	// CompleteIndex returns what an element is: a value or a description, or nil when that is not known. It reads none.
	CompleteIndex() any
}

// Arguments is a value that knows the names of its keyword arguments.
type Arguments interface {
	// CompleteArguments returns the names that may stand before = in a call, nil for none.
	CompleteArguments() []string
}

// Completer completes what is typed in a session. It reads no attribute and calls nothing of a script.
type Completer struct {
	session *runtime.Session
	params  map[string][]string // of builtins, by name
}

// NewCompleter makes a completer for a session without a loop.
func NewCompleter(s *runtime.Session) *Completer {
	c := &Completer{session: s, params: make(map[string][]string)}
	for _, b := range builtins.All() {
		for _, b := range append(b.Members, b) {
			for _, p := range b.Params {
				if name := strings.TrimLeft(p.Name, "*"); name == p.Name {
					c.params[b.Name] = append(c.params[b.Name], name)
				}
			}
		}
	}
	return c
}

// Complete returns what the word that ends at byte pos of a line may become, sorted, and where that word begins. Names
// that are called have no bracket, keyword arguments end in "=".
func (c *Completer) Complete(line string, pos int) (start int, candidates []string) {
	line = line[:min(max(pos, 0), len(line))]
	if inComment(line) {
		return len(line), nil
	}
	if quote, text, ok := openString(line); ok {
		return quote + 1, matching(text, c.strings(line[:quote]))
	}
	path, word, ok := parsePath(line)
	if !ok {
		return len(line), nil
	}
	start = len(line) - len(word)
	if len(path) > 0 {
		return start, matching(word, attributeNames(c.resolve(path)))
	}
	names := append(c.session.Globals().Keys(), starlark.Universe.Keys()...)
	names = append(names, keywords()...)
	if callee, ok := enclosingCall(line[:start]); ok {
		for _, name := range c.argumentNames(c.resolve(callee)) {
			names = append(names, name+"=")
		}
	}
	return start, matching(word, names)
}

// strings returns what the string that begins after before may be.
func (c *Completer) strings(before string) []string {
	before, ok := strings.CutSuffix(strings.TrimRight(before, " "), "(")
	if ok && strings.TrimSpace(before) == "load" {
		return c.session.Modules()
	}
	return nil
}

// resolve follows a path from a global name.
func (c *Completer) resolve(path []step) any {
	var at any
	for i, s := range path {
		switch {
		case i == 0 && s.kind == stepString:
			at = starlark.String("")
		case i == 0:
			v, ok := c.session.Globals()[s.name]
			if !ok {
				v, ok = starlark.Universe[s.name]
			}
			if !ok {
				return nil
			}
			at = v
		case s.kind == stepName:
			at = attribute(at, s.name)
		case s.kind == stepCall:
			at = result(at, c.arguments(s.args))
		default:
			at = element(at)
		}
		if at == nil {
			return nil
		}
	}
	return at
}

// attribute returns what at.name is, as far as it is known without reading it.
func attribute(at any, name string) any {
	switch at := at.(type) {
	case Attributes:
		return at.CompleteAttr(name)
	case *starlarkstruct.Module:
		if v, ok := at.Members[name]; ok {
			return v
		}
	case *starlarkstruct.Struct:
		if v, err := at.Attr(name); err == nil && v != nil {
			return v
		}
	case starlark.String, starlark.Bytes, *starlark.List, *starlark.Dict, *starlark.Set:
		if v, err := at.(starlark.HasAttrs).Attr(name); err == nil && v != nil {
			return v
		}
	}
	return nil
}

// result returns what calling at gives.
func result(at any, args []any) any {
	if b, ok := at.(*starlark.Builtin); ok {
		at = bound(b)
	}
	if at, ok := at.(Call); ok {
		return at.CompleteCall(args)
	}
	return nil
}

// bound describes a method by the value that it is bound to; nil when nothing is known of it.
func bound(b *starlark.Builtin) any {
	if on, ok := b.Receiver().(Attributes); ok {
		return on.CompleteAttr(b.Name())
	}
	return nil
}

// arguments returns what the arguments of a call are, as far as that is known.
func (c *Completer) arguments(text string) []any {
	var args []any
	for _, arg := range splitArguments(text) {
		var known any
		if path, ok := parseWhole(arg); ok {
			known = c.resolve(path)
		}
		args = append(args, known)
	}
	return args
}

func element(at any) any {
	switch at := at.(type) {
	case Index:
		return at.CompleteIndex()
	case *starlark.List:
		if at.Len() > 0 {
			return at.Index(0)
		}
	case starlark.Tuple:
		if at.Len() > 0 {
			return at.Index(0)
		}
	case starlark.String:
		return at
	}
	return nil
}

func attributeNames(at any) []string {
	switch at := at.(type) {
	case Attributes:
		return at.CompleteNames()
	case starlark.HasAttrs:
		return at.AttrNames()
	}
	return nil
}

func (c *Completer) argumentNames(at any) []string {
	switch at := at.(type) {
	case Arguments:
		return at.CompleteArguments()
	case *starlark.Builtin:
		if method := bound(at); method != nil {
			return c.argumentNames(method)
		}
		return c.params[at.Name()]
	case *starlark.Function:
		var names []string
		for i := range at.NumParams() {
			names = append(names, first(at.Param(i)))
		}
		return names
	}
	return nil
}

func first[A, B any](a A, _ B) A { return a }

// matching returns the names that begin with word, sorted and without repeats. Names with a leading underscore come
// only when asked for.
func matching(word string, names []string) []string {
	var found []string
	for _, name := range names {
		if strings.HasPrefix(name, word) && (word != "" || !strings.HasPrefix(name, "_")) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func keywords() []string {
	return []string{
		"and", "break", "continue", "def", "elif", "else", "for", "if", "in", "lambda", "load", "not", "or", "pass", "return",
	}
}
