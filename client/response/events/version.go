package events

import "fmt"

// Version is the version of the route that events are read from, and so of the form they have.
type Version int

// The versions. A server offers the older ones too.
const (
	V1 Version = 1 + iota // all entries are text
	V2                    // from 5.1: network connections are objects, with addresses as numbers
	V3                    // from 5.2: child processes are objects too
	V4                    // from 6.0: addresses of network connections are text
)

// ForServer is the newest version that a server of the given version offers.
//
// Source: contract/response.md, section 13, "Routes".
func ForServer(major, minor int) Version {
	switch {
	case major >= 6:
		return V4
	case major == 5 && minor >= 2:
		return V3
	case major == 5 && minor == 1:
		return V2
	}
	return V1
}

// String is the version as it stands in the route, for example v4.
func (v Version) String() string { return fmt.Sprintf("v%d", int(v)) }
