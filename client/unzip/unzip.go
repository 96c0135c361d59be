// Package unzip reads one file out of a zip archive while the archive arrives, so that the memory stays flat however
// large the file is. The standard library reads an archive from its end, which would need the whole of it first.
//
//	file, err := unzip.First(body)
//	if err != nil { ... }
//	_, err = io.Copy(w, file)
//
// It reads the two methods that the servers use, stored and deflated, and no archive that is encrypted.
package unzip

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
)

// File is an entry of an archive. Reading gives its content; an archive that breaks off is an error, never a short
// file, and so is content that does not have the checksum that the archive tells.
type File struct {
	Name string
	Size int64 // of the content, in bytes; -1 when the archive does not tell
	io.Reader
}

// Parts of the header before each entry.
const (
	signature       = "PK\x03\x04"
	descriptor      = "PK\x07\x08" // may begin what follows the content
	directory       = "PK\x01\x02" // begins what follows the last entry
	headerSize      = 30
	flagEncrypted   = 1 << 0
	flagSizesFollow = 1 << 3    // the sizes are written after the content
	sizeElsewhere   = 1<<32 - 1 // the size does not fit in its place
)

// header is what stands before an entry's content.
type header struct {
	name         string
	flags        uint16
	method       uint16
	sum          uint32 // CRC-32 of the content, unless it follows it
	packed, size int64  // -1 when they are not told
}

// First finds the first entry.
func First(r io.Reader) (*File, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	h, err := readHeader(in)
	if err != nil {
		return nil, fmt.Errorf("it is no zip archive with an entry: %w", err)
	}
	return open(in, h)
}

// Named finds the entry of that name. A stored entry that stands before it must tell its size, so that it can be passed
// over.
func Named(r io.Reader, name string) (*File, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		h, err := readHeader(in)
		if err != nil {
			return nil, fmt.Errorf("it is no zip archive with an entry %q: %w", name, err)
		}
		if h.name == name {
			return open(in, h)
		}
		if err := h.pass(in); err != nil {
			return nil, fmt.Errorf("the entry %q before %q cannot be passed over: %w", h.name, name, unexpected(err))
		}
	}
}

// pass reads to the next header.
func (h header) pass(in *bufio.Reader) error {
	if h.packed >= 0 {
		_, err := io.CopyN(io.Discard, in, h.packed)
		return err
	}
	f, err := open(in, h)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, f); err != nil {
		return err
	}
	// The sizes that follow have four bytes each, or eight in an archive for large files; nothing says which.
	next, err := in.Peek(16 + len(signature))
	for _, n := range []int{8, 16} {
		if len(next) < n+len(signature) {
			break
		}
		if s := string(next[n : n+len(signature)]); s == signature || s == directory {
			_, err = in.Discard(n)
			return err
		}
	}
	return cmp.Or(err, errNoEntry)
}

func readHeader(in io.Reader) (header, error) {
	fixed := make([]byte, headerSize)
	if _, err := io.ReadFull(in, fixed); err != nil {
		return header{}, unexpected(err)
	}
	if !bytes.HasPrefix(fixed, []byte(signature)) {
		return header{}, errNoEntry
	}
	names := make([]byte, int(binary.LittleEndian.Uint16(fixed[26:]))+int(binary.LittleEndian.Uint16(fixed[28:])))
	if _, err := io.ReadFull(in, names); err != nil {
		return header{}, unexpected(err)
	}
	h := header{
		name:   string(names[:binary.LittleEndian.Uint16(fixed[26:])]),
		flags:  binary.LittleEndian.Uint16(fixed[6:]),
		method: binary.LittleEndian.Uint16(fixed[8:]),
		sum:    binary.LittleEndian.Uint32(fixed[14:]),
		packed: int64(binary.LittleEndian.Uint32(fixed[18:])),
		size:   int64(binary.LittleEndian.Uint32(fixed[22:])),
	}
	if h.flags&flagSizesFollow != 0 || h.packed == sizeElsewhere || h.size == sizeElsewhere {
		h.packed, h.size = -1, -1
	}
	return h, nil
}

// open gives the content that follows a header.
func open(in *bufio.Reader, h header) (*File, error) {
	if h.flags&flagEncrypted != 0 {
		return nil, fmt.Errorf("its entry %q is encrypted", h.name)
	}
	f := &File{Name: h.name, Size: h.size}
	switch h.method {
	case zip.Deflate:
		f.Reader = flate.NewReader(in)
		if h.size >= 0 {
			f.Reader = &exactly{f.Reader, h.size}
		}
	case zip.Store:
		if h.packed < 0 {
			return nil, fmt.Errorf("its entry %q does not tell its size", h.name)
		}
		f.Size, f.Reader = h.packed, &exactly{io.LimitReader(in, h.packed), h.packed}
	default:
		return nil, fmt.Errorf("its entry %q is packed by the unknown method %d", h.name, h.method)
	}
	f.Reader = &summed{r: f.Reader, sum: crc32.NewIEEE(), want: func() (uint32, error) {
		if h.flags&flagSizesFollow == 0 {
			return h.sum, nil
		}
		return readSum(in)
	}}
	return f, nil
}

// readSum reads the checksum that follows the content.
func readSum(in *bufio.Reader) (uint32, error) {
	if next, err := in.Peek(len(descriptor)); err == nil && string(next) == descriptor {
		_, _ = in.Discard(len(descriptor)) // they are in the buffer
	}
	var sum [4]byte
	_, err := io.ReadFull(in, sum[:])
	return binary.LittleEndian.Uint32(sum[:]), unexpected(err)
}

// summed compares the checksum of what was read at its end.
type summed struct {
	r    io.Reader
	sum  hash.Hash32
	want func() (uint32, error) // nil when it was compared
}

// Read reads as io.Reader does.
func (s *summed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	_, _ = s.sum.Write(p[:n]) // a hash never fails
	if err != io.EOF || s.want == nil {
		return n, err
	}
	want, wrong := s.want()
	switch s.want = nil; {
	case wrong != nil:
		err = wrong
	case want != s.sum.Sum32():
		err = errSum
	default:
		return n, io.EOF
	}
	s.r = failing{err}
	return n, err
}

// failing is a reader that gives an error, again and again.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

var (
	errNoEntry = errors.New("no entry begins where one should")
	errSum     = errors.New("the content does not have the checksum that the archive tells: it was damaged on its way")
)

// unexpected is an end that comes too early.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// exactly reads as many bytes as were announced. An end that comes too early is an error, so that a transfer that broke
// off is not taken for a whole file, and so is more than that.
type exactly struct {
	r    io.Reader
	left int64
}

// Read reads as io.Reader does.
func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return e.end()
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// end looks whether the content ends where it should.
func (e *exactly) end() (int, error) {
	n, err := io.ReadFull(e.r, make([]byte, 1))
	if n > 0 {
		return 0, errTooLong
	}
	return 0, err
}

var errTooLong = errors.New("the entry holds more than its header says")
