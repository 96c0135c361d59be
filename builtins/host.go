package builtins

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"go.starlark.net/starlark"

	"github.com/cbscript/cbscript/bindings"
)

// Host is what the builtins need from the program that runs the script. Its methods are called from several
// goroutines when the script uses parallel.
type Host interface {
	// NewThread makes a thread for a part of the script that runs beside it: with the run's print, load, limits and
	// clock, and cancelled when ctx ends. The caller attaches it. release is called once, when the thread is done.
	NewThread(ctx context.Context, name string) (t *starlark.Thread, release func())

	// Row takes a row that the script emitted.
	Row(ctx context.Context, row Row) error

	// Artifact takes a file that the script made, under a name that CheckArtifactName accepts, and returns its size
	// in bytes. It reads data to the end.
	Artifact(ctx context.Context, name string, data io.Reader) (size int64, err error)

	// ParamValue returns what the user gave for a parameter, one text for each time it was given; for a parameter of
	// type "file" the texts are the contents of the files. given is false when the user did not give it.
	ParamValue(ctx context.Context, p Parameter) (texts []string, given bool, err error)

	// Progress begins to show how far a loop is. total is -1 when it is not known, label may be empty.
	Progress(ctx context.Context, label string, total int) Progress

	// Log takes a log line of the script.
	Log(ctx context.Context, level slog.Level, text string, attrs []slog.Attr)
}

// Progress shows how far a loop is.
type Progress interface {
	Step() // one item more
	End()  // the loop is over, also when it ended early
}

// Row is a result of the script: named values in the order in which the script gave them.
type Row []Cell

// Cell is one named value of a row, in the Go form that bindings.ToGo gives.
type Cell struct {
	Name  string
	Value any
}

// ErrNoHost is the error of a builtin that needs the host, on a thread that [SetHost] was not called for.
var ErrNoHost = errors.New("the host of this script does not offer it")

// The keys under which a thread keeps its host and its run's pool.
const (
	hostKey = "cbscript.host"
	poolKey = "cbscript.pool"
)

// SetHost gives a thread its host, and the pool of its run. Call it before the thread runs.
func SetHost(t *starlark.Thread, h Host, p *Pool) {
	t.SetLocal(hostKey, h)
	t.SetLocal(poolKey, p)
	bindings.SetServices(t, bindings.Services{
		NewThread: h.NewThread,
		Error:     func(err error) starlark.Value { return NewError(err) },
	})
}

// hostOf returns the thread's host.
func hostOf(t *starlark.Thread) (Host, error) {
	if h, ok := t.Local(hostKey).(Host); ok {
		return h, nil
	}
	return nil, ErrNoHost
}

// poolOf returns the pool of a thread that has a host.
func poolOf(t *starlark.Thread) *Pool { return t.Local(poolKey).(*Pool) }
