package story

import (
	"time"
)

// Process is one run of a program on an endpoint, with all that it did.
type Process struct {
	ID       GUID
	Endpoint *Endpoint
	PID      int
	Start    time.Time
	End      time.Time // zero while it runs
	Name     string    // lower case
	Path     string    // lower case on Windows
	Cmdline  string    // as typed, "" when not known
	User     string    // "" when not known
	UID      string    // SID or number of the user
	Binary   *Binary   // nil when not known

	// ParentID is the process that started this one. Parent is nil when that one was never recorded.
	ParentID GUID
	Parent   *Process
	Children []*Process // by start time

	// Suppressed marks a process that did so little that the sensor reports it only as its parent's child.
	Suppressed bool

	Events
	// Segments divides Events by the reports in which the sensor sent them, in order of time. There is at least one.
	Segments []Segment

	reports []time.Time // when the sensor sent what happened before
}

// Segment is what one report of the sensor added to a process.
type Segment struct {
	// ID is the time at which the server stored it, in milliseconds since 1970. It is unique within the process.
	ID int64
	Events
	First, Last time.Time // of its events; the process's start and end count as events
	Stored      time.Time // when the server stored it, by the server's clock
}

// Terminated reports whether the process has ended.
func (p *Process) Terminated() bool { return !p.End.IsZero() }

// LastUpdate is the time of the process's last event.
func (p *Process) LastUpdate() time.Time { return p.Segments[len(p.Segments)-1].Last }
