package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cbscript/cbscript/runtime/bundle"
	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/scripttest"
)

// Options say how a directory is packed.
type Options struct {
	Check check.Options
	Tests scripttest.Config // Host is required; Root is set to the directory
	Lock  *bundle.Lock      // has the bundles that the scripts load; nil when they load none
}

// A TestsError says that tests of a bundle failed.
type TestsError struct {
	Report *scripttest.Report
}

// Error says how many failed.
func (e *TestsError) Error() string {
	return fmt.Sprintf("%d of %d tests failed", e.Report.Failed(), len(e.Report.Results))
}

// Kind is "CheckError".
func (e *TestsError) Kind() string { return "CheckError" }

// Hint names the command that shows more.
func (e *TestsError) Hint() string { return "cbscript test --verbose DIR shows what they print" }

// A FileError says why a directory cannot be packed because of one of its files.
type FileError struct {
	File   string // in the directory, with slashes
	Err    error
	Advice string // what to do, or empty
}

// Error names the file and the reason.
func (e *FileError) Error() string { return fmt.Sprintf("%q: %v", e.File, e.Err) }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Kind is "UsageError".
func (e *FileError) Kind() string { return "UsageError" }

// Hint says what to do next, or is empty.
func (e *FileError) Hint() string { return e.Advice }

// Dir makes a bundle of a directory. What version control keeps in it (.git, .hg, .svn) and its cbscript.lock are no part
// of it. Errors are a [*FileError], a [*RefusedError], a [*DeclarationError], a [*TestsError], a [*bundle.NameError], a
// [*bundle.SizeError], a *runtime.UsageError when there are no tests, or that of ctx. The review is given as far as it came.
func Dir(ctx context.Context, dir string, o Options) (*bundle.Bundle, *Review, error) {
	contents, err := read(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	// A first build, since its files are the ones that are checked.
	draft, err := bundle.Build(bundle.Manifest{Name: "draft/draft", Version: "0.0.0", Description: "draft"}, contents)
	if err != nil {
		return nil, nil, err
	}
	review, err := Files(ctx, draft.Files(), o.Check)
	if err != nil {
		return nil, review, err
	}
	m := review.Manifest()
	for _, name := range review.Loads {
		locked, ok := o.Lock.Find(name)
		if !ok {
			return nil, review, &DeclarationError{review.MetaFile, review.Meta.Line, fmt.Errorf("the scripts load the bundle %s, which is not locked", name),
				"cbscript install " + name + "@VERSION, so that the bundle can say which one it needs"}
		}
		m.Requires = append(m.Requires, locked)
	}
	if err := test(ctx, dir, o.Tests); err != nil {
		return nil, review, err
	}
	b, err := bundle.Build(m, contents)
	if err != nil {
		return nil, review, err
	}
	return b, review, unchanged(ctx, dir, b, m)
}

// test runs the tests of a directory.
func test(ctx context.Context, dir string, config scripttest.Config) error {
	files, err := scripttest.Find([]string{dir})
	if err != nil {
		return err
	}
	config.Root = dir
	report, err := scripttest.Run(ctx, config, files)
	if err != nil {
		return err
	}
	if report.Failed() > 0 {
		return &TestsError{report}
	}
	return nil
}

// unchanged reads the directory again: what was tested must be what is packed.
func unchanged(ctx context.Context, dir string, b *bundle.Bundle, m bundle.Manifest) error {
	contents, err := read(ctx, dir)
	if err != nil {
		return err
	}
	again, err := bundle.Build(m, contents)
	if err != nil {
		return err
	}
	if again.Digest() != b.Digest() {
		return &FileError{filepath.ToSlash(dir), errors.New("its files were changed while its tests ran"), "pack it again"}
	}
	return nil
}

// read reads all files of a directory.
func read(ctx context.Context, dir string) (map[string][]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, &FileError{filepath.ToSlash(dir), pathCause(err), "name the directory of the scripts"}
	}
	defer root.Close()
	contents := make(map[string][]byte)
	var size int64
	files := root.FS()
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return &FileError{name, pathCause(err), ""}
		case d.IsDir() && isVersionControl(d.Name()):
			return fs.SkipDir
		case d.IsDir() || isVersionControl(d.Name()) || name == bundle.LockName:
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			return &FileError{name, errors.New("it is a symbolic link"), "put the file itself there: a bundle holds regular files only"}
		case !d.Type().IsRegular():
			return &FileError{name, errors.New("it is not a regular file"), "move it out of the directory"}
		}
		if len(contents) == bundle.MaxFiles {
			return &FileError{name, fmt.Errorf("it is one file too many: a bundle holds at most %d", bundle.MaxFiles), "split the directory"}
		}
		content, err := readFile(files, name, bundle.MaxSize-size)
		if err != nil {
			return err
		}
		contents[name] = content
		size += int64(len(content))
		return nil
	})
	return contents, err
}

// isVersionControl reports whether a name is that of a folder of version control, or of the file that stands for it in a
// second working tree.
func isVersionControl(name string) bool { return name == ".git" || name == ".hg" || name == ".svn" }

// readFile reads a file that may have at most limit bytes.
func readFile(files fs.FS, name string, limit int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, &FileError{name, pathCause(err), ""}
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, &FileError{name, pathCause(err), ""}
	}
	if int64(len(content)) > limit {
		return nil, &FileError{name, fmt.Errorf("with it the bundle has more than %d bytes", bundle.MaxSize),
			"leave large data out: a script can be given files by param(type=\"file\")"}
	}
	return content, nil
}

// pathCause takes the name of the file off an error: the error around it has it.
func pathCause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
