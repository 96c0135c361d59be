//go:build unix

package worker

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// channel is the host's end of the connection that a worker inherits, and the worker's end until it has started.
type channel struct {
	conn  net.Conn
	child *os.File
}

// newChannel makes a pair of connected sockets without a name: nobody else can reach either.
func newChannel(cmd *exec.Cmd) (*channel, error) {
	syscall.ForkLock.RLock() // no other process that is started now may inherit them
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("make the connection to the worker: %w", err)
	}
	ours, child := os.NewFile(uintptr(pair[0]), "host"), os.NewFile(uintptr(pair[1]), "worker")
	conn, err := net.FileConn(ours)
	ours.Close()
	if err != nil {
		child.Close()
		return nil, fmt.Errorf("use the connection to the worker: %w", err)
	}
	cmd.Stdin = child
	return &channel{conn, child}, nil
}

// started lets go of the worker's end.
func (c *channel) started() { c.child.Close() }

// close ends the connection.
func (c *channel) close() { c.conn.Close() }

// inherited is the worker's end: its standard input.
func inherited() (net.Conn, error) {
	conn, err := net.FileConn(os.Stdin)
	if err != nil {
		return nil, errNoConnection
	}
	if _, ok := conn.(*net.UnixConn); !ok {
		conn.Close()
		return nil, errNoConnection
	}
	os.Stdin.Close()
	return conn, nil
}
