package story

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// GUID identifies a process across all endpoints: the endpoint, the process id, and the time of creation, because
// operating systems use process ids again.
//
// Source: contract/model.md, section "Process identifiers".
type GUID struct {
	Sensor  uint32
	PID     uint32
	Created uint64 // 100 ns units since 1601-01-01 UTC
}

// filetimeEpoch is the difference between 1601 and 1970 in 100 ns units.
const filetimeEpoch = 116444736000000000

// Filetime gives t in 100 ns units since 1601-01-01 UTC.
func Filetime(t time.Time) uint64 { return uint64(t.UnixNano()/100 + filetimeEpoch) }

// FromFiletime is the inverse of Filetime, in UTC.
func FromFiletime(ft uint64) time.Time {
	return time.Unix(0, (int64(ft)-filetimeEpoch)*100).UTC()
}

// NewGUID is the identity of a process.
func NewGUID(sensor, pid int, created time.Time) GUID {
	return GUID{Sensor: uint32(sensor), PID: uint32(pid), Created: Filetime(created)}
}

// Time is the time of creation, in UTC.
func (g GUID) Time() time.Time { return FromFiletime(g.Created) }

// String gives the 36 characters ssssssss-pppp-pppp-tttt-tttttttttttt.
func (g GUID) String() string { return string(g.Append(nil)) }

// Append appends what String gives.
func (g GUID) Append(b []byte) []byte {
	b = appendHex(b, uint64(g.Sensor), 8)
	b = append(b, '-')
	b = appendHex(b, uint64(g.PID>>16), 4)
	b = append(b, '-')
	b = appendHex(b, uint64(g.PID&0xffff), 4)
	b = append(b, '-')
	b = appendHex(b, g.Created>>48, 4)
	b = append(b, '-')
	return appendHex(b, g.Created&(1<<48-1), 12)
}

func appendHex(b []byte, v uint64, digits int) []byte {
	const hex = "0123456789abcdef"
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b = append(b, hex[v>>shift&15])
	}
	return b
}

// ParseGUID reads what String gives, in either case.
func ParseGUID(s string) (GUID, error) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return GUID{}, fmt.Errorf("process guid %q is not of the form ssssssss-pppp-pppp-tttt-tttttttttttt", s)
	}
	digits := strings.ReplaceAll(s, "-", "")
	if len(digits) != 32 {
		return GUID{}, fmt.Errorf("process guid %q has a hyphen in the wrong place", s)
	}
	head, err := strconv.ParseUint(digits[:16], 16, 64)
	if err != nil {
		return GUID{}, fmt.Errorf("process guid %q: %w", s, err)
	}
	created, err := strconv.ParseUint(digits[16:], 16, 64)
	if err != nil {
		return GUID{}, fmt.Errorf("process guid %q: %w", s, err)
	}
	return GUID{Sensor: uint32(head >> 32), PID: uint32(head), Created: created}, nil
}
