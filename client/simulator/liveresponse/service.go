package liveresponse

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// Options say how the endpoints behave.
type Options struct {
	// MaxSessions is how many sessions may be pending or active at once; 0 means 10.
	MaxSessions int
	// CheckIn is how long an online sensor takes to join a session, Command how long a command takes on it. Sensors that
	// are slow (see Slow) take ten times as long. Zero means 10 ms and nothing.
	CheckIn, Command time.Duration
	// Slow says whether the sensor of an endpoint is slow. Nil means the sensors whose health is below 100.
	Slow func(e *story.Endpoint) bool
	// Endpoint gives the endpoint of a sensor, nil for none, and whether its sensor is online.
	Endpoint func(sensor int) (e *story.Endpoint, online bool)
	// Cloud has sessions described as Cb Defense does: ids are text, statuses in capitals.
	Cloud bool
}

// The server's time limits. Source: contract/samples/cblr_session.json.
const (
	defaultMaxSessions = 10
	defaultCheckIn     = 10 * time.Millisecond
	slowness           = 10

	sensorWaitTimeout = 120 * time.Second
	checkInTimeout    = 1200 * time.Second
	sessionTimeout    = 300 * time.Second
	storageTTL        = 7 // days
)

// State is what has become of a session.
type State string

// The states, in the words of Cb Response.
const (
	Pending  State = "pending"
	Active   State = "active"
	TimedOut State = "timeout"
	Closed   State = "close"
)

// Service holds the sessions of a server. It is safe for concurrent use.
type Service struct {
	story *story.Story
	o     Options
	begun time.Time

	mu       sync.Mutex // guards all below, and every session
	sessions []*session // by number, which counts from 1
	machines map[int]*machine
}

// session is one session. It needs the lock of the service.
type session struct {
	id       int
	sensor   int
	endpoint *story.Endpoint
	state    State
	created  time.Time
	touched  time.Time
	ready    time.Time // when the sensor joins, if it is online
	commands []*command
	files    []*storedFile
}

// storedFile is a file on its way to or from an endpoint.
type storedFile struct {
	id      int
	name    string
	data    []byte
	arrived bool
	deleted bool
}

// New makes a service without sessions.
func New(s *story.Story, o Options) *Service {
	if o.MaxSessions == 0 {
		o.MaxSessions = defaultMaxSessions
	}
	if o.CheckIn == 0 {
		o.CheckIn = defaultCheckIn
	}
	if o.Slow == nil {
		o.Slow = func(e *story.Endpoint) bool { return e.Health < 100 }
	}
	return &Service{story: s, o: o, begun: time.Now(), machines: map[int]*machine{}}
}

// OpenSession is a session that holds one of the server's places.
type OpenSession struct {
	ID, Sensor int
	State      State
}

// Open lists the sessions that are pending or active, oldest first.
func (s *Service) Open() []OpenSession {
	s.mu.Lock()
	defer s.mu.Unlock()
	var open []OpenSession
	for _, x := range s.sessions {
		if s.advance(x); x.open() {
			open = append(open, OpenSession{x.id, x.sensor, x.state})
		}
	}
	return open
}

// Drop ends all sessions of a sensor as a server does that was restarted: it knows nothing of them any more.
func (s *Service) Drop(sensor int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sessions {
		if x.sensor == sensor {
			x.state = Closed
		}
	}
}

func (x *session) open() bool { return x.state == Pending || x.state == Active }

// now is the time of the documents: it goes on from the story's.
func (s *Service) now() time.Time { return s.story.Now.Add(time.Since(s.begun)) }

func (s *Service) delay(e *story.Endpoint, d time.Duration) time.Duration {
	if s.o.Slow(e) {
		return slowness * d
	}
	return d
}

// advance lets time do its work on a session.
func (s *Service) advance(x *session) {
	now := time.Now()
	switch x.state {
	case Pending:
		if _, online := s.o.Endpoint(x.sensor); online && !now.Before(x.ready) {
			x.state, x.touched = Active, now
		} else if now.Sub(x.created) > sensorWaitTimeout {
			x.state = TimedOut
		}
	case Active:
		if now.Sub(x.touched) > sessionTimeout {
			x.state = TimedOut
		}
	}
}

// refusal is why a request about sessions is not granted: an HTTP status and a text.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

