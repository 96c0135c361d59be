package evidence

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
	"time"

	"github.com/cbscript/cbscript/builtins"
)

// Config says what a folder's manifest tells of the run that saves files there. The zero value tells nothing.
type Config struct {
	Book         *Book            // knows what was received from endpoints; nil means that nothing was
	Now          func() time.Time // the host's clock; nil means time.Now
	Script       string           // name of the script; empty for what is typed
	ScriptSHA256 string           // of its text, in hexadecimal
	Version      string           // of the program
}

// Folder is where a script's files are saved, and told of in a manifest. One folder of a directory is open at a time, on
// the whole machine. It is safe for concurrent use.
type Folder struct {
	root   *os.Root
	c      Config
	saving sync.WaitGroup
	closed chan struct{} // closed by Close

	mu       sync.Mutex
	manifest *manifest
	writing  map[string]bool // names that are being saved
	files    int
	size     int64
}

// errClosed is the error of a file that is saved too late.
var errClosed = errors.New("the run is over")

// Open makes a folder, with those above it, unless it exists, and goes on with the manifest that it has. Nothing is
// written outside it, also not through symbolic links inside it. A manifest that cannot be continued, because another
// run writes it or because it is damaged, is a [*ManifestError].
func Open(dir string, c Config) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	m, err := openManifest(root, dir)
	if err != nil {
		_ = root.Close() // nothing was written
		return nil, err
	}
	if c.Book == nil {
		c.Book = NewBook()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Folder{root: root, c: c, closed: make(chan struct{}), manifest: m, writing: map[string]bool{}}, nil
}

// Close ends the saving of files that are not whole yet, of which nothing is left, and releases the folder. The files
// stay. It is called once.
func (f *Folder) Close() error {
	f.mu.Lock()
	close(f.closed)
	f.mu.Unlock()
	f.saving.Wait()
	return errors.Join(f.manifest.f.Close(), f.root.Close())
}

// Saved returns how many files were saved since Open, and how many bytes they have together.
func (f *Folder) Saved() (files int, size int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.files, f.size
}

// Sum gives the SHA-256 of the manifest as it is, in hexadecimal.
func (f *Folder) Sum() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f.manifest.f, 0, f.manifest.size)); err != nil {
		return "", fmt.Errorf("read the manifest: %w", cause(err))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Save writes a file, whose name may have folders separated by slashes, adds it to the manifest, and returns its size. A
// file has its name only when it is whole and on the disk; after an error, or when ctx ends, no part of it is left. Only
// its owner can read it.
//
// It never replaces a file: what is there may be evidence. A file of the same name with the same bytes stays as it is and
// has a further line in the manifest, so that a job that is run again can save what it saved before; the first byte that
// differs is an error.
func (f *Folder) Save(ctx context.Context, name string, data io.Reader) (int64, error) {
	if err := builtins.CheckArtifactName(name); err != nil {
		return 0, fmt.Errorf("save a file: %w", err)
	}
	if err := f.begin(name); err != nil {
		return 0, fmt.Errorf("save %q: %w", name, cause(err))
	}
	defer f.end(name)
	size, err := f.save(ctx, name, data)
	if err != nil {
		return 0, fmt.Errorf("save %q: %w", name, cause(err))
	}
	return size, nil
}

// errExists is the error of a second file of a name.
var errExists = errors.New("there is such a file already, and it has other bytes: give each run a folder of its own, and each file a name")

// errTwice is the error of a file that is being saved under the name of another.
var errTwice = errors.New("a file of this name is just being saved: give each file a name")

// begin takes a name.
func (f *Folder) begin(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over() {
		return errClosed
	}
	if f.manifest.err != nil {
		return f.manifest.err
	}
	if f.writing[name] {
		return errTwice
	}
	f.writing[name] = true
	f.saving.Add(1)
	return nil
}

func (f *Folder) end(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.writing, name)
	f.saving.Done()
}

