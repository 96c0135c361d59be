package jobs

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Key says which job is meant, the same in every run of a script: the run that comes after one that was ended finds by it
// what has become of a job.
type Key struct {
	Server     string // the product and the server's origin, as "response https://cb.example.com"
	Endpoint   int64  // number of the sensor or device
	Occurrence int    // the how many-th job of that name for that endpoint in the run, from 1; 0 for a name that the script chose
	Name       string // of the function, or what the script gave as the job's key
}

// maxName bounds the name in a key, in bytes.
const maxName = 512

// A KeyError says that a text cannot be a job's key.
type KeyError struct{ Text, Reason string }

// Error names the text and the reason.
func (e *KeyError) Error() string { return fmt.Sprintf("%q is no key of a job: %s", e.Text, e.Reason) }

// Kind is "ValueError".
func (*KeyError) Kind() string { return "ValueError" }

// Facts are key.
func (e *KeyError) Facts() map[string]any { return map[string]any{"key": e.Text} }

// CheckName gives a [*KeyError] for a name that a key cannot have: an empty one, one longer than 512 bytes, or one that is
// no UTF-8.
func CheckName(name string) error {
	switch {
	case name == "":
		return &KeyError{name, "it is empty"}
	case len(name) > maxName:
		return &KeyError{name[:32] + "...", fmt.Sprintf("it has %d bytes, more than %d", len(name), maxName)}
	case !utf8.ValidString(name):
		return &KeyError{name, "it is no UTF-8"}
	}
	return nil
}

// The server comes first in a key's text, and is the only part before the last that a separator could be in.
var (
	escape   = strings.NewReplacer("%", "%25", "|", "%7C")
	unescape = strings.NewReplacer("%25", "%", "%7C", "|")
)

// String gives the key as text: server, endpoint, occurrence and name, with | between them. Equal keys have equal texts,
// different ones different texts, and [ParseKey] reads them.
func (k Key) String() string {
	return fmt.Sprintf("%s|%d|%d|%s", escape.Replace(k.Server), k.Endpoint, k.Occurrence, k.Name)
}

// ParseKey reads what String gave. Its error is a [*KeyError].
func ParseKey(text string) (Key, error) {
	parts := strings.SplitN(text, "|", 4)
	if len(parts) != 4 {
		return Key{}, &KeyError{text, "it has too few parts"}
	}
	endpoint, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return Key{}, &KeyError{text, "the endpoint is no number"}
	}
	occurrence, err := strconv.Atoi(parts[2])
	if err != nil || occurrence < 0 {
		return Key{}, &KeyError{text, "the occurrence is no number"}
	}
	k := Key{Server: unescape.Replace(parts[0]), Endpoint: endpoint, Occurrence: occurrence, Name: parts[3]}
	if err := CheckName(k.Name); err != nil {
		return Key{}, err
	}
	if k.String() != text {
		return Key{}, &KeyError{text, "it has another form"}
	}
	return k, nil
}

// MarshalText gives the key's text.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads it.
func (k *Key) UnmarshalText(text []byte) (err error) {
	*k, err = ParseKey(string(text))
	return err
}
