package builtins

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
)

// Match is the Starlark value of a place where an expression matched. It is immutable.
type Match struct {
	pattern *Pattern
	text    string
	spans   []int // start and end of the match, then of each group; -1 for a group that took no part
}

var (
	_ starlark.HasAttrs = (*Match)(nil)
	_ starlark.Mapping  = (*Match)(nil)
)

// String gives the place and the text of the match.
func (m *Match) String() string {
	return fmt.Sprintf("<match %d:%d %q>", m.spans[0], m.spans[1], m.groupText(0))
}

// Type is "match".
func (m *Match) Type() string { return "match" }

// Freeze does nothing: the value is immutable.
func (m *Match) Freeze() {}

// Truth is always true.
func (m *Match) Truth() starlark.Bool { return true }

// Hash fails.
func (m *Match) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable: %s", m.Type()) }

// Get gives a group by its number or name, as m[1].
func (m *Match) Get(id starlark.Value) (starlark.Value, bool, error) {
	n, err := m.index(id)
	if err != nil {
		return nil, false, err
	}
	return m.group(n, starlark.None), true, nil
}

// Attr gives the attributes of a match.
func (m *Match) Attr(name string) (starlark.Value, error) { return matchAttrs.Get(m, name) }

// AttrNames gives their names, sorted.
func (m *Match) AttrNames() []string { return matchAttrs.Names() }

// AttrDocs describes them.
func (m *Match) AttrDocs() []attrs.Doc { return matchAttrs.Docs() }

var matchAttrs = attrs.Table[*Match]{
	"group":     attrs.Method[*Match]("group(*groups)", "the text of the match, of a group by number or name, or a tuple of several", matchGroup),
	"groups":    attrs.Method[*Match]("groups(default=None)", "the texts of all groups, default for one that took no part", matchGroups),
	"groupdict": attrs.Method[*Match]("groupdict(default=None)", "the texts of the named groups by name", matchGroupDict),
	"start":     attrs.Method[*Match]("start(group=0)", "where the match or a group begins, in bytes; -1 if it took no part", matchSpan(0)),
	"end":       attrs.Method[*Match]("end(group=0)", "where the match or a group ends", matchSpan(1)),
	"span":      attrs.Method[*Match]("span(group=0)", "start and end as a tuple", matchSpan(2)),
	"string":    attrs.Field("the text that was looked at", func(m *Match) starlark.Value { return starlark.String(m.text) }),
	"re":        attrs.Field("the pattern", func(m *Match) starlark.Value { return m.pattern }),
}

func (m *Match) groupText(n int) string {
	if m.spans[2*n] < 0 {
		return ""
	}
	return m.text[m.spans[2*n]:m.spans[2*n+1]]
}

func (m *Match) group(n int, missing starlark.Value) starlark.Value {
	if m.spans[2*n] < 0 {
		return missing
	}
	return starlark.String(m.groupText(n))
}

// index returns the number of a group from its number or name.
func (m *Match) index(id starlark.Value) (int, error) {
	switch id := id.(type) {
	case starlark.Int:
		if n, err := starlark.AsInt32(id); err == nil && n >= 0 && 2*n < len(m.spans) {
			return n, nil
		}
	case starlark.String:
		if n, ok := m.pattern.groups[string(id)]; ok {
			return n, nil
		}
	}
	return 0, fmt.Errorf("the pattern has no group %s", id)
}

func matchGroup(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, fmt.Errorf("%s: unexpected keyword arguments", b.Name())
	}
	m := attrs.Receiver[*Match](b)
	if len(args) == 0 {
		args = starlark.Tuple{starlark.MakeInt(0)}
	}
	texts := make(starlark.Tuple, len(args))
	for i, id := range args {
		n, err := m.index(id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
		texts[i] = m.group(n, starlark.None)
	}
	if len(texts) == 1 {
		return texts[0], nil
	}
	return texts, nil
}

func matchGroups(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var missing starlark.Value = starlark.None
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "default?", &missing); err != nil {
		return nil, err
	}
	m := attrs.Receiver[*Match](b)
	texts := make(starlark.Tuple, len(m.spans)/2-1)
	for i := range texts {
		texts[i] = m.group(i+1, missing)
	}
	return texts, nil
}

func matchGroupDict(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var missing starlark.Value = starlark.None
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "default?", &missing); err != nil {
		return nil, err
	}
	m := attrs.Receiver[*Match](b)
	texts := starlark.NewDict(len(m.pattern.groups))
	for n, name := range m.pattern.re.SubexpNames() {
		if name == "" {
			continue
		}
		if err := texts.SetKey(starlark.String(name), m.group(n, missing)); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// matchSpan gives the start (0), the end (1) or both (2) of a group.
func matchSpan(which int) attrs.Func {
	return func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var id starlark.Value = starlark.MakeInt(0)
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "group?", &id); err != nil {
			return nil, err
		}
		m := attrs.Receiver[*Match](b)
		n, err := m.index(id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
		start, end := starlark.MakeInt(m.spans[2*n]), starlark.MakeInt(m.spans[2*n+1])
		switch which {
		case 0:
			return start, nil
		case 1:
			return end, nil
		}
		return starlark.Tuple{start, end}, nil
	}
}

// find is match, fullmatch and search.
func find(a anchor) patternOp {
	return func(_ *starlark.Thread, b *starlark.Builtin, p *Pattern, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var s string
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s); err != nil {
			return nil, err
		}
		if spans := p.at(a).FindStringSubmatchIndex(s); spans != nil {
			return &Match{p, s, spans}, nil
		}
		return starlark.None, nil
	}
}

