package credentials

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineKind says what a physical line of a file is.
type lineKind int

const (
	blankLine lineKind = iota
	commentLine
	headerLine       // [name]
	optionLine       // key = value, or its beginning
	continuationLine // further text of the option above, by its indentation
)

// line is one physical line as the reference client's INI reader takes it.
type line struct {
	raw     string // with its line break
	text    string // stripped
	kind    lineKind
	section string // the section that it is in, or opens; empty before the first header
	key     string // of an option line, lower-cased
	value   string // of an option line: what follows the separator, stripped
}

// byteOrderMark may begin a file that was saved by a Windows editor.
const byteOrderMark = "\ufeff"

// defaultSection is the one whose values serve every profile of its file.
const defaultSection = "DEFAULT"

// scan splits a file into lines and says what each is. It refuses what is no text, what stands outside of a section,
// what has no separator, and a section or key that is there twice. Its errors have a line number but never quote a
// line, which may hold a token.
func scan(file string, data []byte) ([]line, error) {
	if i := bytes.IndexFunc(data, isBinary); i >= 0 {
		return nil, &Error{File: file, Line: 1 + bytes.Count(data[:i], []byte("\n")), Message: "is not a text file in UTF-8"}
	}
	s := scanner{file: file, seen: map[[2]string]bool{}}
	rest := strings.TrimPrefix(string(data), byteOrderMark)
	for rest != "" {
		end := lineEnd(rest)
		if err := s.add(rest[:end]); err != nil {
			return nil, err
		}
		rest = rest[end:]
	}
	return s.lines, nil
}

// isBinary reports a control character, which no credential file holds and which bind relies on.
func isBinary(r rune) bool {
	return r < ' ' && !strings.ContainsRune("\t\n\v\f\r", r)
}

// lineEnd is the length of the first line of text with its break: "\n", "\r\n" or "\r".
func lineEnd(text string) int {
	i := strings.IndexAny(text, "\r\n")
	switch {
	case i < 0:
		return len(text)
	case strings.HasPrefix(text[i:], "\r\n"):
		return i + 2
	}
	return i + 1
}

type scanner struct {
	file    string
	lines   []line
	seen    map[[2]string]bool // sections, and keys of a section
	section string
	opened  bool // a section was opened
	inValue bool // an option was read in this section
	indent  int  // of the last header or option
}

func (s *scanner) add(raw string) error {
	text := strings.TrimSpace(raw)
	l := line{raw: raw, text: text, section: s.section}
	indent := utf8.RuneCountInString(raw) - utf8.RuneCountInString(strings.TrimLeftFunc(raw, unicode.IsSpace))
	switch {
	case text == "":
		l.kind = blankLine
	case text[0] == '#' || text[0] == ';':
		l.kind = commentLine
	case s.inValue && indent > s.indent:
		l.kind = continuationLine
	default:
		s.indent = indent
		if err := s.start(&l); err != nil {
			return err
		}
	}
	s.lines = append(s.lines, l)
	return nil
}

// start reads a line that begins a section or an option.
func (s *scanner) start(l *line) error {
	if end := strings.LastIndexByte(l.text, ']'); l.text[0] == '[' && end > 1 {
		name := l.text[1:end]
		if name != defaultSection && s.seen[[2]string{name}] {
			return s.fault("section %q is there twice", name)
		}
		s.seen[[2]string{name}] = true
		l.kind, l.section = headerLine, name
		s.section, s.opened, s.inValue = name, true, false
		return nil
	}
	if !s.opened {
		return s.fault("is not in a section: the file must begin with [PROFILE], as [default]")
	}
	separator := strings.IndexAny(l.text, "=:")
	if separator < 0 {
		return s.fault("has no = or : after a key")
	}
	key := strings.ToLower(strings.TrimSpace(l.text[:separator]))
	if key == "" {
		return s.fault("has no key before = or :")
	}
	if s.seen[[2]string{s.section, key}] {
		return s.fault("key %q of section %q is there twice", shownKey(key), s.section)
	}
	s.seen[[2]string{s.section, key}] = true
	l.kind, l.key, l.value = optionLine, key, strings.TrimSpace(l.text[separator+1:])
	s.inValue = true
	return nil
}

// fault makes an error about the line that is being read.
func (s *scanner) fault(format string, args ...any) error {
	return &Error{File: s.file, Line: len(s.lines) + 1, Message: fmt.Sprintf(format, args...)}
}
