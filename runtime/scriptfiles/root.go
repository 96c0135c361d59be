package scriptfiles

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// MaxSize is what is read of a file, in bytes: one more than the largest source that any limit lets through, so that
	// whoever reads it sees that it is too large.
	MaxSize = 1<<20 + 1
	// MaxFiles is how many files a [Root] reads, those that are not there included.
	MaxFiles = 4096
	// MaxBytes is how much a [Root] keeps: sources and names.
	MaxBytes = 64 << 20

	maxLinks = 40 // that lead to one file, as on Linux
)

var (
	// ErrFolder is the cause of the error for a folder.
	ErrFolder = errors.New("it is a folder, not a script")
	// ErrNoModule is the cause of the error for a file that no load can name, by its own name or by the one a symbolic link
	// leads to. Whether there is such a file is not told.
	ErrNoModule = errors.New("only files that end in .star are read beside a script, and links to such files")
	// ErrTooMany is the cause of the error for every further file after [MaxFiles] or [MaxBytes].
	ErrTooMany = errors.New("more files, or larger ones, were asked for than are read beside a script: 4096, and 64 MiB in all")
)

// IsModule reports whether a load can name this file, by its path with slashes below the root: it ends in .star and names
// a file below the root on this system.
func IsModule(name string) bool {
	if !fs.ValidPath(name) || path.Ext(name) != ".star" || strings.ContainsAny(name, "\\\x00") {
		return false
	}
	_, err := filepath.Localize(name)
	return err == nil
}

// Root is the folder that the loads of a script may not leave, also not by symbolic links. As a file system it has only
// what [IsModule] lets through.
//
// The first answer for a file is that for good, also if it was that there is none or that it cannot be read: a file that is
// checked cannot be another when it is compiled. It is safe for concurrent use.
type Root struct {
	dir *os.Root

	mu    sync.Mutex
	files map[string]answer
	bytes int
	full  bool
}

// answer is what became of the first try to read a file.
type answer struct {
	source []byte
	err    error
}

var _ fs.ReadDirFS = (*Root)(nil)

// OpenRoot opens a folder, which must be closed after use.
func OpenRoot(folder string) (*Root, error) {
	opened, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &Root{dir: opened, files: make(map[string]answer)}, nil
}

// Close lets the folder go.
func (r *Root) Close() error { return r.dir.Close() }

// Main reads the script itself, whatever its name is: the user named it. Of a larger one it gives the first [MaxSize] bytes.
// A load of the same path gets the same bytes.
func (r *Root) Main(name string) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, err := r.dir.OpenFile(filepath.FromSlash(name), unwaiting, 0)
	if err != nil {
		return nil, err
	}
	source, err := readAll(f, name)
	if err == nil && IsModule(name) {
		r.keep(name, answer{source: source})
	}
	return source, err
}

// Open gives a module. The errors are those of the first time.
func (r *Root) Open(name string) (fs.File, error) {
	if !IsModule(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrNoModule}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	got, known := r.files[name]
	if !known {
		if r.full {
			return nil, &fs.PathError{Op: "open", Path: name, Err: ErrTooMany}
		}
		got.source, got.err = r.read(name)
		got = r.keep(name, got)
	}
	if got.err != nil {
		return nil, got.err
	}
	return &module{Reader: bytes.NewReader(got.source), name: path.Base(name), size: int64(len(got.source))}, nil
}

// keep remembers an answer. One that there is no room for is not given either, and neither is any new one after it:
// it could be another the next time.
func (r *Root) keep(name string, a answer) answer {
	if r.full || len(r.files) == MaxFiles || r.bytes+len(name)+len(a.source) > MaxBytes {
		r.full = true
		return answer{err: &fs.PathError{Op: "open", Path: name, Err: ErrTooMany}}
	}
	r.files[name] = a
	r.bytes += len(name) + len(a.source)
	return a
}

// read reads a module from the disk. Where a symbolic link leads to a file that is no module by its own name, that file is
// not read.
func (r *Root) read(name string) ([]byte, error) {
	at, info, err := r.follow(name)
	if err != nil {
		return nil, err
	}
	f, err := r.dir.OpenFile(at, unwaiting, 0)
	if err != nil {
		return nil, err
	}
	if now, err := f.Stat(); err == nil && !os.SameFile(info, now) {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("it was replaced while it was opened")}
	}
	return readAll(f, name)
}

// follow gives the path at the end of the symbolic links that a file is, and what lies there.
func (r *Root) follow(name string) (string, fs.FileInfo, error) {
	at := filepath.FromSlash(name)
	for range maxLinks {
		info, err := r.dir.Lstat(at)
		if err != nil {
			return "", nil, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return at, info, nil
		}
		target, err := r.dir.Readlink(at)
		if err != nil {
			return "", nil, err
		}
		if filepath.IsAbs(target) {
			return at, info, r.outside(at, name)
		}
		if path.Ext(filepath.ToSlash(target)) != ".star" {
			return "", nil, &fs.PathError{Op: "open", Path: name, Err: ErrNoModule}
		}
		// Not cleaned: ".." after a folder that is itself a link leads elsewhere than the text says.
		at = at[:len(at)-len(filepath.Base(at))] + target
	}
	return "", nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("too many symbolic links lead to it")}
}

// outside gives the error of a link that names its target from the top of the disk: the system's, which refuses it.
func (r *Root) outside(at, name string) error {
	_, err := r.dir.Stat(at)
	if err == nil {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrNoModule}
	}
	return err
}

// readAll reads an open file and closes it.
func readAll(f *os.File, name string) ([]byte, error) {
	f, err := regular(f, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrFolder}
	}
	return io.ReadAll(io.LimitReader(f, MaxSize))
}

// ReadDir gives the modules of a folder by their names, as they are now: only advice is made of it.
func (r *Root) ReadDir(name string) ([]fs.DirEntry, error) {
	local, err := filepath.Localize(name)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	f, err := r.dir.OpenFile(local, unwaiting, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return Modules(entries), err
}

// Modules leaves of a folder's entries the files that a load could name. It changes entries.
func Modules(entries []fs.DirEntry) []fs.DirEntry {
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() || !IsModule(e.Name()) })
}

// module is a file that was read, and what is told of it.
type module struct {
	*bytes.Reader
	name string
	size int64
}

func (m *module) Stat() (fs.FileInfo, error) { return m, nil }
func (m *module) Close() error               { return nil }
func (m *module) Name() string               { return m.name }
func (m *module) Size() int64                { return m.size }
func (m *module) Mode() fs.FileMode          { return 0o444 }
func (m *module) ModTime() time.Time         { return time.Time{} }
func (m *module) IsDir() bool                { return false }
func (m *module) Sys() any                   { return nil }
