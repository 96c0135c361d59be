package main

import (
	"io"

	"golang.org/x/term"
)

// fileOf gives the file descriptor behind a stream, and whether it is a terminal.
func fileOf(stream any) (fd int, terminal bool) {
	f, ok := stream.(interface{ Fd() uintptr })
	if !ok {
		return -1, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// widthOf is the number of columns of the terminal that w writes to, or 0 when it is none.
func widthOf(w io.Writer) int {
	fd, terminal := fileOf(w)
	if !terminal {
		return 0
	}
	width, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return width
}
