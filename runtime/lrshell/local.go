package lrshell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/client"
)

// Files is a folder that files are saved in and told of, such as an evidence.Folder. It never replaces a file.
type Files interface {
	// Save writes a file, whose name may have folders separated by slashes, and gives its size.
	Save(ctx context.Context, name string, data io.Reader) (int64, error)
}

// local is the local path that an argument means.
func (s *Shell) local(text string) string {
	if filepath.IsAbs(text) || s.c.Dir == "" {
		return text
	}
	return filepath.Join(s.c.Dir, text)
}

// target is where a file is stored.
type target struct {
	path    string
	replace bool   // a file that is there
	name    string // in the folder of files; empty for a path of its own
}

// target is the local file that an argument means, for something of that name: itself, or in the directory that it names.
// It is an error when it cannot be stored there, before the endpoint is asked for anything. A name of its own is needed
// where name is empty.
func (s *Shell) target(in *input, text, name string) (target, error) {
	if s.c.Files != nil && !filepath.IsAbs(text) {
		return s.collected(in, filepath.ToSlash(text), name)
	}
	t := target{path: s.local(text), replace: in.has("-f")}
	if info, err := os.Stat(t.path); err == nil && info.IsDir() && name != "" {
		if !filepath.IsLocal(name) || name == "." {
			return t, usage("name the local file", "%q is no name for a file here", name)
		}
		t.path = filepath.Join(t.path, name)
	}
	return t, free(t.path, t.replace)
}

// collected is the place of a file in the folder of files.
func (s *Shell) collected(in *input, text, name string) (target, error) {
	if in.has("-f") {
		return target{}, usage("name another file; an absolute path is outside of --out", "%s -f: a file under --out is never replaced", in.command.Name)
	}
	switch {
	case text == ".":
		text = name
	case strings.HasSuffix(text, "/"):
		text += name
	}
	text = strings.TrimPrefix(text, "./")
	if err := builtins.CheckArtifactName(text); err != nil {
		return target{}, usage("name the local file", "%s: %w", in.command.Name, err)
	}
	return target{path: filepath.Join(s.c.FilesDir, filepath.FromSlash(text)), name: text}, nil
}

// store writes a file while it arrives, and tells what it was. Nothing is left of one that did not arrive whole.
func (s *Shell) store(ctx context.Context, to target, file *client.File) (_ *sums, err error) {
	defer file.Close()
	got := newSums()
	data := io.TeeReader(s.watch("get "+file.Name, file.Size, file), got)
	if to.name != "" {
		_, err = s.c.Files.Save(ctx, to.name, data)
		return got, err
	}
	dst, keep, err := create(to.path, to.replace)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(dst, data)
	if closing := dst.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = keep()
	}
	if err != nil {
		_ = os.Remove(dst.Name()) // the first error is the one to know
		return nil, fmt.Errorf("save %q: %w", to.path, err)
	}
	return got, nil
}

// create makes a local file that only its owner can read. One that is there stays unless it shall be replaced, and then
// until keep is called.
func create(path string, replace bool) (f *os.File, keep func() error, err error) {
	if replace {
		f, err = os.CreateTemp(filepath.Dir(path), ".cbscript-*")
		if err != nil {
			return nil, nil, err
		}
		return f, func() error { return os.Rename(f.Name(), path) }, nil
	}
	f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, nil, existing(path)
	}
	return f, func() error { return nil }, err
}

func existing(path string) error {
	return usage("-f replaces it, and another name keeps both", "%s is there already", path)
}

// free fails when a local file is there and shall stay, before the endpoint is asked for anything.
func free(path string, replace bool) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil // what is wrong with it, making it tells
	case info.IsDir():
		return usage("name the local file", "%s is a directory", path)
	case !replace:
		return existing(path)
	}
	return nil
}
