package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client/nearest"
	"go.starlark.net/starlark"
)

// origin is where a file of a run comes from.
type origin struct {
	name  string // in reports
	files fs.FS  // that its own "./" loads read
	path  string // in files
	std   bool   // of the standard library: it has its own root

	bundle string // "author/name", if it is a file of a bundle: that is its root
}

// module is a loaded module, or one that is being loaded.
type module struct {
	globals starlark.StringDict
	err     error
	done    bool
	from    string // who asked for it first
}

// bundleScheme begins the names of files of bundles, in reports and in the list of loaded modules: a file of the script's own
// may have the same path.
const bundleScheme = "bundle:"

// originKey is the key under which a thread keeps the origin of the file that it runs.
const originKey = "cbscript.runtime.origin"

// load gives a thread the globals of a module. It runs on the goroutine of the script, nested for each level of loads.
func (r *run) load(ctx context.Context, t *starlark.Thread, name string) (starlark.StringDict, error) {
	from, _ := t.Local(originKey).(*origin)
	if from == nil {
		return nil, &LoadError{Module: name, Err: errors.New("load is not possible here")}
	}
	if strings.HasPrefix(name, "cb/") {
		return r.once(name, from, func() (starlark.StringDict, error) { return r.hostModule(t, name) })
	}
	to, err := locate(from, name, r.script, r.rt.std)
	if err == nil && to.files == nil {
		to.files, err = r.bundle(ctx, to.bundle, name)
	}
	if err != nil {
		return nil, err
	}
	return r.once(to.name, from, func() (starlark.StringDict, error) { return r.fileModule(ctx, to, name) })
}

// bundle gives the files of a bundle. They are asked for once a run, so that all of a run sees the same bytes.
func (r *run) bundle(ctx context.Context, name, wanted string) (fs.FS, error) {
	if files := r.bundles[name]; files != nil {
		return files, nil
	}
	if r.rt.bundles == nil {
		return nil, &LoadError{Module: wanted, Err: fmt.Errorf("the host has no community modules, so that %q cannot be loaded", name)}
	}
	files, err := r.rt.bundles.Files(ctx, name)
	if err != nil {
		e := &LoadError{Module: wanted, Err: err}
		var hinted interface{ Hint() string }
		if errors.As(err, &hinted) {
			e.Advice = hinted.Hint()
		}
		return nil, e
	}
	if r.bundles == nil {
		r.bundles = make(map[string]fs.FS)
	}
	r.bundles[name] = files
	return files, nil
}

// once runs get for a module the first time that it is asked for.
func (r *run) once(key string, from *origin, get func() (starlark.StringDict, error)) (starlark.StringDict, error) {
	m := r.loaded[key]
	if m == nil {
		m = &module{from: from.name}
		r.loaded[key] = m
		defer func() {
			if !m.done { // a panic passes through: the module is not being loaded any more
				delete(r.loaded, key)
			}
		}()
		m.globals, m.err = get()
		m.done = true
	} else if !m.done {
		return nil, &LoadError{Module: key, Err: r.cycle(key, from.name)}
	}
	return m.globals, m.err
}

// cycle describes how the loads came back to a module: key is wanted by last, which is being loaded because of key.
func (r *run) cycle(key, last string) error {
	chain := []string{key, last}
	for last != key {
		m := r.loaded[last]
		if m == nil || m.from == "" {
			break
		}
		last = m.from
		chain = append(chain, last)
	}
	for i, j := 0, len(chain)-1; i < j; i, j = i+1, j-1 {
		chain[i], chain[j] = chain[j], chain[i]
	}
	return fmt.Errorf("the loads form a cycle: %s", strings.Join(chain, " loads "))
}

// hostModule makes a module of the host.
func (r *run) hostModule(t *starlark.Thread, name string) (starlark.StringDict, error) {
	make, ok := r.rt.modules[name]
	if !ok {
		e := &LoadError{Module: name, Err: fmt.Errorf("the host has no module %q", name)}
		if len(r.rt.moduleNames) > 0 {
			e.Advice = "there are " + strings.Join(r.rt.moduleNames, ", ")
		}
		if near := nearest.Name(name, r.rt.moduleNames); near != "" {
			e.Advice = "did you mean " + near + "?"
		}
		return nil, e
	}
	return make(t)
}

