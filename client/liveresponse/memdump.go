package liveresponse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cbscript/cbscript/client"
)

// dumpPoll is the patience for a memory dump and its transfer.
func dumpPoll() Poll { return Poll{Timeout: time.Hour, Interval: 5 * time.Second} }

// Dump is a memory dump that the endpoint makes.
type Dump struct {
	s       *Session
	c       command
	running *running // nil when the command was only shown
	remote  string   // where the finished file is
}

// StartMemdump begins to write the endpoint's memory into a file there; an empty name means one of chance. A compressed
// file gets .zip appended to its name. Source: contract/live-response.md, section 2.
func (s *Session) StartMemdump(ctx context.Context, remote string, compress bool) (*Dump, error) {
	if remote == "" {
		remote = s.temporary()
	}
	d := &Dump{s: s, remote: remote}
	d.c = command{name: "memdump", object: remote, changes: true, fields: map[string]any{"compress": compress}}
	if compress {
		d.remote += ".zip"
	}
	var err error
	if d.running, err = s.post(ctx, d.c); errors.Is(err, errSkipped) {
		err = nil
	}
	return d, err
}

// Remote is where the finished file is on the endpoint.
func (d *Dump) Remote() string { return d.remote }

// Wait waits until the dump is complete.
func (d *Dump) Wait(ctx context.Context) error {
	if d.running == nil {
		return nil
	}
	_, err := d.s.wait(ctx, d.c, d.running, dumpPoll())
	return err
}

// Get waits for the dump and gives it as it arrives from the server. The caller closes it.
func (d *Dump) Get(ctx context.Context) (*client.File, error) {
	if d.running == nil {
		return nil, client.Errorf("the memory dump of sensor %d was only shown: there is no file", d.s.ch.e.ID)
	}
	if err := d.Wait(ctx); err != nil {
		return nil, err
	}
	return d.s.GetRawFile(ctx, d.remote, dumpPoll())
}

// Delete deletes the file on the endpoint.
func (d *Dump) Delete(ctx context.Context) error { return d.s.DeleteFile(ctx, d.remote) }

// Memdump dumps the endpoint's memory and gives the dump as it arrives from the server, which has it already: the file on
// the endpoint is deleted. It gives nil when the command was only shown.
func (s *Session) Memdump(ctx context.Context, remote string, compress bool) (*client.File, error) {
	d, err := s.StartMemdump(ctx, remote, compress)
	if err != nil || d.running == nil {
		return nil, err
	}
	file, err := d.Get(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.Delete(ctx); err != nil {
		_ = file.Close() // the other error is told
		return nil, err
	}
	return file, nil
}

// Archive gives the server's archive of the session, a zip file of what was done and fetched, as it arrives. The caller
// closes it.
func (s *Session) Archive(ctx context.Context) (*client.File, error) {
	l, err := s.ch.use(ctx)
	if err != nil {
		return nil, err
	}
	stream, err := s.ch.m.c.Stream(ctx, client.Request{Path: l.path + "/archive"})
	if err != nil {
		return nil, err
	}
	return &client.File{Name: fmt.Sprintf("session-%v.zip", l.id), Size: stream.Size(), ReadCloser: stream}, nil
}
