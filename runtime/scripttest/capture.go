package scripttest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/output"
	"go.starlark.net/starlark"
)

// maxFile bounds a file that a test keeps in memory.
const maxFile = 64 << 20

// capture keeps what a run gives its host. It is safe for concurrent use.
type capture struct {
	mu      sync.Mutex
	printed bytes.Buffer
	logged  bytes.Buffer
	rows    []output.Row
	files   *starlark.Dict
}

// into makes a run give its host this.
func (c *capture) into(config runtime.Config) runtime.Config {
	c.files = starlark.NewDict(0)
	config.Print = &lockedWriter{&c.mu, &c.printed}
	config.Rows = c
	config.Artifacts = c
	config.ScriptLog = slog.New(slog.NewTextHandler(&lockedWriter{&c.mu, &c.logged}, &slog.HandlerOptions{
		Level:       slog.LevelDebug,
		ReplaceAttr: withoutTime,
	}))
	config.Params = nil
	return config
}

// withoutTime drops the time of a log line, so that a test can compare the line.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// Write keeps a row.
func (c *capture) Write(row output.Row) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows = append(c.rows, row)
	return nil
}

// Close does nothing: the rows are asked for.
func (c *capture) Close() error { return nil }

// Save keeps a file.
func (c *capture) Save(_ context.Context, name string, data io.Reader) (int64, error) {
	contents, err := io.ReadAll(io.LimitReader(data, maxFile+1))
	if err != nil {
		return 0, err
	}
	if len(contents) > maxFile {
		return 0, fmt.Errorf("a test keeps files of up to %d bytes, %q has more", maxFile, name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, found, _ := c.files.Get(starlark.String(name)); found {
		return 0, fmt.Errorf("save %q: there is such a file already", name)
	}
	return int64(len(contents)), c.files.SetKey(starlark.String(name), starlark.Bytes(contents))
}

// text is what was printed and logged.
func (c *capture) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.printed.String() + c.logged.String()
}

// rowValues returns the rows as a list of dicts.
func (c *capture) rowValues() (starlark.Value, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]starlark.Value, len(c.rows))
	for i, row := range c.rows {
		dict := starlark.NewDict(len(row))
		for _, cell := range row {
			v, err := bindings.FromGo(cell.Value)
			if err != nil {
				return nil, err
			}
			if err := dict.SetKey(starlark.String(cell.Name), v); err != nil {
				return nil, err
			}
		}
		list[i] = dict
	}
	return starlark.NewList(list), nil
}

func (c *capture) output() starlark.Value {
	c.mu.Lock()
	defer c.mu.Unlock()
	return starlark.String(c.printed.String())
}

func (c *capture) logs() starlark.Value {
	c.mu.Lock()
	defer c.mu.Unlock()
	return starlark.String(c.logged.String())
}

// fileValues returns a copy of the files, contents by name.
func (c *capture) fileValues() (starlark.Value, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	dict := starlark.NewDict(c.files.Len())
	for name, contents := range c.files.Entries() {
		if err := dict.SetKey(name, contents); err != nil {
			return nil, err
		}
	}
	return dict, nil
}
