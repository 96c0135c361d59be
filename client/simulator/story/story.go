// Package story is the data behind the simulator: one deterministic account of an intrusion into a company of some
// fifty endpoints, in terms of no product. A product's API (package response, and others beside it) derives its own
// documents from it and keeps its own changes; the story itself is never changed.
//
// # What happened
//
// Brightwater, a middle-sized company, runs Windows workstations and servers, a handful of Linux servers and some Macs.
// On 2016-11-10 at 13:42 an accounts clerk opens an invoice that came by mail. Word starts PowerShell, PowerShell
// fetches a dropper, the dropper installs a beacon and stays. In the afternoon the intruder looks around, reads
// credentials out of lsass.exe, and in the evening moves on: to the file server with PsExec, to the database server
// with WMI, to a domain controller with a scheduled task, where the directory database is copied. During the night
// archives are staged on the file server. On 2016-11-11 from 20:59 a stolen account mounts the internal share
// \\test\blah on WIN-IA9NQ1GN8OI, and what was staged leaves the company through that host. A web server and a Mac are
// broken into on the side. Around all this, machines start, people work and updates install.
//
// The clock stands at 2016-11-11 21:30:00 UTC ([Story.Now]), half an hour after the share was mounted.
//
// Start at [Standard].
package story

import (
	"sync"
	"time"
)

// Story is the whole account. It is immutable and safe for concurrent use; callers must not change what they get.
type Story struct {
	// Now is the instant at which the story is told.
	Now       time.Time
	Sites     []*Site     // by id
	Groups    []*Group    // by id
	Endpoints []*Endpoint // by id
	Processes []*Process  // by start time, then endpoint and pid
	Binaries  []*Binary   // by the time they were first seen, then MD5

	Bans    []Ban     // by time
	Reports []*Report // of threat intelligence

	endpoints map[int]*Endpoint
	processes map[GUID]*Process
	binaries  map[string]*Binary
	unseen    map[GUID]bool
}

// Site is a place with its own network, to which sensor groups belong.
type Site struct {
	ID   int
	Name string
}

// Group is a set of endpoints that are administered together.
type Group struct {
	ID   int
	Name string
	Site *Site
}

// Ban is a decision that a binary must not run any more.
type Ban struct {
	MD5  string // lower case
	Text string
	By   string // user name
	Time time.Time
}

// Standard gives the story. It is made at the first call, in some tens of milliseconds, and shared from then on.
func Standard() *Story { return standard() }

// standard is a constant that is computed late: nothing can change it.
var standard = sync.OnceValue(build)

// Endpoint gives the endpoint with that sensor id, nil for none.
func (s *Story) Endpoint(id int) *Endpoint { return s.endpoints[id] }

// Process gives the recorded process with that identity, nil for none.
func (s *Story) Process(id GUID) *Process { return s.processes[id] }

// Binary gives the binary with that MD5 in lower-case hexadecimal digits, nil for none.
func (s *Story) Binary(md5 string) *Binary { return s.binaries[md5] }

// Unseen reports whether id names a process that others call their parent but that was never recorded itself, such
// as what started before the sensor did.
func (s *Story) Unseen(id GUID) bool { return s.unseen[id] }
