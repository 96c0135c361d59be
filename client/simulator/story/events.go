package story

import (
	"net/netip"
	"time"
)

// Events are the things a process did, each list in order of time. The lists are slices of one array per process: they
// must not be appended to.
type Events struct {
	Modloads   []Modload
	Filemods   []Filemod
	Regmods    []Regmod
	Netconns   []Netconn
	Childprocs []Childproc
	Crossprocs []Crossproc
	Blocks     []Block
}

// Modload is a library or program image that was mapped into the process.
type Modload struct {
	Time   time.Time
	Binary *Binary
	Path   string
}

// FileOp says what was done to a file.
type FileOp int

// File operations, numbered as sensors do.
const (
	FileCreated   FileOp = 1
	FileWritten   FileOp = 2 // for the first time
	FileDeleted   FileOp = 4
	FileLastWrite FileOp = 8 // closed after writing: now the hash is known
)

// FileType is what the first bytes of a file say that it is, numbered as sensors do; 0 when not looked at.
type FileType int

// Some file types.
const (
	TypePE      FileType = 1
	TypeELF     FileType = 2
	TypeMachO   FileType = 3
	TypeDoc     FileType = 16
	TypeDocx    FileType = 17
	TypePDF     FileType = 48
	TypeZip     FileType = 64
	TypeRAR     FileType = 67
	Type7z      FileType = 69
	TypeUnknown FileType = 0
)

// Filemod is a change to a file.
type Filemod struct {
	Time   time.Time
	Op     FileOp
	Path   string
	MD5    string // after the last write only
	Type   FileType
	Tamper bool // the file belongs to the sensor
}

// RegOp says what was done to the registry.
type RegOp int

// Registry operations, numbered as sensors do.
const (
	KeyCreated   RegOp = 1
	ValueWritten RegOp = 2
	KeyDeleted   RegOp = 4
	ValueDeleted RegOp = 8
)

// Regmod is a change to the registry.
type Regmod struct {
	Time   time.Time
	Op     RegOp
	Path   string // key, and the value's name for operations on values
	Tamper bool
}

// Protocol is an IP protocol number.
type Protocol int

// The protocols that sensors report.
const (
	TCP Protocol = 6
	UDP Protocol = 17
)

// Netconn is a network connection.
type Netconn struct {
	Time     time.Time
	Remote   netip.AddrPort
	Local    netip.AddrPort
	Proxy    netip.AddrPort // the zero value without a proxy
	Protocol Protocol
	Domain   string // "" when the name is not known
	Outbound bool
}

// Childproc is the start or the end of a child process.
type Childproc struct {
	Time    time.Time
	Process *Process
	Started bool
	Tamper  bool
}

// CrossKind says what a process did to another.
type CrossKind int

// What processes do to each other.
const (
	RemoteThread  CrossKind = iota + 1 // a thread was started in it
	ProcessHandle                      // it was opened
	ThreadHandle                       // one of its threads was opened
)

// Crossproc is an act of one process upon another. It is recorded with both: Target is true in the record of the
// process that was acted upon.
type Crossproc struct {
	Time   time.Time
	Kind   CrossKind
	Other  *Process
	Access uint32 // Windows access rights
	Tamper bool
	Target bool
}

// Block is a process that the sensor did not let start, because its binary is banned.
type Block struct {
	Time    time.Time
	Binary  *Binary
	Path    string
	Cmdline string
	User    string
	UID     string
}

// last gives the time of the last event, the zero time for none.
func (e *Events) last() time.Time {
	var last time.Time
	e.each(func(t time.Time) {
		if t.After(last) {
			last = t
		}
	})
	return last
}

// first gives the time of the first event, the zero time for none.
func (e *Events) first() time.Time {
	var first time.Time
	e.each(func(t time.Time) {
		if first.IsZero() || t.Before(first) {
			first = t
		}
	})
	return first
}

// each visits the times of the first and the last event of each list.
func (e *Events) each(visit func(time.Time)) {
	ends(e.Modloads, modloadTime, visit)
	ends(e.Filemods, filemodTime, visit)
	ends(e.Regmods, regmodTime, visit)
	ends(e.Netconns, netconnTime, visit)
	ends(e.Childprocs, childprocTime, visit)
	ends(e.Crossprocs, crossprocTime, visit)
	ends(e.Blocks, blockTime, visit)
}

func ends[T any](list []T, at func(T) time.Time, visit func(time.Time)) {
	if n := len(list); n > 0 {
		visit(at(list[0]))
		visit(at(list[n-1]))
	}
}

func modloadTime(e Modload) time.Time     { return e.Time }
func filemodTime(e Filemod) time.Time     { return e.Time }
func regmodTime(e Regmod) time.Time       { return e.Time }
func netconnTime(e Netconn) time.Time     { return e.Time }
func childprocTime(e Childproc) time.Time { return e.Time }
func crossprocTime(e Crossproc) time.Time { return e.Time }
func blockTime(e Block) time.Time         { return e.Time }
