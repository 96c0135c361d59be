package events

import (
	"fmt"
	"sync"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// Lists are the events of one answer. A list is decoded when it is first asked for; a list that the server did not send is empty.
// Lists is safe for concurrent use. The slices are shared: do not change them.
//
// The error of each method is nil or an [*IncompleteError]; the events that could be parsed are given in either case.
type Lists struct {
	modloads      func() ([]*Modload, error)
	filemods      func() ([]*Filemod, error)
	regmods       func() ([]*Regmod, error)
	netconns      func() ([]*Netconn, error)
	childprocs    func() ([]*Childproc, error)
	crossprocs    func() ([]*Crossproc, error)
	processblocks func() ([]*Processblock, error)
}

// Decode takes the process object of an answer of the event route of the given version. It reads nothing yet: see [Lists]. The only
// error is a version that does not exist.
func Decode(process jsondoc.Doc, v Version) (*Lists, error) {
	if v < V1 || v > V4 {
		return nil, fmt.Errorf("cannot decode events of version %d: want 1 to 4", int(v))
	}
	return &Lists{
		modloads:   lazily(process, modloadType, modloadEntry),
		filemods:   lazily(process, filemodType, filemodEntry),
		regmods:    lazily(process, regmodType, regmodEntry),
		netconns:   lazily(process, netconnType, netconnEntry(v)),
		childprocs: lazily(process, childprocType, childprocEntry()),
		crossprocs: lazily(process, crossprocType, func(entry jsondoc.Value, sequence int) (*Crossproc, error) {
			return crossprocEntry(entry, sequence, process)
		}),
		processblocks: lazily(process, processblockType, processblockEntry()),
	}, nil
}

// Modloads are the module loads.
func (l *Lists) Modloads() ([]*Modload, error) { return l.modloads() }

// Filemods are the file modifications.
func (l *Lists) Filemods() ([]*Filemod, error) { return l.filemods() }

// Regmods are the registry modifications.
func (l *Lists) Regmods() ([]*Regmod, error) { return l.regmods() }

// Netconns are the network connections.
func (l *Lists) Netconns() ([]*Netconn, error) { return l.netconns() }

// Childprocs are the starts and the ends of child processes, up to two for each child.
func (l *Lists) Childprocs() ([]*Childproc, error) { return l.childprocs() }

// Crossprocs are the handles that the process opened to others, or others to it, and threads begun from one in the other.
func (l *Lists) Crossprocs() ([]*Crossproc, error) { return l.crossprocs() }

// Processblocks are the processes that were kept from running.
func (l *Lists) Processblocks() ([]*Processblock, error) { return l.processblocks() }

// lazily decodes the list of a type when it is first asked for. An entry function that gives the zero E, and no error, says that the
// entry stands for no event.
func lazily[E interface {
	comparable
	Event
}](process jsondoc.Doc, t *Type, entry func(entry jsondoc.Value, sequence int) (E, error)) func() ([]E, error) {
	return sync.OnceValues(func() ([]E, error) {
		member, _ := process.Get(t.List)
		if member.IsNull() {
			return nil, nil
		}
		incomplete := &IncompleteError{List: t.List}
		if member.Kind() != jsondoc.Array {
			incomplete.add(-1, member, fmt.Errorf("want a list, found a JSON %s", member.Kind()))
			return nil, incomplete
		}
		entries := member.Array()
		incomplete.Entries = entries.Len()
		list := make([]E, 0, entries.Len())
		for i := range entries.Len() {
			e, err := entry(entries.At(i), i)
			var none E
			if err != nil {
				incomplete.add(i, entries.At(i), err)
			} else if e != none {
				list = append(list, e)
			}
		}
		if incomplete.Failed > 0 {
			return list, incomplete
		}
		return list, nil
	})
}

// maxReported is how many entries of a list an IncompleteError describes.
const maxReported = 100

// maxQuoted is how much of an entry an error repeats, in characters.
const maxQuoted = 200

// IncompleteError says that entries of a list could not be parsed.
type IncompleteError struct {
	// List is the member of the process document, for example netconn_complete.
	List string
	// Entries is the number of entries that the server sent; 0 when it sent no list.
	Entries int
	// Failed is the number of entries that could not be parsed.
	Failed int
	// Reported describes the first hundred of them; it is not empty.
	Reported []*EntryError
}

// Error counts the entries and describes the first that failed.
func (e *IncompleteError) Error() string {
	if e.Reported[0].Index < 0 {
		return e.Reported[0].Error()
	}
	return fmt.Sprintf("%d of %d entries of %s could not be parsed; the first: %v", e.Failed, e.Entries, e.List, e.Reported[0])
}

// Unwrap gives the [*EntryError] of each entry that is described.
func (e *IncompleteError) Unwrap() []error {
	all := make([]error, 0, len(e.Reported))
	for _, entry := range e.Reported {
		all = append(all, entry)
	}
	return all
}

func (e *IncompleteError) add(index int, entry jsondoc.Value, err error) {
	e.Failed++
	if len(e.Reported) < maxReported {
		e.Reported = append(e.Reported, &EntryError{List: e.List, Index: index, Text: cut(entry.Text()), Err: err})
	}
}

// EntryError says why an entry could not be parsed.
type EntryError struct {
	// List is the member of the process document.
	List string
	// Index is the position of the entry, from 0; -1 when the list itself is wrong.
	Index int
	// Text is the entry, cut to its first 200 characters. An endpoint chose parts of it.
	Text string
	// Err is the reason.
	Err error
}

// Error names the entry, quotes its text, and gives the reason.
func (e *EntryError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("%s %q: %v", e.List, e.Text, e.Err)
	}
	return fmt.Sprintf("%s, entry %d, %q: %v", e.List, e.Index, e.Text, e.Err)
}

// Unwrap gives the reason.
func (e *EntryError) Unwrap() error { return e.Err }

// cut gives the first characters of a text.
func cut(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxQuoted {
			return text[:i]
		}
	}
	return text
}
