package worker

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"
)

// channel is the host's end of the two pipes that a worker inherits, and the worker's ends until it has started.
type channel struct {
	conn  net.Conn
	child []*os.File
}

// newChannel makes two pipes without a name: nobody else can reach them.
func newChannel(cmd *exec.Cmd) (*channel, error) {
	toWorker, fromHost, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make the connection to the worker: %w", err)
	}
	toHost, fromWorker, err := os.Pipe()
	if err != nil {
		toWorker.Close()
		fromHost.Close()
		return nil, fmt.Errorf("make the connection to the worker: %w", err)
	}
	cmd.Stdin, cmd.Stdout = toWorker, fromWorker
	return &channel{&pipes{in: toHost, out: fromHost}, []*os.File{toWorker, fromWorker}}, nil
}

// started lets go of the worker's ends.
func (c *channel) started() {
	for _, f := range c.child {
		f.Close()
	}
}

// close ends the connection.
func (c *channel) close() { c.conn.Close() }

// inherited is the worker's end: its standard input and output.
func inherited() (net.Conn, error) {
	for _, f := range []*os.File{os.Stdin, os.Stdout} {
		if info, err := f.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
			return nil, errNoConnection
		}
	}
	return &pipes{in: os.Stdin, out: os.Stdout}, nil
}

// pipes are a connection made of two pipes. They have no deadlines: whoever wants an end closes them.
type pipes struct{ in, out *os.File }

func (p *pipes) Read(b []byte) (int, error)  { return p.in.Read(b) }
func (p *pipes) Write(b []byte) (int, error) { return p.out.Write(b) }

func (p *pipes) Close() error {
	p.in.Close()
	return p.out.Close()
}

func (p *pipes) LocalAddr() net.Addr              { return pipeAddress{} }
func (p *pipes) RemoteAddr() net.Addr             { return pipeAddress{} }
func (p *pipes) SetDeadline(time.Time) error      { return nil }
func (p *pipes) SetReadDeadline(time.Time) error  { return nil }
func (p *pipes) SetWriteDeadline(time.Time) error { return nil }

type pipeAddress struct{}

func (pipeAddress) Network() string { return "pipe" }
func (pipeAddress) String() string  { return "worker" }
