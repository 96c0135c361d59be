package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/runtime"
)

// limitFlags add the flags of limits.
func limitFlags(cmd *cobra.Command, l *runtime.Limits) {
	flags := cmd.Flags()
	flags.DurationVar(&l.Time, "timeout", 0, "end the script after this `DURATION`, such as 90s or 1h (default none)")
	flags.Var((*count)(&l.Steps), "max-steps", "end the script after `N` steps of the interpreter, none for no limit (default 1000000000)")
	flags.Var((*size)(&l.Memory), "max-memory", "end the script when it holds more than this `SIZE` (default 1GiB)")
	flags.Var((*size)(&l.Output), "max-output", "end the script when it has written more than this `SIZE` (default 1GiB)")
	flags.Var((*count)(&l.Requests), "max-requests", "end the script after `N` requests (default none)")
	flags.Var((*size)(&l.Artifacts), "max-artifacts", "end the script when the files that it saves have more than this `SIZE` together (default 32GiB)")
	flags.Var((*count)(&l.Files), "max-files", "end the script when it saves more than `N` files (default 100000)")
	flags.IntVar(&l.Depth, "max-depth", 0, "end the script when calls are nested more than `N` deep (default 5000)")
	flags.Var((*smallSize)(&l.Source), "max-source", "refuse a script or a loaded file larger than this `SIZE` (default 256KiB)")
}

// noLimit is the text that switches a limit off.
const noLimit = "none"

// count is a flag that takes a number of things, or none.
type count int64

// Set reads the number.
func (c *count) Set(text string) error {
	if text == noLimit {
		*c = runtime.Unlimited
		return nil
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	if err != nil || n < 1 {
		return fmt.Errorf("want a number of 1 or more, or %s", noLimit)
	}
	*c = count(n)
	return nil
}

// Type is how the help calls the value.
func (c *count) Type() string { return "N" }

// String is empty: the help gives the default in words.
func (c *count) String() string { return "" }

// size is a flag that takes a number of bytes, or none.
type size int64

// Set reads the size: a number with a unit of KB, MB, GB (or K, M, G, KiB, MiB, GiB: all are powers of 1024).
func (s *size) Set(text string) error {
	if text == noLimit {
		*s = runtime.Unlimited
		return nil
	}
	n, err := parseSize(text)
	if err != nil {
		return err
	}
	*s = size(n)
	return nil
}

// Type is how the help calls the value.
func (s *size) Type() string { return "SIZE" }

// String is empty: the help gives the default in words.
func (s *size) String() string { return "" }

// smallSize is a size that fits an int.
type smallSize int

// Set reads the size.
func (s *smallSize) Set(text string) error {
	n, err := parseSize(text)
	if err == nil && n > 1<<30 {
		err = fmt.Errorf("want at most 1GiB")
	}
	*s = smallSize(n)
	return err
}

// Type is how the help calls the value.
func (s *smallSize) Type() string { return "SIZE" }

// String is empty: the help gives the default in words.
func (s *smallSize) String() string { return "" }

// parseSize reads a number of bytes with its unit.
func parseSize(text string) (int64, error) {
	digits := strings.TrimRight(text, "KMGTiBkmgtb ")
	n, err := strconv.ParseInt(digits, 10, 64)
	shift, ok := map[string]uint{"": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20,
		"g": 30, "gb": 30, "gib": 30, "t": 40, "tb": 40, "tib": 40}[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	if err != nil || !ok || n < 1 || n > (1<<62)>>shift {
		return 0, fmt.Errorf("want a size such as 512MiB or 2GiB")
	}
	return n << shift, nil
}
