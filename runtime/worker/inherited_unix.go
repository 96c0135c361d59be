//go:build unix

package worker

import (
	"errors"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// closeInherited closes what this process has open by no deed of its own: a file that whoever started the host left open
// for its children goes on from one program to the next. What Go opens is marked to be closed when another program
// starts; what came through such a start is therefore not marked. The three standard files stay.
func closeInherited() error {
	names, err := openFiles()
	if err != nil {
		return err
	}
	var failed []error
	for _, name := range names {
		fd, err := strconv.Atoi(name)
		if err != nil || fd <= 2 {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC != 0 { // closed since, as the folder's own, or Go's
			continue
		}
		failed = append(failed, unix.Close(fd))
	}
	return errors.Join(failed...)
}

// openFiles gives the numbers of this process's files.
func openFiles() ([]string, error) {
	names, err := fs.ReadDir(os.DirFS("/"), "proc/self/fd")
	if errors.Is(err, fs.ErrNotExist) {
		names, err = fs.ReadDir(os.DirFS("/"), "dev/fd")
	}
	if err != nil {
		return nil, err
	}
	numbers := make([]string, len(names))
	for i, name := range names {
		numbers[i] = name.Name()
	}
	return numbers, nil
}
