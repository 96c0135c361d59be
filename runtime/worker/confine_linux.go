package worker

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// zones are the folders in which Go looks for time zones, the only files that a worker may read.
func zones() []string {
	return []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}
}

// Confine takes from this process what a worker has no use for: files but those of time zones, the network, other
// processes. It gives what the kernel could not refuse, a line for each; the process goes on without it.
func Confine() []string {
	var lacking []string
	if err := closeInherited(); err != nil {
		lacking = append(lacking, "files that the worker was started with stay open: "+err.Error())
	}
	if err := landlock.V8.BestEffort().Restrict(landlock.RODirs(zones()...).IgnoreIfMissing()); err != nil {
		lacking = append(lacking, "the kernel does not refuse the worker files: "+err.Error())
	} else if version, err := landlockVersion(); err != nil {
		lacking = append(lacking, "the kernel does not refuse the worker files: Landlock: "+err.Error())
	} else if version < 4 {
		lacking = append(lacking, fmt.Sprintf("the kernel's Landlock is of version %d: it refuses files, and not all else", version))
	}
	if err := filterCalls(); err != nil {
		lacking = append(lacking, "the kernel does not refuse the worker the network and other processes: "+err.Error())
	}
	return lacking
}

// landlockVersion asks the kernel.
func landlockVersion() (int, error) {
	version, _, errno := syscall.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, errno
	}
	return int(version), nil
}

// addressSpace is how many bytes of address space this process has, 0 when the kernel does not say. What it has at the
// start is Go's own and the interpreter's, several gigabytes that hold nothing.
func addressSpace() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _, _ := strings.Cut(string(text), " ")
	n, err := strconv.ParseInt(pages, 10, 64)
	if err != nil {
		return 0
	}
	return n * int64(os.Getpagesize())
}

// limitAddressSpace bounds the address space of this process.
func limitAddressSpace(size int64) error {
	return unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: uint64(size), Max: uint64(size)})
}
