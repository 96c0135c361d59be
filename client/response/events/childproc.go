package events

import (
	"strings"

	"github.com/cbscript/cbscript/client/cbtime"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// Childproc is the start or the end of a child process.
//
// Source: contract/events.md, A.5.
type Childproc struct {
	Header
	// GUID identifies the child; it may carry a segment: see ProcessGUID.
	GUID string
	// MD5 is the hash of the child's program.
	MD5 string
	// Path is where the program lay.
	Path string
	// PID is the child's process id as the server sent it: a string in the text form and mostly an int64 in the other; nil when it was absent.
	PID any
	// Terminated is set for the end of the child.
	Terminated bool
	// Suppressed is set for a child whose own document the server does not keep. CommandLine and UserName are then all that is known of it.
	Suppressed bool
	// CommandLine is a suppressed child's command line.
	CommandLine string
	// UserName is the account that a suppressed child ran as.
	UserName string
}

// ProcessGUID is the child's identifier without a segment: its first five parts.
func (e *Childproc) ProcessGUID() string {
	parts := strings.SplitN(e.GUID, "-", 6)
	return strings.Join(parts[:min(len(parts), 5)], "-")
}

// Type is the table of child processes.
func (*Childproc) Type() *Type { return childprocType }

var childprocType = &Type{
	Name: "CbChildProcEvent", Title: "Cb Child Process event", List: "childproc_complete",
	Doc: "A process that the process started, or the end of one.",
	Attributes: withCommon(
		attribute("procguid", "string", "The guid of the child; may carry a segment.", func(e *Childproc) any { return e.GUID }),
		attribute("md5", "string", "The MD5 of the child's program.", func(e *Childproc) any { return e.MD5 }),
		attribute("path", "string", "The path of the child's program.", func(e *Childproc) any { return e.Path }),
		attribute("pid", "int", "The child's process id; text from servers below 5.2.", func(e *Childproc) any { return e.PID }),
		attribute("terminated", "bool", "Whether this is the end of the child.", func(e *Childproc) any { return e.Terminated }),
		tamperFlag(),
		attribute("is_suppressed", "bool", "Whether the server keeps no document of the child.", func(e *Childproc) any { return e.Suppressed }),
		attribute("proc_data", "dict", "The cmdline and the username of a suppressed child; empty for others.", func(e *Childproc) any { return e.procData() }),
	),
	Printed: []string{"timestamp", "procguid", "pid", "path", "md5"},
}

func (e *Childproc) procData() map[string]any {
	if !e.Suppressed {
		return map[string]any{}
	}
	return map[string]any{"cmdline": e.CommandLine, "username": e.UserName}
}

// childprocEntry reads both forms, whatever the version.
func childprocEntry() func(entry jsondoc.Value, sequence int) (*Childproc, error) {
	shapes := new(jsondoc.Shapes)
	return func(entry jsondoc.Value, sequence int) (*Childproc, error) {
		if entry.Kind() == jsondoc.String {
			return childprocText(entry, sequence)
		}
		return childprocObject(entry, sequence, shapes)
	}
}

// childprocText reads time|guid|md5|path|pid|started|tamper, of which the last may lack.
func childprocText(entry jsondoc.Value, sequence int) (*Childproc, error) {
	parts, err := piped(entry, 6, 7, 3)
	if err != nil {
		return nil, err
	}
	h, err := header(parts[0], sequence, isTrue(parts, 6))
	if err != nil {
		return nil, err
	}
	return &Childproc{Header: h, GUID: parts[1], MD5: parts[2], Path: parts[3], PID: parts[4], Terminated: !isTrue(parts, 5)}, nil
}

func childprocObject(entry jsondoc.Value, sequence int, shapes *jsondoc.Shapes) (*Childproc, error) {
	o, err := newObject(entry, shapes)
	if err != nil {
		return nil, err
	}
	terminated := o.text("type") == "end"
	when := "start"
	if terminated {
		when = "end"
	}
	h, err := o.header(when, sequence, o.is("is_tampered"))
	if err != nil {
		return nil, err
	}
	pid, _ := o.doc.Get("pid")
	return &Childproc{
		Header: h, GUID: o.text("processId"), MD5: o.text("md5"), Path: o.text("path"), PID: pid.Any(), Terminated: terminated,
		Suppressed: o.is("is_suppressed"), CommandLine: o.text("commandLine"), UserName: o.text("userName"),
	}, nil
}

// Child is the start of a child process as an entry of the children of a process summary tells it: such an entry is a process document,
// and the time is the child's own start, 1970 if that is unknown. sequence is the entry's position. The error is an [*EntryError].
//
// Source: contract/response.md, section 13, "Members".
func Child(summary jsondoc.Doc, sequence int) (*Childproc, error) {
	o := object{summary}
	h := Header{Timestamp: cbtime.Epoch(), Sequence: sequence}
	if start, _ := summary.Get("start"); !start.IsNull() {
		at, err := cbtime.ParseIndex(start.Any())
		if err != nil {
			return nil, &EntryError{List: "children", Index: sequence, Text: cut(string(summary.Bytes())), Err: err}
		}
		h.Timestamp = at
	}
	id := o.text("unique_id")
	if id == "" {
		id = o.text("id")
	}
	pid, _ := summary.Get("process_pid")
	return &Childproc{
		Header: h, GUID: id, MD5: o.text("process_md5"), Path: o.text("path"), PID: pid.Any(),
		Suppressed: o.is("is_suppressed"), CommandLine: o.text("cmdline"), UserName: o.text("username"),
	}, nil
}