// locate finds the file that a load names, in the script's root or in the standard library.
func locate(from *origin, name string, script *Script, library fs.FS) (*origin, error) {
	fail := func(advice, format string, args ...any) (*origin, error) {
		return nil, &LoadError{Module: name, Err: fmt.Errorf(format, args...), Advice: advice}
	}
	if lib, ok := strings.CutPrefix(name, "std/"); ok {
		if !fs.ValidPath(lib) || library == nil {
			return fail("", "there is no module %q in the standard library", name)
		}
		return &origin{name: name, files: library, path: lib + ".star", std: true}, nil
	}
	switch relative := strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../"); {
	case strings.Contains(name, `\`):
		return fail("write it with slashes: \"./lib/net.star\"", "%q contains a backslash", name)
	case strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':':
		return fail("write it relative to this file: \"./net.star\"", "%q is an absolute path", name)
	case !relative && strings.HasSuffix(name, ".star") && strings.Count(name, "/") >= 2:
		return locateInBundle(name)
	case !relative && strings.HasSuffix(name, ".star"):
		return fail(fmt.Sprintf("write \"./%s\" for a file beside this one", name), "%q does not say where the file is", name)
	case !relative:
		return fail(`a load names "cb/..." (the host), "std/..." (the standard library), "./name.star" (a file beside the script) `+
			`or "author/name/file.star" (a community module)`, "%q names no module", name)
	case !strings.HasSuffix(name, ".star"):
		return fail(fmt.Sprintf("write %q", name+".star"), "%q does not end in .star", name)
	case from.files == nil:
		return fail("save the script in a file of its own", "%s has no files beside it", from.name)
	}
	at := path.Join(path.Dir(from.path), name)
	if !fs.ValidPath(at) {
		return fail("a script reads files below its own root only", "%q leaves the script's root", name)
	}
	to := &origin{files: from.files, path: at, std: from.std, bundle: from.bundle}
	switch {
	case from.std:
		to.name = "std/" + strings.TrimSuffix(at, ".star")
	case from.bundle != "":
		to.name = bundleScheme + from.bundle + "/" + at
	default:
		to.name = script.joinName(at)
	}
	return to, nil
}

// locateInBundle finds the file that "author/name/file.star" names. Its files are still to be asked for.
func locateInBundle(name string) (*origin, error) {
	parts := strings.SplitN(name, "/", 3)
	if !fs.ValidPath(name) {
		return nil, &LoadError{Module: name, Err: fmt.Errorf("%q leaves the bundle", name), Advice: "write it as author/name/file.star"}
	}
	return &origin{name: bundleScheme + name, path: parts[2], bundle: parts[0] + "/" + parts[1]}, nil
}

// fileModule reads, compiles and runs a file. Its globals are frozen, as several threads may read them.
func (r *run) fileModule(ctx context.Context, to *origin, wanted string) (starlark.StringDict, error) {
	source, err := readLimited(to.files, to.path)
	if err != nil {
		return nil, r.readError(to, wanted, err)
	}
	_, globals, err := r.exec(ctx, to, source, "")
	if err != nil {
		return nil, err
	}
	// Not globals.Freeze(): a circle of captured variables would make it recurse without end.
	if err := r.index.Freeze(slices.Collect(maps.Values(globals))...); err != nil {
		return nil, &LoadError{Module: wanted, Err: err}
	}
	return globals, nil
}

// readError says why a file cannot be loaded, and which one was probably meant.
func (r *run) readError(to *origin, wanted string, err error) error {
	e := &LoadError{Module: wanted}
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist) && to.std:
		e.Err = fmt.Errorf("there is no module %q in the standard library", to.name)
	case errors.Is(err, fs.ErrNotExist):
		e.Err = fmt.Errorf("there is no file %s", to.name)
	case errors.As(err, &at) && strings.Contains(at.Err.Error(), "escapes"):
		e.Err = fmt.Errorf("%s leads out of the script's root by a symbolic link", to.name)
		return e
	case errors.As(err, &at):
		e.Err = fmt.Errorf("read %s: %w", to.name, at.Err)
		return e
	default:
		e.Err = fmt.Errorf("read %s: %w", to.name, err)
		return e
	}
	entries, listErr := fs.ReadDir(to.files, path.Dir(to.path))
	if listErr != nil {
		return e
	}
	var names []string
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ".star"); ok {
			names = append(names, name)
		}
	}
	if near := nearest.Name(strings.TrimSuffix(path.Base(to.path), ".star"), names); near != "" {
		near = strings.TrimSuffix(wanted, path.Base(wanted)) + near
		if !to.std {
			near += ".star"
		}
		e.Advice = fmt.Sprintf("did you mean %q?", near)
	}
	return e
}

func errModuleName(name string) error {
	return fmt.Errorf("the module %q cannot be loaded: the names of host modules begin with \"cb/\"", name)
}
