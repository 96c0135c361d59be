package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime/output"
	"go.starlark.net/starlark"
)

// Artifacts is where the files that scripts make are saved. *output.Folder is one.
type Artifacts interface {
	// Save writes a file and returns its size. Implementations are safe for concurrent use.
	Save(ctx context.Context, name string, data io.Reader) (size int64, err error)
}

// An ArtifactError says that a script's file is not saved, because the host gave no place for it.
type ArtifactError struct{ Name string }

// Error names the file.
func (e *ArtifactError) Error() string {
	return fmt.Sprintf("the file %q is not saved: the run has no folder for files", e.Name)
}

// Kind is "PermissionError".
func (e *ArtifactError) Kind() string { return "PermissionError" }

// Facts are the name.
func (e *ArtifactError) Facts() map[string]any { return map[string]any{"name": e.Name} }

// Hint names the flag that gives one.
func (e *ArtifactError) Hint() string { return "run again with --out DIR" }

// host is what the builtins of one run need. Its methods are called by several threads.
type host struct{ r *run }

var _ builtins.Host = (*host)(nil)

// NewThread makes a thread that runs beside the script, under the limits of its run.
func (h *host) NewThread(ctx context.Context, name string) (*starlark.Thread, func()) {
	t := h.r.thread(&origin{name: name})
	return t, h.r.guard.arm(ctx, t)
}

// Row writes a row, and counts it as output.
func (h *host) Row(_ context.Context, row builtins.Row) error {
	rows := h.r.rt.rows
	if rows == nil {
		return nil
	}
	size, out := 0, make(output.Row, len(row))
	for i, cell := range row {
		out[i] = output.Cell(cell)
		size += len(cell.Name) + len(output.Text(cell.Value)) + 1
	}
	return h.r.out.write(size, func() error { return rows.Write(out) })
}

// Artifact saves a file.
func (h *host) Artifact(ctx context.Context, name string, data io.Reader) (int64, error) {
	if h.r.rt.artifacts == nil {
		return 0, &ArtifactError{name}
	}
	if h.r.out.closed.Load() {
		return 0, output.ErrClosed
	}
	size, err := h.r.guard.saved.Save(ctx, h.r.rt.artifacts, name, data)
	if limit, over := errors.AsType[*LimitError](err); over {
		h.r.guard.trip(limit)
	}
	return size, err
}

// ParamValue returns what the user gave.
func (h *host) ParamValue(_ context.Context, p builtins.Parameter) ([]string, bool, error) {
	texts, given := h.r.rt.params.get(p.Name)
	return texts, given, nil
}

// Progress shows a loop.
func (h *host) Progress(_ context.Context, label string, total int) builtins.Progress {
	if h.r.rt.progress == nil {
		return noProgress{}
	}
	return h.r.rt.progress(label, total)
}

// Log writes a line of the script's own, and counts it as output.
func (h *host) Log(ctx context.Context, level slog.Level, text string, attrs []slog.Attr) {
	if !h.r.rt.scriptLog.Enabled(ctx, level) {
		return
	}
	size := len(text)
	for _, a := range attrs {
		size += len(a.Key) + len(a.Value.String()) + 2
	}
	// Beyond the limit the run is ended: the line has nobody to return the error to.
	_ = h.r.out.write(size, func() error {
		h.r.rt.scriptLog.LogAttrs(ctx, level, text, attrs...)
		return nil
	})
}
