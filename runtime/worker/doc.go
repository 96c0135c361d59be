// Package worker runs a script in a process of its own: the same program, started again, which holds no credentials, has
// one connection to the process that started it and no other way out, and can be ended without hurting anybody.
//
// The program calls [Main] when it is started with [Argument], before anything else:
//
//	if len(os.Args) == 2 && os.Args[1] == worker.Argument {
//		os.Exit(worker.Main(ctx, worker.Program{}))
//	}
//
// and runs scripts with
//
//	w, err := worker.Start(worker.Options{}) // early: a process takes a while to begin
//	defer w.Close()
//	err = w.Run(ctx, script, config, worker.Access{Servers: pool, Guard: guard.Config{Allow: granted}})
//
// The host (this side) keeps the ways to the servers, and lets a request through by what is granted, whatever the worker
// says of it. It reads the files that a script loads, and takes what it prints, emits, saves and logs. An error is told as
// it would be in one process: [runtime.Report] and [runtime.ExitCode] give the same.
//
// What the package does not do: it decides no grants, reads no profiles, and protects nobody from what the servers answer.
// Source: docs/decisions/021-worker.md.
package worker
