package credentials

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// Redacted is what a secret looks like wherever it is printed, logged or encoded.
const Redacted = "[redacted]"

// Secret holds a text that must not be seen: a token or a password. Every way to print, log or encode it gives
// [Redacted], or nothing when it is empty. The zero value is the empty secret. It is immutable, and safe for
// concurrent use.
type Secret struct {
	// A function, since printing and encoding reach through unexported fields by reflection, but never into a closure.
	reveal func() string
}

// NewSecret keeps text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{reveal: func() string { return text }}
}

// Reveal gives the text. Only what sends or stores it may call this: package gate, this package, and the command that
// sets up a profile. A test reads the module's sources for others.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// IsEmpty reports whether there is no text.
func (s Secret) IsEmpty() bool { return s.reveal == nil }

// Equal reports whether both hold the same text, in a time that does not depend on where they differ.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String is the placeholder.
func (s Secret) String() string {
	if s.IsEmpty() {
		return ""
	}
	return Redacted
}

// GoString is the placeholder.
func (s Secret) GoString() string { return s.String() }

// Format writes the placeholder for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText is the placeholder: so for JSON, XML and map keys.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is the placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
