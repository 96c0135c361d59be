package credentials

import (
	"fmt"
	"strings"
)

// Error is every failure of this package: a profile that is not there, a file that cannot be read or understood, a
// value that cannot be used. It never holds a token. Fields that do not apply are zero.
type Error struct {
	Product  Product
	Profile  string     // the profile that was asked for, or that holds the value
	File     string     // the file that holds the fault
	Line     int        // where in File, from 1
	Key      string     // the key whose value is at fault
	Message  string     // what is wrong
	Searched []Searched // when the profile was not found: every file that was looked for, in order
	Nearest  string     // when the profile was not found: the name that was probably meant, or empty
	Advice   string     // what to do next, or empty
	Err      error      // the cause, or nil
}

// Searched is a file that was looked for, and what was there.
type Searched struct {
	File     string
	State    State
	Profiles []string // names of the profiles in it, in the file's order
}

// State says what became of a file that was looked for.
type State string

// The states.
const (
	Read       State = "read"
	Missing    State = "missing"
	Unreadable State = "not readable"
)

// Error names the file, line, profile and key, as far as they apply, and what is wrong.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	}
	if e.Profile != "" && e.Searched == nil {
		fmt.Fprintf(&b, "profile %q: ", e.Profile)
	}
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	for i, s := range e.Searched {
		sep := ", "
		if i == 0 {
			sep = ": searched "
		}
		b.WriteString(sep + s.String())
	}
	return b.String()
}

// String tells the file, its state and the profiles in it.
func (s Searched) String() string {
	switch {
	case s.State != Read:
		return fmt.Sprintf("%s (%s)", s.File, s.State)
	case len(s.Profiles) == 0:
		return s.File + " (no profiles)"
	}
	return fmt.Sprintf("%s (profiles: %s)", s.File, strings.Join(s.Profiles, ", "))
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Kind is "CredentialError", the name that a script sees.
func (e *Error) Kind() string { return "CredentialError" }

// Facts are product, profile, file and key.
func (e *Error) Facts() map[string]any {
	return map[string]any{"product": string(e.Product), "profile": e.Profile, "file": e.File, "key": e.Key}
}

// Hint says what to do next, or is empty.
func (e *Error) Hint() string { return e.Advice }

// Warning is something that a person should know about a file or a profile that is used nevertheless.
type Warning struct {
	File    string
	Line    int    // in File, from 1, or 0
	Profile string // or empty
	Key     string // or empty
	Message string
}

// String names the place and what to know about it.
func (w Warning) String() string {
	return (&Error{File: w.File, Line: w.Line, Profile: w.Profile, Key: w.Key, Message: w.Message}).Error()
}
