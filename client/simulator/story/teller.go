package story

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// teller writes the story down. It is used by one goroutine, once.
type teller struct {
	story *Story
	files *catalog
	pids  map[*Endpoint]int
	all   []*Process
}

// at reads a time of the story, "2006-01-02 15:04:05.999".
func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05.999999999", s)
	if err != nil {
		panic(err) // a constant of the story
	}
	return t
}

// launch describes a process to be started. Path, Cmd and User are needed.
type launch struct {
	Path string
	Cmd  string
	User string
	At   time.Time
	For  time.Duration // how long it runs; 0 means that it still runs
	PID  int           // 0 means the next one
	ID   GUID          // the zero value means one that follows from the rest
}

// run starts a process on p's endpoint as a child of p.
func (t *teller) run(p *Process, l launch) *Process {
	if l.User == "" {
		l.User = p.User
	}
	return t.begin(p.Endpoint, p, l)
}

// begin starts a process whose parent may be nil.
func (t *teller) begin(e *Endpoint, parent *Process, l launch) *Process {
	p := &Process{
		Endpoint: e, PID: l.PID, ID: l.ID, Start: l.At.Truncate(time.Millisecond), Parent: parent,
		Path: l.Path, Name: base(l.Path), Cmdline: l.Cmd, User: l.User,
	}
	if e.Platform == Windows {
		p.Path, p.Name = strings.ToLower(p.Path), strings.ToLower(p.Name)
	}
	if p.PID == 0 && p.ID == (GUID{}) {
		p.PID = t.nextPID(e)
	}
	if p.ID == (GUID{}) {
		p.ID = NewGUID(e.ID, p.PID, p.Start)
		p.ID.Created += uint64(newRandom(e.Name + p.Cmdline).below(10000)) // below a millisecond
	}
	if l.For > 0 {
		p.End = p.Start.Add(l.For.Truncate(time.Millisecond))
		if p.End.After(t.story.Now) {
			p.End = time.Time{} // it has not ended yet
		}
	}
	p.UID = uid(e, p.User)
	p.Binary = t.files.program(e, p.Path)
	if parent != nil {
		p.ParentID = parent.ID
		parent.Children = append(parent.Children, p)
	}
	t.loads(p)
	t.all = append(t.all, p)
	return p
}

// nextPID gives process ids that grow irregularly, in the steps of the platform.
func (t *teller) nextPID(e *Endpoint) int {
	r := newRandom(e.Name + "pid")
	last := t.pids[e]
	if last == 0 {
		last = 1000 + 4*r.below(200)
	}
	r.state += uint64(last)
	step := 1 + r.below(6)
	if e.Platform == Windows {
		step *= 4
	}
	if last+step > 60000 {
		last = 1200
	}
	t.pids[e] = last + step
	return last + step
}

func base(path string) string {
	return path[strings.LastIndexAny(path, `\/`)+1:]
}

// uid gives the account's identifier as the operating system stores it.
func uid(e *Endpoint, user string) string {
	if e.Platform != Windows {
		switch user {
		case "root":
			return "0"
		case "":
			return ""
		}
		return []string{"501", "502", "1000", "1001", "33"}[newRandom(user).below(5)]
	}
	switch user {
	case "":
		return ""
	case "SYSTEM":
		return "s-1-5-18"
	case "LOCAL SERVICE":
		return "s-1-5-19"
	case "NETWORK SERVICE":
		return "s-1-5-20"
	}
	domain := "s-1-5-21-1993962763-1715567821-839522115"
	if strings.HasPrefix(user, e.Name+`\`) {
		domain = strings.ToLower(e.SID)
	}
	return domain + "-" + strconv.Itoa(1000+newRandom(user).below(900))
}

// write records that p wrote a file; md5 may be "" when the sensor could not tell.
func (t *teller) write(p *Process, when time.Time, path, md5 string, typ FileType) {
	p.Filemods = append(p.Filemods,
		Filemod{Time: when, Op: FileCreated, Path: path},
		Filemod{Time: when.Add(3 * time.Millisecond), Op: FileWritten, Path: path},
		Filemod{Time: when.Add(90 * time.Millisecond), Op: FileLastWrite, Path: path, MD5: md5, Type: typ},
	)
}

// drop records that p wrote a program.
func (t *teller) drop(p *Process, when time.Time, path string) *Binary {
	b := t.files.program(p.Endpoint, path)
	typ := TypePE
	switch b.Platform {
	case Linux:
		typ = TypeELF
	case MacOS:
		typ = TypeMachO
	}
	t.write(p, when, path, b.MD5, typ)
	return b
}

func (t *teller) erase(p *Process, when time.Time, path string) {
	p.Filemods = append(p.Filemods, Filemod{Time: when, Op: FileDeleted, Path: path})
}

func (t *teller) registry(p *Process, when time.Time, op RegOp, path string) {
	p.Regmods = append(p.Regmods, Regmod{Time: when, Op: op, Path: path})
}

// connect records an outbound connection; to is "address:port".
func (t *teller) connect(p *Process, when time.Time, to, domain string) {
	t.netconn(p, Netconn{Time: when, Remote: netip.MustParseAddrPort(to), Protocol: TCP, Domain: domain, Outbound: true})
}

// netconn completes a connection by the local end and records it.
func (t *teller) netconn(p *Process, c Netconn) {
	if !c.Local.IsValid() {
		port := uint16(49152 + newRandom(p.ID.String()).below(16000) + len(p.Netconns))
		c.Local = netip.AddrPortFrom(p.Endpoint.Address, port)
	}
	p.Netconns = append(p.Netconns, c)
}

// touch records that p did something to other, with both.
func (t *teller) touch(p, other *Process, when time.Time, kind CrossKind, access uint32, tamper bool) {
	p.Crossprocs = append(p.Crossprocs, Crossproc{Time: when, Kind: kind, Other: other, Access: access, Tamper: tamper})
	other.Crossprocs = append(other.Crossprocs, Crossproc{Time: when, Kind: kind, Other: p, Access: access, Tamper: tamper, Target: true})
}

// load records that p loaded a library.
func (t *teller) load(p *Process, when time.Time, path string) {
	b := t.files.library(p.Endpoint, path)
	p.Modloads = append(p.Modloads, Modload{Time: when, Binary: b, Path: path})
}

// report records when the sensor sent what p had done so far, for processes with more than one segment.
func (t *teller) report(p *Process, when ...time.Time) { p.reports = append(p.reports, when...) }

// finish puts everything in order once all is told.
func (t *teller) finish() {
	s := t.story
	for _, p := range t.all {
		slices.SortStableFunc(p.Children, byStart)
		for _, c := range p.Children {
			p.Childprocs = append(p.Childprocs, Childproc{Time: c.Start, Process: c, Started: true})
			if c.Terminated() {
				p.Childprocs = append(p.Childprocs, Childproc{Time: c.End, Process: c})
			}
		}
		p.order()
		p.segment(s.Now)
		s.processes[p.ID] = p
	}
	s.Processes = t.all
	slices.SortFunc(s.Processes, func(a, b *Process) int { return cmp.Or(byStart(a, b), a.PID-b.PID) })
	for _, p := range s.Processes {
		if p.Parent == nil && p.ParentID != (GUID{}) {
			s.unseen[p.ParentID] = true
		}
	}
	t.files.settle(s)
}

func byStart(a, b *Process) int { return cmp.Or(a.Start.Compare(b.Start), a.Endpoint.ID-b.Endpoint.ID) }
