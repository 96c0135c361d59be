package worker

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"

	"github.com/cbscript/cbscript/runtime/scriptfiles"
)

// bundle verifies a community module, whose files can be read from then on.
func (h *host) bundle(_ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.URL.Query().Get("name")
	if h.c.Bundles == nil {
		return nil, &FrameError{"the wish for a bundle, which there are none of"}
	}
	files, err := h.c.Bundles.Files(r.Context(), name)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bundles == nil {
		h.bundles = map[string]fs.FS{}
	}
	h.bundles[name] = files
	return true, nil
}

// inBundle reports whether a request is about the files of a bundle, which was verified and holds nothing of the user's.
func inBundle(r *http.Request) bool { return r.URL.Query().Get("bundle") != "" }

// root gives the files that a request is about, nil for none.
func (h *host) root(r *http.Request) fs.FS {
	name := r.URL.Query().Get("bundle")
	if name == "" {
		return h.script.Files
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bundles[name]
}

// file reads a file of a bundle, or a module of the script's root: whatever else lies there is not the script's, which may be
// in its user's home.
func (h *host) file(_ http.ResponseWriter, r *http.Request) (any, error) {
	files := h.root(r)
	if files == nil {
		return &fileAnswer{Missing: true}, nil
	}
	name := r.URL.Query().Get("name")
	if !inBundle(r) && !scriptfiles.IsModule(name) {
		return fileFault(scriptfiles.ErrNoModule), nil
	}
	f, err := files.Open(name)
	if err != nil {
		return fileFault(err), nil
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return fileFault(err), nil
	case info.IsDir():
		return &fileAnswer{Dir: true}, nil
	case !info.Mode().IsRegular():
		return fileFault(scriptfiles.ErrNotRegular), nil
	}
	source, err := io.ReadAll(io.LimitReader(f, scriptfiles.MaxSize))
	if err != nil {
		return fileFault(err), nil
	}
	return &fileAnswer{Text: text(source)}, nil
}

// folder lists a folder of the same: modules only, outside bundles.
func (h *host) folder(_ http.ResponseWriter, r *http.Request) (any, error) {
	files := h.root(r)
	if files == nil {
		return &fileAnswer{Missing: true}, nil
	}
	entries, err := fs.ReadDir(files, r.URL.Query().Get("name"))
	if err != nil {
		return fileFault(err), nil
	}
	if !inBundle(r) {
		entries = scriptfiles.Modules(entries)
	}
	a := &fileAnswer{Dir: true}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		a.Entries = append(a.Entries, text(name))
	}
	return a, nil
}

func fileFault(err error) *fileAnswer {
	cause := err
	var at *os.PathError
	if errors.As(err, &at) {
		cause = at.Err
	}
	return &fileAnswer{Error: text(cause.Error()), Missing: errors.Is(err, fs.ErrNotExist)}
}
