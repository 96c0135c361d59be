// Package guid reads and writes the identifiers of processes.
//
// An identifier is the process, ssssssss-pppp-pppp-tttt-tttttttttttt in hexadecimal digits: sensor id, process id and creation
// time. A suffix names a segment of its events: 8 digits, or 12 on servers from 6.0. Servers of version 4 used plain integers.
// [Parse] splits a text into process and segment, [ID.Origin] decodes what the process part says.
//
// Source: contract/model.md, section "Process identifiers"; contract/response.md, section 13.
package guid

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/cbtime"
)

// Form is how servers of a version write segments.
type Form int

const (
	// Before6 is the form of servers below 6.0.0: segments count from 1 and have 8 digits.
	Before6 Form = iota
	// From6 is the form of servers from 6.0.0: segments are milliseconds since 1970 and have 12 digits, or 8 in identifiers that
	// an older server made. Segment 0 stands for all segments together.
	From6
)

// DefaultSegment is the segment meant where none is given: 1 before 6.0.0, 0 since.
func (f Form) DefaultSegment() int64 {
	if f == Before6 {
		return 1
	}
	return 0
}

const (
	length       = len("00000001-0000-0e48-01d2-c2a397f4cfe0")
	lengthShort  = length + len("-00000001")
	lengthLong   = length + len("-015bc4a1e3c2")
	maxSegment48 = 1<<48 - 1
)

// ID is a process identifier with its segment. The zero ID identifies nothing. IDs can be compared with ==.
type ID struct {
	process string
	segment int64 // 0: none given
	form    Form
	old     bool // a version 4 integer
}

// SyntaxError says that a text is not a process identifier.
type SyntaxError struct {
	// Text is the text, cut to its first 64 bytes.
	Text string
	// Want says what was expected.
	Want string
}

// Error quotes the text.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid process guid %q: %s", e.Text, e.Want)
}

func refuse(text, want string) error {
	return &SyntaxError{Text: strings.ToValidUTF8(text[:min(len(text), 64)], "\ufffd"), Want: want}
}

// Parse reads a process identifier of a server with the given form: 36 characters, 45 with a short segment, 49 with a long one
// (from 6.0.0 only), or an integer. The error is a [*SyntaxError]; the reference client calls such a process invalid and
// never asks the server for it.
func Parse(text string, form Form) (ID, error) {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil && text[0] != '+' {
		return ID{process: text, form: form, old: true}, nil
	}
	if len(text) != length && len(text) != lengthShort && (len(text) != lengthLong || form == Before6) {
		if form == Before6 {
			return ID{}, refuse(text, "want 36 characters, or 45 with a segment")
		}
		return ID{}, refuse(text, "want 36 characters, or 45 or 49 with a segment")
	}
	if _, ok := fields(text[:length]); !ok {
		return ID{}, refuse(text, "want hexadecimal digits as in 00000001-0000-0e48-01d2-c2a397f4cfe0")
	}
	id := ID{process: text[:length], form: form}
	if len(text) > length {
		// The first digit counts as well; the reference client skips it (contract/known-bugs.md, 31).
		segment, err := strconv.ParseUint(text[length+1:], 16, 48)
		if err != nil || text[length] != '-' {
			return ID{}, refuse(text, "want a hyphen and hexadecimal digits for the segment")
		}
		id.segment = int64(segment)
	}
	return id, nil
}

// Process is the identifier without a segment, as the server wrote it.
func (id ID) Process() string { return id.process }

// Segment is the segment given, or the default one of the server's version.
func (id ID) Segment() int64 {
	if id.segment == 0 {
		return id.form.DefaultSegment()
	}
	return id.segment
}

// IsOld reports whether the identifier is an integer of a version 4 server, which says nothing about the process.
func (id ID) IsOld() bool { return id.old }

// WithSegment is the identifier of another segment of the same process; 0 stands for the default one.
func (id ID) WithSegment(segment int64) ID {
	id.segment = segment
	return id
}

// String is the identifier with the segment, if one was given that the server's form can express: with 12 digits from 6.0.0 and 8
// before. An integer of version 4 has no segment.
func (id ID) String() string {
	digits, largest := 12, int64(maxSegment48)
	if id.form == Before6 {
		digits, largest = 8, 1<<32-1
	}
	if id.old || id.segment <= 0 || id.segment > largest {
		return id.process
	}
	return fmt.Sprintf("%s-%0*x", id.process, digits, id.segment)
}

// Origin is what a process identifier says about its process.
type Origin struct {
	// Sensor is the id of the sensor that saw the process.
	Sensor uint32
	// PID is the operating system's number of the process.
	PID uint32
	// Created is when the process began, as a Windows FILETIME: units of 100 ns since 1601-01-01T00:00:00Z.
	Created uint64
}

// Origin decodes the identifier. The second result is false for an integer of version 4 and for the zero ID.
func (id ID) Origin() (Origin, bool) {
	if id.old {
		return Origin{}, false
	}
	return fields(id.process)
}

// Start is the creation time in UTC, to the microsecond. The second result is false for one after the year 9999, which is not a
// time that any endpoint sends.
func (o Origin) Start() (time.Time, bool) { return cbtime.FromFiletime(o.Created) }

// String is the identifier of 36 characters.
func (o Origin) String() string {
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", o.Sensor, o.PID>>16, o.PID&0xffff, o.Created>>48, o.Created&(1<<48-1))
}

// fields decodes the 36 characters of a process.
func fields(text string) (Origin, bool) {
	if len(text) != length || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return Origin{}, false
	}
	digits := make([]byte, 0, 32)
	for _, part := range []string{text[:8], text[9:13], text[14:18], text[19:23], text[24:]} {
		digits = append(digits, part...)
	}
	var raw [16]byte
	if _, err := hex.Decode(raw[:], digits); err != nil {
		return Origin{}, false
	}
	var o Origin
	for i, b := range raw {
		switch {
		case i < 4:
			o.Sensor = o.Sensor<<8 | uint32(b)
		case i < 8:
			o.PID = o.PID<<8 | uint32(b)
		default:
			o.Created = o.Created<<8 | uint64(b)
		}
	}
	return o, true
}
