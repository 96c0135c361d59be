//go:build unix

package worker

import (
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lookEvery is how often the worker's memory is looked at.
const lookEvery = 250 * time.Millisecond

// memoryWatch looks at how much memory a process holds, for a system that does not bound it itself.
type memoryWatch struct {
	over  chan struct{}
	stop  chan struct{}
	close func() // ends the watch
}

// watchMemory watches until it is closed. read gives the process's memory in bytes; limit 0 means none.
func watchMemory(read func() (int64, error), limit int64, log *slog.Logger) *memoryWatch {
	w := &memoryWatch{over: make(chan struct{}), stop: make(chan struct{})}
	w.close = sync.OnceFunc(func() { close(w.stop) })
	if limit > 0 {
		go w.watch(read, limit, log)
	}
	return w
}

func (w *memoryWatch) watch(read func() (int64, error), limit int64, log *slog.Logger) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-w.stop:
			return
		case <-tick.C:
		}
		held, err := read()
		if err != nil && !told {
			told = true
			log.Debug("the memory of the worker cannot be looked at", "error", err.Error())
		}
		if held > limit {
			close(w.over)
			return
		}
	}
}

// exceeded is closed when the process holds more than the limit.
func (w *memoryWatch) exceeded() <-chan struct{} { return w.over }

// resident is how many bytes of memory a process holds, by ps: without C there is no call for it on every Unix.
func resident(pid int) (int64, error) {
	out, err := exec.Command("/bin/ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return 0, fmt.Errorf("ask ps for the memory of process %d: %w", pid, err)
	}
	kib, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil || kib < 0 {
		return 0, errors.New("ps gives no number of kibibytes for the memory of a process")
	}
	return kib << 10, nil
}
