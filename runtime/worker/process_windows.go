package worker

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// leash holds a worker from outside: a job object that ends with the host, lets the worker start no process, and bounds
// its memory.
type leash struct{ job windows.Handle }

// newLeash puts a process, which waits for its script, into a job. limit 0 means no bound of memory.
func newLeash(p *os.Process, limit int64) (*leash, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("make a job for the worker: %w", err)
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS
	info.BasicLimitInformation.ActiveProcessLimit = 1
	if limit > 0 {
		info.BasicLimitInformation.LimitFlags |= windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY
		info.ProcessMemoryLimit = uintptr(2 * limit)
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err != nil {
		windows.CloseHandle(job)
		return nil, fmt.Errorf("limit the worker: %w", err)
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.Pid))
	if err == nil {
		err = windows.AssignProcessToJobObject(job, process)
		windows.CloseHandle(process)
	}
	if err != nil {
		windows.CloseHandle(job)
		return nil, fmt.Errorf("limit the worker: %w", err)
	}
	return &leash{job}, nil
}

// exceeded never says that the worker took too much memory: its allocations fail, and it says so itself.
func (*leash) exceeded() <-chan struct{} { return nil }

func (l *leash) close() { windows.CloseHandle(l.job) }

// program is how this program is started again.
func program() (string, error) { return os.Executable() }
