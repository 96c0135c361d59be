package worker

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
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

// maxFile is enough of a source file to see that it is too large.
const maxFile = 1<<20 + 1

// file reads a file of the script's root, or of a bundle.
func (h *host) file(_ http.ResponseWriter, r *http.Request) (any, error) {
	files := h.root(r)
	if files == nil {
		return &fileAnswer{Missing: true}, nil
	}
	f, err := files.Open(r.URL.Query().Get("name"))
	if err != nil {
		return fileFault(err), nil
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return &fileAnswer{Dir: true}, nil
	}
	source, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return fileFault(err), nil
	}
	return &fileAnswer{Text: text(source)}, nil
}

// folder lists a folder of the same.
func (h *host) folder(_ http.ResponseWriter, r *http.Request) (any, error) {
	files := h.root(r)
	if files == nil {
		return &fileAnswer{Missing: true}, nil
	}
	entries, err := fs.ReadDir(files, r.URL.Query().Get("name"))
	if err != nil {
		return fileFault(err), nil
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
