package lrshell_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime/lrshell"
	"github.com/cbscript/cbscript/runtime/output"
)

func Example() {
	ctx := context.Background()
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	session, err := lrshell.Attach(ctx, lrshell.Target{Client: response.New(d.Gate), Product: response.LiveResponse(), Name: "ws-fin-01"})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close(ctx)
	shell := lrshell.New(ctx, lrshell.Config{Session: session, Out: os.Stdout,
		Rows: func() (output.Rows, error) { return output.NewRows("table", os.Stdout, output.Options{}) }})
	if err := shell.Do(ctx, `cd C:\Users; dir; cat nothing`); err != nil {
		fmt.Println(err)
	}
	fmt.Println(shell.Prompt())
	// Output:
	// attributes  size  written               name
	// directory         2016-11-08T07:34:19Z  apetrov
	// directory         2016-06-18T08:20:14Z  Public
	// get file "C:\Users\nothing" on sensor 11 failed: Win32 error code 0x80070002 (ERROR_FILE_NOT_FOUND): file not found
	// WS-FIN-01 C:\Users>
}
