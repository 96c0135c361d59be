//go:build !unix

package worker_test

import "context"

// act knows no parts: the tests that need them are for Unix.
func act(context.Context, string, []string) (code int, ok bool) { return 0, false }
