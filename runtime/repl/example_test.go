package repl_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cbscript/cbscript/builtins"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/output"
	"github.com/cbscript/cbscript/runtime/repl"
)

// scanner is an Editor without editing, for input that is not a terminal.
type scanner struct{ *bufio.Scanner }

func (s scanner) ReadLine(string) (string, error) {
	if !s.Scan() {
		return "", io.EOF
	}
	return s.Text(), nil
}

func Example() {
	input := strings.NewReader("double = lambda n: 2 * n\ndouble(21)\n[double(n) for n in range(3)]\nlen(_)\n")
	rt, err := runtime.New(runtime.Config{Predeclared: builtins.Predeclared(), Print: os.Stdout})
	if err != nil {
		fmt.Println(err)
		return
	}
	loop := repl.New(repl.Config{
		Session: rt.NewSession(nil),
		Editor:  scanner{bufio.NewScanner(input)},
		Out:     output.Terminal(os.Stdout),
	})
	if err := loop.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 42
	// [0, 2, 4]
	// 3
}
