package evidence

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cbscript/cbscript/builtins"
)

// A ManifestError says that a folder's manifest cannot be continued.
type ManifestError struct {
	Dir    string
	Reason string
	Advice string // what to do
}

// Error names the folder and the reason.
func (e *ManifestError) Error() string {
	return fmt.Sprintf("the manifest of %s: %s", e.Dir, e.Reason)
}

// Kind is "UsageError": another folder will do.
func (e *ManifestError) Kind() string { return "UsageError" }

// Facts are the folder.
func (e *ManifestError) Facts() map[string]any { return map[string]any{"dir": e.Dir} }

// Hint says what to do.
func (e *ManifestError) Hint() string { return e.Advice }

// manifest is an open manifest, which no other process writes. It is not safe for concurrent use.
type manifest struct {
	f    *os.File
	n    int    // of the last line
	last string // SHA-256 of it
	size int64
	err  error // why nothing can be added
}

// openManifest opens the manifest in a folder, which is made if need be, and reads it to its end.
func openManifest(root *os.Root, dir string) (*manifest, error) {
	f, err := root.OpenFile(builtins.ManifestName, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &ManifestError{dir, fmt.Sprintf("it cannot be opened: %v", cause(err)), "name another directory"}
	}
	m := &manifest{f: f, last: noLine}
	if err := m.begin(dir); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return m, nil
}

// begin locks the manifest and reads it.
func (m *manifest) begin(dir string) error {
	switch held, err := lock(m.f); {
	case err != nil:
		return &ManifestError{dir, fmt.Sprintf("it cannot be locked: %v", err), "name a directory on another file system"}
	case held:
		return &ManifestError{dir, "another run is writing to it", "give each run that is under way a directory of its own"}
	}
	if info, err := m.f.Stat(); err != nil || !info.Mode().IsRegular() {
		return &ManifestError{dir, "it is no file", "name another directory"}
	}
	lines := newLines(m.f)
	for {
		l, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return &ManifestError{dir, cause(err).Error(), "name another directory"}
		}
		if l.problem != "" {
			return &ManifestError{dir, fmt.Sprintf("line %d: %s", l.n, l.problem), "cbscript evidence verify tells more; name another directory for further files"}
		}
		m.n = l.n
	}
	m.last, m.size = lines.previous, lines.size
	return nil
}

// add writes an entry behind the others, and has the disk keep it. After an error nothing can be added any more.
func (m *manifest) add(e *Entry) error {
	if m.err != nil {
		return m.err
	}
	text, err := e.line()
	if err != nil {
		return err
	}
	if _, err = m.f.WriteAt(append(text, '\n'), m.size); err == nil {
		err = m.f.Sync()
	}
	if err != nil {
		_ = m.f.Truncate(m.size) // so that no part of a line is left; the first error is told
		m.err = fmt.Errorf("write the manifest: %w", cause(err))
		return m.err
	}
	m.n, m.last, m.size = e.N, sum(text), m.size+int64(len(text))+1
	return nil
}

// lines reads the lines of a manifest, and checks each against the one before.
type lines struct {
	r        *bufio.Reader
	n        int
	previous string // SHA-256 of the last line
	size     int64
}

func newLines(r io.Reader) *lines {
	return &lines{r: bufio.NewReaderSize(r, 64<<10), previous: noLine}
}

// line is a line of a manifest, and what is wrong with it.
type line struct {
	n       int
	entry   *Entry // nil when it cannot be read
	problem string // empty when there is none
}

// next gives the next line, io.EOF at the end.
func (ls *lines) next() (line, error) {
	text, err := ls.read()
	if len(text) == 0 && err != nil {
		return line{}, err
	}
	ls.n++
	l := line{n: ls.n}
	if errors.Is(err, io.EOF) {
		l.problem = "it is not complete: a run was ended while it wrote it, or it was cut"
		return l, nil
	}
	if err != nil {
		return l, err
	}
	text = text[:len(text)-1]
	var bad error
	switch l.entry, bad = ParseEntry(text); {
	case bad != nil:
		l.problem = bad.Error()
	case l.entry.Previous != ls.previous:
		l.problem = "it does not follow the line before it: one of them was changed, or lines were added or taken away"
	case l.entry.N != l.n:
		l.problem = fmt.Sprintf("it says that it is line %d", l.entry.N)
	}
	ls.previous = sum(text)
	return l, nil
}

// errLongLine is the error of a line that is not read.
var errLongLine = fmt.Errorf("a line has more than %d bytes", maxLine)

// read gives a line with its end, and io.EOF with one that has none.
func (ls *lines) read() ([]byte, error) {
	var text []byte
	for {
		part, err := ls.r.ReadSlice('\n')
		ls.size += int64(len(part))
		text = append(text, part...)
		switch {
		case len(text) > maxLine+1:
			return text, errLongLine
		case err == nil:
			return text, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return text, err
		}
	}
}
