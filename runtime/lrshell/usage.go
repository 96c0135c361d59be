package lrshell

import (
	"fmt"

	"github.com/cbscript/cbscript/runtime"
)

// usage is the error of a line that cannot be run, with what to do.
func usage(advice, format string, args ...any) error {
	return &runtime.UsageError{Err: fmt.Errorf(format, args...), Advice: advice}
}
