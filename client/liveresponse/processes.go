package liveresponse

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client"
)

// The times of commands about processes. Source: contract/live-response.md, section 2.
const (
	killTimeout       = 10 * time.Second
	killInterval      = 100 * time.Millisecond
	defaultOutputWait = 30 * time.Second
)

// ListProcesses gives the processes that run on the endpoint: pid, parent, path, command_line, username and so on.
func (s *Session) ListProcesses(ctx context.Context) ([]any, error) {
	doc, err := s.do(ctx, command{name: "process list"})
	return listOf(doc, "processes"), err
}

// KillProcess ends a process. It is false when the endpoint does not answer in time; pid is a number, or text.
func (s *Session) KillProcess(ctx context.Context, pid any) (bool, error) {
	_, _, err := s.run(ctx, command{name: "kill", object: pid, changes: true}, Poll{Timeout: killTimeout, Interval: killInterval})
	var late *client.TimeoutError
	switch {
	case errors.As(err, &late) && strings.HasPrefix(late.Message, "timeout polling"):
		return false, nil
	case errors.Is(err, errSkipped):
		return true, nil
	}
	return err == nil, err
}

// Start says how a process is started.
type Start struct {
	Command          string
	Output           bool          // wait for it and give what it printed
	OutputFile       string        // on the endpoint; empty with Output means a name of chance
	WorkingDirectory string        // empty means the sensor's
	Wait             bool          // wait for its end; Output does too
	Timeout          time.Duration // of the wait; 0 means 30 seconds
}

// Ended is what is known of a process that was waited for. The zero value is one that was only shown.
type Ended struct {
	Output []byte // what it printed, nil when that was not asked for
	PID    *int64 // its number; nil when the endpoint did not tell
	Code   *int64 // its return code; nil when the endpoint did not tell
}

// CreateProcess starts a process on the endpoint. It gives what the process printed if that is asked for, and else nil.
// The file with the output is deleted without waiting for that. Source: contract/live-response.md, section 2.
func (s *Session) CreateProcess(ctx context.Context, o Start) ([]byte, error) {
	ended, err := s.start(ctx, o)
	return ended.Output, err
}

// RunProcess is CreateProcess that always waits, and tells how the process ended.
func (s *Session) RunProcess(ctx context.Context, o Start) (Ended, error) {
	o.Wait = true
	return s.start(ctx, o)
}

// start starts a process and waits as far as that is asked for.
func (s *Session) start(ctx context.Context, o Start) (ended Ended, err error) {
	if o.Output {
		o.Wait = true
		if o.OutputFile == "" {
			o.OutputFile = s.temporary()
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultOutputWait
	}
	c := command{name: "create process", object: o.Command, changes: true, fields: map[string]any{"wait": o.Wait}}
	if o.OutputFile != "" {
		c.fields["output_file"] = o.OutputFile
	}
	if o.WorkingDirectory != "" {
		c.fields["working_directory"] = o.WorkingDirectory
	}
	if !o.Wait {
		if _, err = s.post(ctx, c); errors.Is(err, errSkipped) {
			err = nil
		}
		return ended, err
	}
	doc, _, err := s.run(ctx, c, Poll{Timeout: o.Timeout})
	if errors.Is(err, errSkipped) {
		return ended, nil
	}
	ended.PID, ended.Code = wholeOf(doc["pid"]), wholeOf(doc["return_code"])
	if err != nil || !o.Output {
		return ended, err
	}
	if ended.Output, err = s.GetFile(ctx, o.OutputFile, Poll{}); err != nil {
		return ended, err
	}
	if _, err := s.post(ctx, command{name: "delete file", object: o.OutputFile, changes: true}); err != nil {
		s.ch.m.c.Log().WarnContext(ctx, "a file with the output of a process was left on an endpoint", "sensor", s.ch.e.ID, "path", o.OutputFile, "error", err)
	}
	return ended, nil
}

// wholeOf gives a whole number of a document, which may be text; nil when it is none.
func wholeOf(v any) *int64 {
	n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// temporary is a path of chance on the endpoint.
func (s *Session) temporary() string {
	dir := "/tmp"
	if s.ch.e.System == Windows {
		dir = `c:\windows\temp`
	}
	return s.PathJoin(dir, "cblr."+rand.Text()[:12]+".tmp")
}
