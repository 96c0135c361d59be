package credentials

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/ini.v1"
)

// document is one file's content: its profiles with the values of [DEFAULT] filled in.
type document struct {
	file     string
	profiles []section
}

// section is one profile of a file.
type section struct {
	name   string
	line   int
	values map[string]value // by lower-cased key
}

// value is what a key is set to, and where.
type value struct {
	text string
	line int
}

// section gives the profile of that name.
func (d *document) section(name string) (section, bool) {
	i := slices.IndexFunc(d.profiles, func(s section) bool { return s.name == name })
	if i < 0 {
		return section{}, false
	}
	return d.profiles[i], true
}

// Two characters that scan lets into no file. The INI library takes off quotes, unfolds values that begin with a
// backtick or three quotes, and counts keys named "-"; a guard before the text keeps it from all of that. The other
// joins continuation lines, whose form the library knows only within its read buffer and only under a key that is
// not indented itself.
const (
	guard    = "\x01"
	lineJoin = "\x02"
)

// parse reads a file in the dialect of the reference client's INI reader: no interpolation, no comments after a value,
// quotes kept, keys lower-cased, continuation by indentation. Its errors are of type [*Error].
func parse(file string, data []byte) (*document, error) {
	lines, err := scan(file, data)
	if err != nil {
		return nil, err
	}
	source, err := ini.LoadSources(ini.LoadOptions{
		InsensitiveKeys:         true,
		IgnoreContinuation:      true, // a backslash at the end is part of the value
		IgnoreInlineComment:     true,
		PreserveSurroundedQuote: true,
		KeyValueDelimiters:      "=:",
		ChildSectionDelimiter:   guard, // the library would have [a.b] inherit from [a]
	}, []byte(guarded(lines)))
	if err != nil {
		// The library quotes the line at fault, which may hold a token.
		return nil, &Error{File: file, Message: "cannot be read as an INI file"}
	}
	d := &document{file: file}
	defaults := map[string]value{}
	for i, l := range lines {
		switch {
		case l.kind == headerLine && l.section != defaultSection:
			d.profiles = append(d.profiles, section{name: l.section, line: i + 1, values: map[string]value{}})
		case l.kind == optionLine:
			v := value{text: unguarded(source.Section(l.section).Key(guard + l.key).Value()), line: i + 1}
			if l.section == defaultSection {
				defaults[l.key] = v
			} else {
				d.profiles[len(d.profiles)-1].values[l.key] = v
			}
		}
	}
	for _, p := range d.profiles {
		for key, v := range defaults {
			if _, ok := p.values[key]; !ok {
				p.values[key] = v
			}
		}
	}
	return d, nil
}

// guarded writes lines so that the INI library reads the very texts that they hold: one line a section or option,
// nothing else.
func guarded(lines []line) string {
	var b strings.Builder
	gap := 0 // empty lines, which belong to the value if more of it follows
	for _, l := range lines {
		switch l.kind {
		case blankLine:
			gap++
		case headerLine:
			fmt.Fprintf(&b, "\n[%s]", l.section)
			gap = 0
		case optionLine:
			i := strings.IndexAny(l.text, "=:")
			fmt.Fprintf(&b, "\n%s%s%s%s", guard, l.text[:i+1], guard, strings.TrimSpace(l.text[i+1:]))
			gap = 0
		case continuationLine:
			b.WriteString(strings.Repeat(lineJoin, gap+1) + l.text)
			gap = 0
		}
	}
	return b.String()
}

// unguarded undoes guarded for a value.
func unguarded(text string) string {
	return strings.ReplaceAll(strings.TrimPrefix(text, guard), lineJoin, "\n")
}
