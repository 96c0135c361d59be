package worker

import (
	"math"
	"runtime/debug"
)

// maxStack bounds the stack of one goroutine: deep recursion of the interpreter in the legal depth takes less.
const maxStack = 256 << 20

// limitMemory bounds what this process takes from the system: twice the limit above the size that it had at its start. At
// the limit itself the interpreter ends the script by its own gauge; this is the wall behind it, for what takes a
// gigabyte in one step. limit 0 means none.
//
// Source: feasibility.md, section 4.
func limitMemory(size, limit int64) error {
	debug.SetMaxStack(maxStack)
	if limit <= 0 || size <= 0 {
		return nil
	}
	return limitAddressSpace(size + twice(limit))
}

// twice is twice a limit: where the system's wall stands, behind the interpreter's own gauge. Half of what an int64 holds
// is as good as no wall.
func twice(limit int64) int64 { return 2 * min(limit, math.MaxInt64/4) }
