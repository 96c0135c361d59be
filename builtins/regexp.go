package builtins

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"

	"github.com/cbscript/cbscript/bindings/attrs"
	lru "github.com/hashicorp/golang-lru/v2"
	"go.starlark.net/starlark"
)

const (
	// maxPattern bounds the length of a regular expression.
	maxPattern = 64 << 10
	// keptPatterns is how many compiled expressions are kept, so that re.search in a loop compiles once.
	keptPatterns = 128
)

// The flags of expressions have the numbers that Python gives them.
const (
	flagIgnoreCase = 2
	flagMultiline  = 8
	flagDotAll     = 16
)

// A patternOp is what a method of a pattern does; re.NAME(pattern, ...) does the same.
type patternOp func(t *starlark.Thread, b *starlark.Builtin, p *Pattern, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

type patternMethod struct {
	name, returns, doc string
	params             []Param
	op                 patternOp
}

var patternMethods = []patternMethod{
	{"match", "match or None", "Looks for the expression at the start of the text.", []Param{{Name: "string"}}, find(atStart)},
	{"fullmatch", "match or None", "Matches the whole text.", []Param{{Name: "string"}}, find(atBothEnds)},
	{"search", "match or None", "Looks for the first match in the text.", []Param{{Name: "string"}}, find(anywhere)},
	{"findall", "list", "Gives the text of each match; with one group, of the group; with several, tuples of them.",
		[]Param{{Name: "string"}}, findAll},
	{"finditer", "list of matches", "Gives each match.", []Param{{Name: "string"}}, findIter},
	{"sub", "string", `Replaces each match by repl, in which \1 and \g<name> stand for groups, or by what repl(match) gives.`,
		[]Param{{Name: "repl", Doc: "text or a function"}, {Name: "string"},
			{Name: "count", Default: "0", Doc: "how many to replace; 0 is all"}}, substitute},
	{"split", "list of strings", "Splits the text at each match; what groups match stays between the parts.",
		[]Param{{Name: "string"}, {Name: "maxsplit", Default: "0", Doc: "how many splits to make; 0 is all"}}, split},
}

func reModule() Builtin {
	kept, err := lru.New[patternKey, *Pattern](keptPatterns)
	if err != nil {
		panic(err) // only a size below 1 fails
	}
	cache := patternCache{kept}
	pattern := Param{Name: "pattern", Doc: "an expression, as text or compiled"}
	flags := Param{Name: "flags", Default: "0", Doc: "re.I, re.M and re.S, joined by |"}
	members := []Builtin{
		function("re.compile", cache.compileBuiltin, "pattern", "Checks an expression, for several uses.", pattern, flags),
		function("re.escape", reEscape, "string", "Gives the expression that matches just this text.", Param{Name: "string"}),
	}
	for _, m := range patternMethods {
		params := append(append([]Param{pattern}, m.params...), flags)
		members = append(members, function("re."+m.name, cache.function(m.op, len(m.params)), m.returns, m.doc, params...))
	}
	for name, flag := range map[string]int{
		"I": flagIgnoreCase, "IGNORECASE": flagIgnoreCase, "M": flagMultiline, "MULTILINE": flagMultiline,
		"S": flagDotAll, "DOTALL": flagDotAll,
	} {
		doc := map[int]string{
			flagIgnoreCase: "A flag: letters match in both cases.",
			flagMultiline:  "A flag: ^ and $ match at each line.",
			flagDotAll:     "A flag: . matches a line's end as well.",
		}[flag]
		members = append(members, constant("re."+name, starlark.MakeInt(flag), doc))
	}
	return module("re", "Regular expressions, of the RE2 kind: no backreferences, no look-around, and no pattern that takes for ever.",
		members...)
}

func reEscape(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s); err != nil {
		return nil, err
	}
	return starlark.String(regexp.QuoteMeta(s)), nil
}

type patternKey struct {
	text  string
	flags int
}

type patternCache struct {
	kept *lru.Cache[patternKey, *Pattern]
}

func (c patternCache) compileBuiltin(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		pattern starlark.Value
		flags   int
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "pattern", &pattern, "flags?", &flags); err != nil {
		return nil, err
	}
	p, err := c.compile(b, pattern, flags)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// function is the module's form of a method of n parameters: the pattern comes before them, and flags behind.
func (c patternCache) function(op patternOp, n int) attrs.Func {
	return func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var pattern starlark.Value
		flags := 0
		if len(args) > 0 {
			pattern, args = args[0], args[1:]
		}
		if len(args) == n+1 {
			kwargs = append(kwargs, starlark.Tuple{starlark.String("flags"), args[n]})
			args = args[:n]
		}
		var rest []starlark.Tuple
		for _, kv := range kwargs {
			var err error
			switch {
			case kv[0] == starlark.String("pattern") && pattern == nil:
				pattern = kv[1]
			case kv[0] == starlark.String("flags"):
				err = starlark.AsInt(kv[1], &flags)
			default:
				rest = append(rest, kv)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: for parameter flags: %w", b.Name(), err)
			}
		}
		if pattern == nil {
			return nil, fmt.Errorf("%s: missing argument for pattern", b.Name())
		}
		p, err := c.compile(b, pattern, flags)
		if err != nil {
			return nil, err
		}
		return op(t, b, p, args, rest)
	}
}

