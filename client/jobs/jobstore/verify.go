package jobstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"

	"go.etcd.io/bbolt"
)

// The form of the pages of a database, as far as it is needed to tell whether they hang together. Source: the package
// go.etcd.io/bbolt, internal/common.
const (
	pageHeader = 16
	metaSize   = 64 // with the checksum at its end
	metaMagic  = 0xED0CDAED
	elementLen = 16 // of both kinds of pages

	branchPage   = 0x01
	leafPage     = 0x02
	freePage     = 0x10
	manyFree     = 0xFFFF // the number of free pages is where the first of them would be
	bucketEntry  = 0x01
	bucketHeader = 16 // of a bucket as a value: its root, and a sequence

	minPage   = 1 << 10
	maxPage   = 64 << 10
	maxLevels = 64
)

// pages reads a file without mapping it into memory.
type pages struct {
	r    io.ReaderAt
	path string
	size uint64          // of a page
	n    uint64          // pages that the file has
	seen map[uint64]bool // of the tree
}

// verify walks through the pages of a file before it is opened: what the database does on one that was cut, or whose pages
// lead in a circle, ends the process. It is held open for reading meanwhile, so that nobody writes; a file that is not there,
// and an empty one, are fine.
func verify(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &FormatError{path, "it is no regular file"}
	case info.Size() == 0:
		return nil
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: patience, ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close() // only read
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() // only read
	if info, err = f.Stat(); err != nil {
		return err
	}
	return verifyPages(f, path, uint64(info.Size()))
}

func verifyPages(r io.ReaderAt, path string, size uint64) error {
	p := &pages{r: r, path: path, seen: map[uint64]bool{}}
	root, free, err := p.meta(size)
	if err != nil {
		return err
	}
	if err := p.walk(root, 0); err != nil {
		return err
	}
	return p.free(free)
}

func (p *pages) wrong(format string, args ...any) error {
	return &FormatError{p.path, "it is damaged: " + fmt.Sprintf(format, args...)}
}

// meta reads the pages that describe the file, and gives the root and the list of free pages of the later one that is whole.
func (p *pages) meta(size uint64) (root, free uint64, err error) {
	le := binary.NativeEndian
	var best uint64
	found := false
	look := func(at uint64) {
		b := make([]byte, pageHeader+metaSize)
		if _, err := p.r.ReadAt(b, int64(at)); err != nil {
			return
		}
		m := b[pageHeader:]
		sum := fnv.New64a()
		_, _ = sum.Write(m[:metaSize-8])
		pageSize, tx := uint64(le.Uint32(m[8:])), le.Uint64(m[48:])
		if le.Uint32(m) != metaMagic || le.Uint64(m[metaSize-8:]) != sum.Sum64() || pageSize < minPage || pageSize > maxPage ||
			at != 0 && at != pageSize || found && tx < best {
			return
		}
		found, best = true, tx
		p.size, p.n, root = pageSize, le.Uint64(m[40:]), le.Uint64(m[16:])
		free = le.Uint64(m[32:])
	}
	look(0)
	for at := uint64(minPage); at <= maxPage; at *= 2 {
		look(at)
	}
	if !found {
		return 0, 0, &FormatError{p.path, "it is another program's, or its beginning is damaged"}
	}
	if p.n > size/p.size {
		return 0, 0, p.wrong("it should have %d bytes, and has %d", p.n*p.size, size)
	}
	return root, free, nil
}

// page reads a page with what it overflows into.
func (p *pages) page(id uint64) ([]byte, error) {
	if id < 2 || id >= p.n {
		return nil, p.wrong("page %d is not there", id)
	}
	if p.seen[id] {
		return nil, p.wrong("page %d is used twice", id)
	}
	head := make([]byte, pageHeader)
	if _, err := p.r.ReadAt(head, int64(id*p.size)); err != nil {
		return nil, p.wrong("page %d: %v", id, err)
	}
	overflow := uint64(binary.NativeEndian.Uint32(head[12:]))
	if binary.NativeEndian.Uint64(head) != id || overflow >= p.n-id {
		return nil, p.wrong("page %d has a wrong head", id)
	}
	for i := range overflow + 1 {
		p.seen[id+i] = true
	}
	b := make([]byte, (overflow+1)*p.size)
	if _, err := p.r.ReadAt(b, int64(id*p.size)); err != nil {
		return nil, p.wrong("page %d: %v", id, err)
	}
	return b, nil
}

// free goes through the list of free pages, none of which may be used.
func (p *pages) free(id uint64) error {
	b, err := p.page(id)
	if err != nil {
		return err
	}
	le := binary.NativeEndian
	count, ids := uint64(le.Uint16(b[10:])), b[pageHeader:]
	if count == manyFree {
		count, ids = le.Uint64(ids), ids[8:]
	}
	if le.Uint16(b[8:]) != freePage || count > uint64(len(ids)/8) {
		return p.wrong("page %d is no list of free pages", id)
	}
	for i := range count {
		free := le.Uint64(ids[8*i:])
		if free < 2 || free >= p.n || p.seen[free] {
			return p.wrong("page %d is used, or not there, and called free", free)
		}
		p.seen[free] = true
	}
	return nil
}

// walk goes through a page and those below it.
func (p *pages) walk(id uint64, level int) error {
	if level > maxLevels {
		return p.wrong("its pages are nested too deep")
	}
	b, err := p.page(id)
	if err != nil {
		return err
	}
	return p.elements(b, id, level)
}

// elements goes through the elements of a page, which b begins with.
func (p *pages) elements(b []byte, id uint64, level int) error {
	le := binary.NativeEndian
	flags, count := le.Uint16(b[8:]), int(le.Uint16(b[10:]))
	if flags != branchPage && flags != leafPage {
		return p.wrong("page %d is of an unknown kind", id)
	}
	if flags == branchPage && count == 0 || pageHeader+count*elementLen > len(b) {
		return p.wrong("page %d has %d elements", id, count)
	}
	for i := range count {
		at := pageHeader + i*elementLen
		e := b[at : at+elementLen]
		if flags == branchPage {
			if within(b, at, le.Uint32(e), le.Uint32(e[4:]), 0) == nil {
				return p.wrong("page %d: element %d leads out of it", id, i)
			}
			if err := p.walk(le.Uint64(e[8:]), level+1); err != nil {
				return err
			}
			continue
		}
		key, size := le.Uint32(e[8:]), le.Uint32(e[12:])
		whole := within(b, at, le.Uint32(e[4:]), key, size)
		if whole == nil {
			return p.wrong("page %d: element %d leads out of it", id, i)
		}
		if le.Uint32(e)&bucketEntry != 0 {
			if err := p.bucket(whole[key:], id, level); err != nil {
				return err
			}
		}
	}
	return nil
}

// within gives the key and value of an element, nil when they are not on its page.
func within(b []byte, at int, pos, key, value uint32) []byte {
	from := uint64(at) + uint64(pos)
	to := from + uint64(key) + uint64(value)
	if key == 0 || to > uint64(len(b)) {
		return nil
	}
	return b[from:to]
}

// bucket goes through a bucket, which is a value: it names its root, or has it behind its header.
func (p *pages) bucket(value []byte, id uint64, level int) error {
	if len(value) < bucketHeader {
		return p.wrong("page %d: a bucket without a header", id)
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return p.walk(root, level+1)
	}
	inner := value[bucketHeader:]
	if len(inner) < pageHeader || level > maxLevels || binary.NativeEndian.Uint16(inner[8:]) != leafPage {
		return p.wrong("page %d: a bucket without a page", id)
	}
	return p.elements(inner, id, level+1)
}
