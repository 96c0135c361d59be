package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"
)

// Folder is where a script's files are saved. It is safe for concurrent use.
type Folder struct {
	root *os.Root
	mu   sync.Mutex
	n    int
	size int64
}

// OpenFolder makes a folder, with those above it, unless it exists. Nothing is written outside it, also not through
// symbolic links inside it.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	return &Folder{root: root}, nil
}

// Close releases the folder. The files stay.
func (f *Folder) Close() error { return f.root.Close() }

// Saved returns how many files were saved, and how many bytes they have together.
func (f *Folder) Saved() (files int, bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n, f.size
}

// Save writes a file, whose name may have folders separated by slashes, and returns its size. It never replaces a file:
// what is there may be evidence. After an error, or when ctx ends, no part of the file is left. Only its owner can read
// it.
func (f *Folder) Save(ctx context.Context, name string, data io.Reader) (int64, error) {
	if !fs.ValidPath(name) {
		return 0, fmt.Errorf("%q is no name for a file", name)
	}
	if dir := path.Dir(name); dir != "." {
		if err := f.root.MkdirAll(dir, 0o700); err != nil {
			return 0, fmt.Errorf("save %q: %w", name, cause(err))
		}
	}
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return 0, fmt.Errorf("save %q: there is such a file already: give each run a folder of its own, and each file a name", name)
	}
	if err != nil {
		return 0, fmt.Errorf("save %q: %w", name, cause(err))
	}
	size, err := io.Copy(file, &contextReader{ctx, data})
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = f.root.Remove(name) // the first error is the one to know
		return 0, fmt.Errorf("save %q: %w", name, cause(err))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	f.size += size
	return size, nil
}

// cause takes the names of Go's system calls off.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
