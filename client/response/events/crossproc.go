package events

import (
	"strconv"

	"github.com/cbscript/cbscript/client/jsondoc"
)

// Crossproc is what one process did to another: it opened the other, or a thread of it, or began a thread in it.
//
// Source: contract/events.md, A.6.
type Crossproc struct {
	Header
	// Operation is RemoteThread, ProcessOpen or ThreadOpen, or what else the server sent.
	Operation string
	// Access is the set of rights that were asked for; empty when a thread was begun.
	Access Access
	// IsTarget is set when the process that the events belong to was the one acted upon.
	IsTarget bool
	// Target is the process that was acted upon, Source the one that acted. The process that the events belong to is one of them.
	Target, Source ProcessRef
}

// ProcessRef names a process as events do.
type ProcessRef struct {
	// GUID identifies the process; it may carry a segment.
	GUID string
	// MD5 is the hash of its program.
	MD5 string
	// Path is where the program lay.
	Path string
}

// The operations of a [Crossproc].
const (
	RemoteThread = "RemoteThread" // began a thread in the other process
	ProcessOpen  = "ProcessOpen"  // opened a handle to the process
	ThreadOpen   = "ThreadOpen"   // opened a handle to one of its threads
)

// Type is the table of events between processes.
func (*Crossproc) Type() *Type { return crossprocType }

var crossprocType = &Type{
	Name: "CbCrossProcEvent", Title: "Cb Cross Process event", List: "crossproc_complete",
	Doc: "What the process did with another one, or another with it: opened it, or started a thread in it.",
	Attributes: withCommon(
		attribute("type", "string", "What was done: RemoteThread, ProcessOpen or ThreadOpen.", func(e *Crossproc) any { return e.Operation }),
		attribute("privileges", "string", "The names of the rights that were asked for, with | between them.", func(e *Crossproc) any { return e.Access.String() }),
		attribute("privilege_code", "int", "The rights that were asked for, as a number.", func(e *Crossproc) any { return int64(e.Access) }),
		tamperFlag(),
		attribute("is_target", "bool", "Whether this process was the one acted upon.", func(e *Crossproc) any { return e.IsTarget }),
		attribute("target_procguid", "string", "The guid of the process acted upon.", func(e *Crossproc) any { return e.Target.GUID }),
		attribute("target_md5", "string", "The MD5 of its program.", func(e *Crossproc) any { return e.Target.MD5 }),
		attribute("target_path", "string", "The path of its program.", func(e *Crossproc) any { return e.Target.Path }),
		attribute("source_procguid", "string", "The guid of the process that acted.", func(e *Crossproc) any { return e.Source.GUID }),
		attribute("source_md5", "string", "The MD5 of its program.", func(e *Crossproc) any { return e.Source.MD5 }),
		attribute("source_path", "string", "The path of its program.", func(e *Crossproc) any { return e.Source.Path }),
	),
	Printed: []string{"timestamp", "type", "privileges", "target_md5", "target_path"},
}

// crossprocEntry reads type|time|guid|md5|path|subtype|access|tamper|is_target, of which the last may lack, of an event of this process.
func crossprocEntry(entry jsondoc.Value, sequence int, this jsondoc.Doc) (*Crossproc, error) {
	parts, err := piped(entry, 8, 9, 4)
	if err != nil {
		return nil, err
	}
	h, err := header(parts[1], sequence, isTrue(parts, 7))
	if err != nil {
		return nil, err
	}
	e := &Crossproc{Header: h, Operation: parts[0], IsTarget: isTrue(parts, 8)}
	if e.Operation == ProcessOpen && parts[5] == "2" {
		e.Operation = ThreadOpen
	}
	if access, err := strconv.ParseInt(parts[6], 10, 64); err == nil {
		e.Access = Access(access)
	}
	o := object{this}
	own := ProcessRef{GUID: o.text("id"), MD5: o.text("process_md5"), Path: o.text("path")}
	if own.GUID == "" { // a document that was upgraded from 5.2
		own.GUID = o.text("unique_id")
	}
	other := ProcessRef{GUID: parts[2], MD5: parts[3], Path: parts[4]}
	if e.IsTarget {
		e.Target, e.Source = own, other
	} else {
		e.Target, e.Source = other, own
	}
	return e, nil
}
