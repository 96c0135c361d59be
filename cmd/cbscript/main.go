// Command cbscript runs Starlark scripts against Carbon Black servers.
//
// It reads credential profiles, grants what a script may change, and shows what a script gives. What other programs
// could want of it is in the packages it is made of: runtime runs scripts, client speaks to the servers.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/cbscript/cbscript/runtime/worker"
)

func main() {
	ctx := context.Background()
	if len(os.Args) == 2 && os.Args[1] == worker.Argument {
		os.Exit(worker.Main(ctx, worker.Program{ExitCode: exitCode}))
	}
	// Without this, a reader of the output that goes away, as head does, would end the program at once, with sessions open
	// on the server. It is an error of writing instead, which ends the script.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(run(ctx, os.Args[1:], system()))
}
