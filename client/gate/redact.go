package gate

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client/credentials"
)

// Redactor takes secrets out of texts: as they are, in whatever case, escaped for a URL or JSON, in hexadecimal, and
// in base64 wherever they begin within the encoded text. Of a secret of the form KEY/CONNECTOR each half counts too.
// What is shorter than 8 characters is left alone: it would be found where it is not meant. It is immutable, and safe
// for concurrent use. The zero value finds nothing.
type Redactor struct {
	// A function, since printing reaches through fields by reflection but never into a closure.
	patterns func() []pattern
}

// pattern is a text to look for.
type pattern struct {
	text string // in lower case if fold
	fold bool   // letters are found in any case
}

// minPattern is the length of the shortest text that is looked for.
const minPattern = 8

// NewRedactor looks for secrets.
func NewRedactor(secrets ...credentials.Secret) *Redactor {
	var all []pattern
	for _, s := range secrets {
		text := s.Reveal()
		all = appendPatterns(all, text)
		if key, connector, ok := strings.Cut(text, "/"); ok {
			all = appendPatterns(appendPatterns(all, key), connector)
		}
	}
	// A longer pattern first, so that a part of it is not taken out of its middle.
	slices.SortStableFunc(all, func(a, b pattern) int { return len(b.text) - len(a.text) })
	all = slices.Compact(all)
	return &Redactor{patterns: func() []pattern { return all }}
}

func appendPatterns(all []pattern, secret string) []pattern {
	if len(secret) < minPattern {
		return all
	}
	quoted, _ := json.Marshal(secret)
	inJSON := string(quoted[1 : len(quoted)-1])
	for _, form := range []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), inJSON, strings.ReplaceAll(inJSON, "/", `\/`),
		hex.EncodeToString([]byte(secret)),
	} {
		all = append(all, pattern{lower(form), true})
	}
	for offset := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if form := encodedCore(encoding, secret, offset); len(form) >= minPattern {
				all = append(all, pattern{form, false})
			}
		}
	}
	return all
}

// encodedCore is the part of secret's base64 form that does not depend on its neighbours, when offset bytes of a
// group of three stand before it.
func encodedCore(encoding *base64.Encoding, secret string, offset int) string {
	text := encoding.EncodeToString([]byte(strings.Repeat("x", offset) + secret))
	if offset > 0 {
		text = text[offset+1:]
	}
	if (offset+len(secret))%3 != 0 {
		text = text[:len(text)-1]
	}
	return text
}

// Redact gives text with [credentials.Redacted] in the place of every secret.
func (r *Redactor) Redact(text string) string {
	if r == nil || r.patterns == nil {
		return text
	}
	for _, p := range r.patterns() {
		for from := 0; ; {
			i := p.find(text[from:])
			if i < 0 {
				break
			}
			text = text[:from+i] + credentials.Redacted + text[from+i+len(p.text):]
			from += i + len(credentials.Redacted)
		}
	}
	return text
}

// Contains reports whether text holds one of the secrets.
func (r *Redactor) Contains(text string) bool {
	if r == nil || r.patterns == nil {
		return false
	}
	return slices.ContainsFunc(r.patterns(), func(p pattern) bool { return p.find(text) >= 0 })
}

func (p pattern) find(text string) int {
	if p.fold {
		text = lower(text)
	}
	return strings.Index(text, p.text)
}

// lower makes ASCII letters small and leaves all other bytes alone, so that every position stays what it is.
func lower(text string) string {
	small := []byte(text)
	for i, c := range small {
		if 'A' <= c && c <= 'Z' {
			small[i] = c + 'a' - 'A'
		}
	}
	return string(small)
}

// String tells nothing.
func (r *Redactor) String() string { return "redactor" }

// Format writes String for every verb and flag.
func (r *Redactor) Format(f fmt.State, _ rune) { io.WriteString(f, r.String()) }
