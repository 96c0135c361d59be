package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// typist is a person at a terminal: cbscript runs in a pseudo-terminal, and the test types and reads.
type typist struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	seen   lockedBuffer
	news   chan struct{} // gets something when more was seen
	ended  chan struct{} // closed when no more comes
	read   int           // how much of seen was looked at
}

// atTerminal runs cbscript in a pseudo-terminal of 100 columns.
func atTerminal(t *testing.T, dir string, args ...string) *typist {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100}); err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	y := &typist{t: t, master: master, news: make(chan struct{}, 1), ended: make(chan struct{}),
		cmd: exec.CommandContext(t.Context(), "cbscript", args...)}
	y.cmd.Dir = dir
	y.cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_STATE_HOME="+dir, "TERM=xterm")
	y.cmd.Stdin, y.cmd.Stdout, y.cmd.Stderr = slave, slave, slave
	y.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := y.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go y.watch()
	return y
}

// watch collects what the terminal shows.
func (y *typist) watch() {
	defer close(y.ended)
	buffer := make([]byte, 4096)
	for {
		n, err := y.master.Read(buffer)
		_, _ = y.seen.Write(buffer[:n])
		select {
		case y.news <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// types sends keys. A newline is the Enter key. What is waited for next comes after it.
func (y *typist) types(keys string) {
	y.t.Helper()
	y.read = len(y.seen.String())
	if _, err := y.master.WriteString(strings.ReplaceAll(keys, "\n", "\r")); err != nil {
		y.t.Fatal(err)
	}
}

// sees waits until the terminal shows text, after what was waited for before.
func (y *typist) sees(text string) {
	y.t.Helper()
	y.waits(text, func(all string) (end int) {
		if i := strings.Index(all[y.read:], text); i >= 0 {
			return y.read + i + len(text)
		}
		return -1
	})
}

// prompted waits until the cursor stands behind a prompt on a line of its own, and gives what came up to there. The
// editor draws the prompt anew with every key: only one with nothing behind it counts.
func (y *typist) prompted(prompt string) (shown string) {
	y.t.Helper()
	from := y.read
	controls := regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]|[\r\b]")
	y.waits(prompt, func(all string) (end int) {
		line := strings.LastIndexByte(all, '\n')
		if line >= y.read-1 && strings.TrimSpace(controls.ReplaceAllString(all[line+1:], "")) == prompt {
			return len(all)
		}
		return -1
	})
	return y.seen.String()[from:y.read]
}

// waits waits until find says where in what was shown something ends.
func (y *typist) waits(what string, find func(all string) (end int)) {
	y.t.Helper()
	deadline := time.After(patience)
	for {
		all := y.seen.String()
		if end := find(all); end >= 0 {
			y.read = end
			return
		}
		select {
		case <-y.news:
		case <-y.ended:
			if find(y.seen.String()) < 0 {
				y.t.Fatalf("the terminal never showed %q, but:\n%s", what, all[y.read:])
			}
		case <-deadline:
			y.t.Fatalf("the terminal does not show %q, but:\n%s", what, all[y.read:])
		}
	}
}

// leaves waits for the end, and gives the exit code.
func (y *typist) leaves() int {
	y.t.Helper()
	select {
	case <-y.ended:
	case <-time.After(patience):
		y.t.Fatalf("it did not end; the terminal shows:\n%s", y.seen.String()[y.read:])
	}
	var exit *exec.ExitError
	if err := y.cmd.Wait(); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		y.t.Fatal(err)
	}
	return 0
}
