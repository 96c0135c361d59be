// Command cbscript runs Starlark scripts against Carbon Black servers.
//
// It reads credential profiles, grants what a script may change, and shows what a script gives. What other programs
// could want of it is in the packages it is made of: runtime runs scripts, client speaks to the servers.
package main

import (
	"context"
	"os"

	"github.com/cbscript/cbscript/runtime/worker"
)

func main() {
	ctx := context.Background()
	if len(os.Args) == 2 && os.Args[1] == worker.Argument {
		os.Exit(worker.Main(ctx, worker.Program{ExitCode: exitCode}))
	}
	os.Exit(run(ctx, os.Args[1:], system()))
}
