// Command cbscript runs Starlark scripts against Carbon Black servers.
//
// It reads credential profiles, grants what a script may change, and shows what a script gives. What other programs
// could want of it is in the packages it is made of: runtime runs scripts, client speaks to the servers.
package main

import (
	"context"
	"os"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], system())) }
