package credentials

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/cbscript/cbscript/client/pathcause"
)

// UserFile is the user's own file, where profiles are written; empty without a home directory.
func (o Options) UserFile() string {
	if o.Home == "" {
		return ""
	}
	return filepath.Join(o.Home, ".carbonblack", "credentials."+string(o.Product))
}

// Save writes a profile to a file, in the place of the one of that name or at the end, and leaves every other byte as
// it was: other profiles, comments, keys that are not known. Values that already mean the same are left too. The file
// is replaced as a whole or not at all, and only its owner may read it afterwards; its directory is made if need be.
// It fails with an [*Error] when the profile cannot be used, when its name or a value cannot be written, when the file
// cannot be understood, or when it cannot be written.
func Save(file string, p Profile) error {
	p.File = file
	if err := p.normalise(); err != nil {
		return err
	}
	if err := p.checkWritable(); err != nil {
		return err
	}
	target, data, err := existing(file)
	if err != nil {
		return p.unwritable("cannot be read", err)
	}
	text, err := edit(file, data, p)
	if err != nil {
		return err
	}
	if err := replaceFile(target, text); err != nil {
		return p.unwritable("cannot be written", err)
	}
	return nil
}

func (p *Profile) unwritable(message string, err error) *Error {
	return &Error{Product: p.Product, File: p.File, Message: message, Err: pathcause.Of(err)}
}

// checkWritable refuses what the file's form has no place for.
func (p *Profile) checkWritable() error {
	if n := p.Name; n == "" || n == defaultSection || n != strings.TrimSpace(n) || strings.ContainsAny(n, "[]") || strings.ContainsFunc(n, unicode.IsControl) {
		return p.fault("", fmt.Sprintf("%q cannot be the name of a profile: want text on one line, without brackets, other than %s",
			n, defaultSection))
	}
	for _, k := range keys() {
		if v := k.get(p); v != strings.TrimSpace(v) || strings.ContainsFunc(v, unicode.IsControl) {
			return p.fault(k.name, "cannot be written: it begins or ends with a space, or holds a line break")
		}
	}
	return nil
}

// existing reads a file that may not be there, and tells which file it is when it is a link.
func existing(file string) (target string, data []byte, err error) {
	target, err = filepath.EvalSymlinks(file)
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	data, err = os.ReadFile(target)
	return target, data, err
}

// edit gives the text of a file after a profile was put into it.
func edit(file string, data []byte, p Profile) (string, error) {
	lines, err := scan(file, data)
	if err != nil {
		return "", err
	}
	before, err := parse(file, data)
	if err != nil {
		return "", err
	}
	e := editor{lines: lines, eol: "\n"}
	if len(lines) > 0 && strings.HasSuffix(lines[0].raw, "\r\n") {
		e.eol = "\r\n"
	}
	e.put(&p)
	text := e.out.String()
	if strings.HasPrefix(string(data), byteOrderMark) {
		text = byteOrderMark + text
	}
	// Indentation can make a line part of what is above it: what was written is read back.
	after, err := parse(file, []byte(text))
	if err != nil || !sameBut(p, before, after) {
		return "", &Error{Product: p.Product, Profile: p.Name, File: file,
			Message: "cannot be put into this file without changing another profile", Advice: "edit the file by hand"}
	}
	return text, nil
}

// sameBut reports whether after holds the profile, and otherwise what before does.
func sameBut(p Profile, before, after *document) bool {
	written, ok := after.section(p.Name)
	if !ok {
		return false
	}
	for _, k := range keys() {
		q := Profile{RabbitMQ: defaultRabbitMQ()}
		if v, ok := written.values[k.name]; ok && k.set(&q, v.text) != nil || k.get(&q) != k.get(&p) {
			return false
		}
	}
	others := func(d *document) []section {
		return slices.DeleteFunc(slices.Clone(d.profiles), func(s section) bool { return s.name == p.Name })
	}
	return slices.EqualFunc(others(before), others(after), func(a, b section) bool {
		return a.name == b.name && maps.EqualFunc(a.values, b.values, func(v, w value) bool { return v.text == w.text })
	})
}

