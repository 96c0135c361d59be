package bundle

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// A Bundle is a bundle whose form was checked. Whether its digest and its signature are the right ones is for
// [Loader.Load]. It is immutable, and safe for concurrent use.
type Bundle struct {
	manifest Manifest
	digest   Digest
	data     []byte
	files    map[string][]byte
}

// A FormatError says why bytes are no bundle.
type FormatError struct {
	Err    error
	Advice string // what to do
}

func formatError(format string, args ...any) *FormatError {
	return &FormatError{fmt.Errorf(format, args...), "get it again from where it was published"}
}

// Error gives the reason.
func (e *FormatError) Error() string { return "not a valid bundle: " + e.Err.Error() }

// Unwrap returns the cause, such as a [*NameError].
func (e *FormatError) Unwrap() error { return e.Err }

// Kind is "BundleError".
func (e *FormatError) Kind() string { return kindBundle }

// Hint says what to do next.
func (e *FormatError) Hint() string { return e.Advice }

// Build makes a bundle. Of the manifest it fills in format and files, and sorts the rest. The contents must not be changed afterwards.
// Errors are a [*NameError] for a name that a bundle cannot have, and a [*SizeError].
func Build(m Manifest, contents map[string][]byte) (*Bundle, error) {
	names := slices.Sorted(maps.Keys(contents))
	if err := checkFiles(names); err != nil {
		return nil, err
	}
	m.Format = formatVersion
	m.Needs = slices.Compact(slices.Sorted(slices.Values(m.Needs)))
	m.Requires = slices.SortedFunc(slices.Values(m.Requires), func(a, b Requirement) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	if m.Needs == nil {
		m.Needs = []string{}
	}
	if m.Requires == nil {
		m.Requires = []Requirement{}
	}
	m.Files = make([]File, len(names))
	for i, name := range names {
		sum := sha256.Sum256(contents[name])
		m.Files[i] = File{name, int64(len(contents[name])), hex.EncodeToString(sum[:])}
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	data, err := write(&m, contents)
	if err != nil {
		return nil, err
	}
	return &Bundle{manifest: m, digest: DigestOf(data), data: data, files: contents}, nil
}

// A SizeError says that a bundle is too large.
type SizeError struct{ Size int64 }

// Error gives the size and the limit, in bytes.
func (e *SizeError) Error() string {
	return fmt.Sprintf("the bundle has %d bytes, at most %d are allowed", e.Size, MaxSize)
}

// Kind is "BundleError".
func (e *SizeError) Kind() string { return kindBundle }

// Hint says what to do next.
func (e *SizeError) Hint() string {
	return "leave large data out: a script can be given files by param(type=\"file\")"
}

// write writes the one form of a bundle.
func write(m *Manifest, contents map[string][]byte) ([]byte, error) {
	text, err := m.encode()
	if err != nil {
		return nil, err
	}
	var size int64
	for _, f := range m.Files {
		size += f.Size
	}
	if size > MaxSize {
		return nil, &SizeError{size}
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	add := func(name string, content []byte) error {
		// Not the time and the owner of the file: they say when and by whom a directory was checked out.
		header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o644, ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if err := w.WriteHeader(header); err != nil {
			return err
		}
		_, err := w.Write(content)
		return err
	}
	err = add(manifestName, text)
	for _, f := range m.Files {
		err = errors.Join(err, add(f.Name, contents[f.Name]))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("write the bundle: %w", err)
	}
	if b.Len() > MaxSize {
		return nil, &SizeError{int64(b.Len())}
	}
	return b.Bytes(), nil
}

// Read reads a bundle. Its error is a [*FormatError] for anything else than the very bytes that [Build] makes of these
// files and this manifest, or a [*SizeError].
func Read(data []byte) (*Bundle, error) {
	if len(data) > MaxSize {
		return nil, &SizeError{int64(len(data))}
	}
	text, contents, err := unpack(data)
	if err != nil {
		return nil, err
	}
	m, err := decodeManifest(text)
	if err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		if _, ok := contents[f.Name]; !ok {
			return nil, formatError("the manifest names %q, which is missing", f.Name)
		}
	}
	again, err := Build(*m, contents)
	if err != nil {
		return nil, &FormatError{err, "its author has to pack it anew"}
	}
	if !bytes.Equal(again.data, data) {
		return nil, difference(m, again)
	}
	return again, nil
}

// difference says in what a bundle is not as it would be written.
func difference(m *Manifest, again *Bundle) error {
	listed := make(map[string]File, len(m.Files))
	for _, f := range m.Files {
		listed[f.Name] = f
	}
	for _, f := range again.manifest.Files {
		switch was, ok := listed[f.Name]; {
		case !ok:
			return formatError("it holds %q, which its manifest does not name", f.Name)
		case was != f:
			return formatError("%q is not the file that the manifest describes", f.Name)
		}
	}
	return formatError("it is not written as cbscript pack writes bundles: an order, a mode, a time, or bytes after the end")
}

// unpack takes a bundle apart, without believing anything.
func unpack(data []byte) (manifest []byte, contents map[string][]byte, err error) {
	r := tar.NewReader(bytes.NewReader(data))
	contents = make(map[string][]byte)
	for first := true; ; first = false {
		h, err := r.Next()
		if err == io.EOF && !first {
			return manifest, contents, nil
		}
		if err != nil {
			return nil, nil, formatError("it cannot be read as a tar file: %w", err)
		}
		if h.Typeflag != tar.TypeReg {
			return nil, nil, formatError("%q is not a regular file", h.Name)
		}
		// A sparse file would be larger than the bytes that it is read from.
		if h.Format != tar.FormatUSTAR || h.Size > int64(len(data)) {
			return nil, nil, formatError("%q has a header that cbscript pack does not write", h.Name)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, nil, formatError("%q cannot be read: %w", h.Name, err)
		}
		if first {
			if h.Name != manifestName {
				return nil, nil, formatError("it begins with %q, not with its manifest %s", h.Name, manifestName)
			}
			manifest = content
			continue
		}
		if err := checkFile(h.Name); err != nil {
			return nil, nil, &FormatError{err, "its author has to pack it anew"}
		}
		if _, ok := contents[h.Name]; ok {
			return nil, nil, formatError("it holds %q twice", h.Name)
		}
		if len(contents) == MaxFiles {
			return nil, nil, formatError("it holds more than %d files", MaxFiles)
		}
		contents[h.Name] = content
	}
}

// Manifest describes the bundle. The caller must not change what it points to.
func (b *Bundle) Manifest() *Manifest { return &b.manifest }

// Ref is the bundle's name and version.
func (b *Bundle) Ref() Ref { return b.manifest.Ref() }

// Digest is that of Bytes.
func (b *Bundle) Digest() Digest { return b.digest }

// Bytes are the bundle as it is stored and sent. The caller must not change them.
func (b *Bundle) Bytes() []byte { return b.data }

// Files gives the files of the bundle, from memory. The manifest is not among them.
func (b *Bundle) Files() fs.FS { return memory(b.files) }
