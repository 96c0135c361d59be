package worker

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// leash holds a worker from outside: a job object that ends with the host, lets the worker start no process, and bounds
// its memory.
type leash struct{ job windows.Handle }

// newLeash puts a process, which waits for its script, into a job. limit 0 means no bound of memory. A process that has
// ended already is no error: who waits for it says why.
func newLeash(p *os.Process, limit int64, _ *slog.Logger) (*leash, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("make a job for the worker: %w", err)
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS
	info.BasicLimitInformation.ActiveProcessLimit = 1
	if limit > 0 {
		info.BasicLimitInformation.LimitFlags |= windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY
		info.ProcessMemoryLimit = uintptr(min(uint64(twice(limit)), math.MaxUint>>1))
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err == nil {
		err = assign(p, job)
	}
	if err != nil {
		windows.CloseHandle(job)
		return nil, fmt.Errorf("limit the worker: %w", err)
	}
	return &leash{job}, nil
}

// assign puts a process into a job, by the handle that it was started with: its number may be another's once it has ended.
func assign(p *os.Process, job windows.Handle) error {
	var failed error
	err := p.WithHandle(func(handle uintptr) {
		process := windows.Handle(handle)
		failed = windows.AssignProcessToJobObject(job, process)
		if event, err := windows.WaitForSingleObject(process, 0); err == nil && event == windows.WAIT_OBJECT_0 {
			failed = nil // it has ended
		}
	})
	if errors.Is(err, os.ErrNoHandle) {
		return err
	}
	return failed // another error of WithHandle says that the process was waited for: it has ended
}

// exceeded never says that the worker took too much memory: its allocations fail, and it says so itself.
func (*leash) exceeded() <-chan struct{} { return nil }

func (l *leash) close() { windows.CloseHandle(l.job) }

// program is how this program is started again.
func program() (string, error) { return os.Executable() }