// compile returns the pattern of a text, or a compiled pattern as it is.
func (c patternCache) compile(b *starlark.Builtin, v starlark.Value, flags int) (*Pattern, error) {
	if p, ok := v.(*Pattern); ok {
		if flags != 0 && flags != p.flags {
			return nil, fmt.Errorf("%s: for parameter flags: the pattern is compiled already, with other flags", b.Name())
		}
		return p, nil
	}
	text, ok := starlark.AsString(v)
	if !ok {
		return nil, fmt.Errorf("%s: for parameter pattern: got %s, want string or pattern", b.Name(), v.Type())
	}
	key := patternKey{text, flags}
	if p, ok := c.kept.Get(key); ok {
		return p, nil
	}
	p, err := newPattern(text, flags)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	c.kept.Add(key, p)
	return p, nil
}

// Pattern is the Starlark value of a compiled regular expression. It is immutable.
type Pattern struct {
	text   string
	flags  int
	source string // as Go's package reads it, flags included
	re     *regexp.Regexp
	groups map[string]int // by name

	anchored [2]struct { // by anchor, but for anywhere; compiled when first used
		once sync.Once
		re   *regexp.Regexp
	}
}

func newPattern(text string, flags int) (*Pattern, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("the expression has %d bytes, want at most %d", len(text), maxPattern)
	}
	if flags&^(flagIgnoreCase|flagMultiline|flagDotAll) != 0 {
		return nil, fmt.Errorf("for parameter flags: got %d, want re.I, re.M and re.S, joined by |", flags)
	}
	prefix := ""
	for _, f := range []struct {
		flag   int
		letter string
	}{{flagIgnoreCase, "i"}, {flagMultiline, "m"}, {flagDotAll, "s"}} {
		if flags&f.flag != 0 {
			prefix += f.letter
		}
	}
	if prefix != "" {
		prefix = "(?" + prefix + ")"
	}
	p := &Pattern{text: text, flags: flags, source: prefix + endOfText(text), groups: make(map[string]int)}
	var err error
	if p.re, err = regexp.Compile(p.source); err != nil {
		return nil, patternError(text, err)
	}
	for i, name := range p.re.SubexpNames() {
		if name != "" {
			p.groups[name] = i
		}
	}
	return p, nil
}

// endOfText writes \Z, by which Python means the end of the text, as \z, which Go's package knows.
func endOfText(text string) string {
	if !strings.Contains(text, `\Z`) {
		return text
	}
	out := []byte(text)
	for i := 0; i+1 < len(out); i++ {
		if out[i] == '\\' {
			if i++; out[i] == 'Z' {
				out[i] = 'z'
			}
		}
	}
	return string(out)
}

func patternError(text string, err error) error {
	var bad *syntax.Error
	if !errors.As(err, &bad) {
		return fmt.Errorf("expression %q: %w", text, err)
	}
	switch {
	case strings.HasPrefix(bad.Expr, "(?=") || strings.HasPrefix(bad.Expr, "(?!") || strings.HasPrefix(bad.Expr, "(?<"):
		return fmt.Errorf("expression %q: RE2 has no look-around: %q", text, bad.Expr)
	case bad.Code == syntax.ErrInvalidEscape && len(bad.Expr) == 2 && bad.Expr[1] >= '1' && bad.Expr[1] <= '9':
		return fmt.Errorf("expression %q: RE2 has no backreferences: %q", text, bad.Expr)
	}
	return fmt.Errorf("expression %q: %s: %q", text, bad.Code, bad.Expr)
}

type anchor int

const (
	atStart anchor = iota
	atBothEnds
	anywhere
)

// at returns the compiled expression with an anchor.
func (p *Pattern) at(a anchor) *regexp.Regexp {
	if a == anywhere {
		return p.re
	}
	slot := &p.anchored[a]
	slot.once.Do(func() {
		source := `\A(?:` + p.source + `)`
		if a == atBothEnds {
			source += `\z`
		}
		slot.re = regexp.MustCompile(source) // the expression alone has compiled
	})
	return slot.re
}

var _ starlark.HasAttrs = (*Pattern)(nil)

// String gives the call that makes the pattern.
func (p *Pattern) String() string { return fmt.Sprintf("re.compile(%q)", p.text) }

// Type is "pattern".
func (p *Pattern) Type() string { return "pattern" }

// Freeze does nothing: the value is immutable.
func (p *Pattern) Freeze() {}

// Truth is always true.
func (p *Pattern) Truth() starlark.Bool { return true }

// Hash is that of the text.
func (p *Pattern) Hash() (uint32, error) { return starlark.String(p.text).Hash() }

// Attr gives the methods, and pattern, the text of the expression.
func (p *Pattern) Attr(name string) (starlark.Value, error) { return patternAttrs().Get(p, name) }

// AttrNames gives their names, sorted.
func (p *Pattern) AttrNames() []string { return patternAttrs().Names() }

// AttrDocs describes them.
func (p *Pattern) AttrDocs() []attrs.Doc { return patternAttrs().Docs() }

var patternAttrs = sync.OnceValue(func() attrs.Table[*Pattern] {
	table := attrs.Table[*Pattern]{
		"pattern": attrs.Field("the text of the expression", func(p *Pattern) starlark.Value { return starlark.String(p.text) }),
		"groups":  attrs.Field("how many groups there are", func(p *Pattern) starlark.Value { return starlark.MakeInt(p.re.NumSubexp()) }),
	}
	for _, m := range patternMethods {
		op := m.op
		signature := (Builtin{Name: m.name, Params: m.params, Value: starlark.NewBuiltin(m.name, nil)}).Signature()
		table[m.name] = attrs.Method[*Pattern](signature, m.doc,
			func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
				return op(t, b, attrs.Receiver[*Pattern](b), args, kwargs)
			})
	}
	return table
})
