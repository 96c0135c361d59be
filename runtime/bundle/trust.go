package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"

	"aead.dev/minisign"
)

// maxTrust bounds a file of trusted keys, in bytes.
const maxTrust = 1 << 20

// Trust says whose signatures count: public keys, each for one author, and whether bundles must be signed at all. The nil
// Trust has no keys and accepts what is not signed. A Trust is immutable.
type Trust struct {
	require bool
	keys    []trusted
}

type trusted struct {
	author string
	key    minisign.PublicKey
}

// Keys gives the keys of an author.
func (t *Trust) Keys(author string) []minisign.PublicKey {
	if t == nil {
		return nil
	}
	var list []minisign.PublicKey
	for _, k := range t.keys {
		if k.author == author {
			list = append(list, k.key)
		}
	}
	return list
}

// Authors gives the authors that have keys, each once, in the order of the file.
func (t *Trust) Authors() []string {
	if t == nil {
		return nil
	}
	var list []string
	for i, k := range t.keys {
		if i == 0 || !contains(t.keys[:i], k.author) {
			list = append(list, k.author)
		}
	}
	return list
}

func contains(keys []trusted, author string) bool {
	for _, k := range keys {
		if k.author == author {
			return true
		}
	}
	return false
}

// RequireSigned reports whether the file says that bundles must be signed.
func (t *Trust) RequireSigned() bool { return t.requireSigned() }

func (t *Trust) requireSigned() bool { return t != nil && t.require }

// requireLine is the line of a trust file that refuses bundles without signatures.
const requireLine = "require-signed"

// ParseTrust reads a file of trusted keys. Each line has an author and a public key in minisign's form; what follows # is a
// comment. The line "require-signed" refuses bundles without a signature by one of these keys. file is the name for
// errors, which are a [*FileError]: a line that cannot be read is one, since a key that is skipped would be no key.
func ParseTrust(file string, data []byte) (*Trust, error) {
	t := &Trust{}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		text, _, _ := strings.Cut(line, "#")
		fields := strings.Fields(text)
		fail := func(format string, args ...any) (*Trust, error) {
			return nil, &FileError{file, n, fmt.Errorf(format, args...), "a line is an author and a public key: acme RWQ..."}
		}
		switch {
		case len(fields) == 0:
		case len(fields) == 1 && fields[0] == requireLine:
			t.require = true
		case len(fields) != 2:
			return fail("got %d words, want an author and a public key", len(fields))
		default:
			if err := checkAuthor(fields[0]); err != nil {
				return fail("%w", err)
			}
			var key minisign.PublicKey
			if err := key.UnmarshalText([]byte(fields[1])); err != nil {
				return fail("%q is not a public key in the form of minisign", fields[1])
			}
			t.keys = append(t.keys, trusted{fields[0], key})
		}
	}
	return t, nil
}

// checkAuthor checks the first part of a bundle's name.
func checkAuthor(author string) error {
	if strings.Contains(author, "/") {
		return &NameError{author, "an author has no slash", "keys are trusted for an author, not for one bundle"}
	}
	if err := CheckName(author + "/x"); err != nil {
		return &NameError{author, "it is not an author", "want lower-case letters and digits, with dots, dashes and underscores between them"}
	}
	return nil
}

// ReadTrust reads the file of trusted keys. One that does not exist trusts no key. warning says that others than the user
// can change the file, and so decide what runs; it is empty otherwise, and on Windows, where modes do not tell.
func ReadTrust(file string) (t *Trust, warning string, err error) {
	data, err := readFile(file, maxTrust)
	if errors.Is(err, fs.ErrNotExist) {
		return &Trust{}, "", nil
	}
	if err != nil {
		return nil, "", &FileError{File: file, Err: err}
	}
	t, err = ParseTrust(file, data)
	return t, writableByOthers(file), err
}

// writableByOthers says whether another user may write a file, or put another one in its place.
func writableByOthers(file string) string {
	if goruntime.GOOS == "windows" {
		return ""
	}
	for _, name := range [...]string{file, filepath.Dir(file)} {
		info, err := os.Stat(name)
		if err != nil {
			continue // it could be read a moment ago: the next use says so
		}
		if info.Mode().Perm()&0o022 != 0 && info.Mode()&fs.ModeSticky == 0 {
			return fmt.Sprintf("others can write %s (mode %04o), and so decide whose scripts are trusted: chmod go-w %s", name, info.Mode().Perm(), name)
		}
	}
	return ""
}

// AddTrust adds a key of an author to the file of trusted keys, which is made if need be. key is a public key or the text of a
// minisign.pub file. It gives the key's id, and whether the key was new there. Errors are a [*NameError] or a [*FileError].
func AddTrust(file, author, key string) (id string, added bool, err error) {
	if err := checkAuthor(author); err != nil {
		return "", false, err
	}
	var public minisign.PublicKey
	if err := public.UnmarshalText([]byte(strings.TrimSpace(key))); err != nil {
		return "", false, &NameError{shorten(key), "it is not a public key in the form of minisign", "give the line that begins with RW, or the file minisign.pub"}
	}
	id = keyID(public.ID())
	t, _, err := ReadTrust(file)
	if err != nil {
		return "", false, err
	}
	for _, k := range t.Keys(author) {
		if k.Equal(public) {
			return id, false, nil
		}
		if k.ID() == public.ID() {
			return "", false, &NameError{id, "another key of that id is trusted for " + author, "take that one out of " + file + " first"}
		}
	}
	data, err := readFile(file, maxTrust)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", false, &FileError{File: file, Err: err}
	}
	if len(data) == 0 {
		data = []byte("# Whose bundles cbscript accepts: an author and a public key of minisign in each line.\n")
	}
	if !bytes.HasSuffix(data, []byte("\n")) {
		data = append(data, '\n')
	}
	data = fmt.Appendf(data, "%s %s\n", author, public)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", false, &FileError{File: file, Err: err}
	}
	return id, true, replace(file, data, 0o600)
}

func shorten(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "..."
	}
	return text
}
