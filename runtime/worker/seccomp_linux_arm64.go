package worker

import "golang.org/x/sys/unix"

// The machine that a call is judged for. It has no foreign calls under its own name.
const (
	machine      = unix.AUDIT_ARCH_AARCH64
	foreignCalls = 0
)

// oldCalls are the refused calls that only old machines have.
func oldCalls() []uint32 { return nil }
