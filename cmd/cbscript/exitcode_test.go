package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/journal"
	"github.com/cbscript/cbscript/runtime"
)

func TestExitCode(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{errors.New("odd"), 1},
		{&found{}, 1},
		{usage("", "odd"), 2},
		{&credentials.Error{}, 3},
		{&gate.Error{Kind: gate.Connection}, 4},
		{&gate.Error{Kind: gate.TLS}, 4},
		{&serverError{}, 4},
		{&client.ServerError{}, 4},
		{&gate.Error{Kind: gate.Denied}, 5},
		{&journal.Error{}, 5},
		{&client.PermissionError{}, 5},
		{&runtime.LimitError{}, 6},
		{&runtime.InternalError{}, 70},
		{&runtime.InterruptedError{}, 130},
		{&gate.Error{Kind: gate.Canceled}, 130},
		{fmt.Errorf("reading: %w", context.Canceled), 130},
	} {
		if got := exitCode(test.err); got != test.want {
			t.Errorf("%T %v has the code %d, want %d", test.err, test.err, got, test.want)
		}
	}
}

// TestExitCodesAreDocumented holds that the document has each code, and that each code of the test script is in it.
func TestExitCodesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "exit-codes.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := map[int]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([0-9]+) \|`).FindAllStringSubmatch(string(doc), -1) {
		code, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		documented[code] = true
	}
	for _, code := range []int{runtime.ExitDone, runtime.ExitScript, runtime.ExitUsage, runtime.ExitCredentials, runtime.ExitServer,
		runtime.ExitDenied, runtime.ExitLimit, runtime.ExitInternal, runtime.ExitInterrupted} {
		if !documented[code] {
			t.Errorf("docs/exit-codes.md lacks %d", code)
		}
		delete(documented, code)
	}
	if len(documented) > 0 {
		t.Errorf("docs/exit-codes.md has codes that there are not: %v", documented)
	}
}
