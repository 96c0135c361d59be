package scriptfiles

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNotRegular is the cause of the error for a pipe, a socket or a device, which is not read.
var ErrNotRegular = errors.New("it is not a regular file, but a pipe, a socket or a device")

// unwaiting lets the opening of a pipe return at once instead of waiting for a writer. It changes nothing for regular files
// and folders, and nothing on Windows.
const unwaiting = os.O_RDONLY | syscall.O_NONBLOCK

// Open opens a regular file or a folder of the operating system for reading. It does not wait for anybody: for anything else
// the error is an [*fs.PathError] with [ErrNotRegular], or what the system says.
func Open(file string) (*os.File, error) {
	f, err := os.OpenFile(file, unwaiting, 0)
	if err != nil {
		return nil, err
	}
	return regular(f, file)
}

// regular gives an open file back if it is a regular one or a folder, and closes it otherwise. It asks the open file: what
// lies under its name may be another by now.
func regular(f *os.File, name string) (*os.File, error) {
	info, err := f.Stat()
	if err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
	}
	if err != nil {
		f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// Dir gives the files below a folder, as [os.DirFS] does, but opens only what [Open] opens. It is safe for concurrent use.
func Dir(folder string) fs.FS { return dir(folder) }

type dir string

var (
	_ fs.StatFS    = dir("")
	_ fs.ReadDirFS = dir("")
)

// Open opens a file or a folder.
func (d dir) Open(name string) (fs.File, error) {
	local, err := filepath.Localize(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	f, err := Open(filepath.Join(string(d), local))
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			at.Path = name
		}
		return nil, err
	}
	return f, nil
}

// Stat tells about a file without opening it.
func (d dir) Stat(name string) (fs.FileInfo, error) { return fs.Stat(os.DirFS(string(d)), name) }

// ReadDir lists a folder.
func (d dir) ReadDir(name string) ([]fs.DirEntry, error) {
	return fs.ReadDir(os.DirFS(string(d)), name)
}
