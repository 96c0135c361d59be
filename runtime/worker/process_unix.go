//go:build unix && !linux

package worker

import (
	"log/slog"
	"os"
)

// leash holds a worker from outside: it looks at its resident memory.
type leash struct{ *memoryWatch }

// newLeash holds a process to twice the limit, 0 meaning none.
func newLeash(p *os.Process, limit int64, log *slog.Logger) (*leash, error) {
	return &leash{watchMemory(func() (int64, error) { return resident(p.Pid) }, twice(limit), log)}, nil
}

// program is how this program is started again.
func program() (string, error) { return os.Executable() }
