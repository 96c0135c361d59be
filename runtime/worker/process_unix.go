//go:build unix && !linux

package worker

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lookEvery is how often the worker's memory is looked at.
const lookEvery = 250 * time.Millisecond

// leash holds a worker from outside: it looks at its resident memory.
type leash struct {
	over chan struct{}
	stop chan struct{}
	once sync.Once
}

// newLeash holds a process to twice the limit, 0 meaning none.
func newLeash(p *os.Process, limit int64) (*leash, error) {
	l := &leash{over: make(chan struct{}), stop: make(chan struct{})}
	if limit > 0 {
		go l.watch(p.Pid, 2*limit)
	}
	return l, nil
}

func (l *leash) watch(pid int, limit int64) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
			if resident(pid) > limit {
				close(l.over)
				return
			}
		}
	}
}

// resident is how many bytes of memory a process holds, 0 when the system does not say. There is no call for it without C.
func resident(pid int) int64 {
	out, err := exec.Command("/bin/ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return 0
	}
	kib, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}

// exceeded says that the worker took too much memory.
func (l *leash) exceeded() <-chan struct{} { return l.over }

func (l *leash) close() { l.once.Do(func() { close(l.stop) }) }

// program is how this program is started again.
func program() (string, error) { return os.Executable() }