// create begins a session with a sensor.
func (s *Service) create(sensor int) (*session, *refusal) {
	e, _ := s.o.Endpoint(sensor)
	if e == nil {
		return nil, &refusal{404, fmt.Sprintf("Sensor %d not found", sensor)}
	}
	open := 0
	for _, x := range s.sessions {
		if s.advance(x); x.open() {
			open++
		}
	}
	if open >= s.o.MaxSessions {
		return nil, &refusal{409, fmt.Sprintf("The maximum number of %d Live Response sessions is reached", s.o.MaxSessions)}
	}
	now := time.Now()
	x := &session{id: len(s.sessions) + 1, sensor: sensor, endpoint: e, state: Pending, created: now, touched: now, ready: now.Add(s.delay(e, s.o.CheckIn))}
	s.sessions = append(s.sessions, x)
	return x, nil
}

// find gives a session by its id.
func (s *Service) find(id string) (*session, *refusal) {
	n, err := strconv.Atoi(strings.TrimPrefix(id, s.prefix()))
	if err != nil || n < 1 || n > len(s.sessions) {
		return nil, &refusal{404, "Session " + id + " not found"}
	}
	x := s.sessions[n-1]
	s.advance(x)
	return x, nil
}

// prefix stands before the number of a session in its id.
func (s *Service) prefix() string {
	if s.o.Cloud {
		return "1:"
	}
	return ""
}

// name is the id of a session.
func (s *Service) name(x *session) any {
	if s.o.Cloud {
		return s.prefix() + strconv.Itoa(x.id)
	}
	return x.id
}

// active is find for what needs the sensor.
func (s *Service) active(id string) (*session, *refusal) {
	x, bad := s.find(id)
	if bad != nil {
		return nil, bad
	}
	if x.state != Active {
		return nil, &refusal{404, "Session " + id + " is not active"}
	}
	x.touched = time.Now()
	return x, nil
}

// machine gives the endpoint of a session.
func (s *Service) machine(e *story.Endpoint) *machine {
	m := s.machines[e.ID]
	if m == nil {
		m = newMachine(s.story, e)
		s.machines[e.ID] = m
	}
	return m
}

func (x *session) store(name string, data []byte, arrived bool) *storedFile {
	f := &storedFile{id: len(x.files) + 1, name: name, data: data, arrived: arrived}
	x.files = append(x.files, f)
	return f
}

func (x *session) file(id string) (*storedFile, *refusal) {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(x.files) || x.files[n-1].deleted {
		return nil, &refusal{404, "File " + id + " not found"}
	}
	return x.files[n-1], nil
}

func (x *session) storage() int {
	size := 0
	for _, f := range x.files {
		if !f.deleted {
			size += len(f.data)
		}
	}
	return size
}

// windowsCommands is the recorded list of a Windows sensor.
var windowsCommands = []string{
	"delete file", "put file", "reg delete key", "directory list", "reg create key", "get file", "reg enum key", "reg query value",
	"kill", "create process", "process list", "reg delete value", "reg set value", "create directory", "memdump",
}

// supported lists the commands of an endpoint.
func supported(e *story.Endpoint) []string {
	if e.Platform == story.Windows {
		return slices.Clone(windowsCommands)
	}
	return []string{"delete file", "put file", "directory list", "get file", "kill", "create process", "process list", "create directory"}
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// doc is a session's document. Source: contract/samples/cblr_session.json.
func (s *Service) doc(x *session) map[string]any {
	drives, cwd := []string{`A:\`, `C:\`, `D:\`}, `C:\Windows\CarbonBlack`
	if x.endpoint.Platform != story.Windows {
		drives, cwd = []string{"/"}, "/"
	}
	state := string(x.state)
	if s.o.Cloud {
		state = strings.ToUpper(state)
	}
	return map[string]any{
		"id": s.name(x), "sensor_id": x.sensor, "status": state, "hostname": x.endpoint.Name, "os_version": "",
		"address": "::ffff:" + x.endpoint.Address.String(), "supported_commands": supported(x.endpoint), "drives": drives,
		"current_working_directory": cwd, "create_time": seconds(s.story.Now.Add(x.created.Sub(s.begun))), "storage_size": strconv.Itoa(x.storage()),
		"sensor_wait_timeout": int(sensorWaitTimeout.Seconds()), "check_in_timeout": int(checkInTimeout.Seconds()),
		"session_timeout": int(sessionTimeout.Seconds()), "storage_ttl": storageTTL,
	}
}
