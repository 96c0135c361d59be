package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client/pathcause"
)

// storeSuffix is what the file of an installed bundle has behind its digest.
const storeSuffix = ".tar"

// A Store keeps installed bundles and their signatures, by digest, in one directory. What it gives is not checked: that is
// done by [Loader.Load]. The files are tar files that any program can list.
type Store struct{ dir string }

// NewStore makes the store of a directory, which need not exist.
func NewStore(dir string) *Store { return &Store{dir} }

// File is where a bundle of that digest lies, or would lie.
func (s *Store) File(d Digest) string { return filepath.Join(s.dir, "sha256", d.Hex()+storeSuffix) }

// Put stores a bundle and its signature, nil for none. A bundle that is there already keeps the signature it has, unless it
// gets a new one. Errors are a [*FileError].
func (s *Store) Put(b *Bundle, signature []byte) error {
	file := s.File(b.digest)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return &FileError{File: s.dir, Err: fmt.Errorf("cannot be made: %w", pathcause.Of(err))}
	}
	if signature != nil {
		if err := replace(file+SignatureSuffix, signature, 0o644); err != nil {
			return err
		}
	}
	return replace(file, b.data, 0o644)
}

// get reads a bundle and its signature. A bundle that is not there is fs.ErrNotExist.
func (s *Store) get(d Digest) (data, signature []byte, err error) {
	file := s.File(d)
	if data, err = readFile(file, MaxSize); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		return nil, nil, &FileError{File: file, Err: err, Advice: "remove the file and install the bundle again"}
	}
	signature, err = readFile(file+SignatureSuffix, maxSignature)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, &FileError{File: file + SignatureSuffix, Err: err, Advice: "remove the file and install the bundle again"}
	}
	return data, signature, nil
}

// List gives the digests of the stored bundles, sorted. A file that is none is a [*FileError]: somebody has put it there.
func (s *Store) List() ([]Digest, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, "sha256"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &FileError{File: s.dir, Err: pathcause.Of(err)}
	}
	var list []Digest
	for _, e := range entries {
		hex, isBundle := strings.CutSuffix(strings.TrimSuffix(e.Name(), SignatureSuffix), storeSuffix)
		d := Digest("sha256:" + hex)
		if !isBundle || !d.Valid() || !e.Type().IsRegular() {
			return nil, &FileError{filepath.Join(s.dir, "sha256", e.Name()), 0, errors.New("it is not an installed bundle"), "remove it"}
		}
		list = append(list, d)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// Remove deletes a bundle and its signature. One that is not there is no error.
func (s *Store) Remove(d Digest) error {
	for _, file := range [...]string{s.File(d), s.File(d) + SignatureSuffix} {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &FileError{File: file, Err: pathcause.Of(err)}
		}
	}
	return nil
}
