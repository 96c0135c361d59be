//go:build unix

package worker

import (
	"os"
	"syscall"
)

// killed reports whether a process was ended by a signal that it cannot have sent itself.
func killed(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
