// Package lrshell is the engine of an interactive shell on an endpoint, over a session of Live Response.
//
//	session, err := lrshell.Attach(ctx, lrshell.Target{Client: cb, Product: response.LiveResponse(), Name: "WS-FIN-01"})
//	if err != nil { ... }
//	defer session.Close(ctx)
//	shell := lrshell.New(ctx, lrshell.Config{Session: session, Out: os.Stdout, Rows: rows, Dir: "."})
//	err = shell.Do(ctx, `dir C:\Users`)
//
// A line is parsed into commands (parse.go), each command is found in one table (table.go), and its function runs. Help,
// completion, the usage of an error and the reference are read from that same table. [Shell.Run] is the loop at a
// terminal, [Shell.Lines] runs commands from elsewhere.
//
// There is no local shell: what a line says is done on the endpoint, but for the files that get, put, archive and memdump
// name. What an endpoint sends is data of an attacker: it is shown by package output and never obeyed.
//
// Facts about the commands are those of contract/live-response.md.
package lrshell
