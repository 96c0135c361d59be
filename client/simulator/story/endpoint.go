package story

import (
	"net/netip"
	"strings"
	"time"
)

// Platform is the kind of operating system.
type Platform int

// The platforms of the story.
const (
	Windows Platform = iota + 1
	MacOS
	Linux
)

// Role is what an endpoint is used for.
type Role int

// The roles of endpoints.
const (
	Workstation Role = iota + 1
	Server
	DomainController
)

// Endpoint is a computer with a sensor on it.
type Endpoint struct {
	ID       int // the sensor id
	Name     string
	DNS      string
	Platform Platform
	System   string // the operating system as a person reads it
	Role     Role
	Group    *Group
	Address  netip.Addr // of its own network interface
	Outside  netip.Addr // as the server sees it
	MAC      string     // twelve hexadecimal digits
	SID      string     // of the computer, Windows only
	User     string     // who works at it, "" for servers

	Registered time.Time
	Booted     time.Time
	LastSeen   time.Time // the sensor's last check-in
	Online     bool
	Build      string // sensor version
	Memory     int64  // bytes
	Disk       int64  // bytes of the system volume
	Free       int64
	Health     int // 0 to 100
	HealthText string
	Queued     int64 // bytes of events that the sensor has not sent yet
	ParityHost int   // id of the same computer in Cb Protection, 0 for none

	release release // which set of system binaries it runs
}

// DomainName is the computer's account domain as it stands before a user name: the Windows domain of most computers,
// the computer's own name where it is not a member of one.
func (e *Endpoint) DomainName() string {
	if strings.Contains(e.DNS, ".") {
		return "BRIGHTWATER"
	}
	return e.Name
}
