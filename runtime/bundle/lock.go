package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
)

// LockName is the name of a lock file.
const LockName = "cbscript.lock"

// lockHeader is the first line of a lock file.
const lockHeader = "# cbscript.lock 1: the bundles that the scripts here load, by digest. cbscript install writes it."

// maxLock bounds a lock file, in bytes.
const maxLock = 1 << 20

// A Lock says which bundle a name stands for: one version of each, by its digest. The nil Lock is empty.
type Lock struct {
	File    string // for errors
	Entries []Requirement
}

// ParseLock reads a lock file: a first line with the version of the format, and a line for each bundle with its name, version
// and digest. Empty lines and those that begin with # are left out; line ends may be those of Windows. file is the name for
// errors, which are a [*FileError].
func ParseLock(file string, data []byte) (*Lock, error) {
	l := &Lock{File: file}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		fail := func(format string, args ...any) (*Lock, error) {
			return nil, &FileError{file, n, fmt.Errorf(format, args...), "restore the file, or delete it and install anew"}
		}
		switch {
		case n == 1 && !strings.HasPrefix(line, "# cbscript.lock "):
			return fail("it is not a lock file of cbscript")
		case n == 1 && !strings.HasPrefix(line, "# cbscript.lock 1:"):
			return nil, &FileError{file, n, errors.New("the lock file has a format that this program does not know"), "a newer cbscript may read it"}
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return fail("got %d words, want a name, a version and a digest", len(fields))
		}
		e := Requirement{fields[0], fields[1], Digest(fields[2])}
		if err := e.check(); err != nil {
			return fail("%w", err)
		}
		if _, ok := l.Find(e.Name); ok {
			return fail("the bundle %s is locked twice", e.Name)
		}
		l.Entries = append(l.Entries, e)
	}
	if n == 0 {
		return nil, &FileError{file, 0, errors.New("it is empty"), "restore the file, or delete it and install anew"}
	}
	slices.SortFunc(l.Entries, func(a, b Requirement) int { return strings.Compare(a.Name, b.Name) })
	return l, nil
}

// Bytes gives the lock file, the same for the same entries.
func (l *Lock) Bytes() []byte {
	var b strings.Builder
	b.WriteString(lockHeader + "\n")
	for _, e := range l.Entries {
		fmt.Fprintf(&b, "%s %s %s\n", e.Name, e.Version, e.Digest)
	}
	return []byte(b.String())
}

// Find gives what is locked for a name.
func (l *Lock) Find(name string) (Requirement, bool) {
	if l == nil {
		return Requirement{}, false
	}
	for _, e := range l.Entries {
		if e.Name == name {
			return e, true
		}
	}
	return Requirement{}, false
}

// With gives a lock that has the entry, in place of another one for the same name.
func (l *Lock) With(e Requirement) *Lock {
	out := l.Without(e.Name)
	out.Entries = append(out.Entries, e)
	slices.SortFunc(out.Entries, func(a, b Requirement) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Without gives a lock that has no entry for a name.
func (l *Lock) Without(name string) *Lock {
	out := &Lock{}
	if l == nil {
		return out
	}
	out.File = l.File
	for _, e := range l.Entries {
		if e.Name != name {
			out.Entries = append(out.Entries, e)
		}
	}
	return out
}

// ReadLock reads a lock file. One that does not exist is empty. Errors are a [*FileError]; it is one, too, when every user
// of the machine may write the file.
func ReadLock(file string) (*Lock, error) {
	data, err := readFile(file, maxLock)
	if errors.Is(err, fs.ErrNotExist) {
		return &Lock{File: file}, nil
	}
	if err != nil {
		return nil, &FileError{File: file, Err: err}
	}
	if info, err := os.Stat(file); err == nil && goruntime.GOOS != "windows" && info.Mode().Perm()&0o002 != 0 {
		return nil, &FileError{file, 0, errors.New("everyone can write it, and so choose what the scripts load"), "chmod o-w " + file}
	}
	return ParseLock(file, data)
}

// Write writes the lock file, as a whole or not at all.
func (l *Lock) Write() error { return replace(l.File, l.Bytes(), 0o644) }

// FindLock gives the name of the lock file for scripts in a directory: the nearest cbscript.lock in it or in a directory
// above it. It looks no further up than the top of a repository (a directory with .git, .hg or .svn), or than the home
// directory, and not in a directory above that everyone can write, such as /tmp. When there is none, the name is that of
// one in the directory itself. home may be empty.
func FindLock(dir, home string) string {
	for at := dir; ; {
		file := filepath.Join(at, LockName)
		if _, err := os.Lstat(file); err == nil {
			return file
		}
		up := filepath.Dir(at)
		if up == at || at == filepath.Clean(home) || isRepository(at) || isPublic(up) {
			return filepath.Join(dir, LockName)
		}
		at = up
	}
}

// isRepository reports whether a directory is the top of a repository.
func isRepository(dir string) bool {
	for _, name := range versionControl() {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// isPublic reports whether everyone can put files into a directory. On Windows modes do not tell.
func isPublic(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && goruntime.GOOS != "windows" && info.Mode().Perm()&0o002 != 0
}

// versionControl are the names of the folders in which version control keeps its own files.
func versionControl() []string { return []string{".git", ".hg", ".svn"} }
