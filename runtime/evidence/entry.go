package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
)

// Entry is a line of a manifest: one saved file.
type Entry struct {
	N        int       `json:"n"`        // number of the line, from 1
	Previous string    `json:"previous"` // SHA-256 of the line before, without its end; zeros in the first
	Name     string    `json:"name"`     // of the file in the folder, with slashes
	Size     int64     `json:"size"`     // bytes
	MD5      string    `json:"md5"`
	SHA256   string    `json:"sha256"`
	Saved    time.Time `json:"saved"` // by the host's clock, UTC

	Script       string `json:"script,omitempty"` // that saved it; empty for what was typed
	ScriptSHA256 string `json:"script_sha256,omitempty"`
	Version      string `json:"version,omitempty"` // of the program

	// Sources are where these very bytes were received from, since the last entry with the same bytes and before this one.
	Sources []client.Receipt `json:"sources,omitempty"`
	// SourcesLeftOut counts further sources that there was no room for; beyond a million received files, those that this one
	// may be.
	SourcesLeftOut int `json:"sources_left_out,omitempty"`
	// SameBytesAs is the line of the last entry of the run with the same bytes, whose sources are those of this one too.
	SameBytesAs int `json:"same_bytes_as,omitempty"`
}

// maxLine bounds a line of a manifest, in bytes.
const maxLine = 16 << 20

// noLine is what the first line has in the place of a hash.
var noLine = hex.EncodeToString(make([]byte, sha256.Size))

// MarshalJSON gives the entry's text. What a terminal might act on, or would not show, is escaped: names and paths are an
// attacker's text, and people look at manifests.
func (e Entry) MarshalJSON() ([]byte, error) {
	type plain Entry
	text, err := json.Marshal(plain(e))
	if err != nil || bytes.IndexFunc(text, hidden) < 0 {
		return text, err
	}
	var b bytes.Buffer
	for _, r := range string(text) { // such characters stand within texts only
		switch {
		case !hidden(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes(), nil
}

// hidden reports whether a character is escaped.
func hidden(r rune) bool {
	return r > unicode.MaxASCII && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) || r == 0x7f
}

// line gives the entry's text.
func (e *Entry) line() ([]byte, error) {
	text, err := e.MarshalJSON()
	if err == nil && len(text) > maxLine {
		err = fmt.Errorf("the line of %q would have %d bytes", e.Name, len(text))
	}
	return text, err
}

// ParseEntry reads a line of a manifest, without its end. It takes what a [Folder] writes and nothing else: no members
// that are unknown, twice or in another order, no spaces, no names that no file could have been saved under.
func ParseEntry(line []byte) (*Entry, error) {
	var e Entry
	if len(line) > maxLine {
		return nil, fmt.Errorf("it has %d bytes, more than %d", len(line), maxLine)
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return nil, errors.New("it is no JSON of an entry")
	}
	again, err := e.MarshalJSON()
	if err != nil || !bytes.Equal(again, line) {
		return nil, errors.New("it is not as cbscript writes it: it was changed, or written by another version")
	}
	for name, sum := range map[string]struct {
		text string
		size int
	}{"previous": {e.Previous, 32}, "sha256": {e.SHA256, 32}, "md5": {e.MD5, 16}} {
		if b, err := hex.DecodeString(sum.text); err != nil || len(b) != sum.size || hex.EncodeToString(b) != sum.text {
			return nil, fmt.Errorf("its %s is no hash", name)
		}
	}
	if e.N < 1 || e.Size < 0 {
		return nil, errors.New("it has a number that cannot be")
	}
	if err := builtins.CheckArtifactName(e.Name); err != nil {
		return nil, fmt.Errorf("its name cannot be one: %w", err)
	}
	return &e, nil
}

// sum is the SHA-256 of a line in hexadecimal.
func sum(line []byte) string {
	h := sha256.Sum256(line)
	return hex.EncodeToString(h[:])
}