// editor writes lines anew.
type editor struct {
	lines []line
	eol   string
	out   strings.Builder
}

// put writes all lines, with the profile among them.
func (e *editor) put(p *Profile) {
	wanted := e.wanted(p)
	start := slices.IndexFunc(e.lines, func(l line) bool { return l.kind == headerLine && l.section == p.Name })
	if start < 0 {
		e.copy(e.lines)
		if len(e.lines) > 0 {
			e.out.WriteString(e.eol)
		}
		e.out.WriteString("[" + p.Name + "]" + e.eol)
		e.options("", wanted)
		return
	}
	end := start + 1
	for end < len(e.lines) && e.lines[end].kind != headerLine {
		end++
	}
	e.copy(e.lines[:start+1])
	e.section(p, e.lines[start+1:end], wanted)
	e.copy(e.lines[end:])
}

// option is a key with the text it is to have.
type option struct{ key, text string }

// wanted lists what the profile's section must say, in the table's order.
func (e *editor) wanted(p *Profile) []option {
	plain := &Profile{RabbitMQ: defaultRabbitMQ()}
	var out []option
	for _, k := range keys() {
		inherited := slices.ContainsFunc(e.lines, func(l line) bool {
			return l.kind == optionLine && l.section == defaultSection && l.key == k.name
		})
		if k.required || inherited || k.get(p) != k.get(plain) {
			out = append(out, option{k.name, k.get(p)})
		}
	}
	return out
}

// section writes the body of the profile's section: its lines with the wanted values, then what was not there yet.
func (e *editor) section(p *Profile, body []line, wanted []option) {
	last := -1 // the end of the last option
	for i, l := range body {
		if l.kind == optionLine || l.kind == continuationLine {
			last = i
		}
	}
	indent, dropping := "", false
	for i, l := range body {
		switch {
		case l.kind == optionLine:
			indent = l.raw[:strings.Index(l.raw, l.text)]
			dropping = e.option(p, body[i:], indent, &wanted)
		case l.kind == continuationLine && dropping, l.kind == blankLine && dropping && i < last && isWithin(body[i:]):
		default:
			e.copy(body[i : i+1])
		}
		if i == last {
			e.options(indent, wanted)
			wanted = nil
		}
	}
	if last < 0 {
		e.options("", wanted)
	}
}

// option writes the first of lines, an option of the section, as it is, with another value, or not at all. It reports
// whether the rest of its value is to be left out.
func (e *editor) option(p *Profile, lines []line, indent string, wanted *[]option) (dropping bool) {
	l := lines[0]
	i := slices.IndexFunc(keys(), func(k key) bool { return k.name == l.key })
	if i < 0 {
		e.copy(lines[:1])
		return false
	}
	k := keys()[i]
	at := slices.IndexFunc(*wanted, func(o option) bool { return o.key == l.key })
	if at < 0 {
		return true
	}
	o := (*wanted)[at]
	*wanted = slices.Delete(slices.Clone(*wanted), at, at+1)
	q := Profile{}
	if !isWithin(lines[1:]) && k.set(&q, l.value) == nil && k.get(&q) == o.text {
		e.copy(lines[:1])
		return false
	}
	e.options(indent, []option{o})
	return true
}

// isWithin reports whether more of a value follows.
func isWithin(lines []line) bool {
	i := slices.IndexFunc(lines, func(l line) bool { return l.kind != blankLine && l.kind != commentLine })
	return i >= 0 && lines[i].kind == continuationLine
}

func (e *editor) options(indent string, options []option) {
	for _, o := range options {
		e.out.WriteString(strings.TrimRight(indent+o.key+" = "+o.text, " ") + e.eol)
	}
}

// copy writes lines as they were. Only the last line of a file may lack its break, which is then added.
func (e *editor) copy(lines []line) {
	for _, l := range lines {
		e.out.WriteString(l.raw)
		if !strings.HasSuffix(l.raw, "\n") && !strings.HasSuffix(l.raw, "\r") {
			e.out.WriteString(e.eol)
		}
	}
}

// replaceFile puts text into a file that only its owner may read, as a whole or not at all.
func replaceFile(file, text string) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".credentials-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it was renamed
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
