package worker

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// fileAnswer is a file of the script's root, or a folder, or why there is neither.
type fileAnswer struct {
	Text    text   `json:"text"`
	Dir     bool   `json:"dir"`
	Entries []text `json:"entries"` // names, of a folder; those of folders end in a slash
	Error   text   `json:"error"`
	Missing bool   `json:"missing"`
}

// files is the root of the script or of a bundle, which the host reads.
type files struct {
	link   func(service string, params url.Values, answer any) error
	bundle string // its name, empty for the script's own root
}

// newFiles gives the files of a bundle, or those beside the script, to a run.
func newFiles(ctx context.Context, link *Link, bundle string) files {
	return files{bundle: bundle, link: func(service string, params url.Values, answer any) error {
		return link.call(ctx, http.MethodGet, service, params, nil, answer)
	}}
}

// bundles are the community modules, which the host verifies.
type bundles struct{ link *Link }

// Files gives the files of a bundle.
func (b bundles) Files(ctx context.Context, name string) (fs.FS, error) {
	var verified bool
	if err := b.link.call(ctx, http.MethodPost, "bundle", url.Values{"name": {name}}, nil, &verified); err != nil {
		return nil, err
	}
	return newFiles(ctx, b.link, name), nil
}

var _ fs.ReadDirFS = files{}

func (f files) ask(op, service, name string) (*fileAnswer, error) {
	var a fileAnswer
	if err := f.link(service, url.Values{"name": {name}, "bundle": {f.bundle}}, &a); err != nil {
		return nil, err
	}
	switch {
	case a.Missing:
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	case a.Error != "":
		return nil, &fs.PathError{Op: op, Path: name, Err: errors.New(string(a.Error))}
	}
	return &a, nil
}

// Open gives a file, or a folder that cannot be read.
func (f files) Open(name string) (fs.File, error) {
	a, err := f.ask("open", "file", name)
	if err != nil {
		return nil, err
	}
	return &file{name: path.Base(name), answer: a, rest: strings.NewReader(string(a.Text))}, nil
}

// ReadDir lists a folder.
func (f files) ReadDir(name string) ([]fs.DirEntry, error) {
	a, err := f.ask("readdir", "folder", name)
	if err != nil {
		return nil, err
	}
	entries := make([]fs.DirEntry, len(a.Entries))
	for i, e := range a.Entries {
		base, dir := strings.CutSuffix(string(e), "/")
		entries[i] = fs.FileInfoToDirEntry(&file{name: base, answer: &fileAnswer{Dir: dir}})
	}
	return entries, nil
}

// file is a file that was read, and what is known of it.
type file struct {
	name   string
	answer *fileAnswer
	rest   *strings.Reader
}

func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (f *file) Read(p []byte) (int, error) { return f.rest.Read(p) }
func (f *file) Close() error               { return nil }
func (f *file) Name() string               { return f.name }
func (f *file) Size() int64                { return int64(len(f.answer.Text)) }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return f.answer.Dir }
func (f *file) Sys() any                   { return nil }

// Mode is that of a file that can only be read.
func (f *file) Mode() fs.FileMode {
	if f.answer.Dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}