// save writes the file under another name first.
func (f *Folder) save(ctx context.Context, name string, data io.Reader) (int64, error) {
	if _, err := f.root.Lstat(name); err == nil {
		return f.confirm(ctx, name, data)
	}
	if dir := path.Dir(name); dir != "." {
		if err := f.root.MkdirAll(dir, 0o700); err != nil {
			return 0, err
		}
	}
	part := builtins.PartPrefix + rand.Text() + ".part"
	file, err := f.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.root.Remove(part) }() // it has its own name by then, or is not wanted
	e, sum, err := f.copy(ctx, file, data)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return 0, err
	}
	e.Name = name
	return e.Size, f.enter(part, e, sum)
}

// copy writes data, and gives its size and its hashes.
func (f *Folder) copy(ctx context.Context, to io.Writer, data io.Reader) (*Entry, [32]byte, error) {
	sha, old := sha256.New(), md5.New()
	size, err := io.Copy(io.MultiWriter(to, sha, old), &source{f, &untilDone{ctx, data}})
	return &Entry{Size: size, MD5: hex.EncodeToString(old.Sum(nil)), SHA256: hex.EncodeToString(sha.Sum(nil))}, [32]byte(sha.Sum(nil)), err
}

// confirm adds a file to the manifest that is there already, if it has these bytes.
func (f *Folder) confirm(ctx context.Context, name string, data io.Reader) (int64, error) {
	if info, err := f.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return 0, cmp.Or(err, errExists)
	}
	file, err := f.root.Open(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	there := bufio.NewReaderSize(file, 64<<10)
	e, sum, err := f.copy(ctx, &compared{there: there}, data)
	if err != nil {
		return 0, err
	}
	if _, err := there.Peek(1); err != io.EOF {
		return 0, errExists
	}
	e.Name = name
	return e.Size, f.enter("", e, sum)
}

// compared takes what is there, and nothing else.
type compared struct {
	there *bufio.Reader
	buf   []byte
}

func (c *compared) Write(p []byte) (int, error) {
	c.buf = append(c.buf[:0], p...)
	if _, err := io.ReadFull(c.there, c.buf); err != nil || !bytes.Equal(c.buf, p) {
		return 0, errExists
	}
	return len(p), nil
}

// enter gives a whole file its name, and adds it to the manifest; an empty part stands for a file that has its name
// already. A file that cannot be added is not kept.
func (f *Folder) enter(part string, e *Entry, sum [32]byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over() {
		return errClosed
	}
	if part != "" {
		if err := f.name(part, e.Name); err != nil {
			return err
		}
	}
	err := syncFolder(f.root, path.Dir(e.Name))
	if err == nil {
		e.N, e.Previous, e.Saved = f.manifest.n+1, f.manifest.last, f.c.Now().UTC()
		e.Script, e.ScriptSHA256, e.Version = f.c.Script, f.c.ScriptSHA256, f.c.Version
		f.c.Book.fill(e, sum)
		err = f.manifest.add(e)
	}
	if err != nil {
		if part != "" {
			_ = f.root.Remove(e.Name) // the first error is the one to know
		}
		return err
	}
	f.files++
	f.size += e.Size
	return nil
}

// name gives a file its name, unless there is such a file. Some file systems have no second names for a file: there, only
// a program that ignores the lock of the manifest could come between.
func (f *Folder) name(part, name string) error {
	err := f.root.Link(part, name)
	if err == nil {
		return nil
	}
	if _, there := f.root.Lstat(name); there == nil {
		return errExists
	}
	return f.root.Rename(part, name)
}

// cause takes the names of Go's system calls off.
func cause(err error) error {
	var (
		at   *fs.PathError
		link *os.LinkError
	)
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// over reports whether the folder is being closed.
func (f *Folder) over() bool {
	select {
	case <-f.closed:
		return true
	default:
		return false
	}
}

// source is the data of a file. It ends with the folder.
type source struct {
	f *Folder
	r io.Reader
}

func (s *source) Read(p []byte) (int, error) {
	if s.f.over() {
		return 0, errClosed
	}
	return s.r.Read(p)
}

// untilDone is a reader that ends with a context.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u *untilDone) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	return u.r.Read(p)
}
