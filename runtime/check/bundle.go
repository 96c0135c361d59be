package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cbscript/cbscript/runtime/scriptfiles"
)

// File judges one file of a bundle. A name that ends in .star is a script, as for [Script]; in any other file known
// values, unique shapes and values under a credential's name are looked for. A file that cannot be read, or is larger
// than Options.MaxFileSize, or is a symbolic link, has a finding that says so: it was not checked.
//
// The error is that of ctx.
func File(ctx context.Context, fsys fs.FS, name string, opts Options) (Report, error) {
	if err := ctx.Err(); err != nil {
		return Report{}, fmt.Errorf("check %q: %w", name, context.Cause(ctx))
	}
	b := &bundle{fsys: fsys, opts: opts, known: newKnownSearch(opts.Known)}
	return b.file(name), nil
}

// Dir judges every file below root, in the order of their names. Folders of version control (.git, .hg, .svn) are
// left out. Modules that a script loads by a relative path are read from the bundle for its needs, unless
// Options.Load is set.
//
// The error is that of ctx, or of a folder that cannot be listed.
func Dir(ctx context.Context, fsys fs.FS, root string, opts Options) ([]Report, error) {
	b := &bundle{fsys: fsys, opts: opts, known: newKnownSearch(opts.Known)}
	var out []Report
	err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
		if len(out) > 0 {
			b.known = b.known.withoutShort() // said once
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case d.IsDir() && isVersionControl(d.Name()):
			return fs.SkipDir
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			r := Report{File: name}
			r.add(0, 0, ruleNotRead, "not a regular file: "+kindOfFile(d.Type()), "")
			out = append(out, r)
			return nil
		}
		r := b.file(name)
		b.named(&r, name)
		out = append(out, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("check folder %q: %w", root, err)
	}
	return out, nil
}

// Paths judges files and folders of the operating system, in the given order; the reports show the paths as given.
// A path that does not exist is an error.
func Paths(ctx context.Context, paths []string, opts Options) ([]Report, error) {
	var out []Report
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("check %q: %w", p, err)
		}
		folder, name := p, "."
		if !info.IsDir() {
			folder, name = filepath.Split(p)
			folder = filepath.Clean(folder)
		}
		reports, err := checkPath(ctx, scriptfiles.Dir(folder), name, opts)
		if err != nil {
			return nil, err
		}
		for i := range reports {
			if info.IsDir() {
				reports[i].rename(filepath.Join(folder, filepath.FromSlash(reports[i].File)))
			} else {
				reports[i].rename(p)
			}
		}
		out = append(out, reports...)
	}
	return out, nil
}

func checkPath(ctx context.Context, fsys fs.FS, name string, opts Options) ([]Report, error) {
	if name == "." {
		return Dir(ctx, fsys, name, opts)
	}
	r, err := File(ctx, fsys, name, opts)
	return []Report{r}, err
}

// rename gives the report and all that it holds another file name.
func (r *Report) rename(name string) {
	old := r.File
	r.File = name
	for i := range r.Findings {
		r.Findings[i].File = name
	}
	for i := range r.Waived {
		r.Waived[i].File = name
	}
	for _, list := range [...][]Use{r.Needs.Products, r.Needs.Capabilities, r.Needs.Parameters, r.Needs.Modules, r.Needs.Models} {
		for i := range list {
			if list[i].File == old {
				list[i].File = name
			}
		}
	}
}

func isVersionControl(name string) bool {
	return slices.Contains([]string{".git", ".hg", ".svn"}, name)
}

func kindOfFile(m fs.FileMode) string {
	if m&fs.ModeSymlink != 0 {
		return "a symbolic link"
	}
	return "a device, pipe or socket"
}

// bundle is a set of files that are judged with the same options.
type bundle struct {
	fsys  fs.FS
	opts  Options
	known *knownSearch
}

func (b *bundle) file(name string) Report {
	src, err := b.read(name)
	if err != nil {
		r := Report{File: name, Script: isScript(name)}
		r.add(0, 0, ruleNotRead, "not checked: "+err.Error(), "")
		return r
	}
	if !isScript(name) {
		return b.other(name, src)
	}
	if len(src) > maxScriptSize {
		r := Report{File: name, Script: true}
		r.add(0, 0, ruleNotRead, "not checked: "+ErrTooLarge.Error(), "")
		return r
	}
	opts := b.opts
	if opts.Load == nil {
		opts.Load = func(module string) ([]byte, error) { return b.module(name, module) }
	}
	return script(name, src, opts, b.known)
}

// named looks for known values in the name of a file, which a bundle gives away as it does its text.
func (b *bundle) named(r *Report, name string) {
	for _, h := range b.known.inBytes([]byte(name)) {
		rule := ruleKnownValue
		if h.name {
			rule = ruleKnownName
		}
		if h.name && b.opts.AllowNames {
			continue
		}
		r.add(0, 0, rule, "the name of the file holds the "+h.label, "")
	}
}

func isScript(name string) bool { return path.Ext(name) == ".star" }

func (b *bundle) read(name string) ([]byte, error) {
	f, err := b.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, scriptfiles.ErrNotRegular
	}
	limit := b.opts.maxFileSize()
	src, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(src)) > limit {
		return nil, fmt.Errorf("larger than %d bytes", limit)
	}
	return src, nil
}

var errNotLocal = errors.New("the module is not a file of the bundle")

// module gives the source of a module that a script of the bundle loads by a relative path.
func (b *bundle) module(from, module string) ([]byte, error) {
	if !relativeModule(module) {
		return nil, errNotLocal
	}
	name := path.Join(path.Dir(from), module)
	if !fs.ValidPath(name) {
		return nil, errNotLocal
	}
	src, err := b.read(name)
	if err == nil && len(src) > maxScriptSize {
		err = ErrTooLarge
	}
	return src, err
}

// other judges a file that is not a script. What it calls an indicator is not asked: a table of hashes has no context.
func (b *bundle) other(name string, src []byte) Report {
	r := Report{File: name}
	j := newJudge(b.opts, b.known, nil, nil)
	text := plainText(src)
	j.raw(string(src))
	if text == string(src) {
		j.unparsed(text)
	} else if text != "" {
		j.decodedFile(text)
	}
	j.write(&r, nil)
	reportShort(&r, b.known)
	r.sort()
	return r
}

// plainText gives the text of a file in UTF-8 or UTF-16, and nothing for a binary file without a zero-free text.
func plainText(src []byte) string {
	if utf8.Valid(src) {
		return string(src)
	}
	if s, ok := readable(bytes.TrimPrefix(src, []byte{0xff, 0xfe})); ok {
		return s
	}
	return strings.ToValidUTF8(string(src), "\n")
}

// decodedFile judges a text whose places are not those of the file.
func (j *judge) decodedFile(text string) {
	lines := lineIndex(text)
	lower := strings.ToLower(text)
	for _, h := range findUnique(text, lower, fileText) {
		f := found{rule: h.rule, secret: text[h.start:h.end], message: j.say(h.rule, "", "")}
		f.line, f.column = lines.position(text, h.start)
		f.first, f.last = f.line, f.line
		j.add(f)
	}
}
