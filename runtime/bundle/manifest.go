package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// manifestName is the file of a bundle that describes it.
const manifestName = "cbscript.json"

// formatVersion is the version of the format that this package writes and reads.
const formatVersion = 1

// Digest is the SHA-256 digest of a bundle's bytes, as "sha256:" and 64 hexadecimal digits.
type Digest string

var digestForm = compiled(`^sha256:[0-9a-f]{64}$`)

// DigestOf computes the digest of bytes.
func DigestOf(data []byte) Digest {
	sum := sha256.Sum256(data)
	return Digest("sha256:" + hex.EncodeToString(sum[:]))
}

// Valid reports whether the digest has the form of one.
func (d Digest) Valid() bool { return digestForm().MatchString(string(d)) }

// Hex gives the digits alone, which serve as a file name.
func (d Digest) Hex() string { return strings.TrimPrefix(string(d), "sha256:") }

// Manifest describes a bundle.
type Manifest struct {
	Format      int           `json:"format"` // 1
	Name        string        `json:"name"`   // "author/name"
	Version     string        `json:"version"`
	Description string        `json:"description"`
	Needs       []string      `json:"needs"`    // capabilities and products, as the scripts declare them; sorted
	Requires    []Requirement `json:"requires"` // other bundles that its files load; sorted by name
	Files       []File        `json:"files"`    // all but the manifest itself, sorted by name
}

// Ref is the bundle's name and version.
func (m *Manifest) Ref() Ref { return Ref{m.Name, m.Version} }

// Author is the first part of the bundle's name, whose keys sign it.
func (m *Manifest) Author() string {
	author, _, _ := strings.Cut(m.Name, "/")
	return author
}

// A Requirement is another bundle, of exactly that digest.
type Requirement struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Digest  Digest `json:"digest"`
}

// Ref is the required bundle's name and version.
func (r Requirement) Ref() Ref { return Ref{r.Name, r.Version} }

// File is one file of a bundle.
type File struct {
	Name   string `json:"name"` // with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// encode writes the manifest in its one form.
func (m *Manifest) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// decodeManifest reads a manifest in its one form.
func decodeManifest(data []byte) (*Manifest, error) {
	var m Manifest
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return nil, formatError("the manifest cannot be read: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, formatError("something follows the manifest")
	}
	if m.Format != formatVersion {
		return nil, &FormatError{fmt.Errorf("its format is %d, and this program reads format %d", m.Format, formatVersion), "a newer cbscript may read it"}
	}
	return &m, nil
}

// check checks all that a manifest says but its files.
func (m *Manifest) check() error {
	if err := CheckName(m.Name); err != nil {
		return err
	}
	if err := CheckVersion(m.Version); err != nil {
		return err
	}
	if !isLine(m.Description) {
		return &NameError{m.Description, "it cannot be a bundle's description", "one line of text, at most 300 characters"}
	}
	for i, need := range m.Needs {
		if !part().MatchString(need) || i > 0 && m.Needs[i-1] >= need {
			return &NameError{need, "it cannot be a need, or not in this place", "needs are names of capabilities and products, sorted"}
		}
	}
	for i, r := range m.Requires {
		if err := r.check(); err != nil {
			return err
		}
		if i > 0 && m.Requires[i-1].Name >= r.Name {
			return &NameError{r.Name, "it is required twice, or not in its place", "required bundles are sorted by name"}
		}
		if r.Name == m.Name {
			return &NameError{r.Name, "a bundle cannot require itself", "load its own files by ./"}
		}
	}
	return nil
}

func (r Requirement) check() error {
	if err := CheckName(r.Name); err != nil {
		return err
	}
	if err := CheckVersion(r.Version); err != nil {
		return err
	}
	if !r.Digest.Valid() {
		return &NameError{string(r.Digest), "it is not a digest", "sha256: and 64 hexadecimal digits"}
	}
	return nil
}

// isLine reports whether a text is one printable line of reasonable length.
func isLine(text string) bool {
	if text == "" || len([]rune(text)) > 300 || text != strings.TrimSpace(text) || text != strings.ToValidUTF8(text, "") {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || isFormat(r) })
}

// isFormat reports whether a character changes how its neighbours are shown.
func isFormat(r rune) bool {
	return slices.ContainsFunc([][2]rune{{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xe0000, 0xe007f}},
		func(span [2]rune) bool { return r >= span[0] && r <= span[1] })
}
