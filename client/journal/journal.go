// Package journal keeps a record of what scripts changed: a file with a line of JSON for each changing request.
//
//	j := journal.New(file, journal.Source{Script: "isolate.star", SHA256: sum})
//	defer j.Close()
//	server, err := gate.New(profile, gate.WithCheck(j.Check), gate.WithJournal(j.Record))
//
// A change that could not be recorded is not made: Check opens the file before the first change, and refuses every
// change when that fails or when an earlier one could not be written. Nothing is opened for a script that only reads.
// No line holds a token: a [gate.Entry] has none.
package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/gate"
)

// Source is what the changes of a journal were made by.
type Source struct {
	Script string // name of the script; empty for what was typed
	SHA256 string // of the script's text, in hexadecimal; empty for what was typed
}

// Entry is a line of a journal.
type Entry struct {
	Time    time.Time    `json:"time"` // when the request was begun, UTC
	Script  string       `json:"script,omitempty"`
	SHA256  string       `json:"sha256,omitempty"`
	At      string       `json:"at,omitempty"` // file and line that asked for it, as the script's process says
	Product string       `json:"product"`
	Profile string       `json:"profile"`
	Server  string       `json:"server"`
	Method  string       `json:"method"`
	Path    string       `json:"path"` // with the query
	Status  int          `json:"status,omitempty"`
	Outcome gate.Outcome `json:"outcome"`
	Tries   int          `json:"tries"`
	Error   string       `json:"error,omitempty"`
}

// An Error says that a journal cannot be written, so that no change is made.
type Error struct {
	File string
	Err  error
}

// Error names the file and the cause.
func (e *Error) Error() string { return fmt.Sprintf("cannot write the journal %s: %v", e.File, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do.
func (e *Error) Hint() string {
	return "changes are made only when they can be recorded: name a file that can be written with --journal, or do without one with --no-journal"
}

// Kind is "PermissionError": the change was not made because the host did not allow it.
func (e *Error) Kind() string { return "PermissionError" }

// Facts are the file.
func (e *Error) Facts() map[string]any { return map[string]any{"file": e.File} }

// Journal appends to a file. It is safe for concurrent use, also by several processes at once.
type Journal struct {
	file string
	from Source

	mu     sync.Mutex
	f      *os.File // nil until the first change
	failed error    // an *Error
}

// New makes a journal. The file is opened before the first change, and made for its owner alone, with its directory, if
// it is not there.
func New(file string, from Source) *Journal { return &Journal{file: file, from: from} }

// Check is for gate.WithCheck: it refuses a changing request that could not be recorded, with an [*Error].
func (j *Journal) Check(req *http.Request) error {
	if req.Method == "" || req.Method == http.MethodGet || req.Method == http.MethodHead {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.open()
	return j.failed
}

// open is called with mu held.
func (j *Journal) open() {
	if j.f != nil || j.failed != nil {
		return
	}
	if err := os.MkdirAll(filepath.Dir(j.file), 0o700); err != nil {
		j.fail(err)
		return
	}
	f, err := os.OpenFile(j.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		j.fail(err)
		return
	}
	j.f = f
}

// fail is called with mu held.
func (j *Journal) fail(err error) {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	j.failed = &Error{File: j.file, Err: err}
}

// Record is for gate.WithJournal: it writes a line.
func (j *Journal) Record(e gate.Entry) {
	line, err := json.Marshal(Entry{
		Time: e.Time, Script: j.from.Script, SHA256: j.from.SHA256, At: e.At,
		Product: string(e.Product), Profile: e.Profile, Server: e.Server,
		Method: e.Method, Path: e.Path, Status: e.Status, Outcome: e.Outcome, Tries: e.Tries, Error: e.Error,
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	j.open()
	if err == nil && j.f != nil {
		_, err = j.f.Write(append(line, '\n')) // one write, so that lines of several processes do not mix
	}
	if err != nil && j.failed == nil {
		j.fail(err)
	}
}

// Close ends the journal. It gives an [*Error] when anything could not be recorded.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.f != nil {
		if err := j.f.Close(); err != nil && j.failed == nil {
			j.fail(err)
		}
		j.f = nil
	}
	return j.failed
}
