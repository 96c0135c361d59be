package runtime

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/cbscript/cbscript/runtime/scriptfiles"
)

// Script is the source of a script, and the files that it may load.
type Script struct {
	Name   string // as error reports show it, such as "hunts/net.star"
	Source string
	Files  fs.FS  // the script's root; nil means that there are no files beside it
	Path   string // of the script in Files, with slashes; load("./x.star") is relative to it

	root *scriptfiles.Root
}

// Open reads a script from a file. root is the directory that its loads may not leave, also not by symbolic links; an
// empty root is the directory in which the script lies, the one it points to if file is a symbolic link. The script must
// be closed after its last run.
//
// Its Files are a [scriptfiles.Root]: they give the same bytes for as long as the script is open, and nothing but what a load can
// name.
//
// A file that cannot be read, as a folder, a pipe or a device, or a script outside root, is a [*UsageError].
func Open(file, root string) (*Script, error) {
	at := file
	if root == "" {
		if target, err := filepath.EvalSymlinks(file); err == nil {
			at = target
		}
		root = filepath.Dir(at)
	}
	inside, err := within(root, at)
	if err != nil {
		return nil, err
	}
	dir, err := scriptfiles.OpenRoot(root)
	if err != nil {
		return nil, &UsageError{Err: fmt.Errorf("open the script's folder: %w", err)}
	}
	source, err := dir.Main(inside)
	if err != nil {
		dir.Close()
		return nil, openError(file, err)
	}
	return &Script{Name: filepath.ToSlash(file), Source: string(source), Files: dir, Path: inside, root: dir}, nil
}

// Close releases the script's root. It does nothing for a script that Open did not make.
func (s *Script) Close() error {
	if s.root == nil {
		return nil
	}
	return s.root.Close()
}

// within returns the path of file relative to root.
func within(root, file string) (string, error) {
	absRoot, err := filepath.Abs(root)
	if err != nil {
		return "", &UsageError{Err: err}
	}
	absFile, err := filepath.Abs(file)
	if err != nil {
		return "", &UsageError{Err: err}
	}
	rel, err := filepath.Rel(absRoot, absFile)
	if err != nil || !filepath.IsLocal(rel) {
		return "", &UsageError{
			Err:    fmt.Errorf("the script %q is not inside its root %q", file, root),
			Advice: "name a root that contains the script",
		}
	}
	return filepath.ToSlash(rel), nil
}

// readLimited reads a source file, or enough of it to see that it is too large.
func readLimited(files fs.FS, name string) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", scriptfiles.ErrFolder
	case !info.Mode().IsRegular():
		return "", scriptfiles.ErrNotRegular
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	return string(text), err
}

// openError names the file as the user typed it.
func openError(file string, err error) error {
	e := &UsageError{Err: fmt.Errorf("open %s: %w", file, pathCause(err))}
	if errors.Is(err, fs.ErrNotExist) {
		e.Advice = "paths are relative to the current directory"
		if path.Ext(file) == "" {
			e.Advice = "scripts end in .star; " + e.Advice
		}
	}
	return e
}

// joinName gives the name of another file in reports: beside the script's own, as its user would write it.
func (s *Script) joinName(file string) string {
	base := strings.TrimSuffix(s.Name, s.Path)
	if base == s.Name && s.Path != "" {
		return file
	}
	return base + file
}

// pathCause takes the system call and the path off an error of the file system: whoever reports it names the file as the
// user did.
func pathCause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