func findAll(_ *starlark.Thread, b *starlark.Builtin, p *Pattern, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s); err != nil {
		return nil, err
	}
	var found []starlark.Value
	for _, spans := range p.re.FindAllStringSubmatchIndex(s, -1) {
		m := &Match{p, s, spans}
		switch groups := len(spans)/2 - 1; groups {
		case 0, 1:
			found = append(found, starlark.String(m.groupText(groups)))
		default:
			row := make(starlark.Tuple, groups)
			for i := range row {
				row[i] = starlark.String(m.groupText(i + 1))
			}
			found = append(found, row)
		}
	}
	return starlark.NewList(found), nil
}

func findIter(_ *starlark.Thread, b *starlark.Builtin, p *Pattern, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var s string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s); err != nil {
		return nil, err
	}
	var found []starlark.Value
	for _, spans := range p.re.FindAllStringSubmatchIndex(s, -1) {
		found = append(found, &Match{p, s, spans})
	}
	return starlark.NewList(found), nil
}

func split(_ *starlark.Thread, b *starlark.Builtin, p *Pattern, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		s     string
		limit width
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "string", &s, "maxsplit?", &limit); err != nil {
		return nil, err
	}
	var parts []starlark.Value
	at := 0
	for _, spans := range p.re.FindAllStringSubmatchIndex(s, unlimited(int(limit))) {
		m := &Match{p, s, spans}
		parts = append(parts, starlark.String(s[at:spans[0]]))
		for n := 1; n < len(spans)/2; n++ {
			parts = append(parts, m.group(n, starlark.None))
		}
		at = spans[1]
	}
	return starlark.NewList(append(parts, starlark.String(s[at:]))), nil
}

// unlimited turns 0, which means all, into what package regexp wants for that.
func unlimited(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

func substitute(t *starlark.Thread, b *starlark.Builtin, p *Pattern, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		repl  starlark.Value
		s     string
		limit width
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "repl", &repl, "string", &s, "count?", &limit); err != nil {
		return nil, err
	}
	var replace func(m *Match) (string, error)
	switch repl := repl.(type) {
	case starlark.String:
		parts, err := parseTemplate(string(repl), p)
		if err != nil {
			return nil, fmt.Errorf("%s: for parameter repl: %w", b.Name(), err)
		}
		replace = func(m *Match) (string, error) { return expand(parts, m), nil }
	case starlark.Callable:
		replace = func(m *Match) (string, error) {
			v, err := bindings.Call(t, repl, starlark.Tuple{m}, nil)
			if err != nil {
				return "", err
			}
			text, ok := starlark.AsString(v)
			if !ok {
				return "", fmt.Errorf("%s: repl gave %s, want string", b.Name(), v.Type())
			}
			return text, nil
		}
	default:
		return nil, fmt.Errorf("%s: for parameter repl: got %s, want string or function", b.Name(), repl.Type())
	}
	var out strings.Builder
	at := 0
	for _, spans := range p.re.FindAllStringSubmatchIndex(s, unlimited(int(limit))) {
		text, err := replace(&Match{p, s, spans})
		if err != nil {
			return nil, err // as it is: a callback's error carries its place
		}
		out.WriteString(s[at:spans[0]])
		out.WriteString(text)
		at = spans[1]
	}
	out.WriteString(s[at:])
	return starlark.String(out.String()), nil
}

// templatePart is literal text, or the group whose number is not negative.
type templatePart struct {
	text  string
	group int
}

// parseTemplate reads a replacement: \1 to \99 and \g<name> or \g<number> are groups, \\ is a backslash, \n and \t are
// themselves.
func parseTemplate(template string, p *Pattern) ([]templatePart, error) {
	var parts []templatePart
	literal := func(s string) { parts = append(parts, templatePart{s, -1}) }
	for template != "" {
		text, rest, found := strings.Cut(template, `\`)
		if text != "" {
			literal(text)
		}
		if !found {
			break
		}
		if rest == "" {
			return nil, fmt.Errorf(`%q ends in a single backslash`, template)
		}
		template = rest[1:]
		switch c := rest[0]; {
		case c == '\\':
			literal(`\`)
		case c == 'n':
			literal("\n")
		case c == 't':
			literal("\t")
		case c == 'g' && strings.HasPrefix(template, "<"):
			name, after, ok := strings.Cut(template[1:], ">")
			n, err := p.groupNumber(name)
			if !ok || err != nil {
				return nil, fmt.Errorf(`the pattern has no group %q`, name)
			}
			parts, template = append(parts, templatePart{"", n}), after
		case '0' < c && c <= '9':
			digits := 1
			if len(rest) > 1 && '0' <= rest[1] && rest[1] <= '9' {
				digits = 2
			}
			n, err := p.groupNumber(rest[:digits])
			if err != nil {
				return nil, err
			}
			parts, template = append(parts, templatePart{"", n}), rest[digits:]
		default:
			return nil, fmt.Errorf(`unknown escape \%c, write \\ for a backslash`, c)
		}
	}
	return parts, nil
}

// groupNumber returns the number of a group from a name or from digits.
func (p *Pattern) groupNumber(name string) (int, error) {
	if n, ok := p.groups[name]; ok {
		return n, nil
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n <= p.re.NumSubexp() {
		return n, nil
	}
	return 0, fmt.Errorf("the pattern has no group %q", name)
}

func expand(parts []templatePart, m *Match) string {
	var b strings.Builder
	for _, part := range parts {
		if part.group < 0 {
			b.WriteString(part.text)
		} else {
			b.WriteString(m.groupText(part.group))
		}
	}
	return b.String()
}
