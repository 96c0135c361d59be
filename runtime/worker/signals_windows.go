package worker

import (
	"os"
	"os/signal"
	"syscall"
)

// leaveToHost has this process live on when a console is told to end all processes of a run: the host says when to stop,
// and what the script has open on endpoints is closed then. To ignore the events would not do on Windows, which ends a
// process that does not take them.
func leaveToHost() {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
}
