package evidence

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/windows"
)

// lock keeps other processes from locking a file, until it is closed. held says that one of them has it. The byte that is
// locked lies beyond all that is written: others can still read the file.
func lock(f *os.File) (held bool, err error) {
	at := &windows.Overlapped{Offset: math.MaxUint32 - 1, OffsetHigh: math.MaxInt32 - 1}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return true, nil
	}
	return false, err
}

// syncFolder does nothing: Windows keeps the names with the files.
func syncFolder(*os.Root, string) error { return nil }
