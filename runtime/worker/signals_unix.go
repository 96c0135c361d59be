//go:build unix

package worker

import (
	"os"
	"os/signal"
	"syscall"
)

// leaveToHost has this process live on when the terminal or a supervisor tells all processes of a run to end: the host
// says when to stop, and what the script has open on endpoints is closed then. Nobody would take the signals here, and
// to wait for them takes two threads.
func leaveToHost() { signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) }
