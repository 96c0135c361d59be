package liveresponse

import (
	"fmt"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// machine is an endpoint as Live Response sees it. It needs the lock of the service.
type machine struct {
	endpoint *story.Endpoint

	disk      *disk
	registry  *registry // nil unless it is Windows
	processes []*process
	nextPID   int
}

// process is a running program.
type process struct {
	pid, parent    int
	guid, parentID string
	path, cmdline  string
	sid, user      string
	started        time.Time
	system         bool // cannot be ended
}

// newMachine brings an endpoint to life as the story left it.
func newMachine(s *story.Story, e *story.Endpoint) *machine {
	m := &machine{endpoint: e, disk: newDisk(e.Platform == story.Windows), nextPID: 9000}
	m.furnish(s.Now)
	if m.disk.windows {
		m.registry = newRegistry()
		m.settle(s)
	}
	for _, p := range s.Processes {
		if p.Endpoint == e {
			m.recall(s, p)
		}
	}
	m.personal(s)
	return m
}

// windows reports the system of the endpoint.
func (m *machine) windows() bool { return m.disk.windows }

// folder gives the directory of a path, making what is missing.
func (m *machine) folder(name string, when time.Time) *node {
	parts, _, _ := m.disk.split(name)
	n := m.disk.root
	for _, p := range parts {
		next := n.entries[m.disk.key(p)]
		if next == nil {
			next = &node{name: p, dir: true, entries: map[string]*node{}, created: when, written: when, accessed: when}
			n.entries[m.disk.key(p)] = next
		}
		if !next.dir {
			return nil
		}
		n = next
	}
	return n
}

// file puts a file there, making the directories above it.
func (m *machine) file(name string, size int64, data func() []byte, when time.Time) *node {
	parts, _, ok := m.disk.split(name)
	if !ok || len(parts) == 0 {
		return nil
	}
	last := parts[len(parts)-1]
	above := strings.TrimRight(strings.TrimSuffix(name, last), `\/`)
	dir := m.folder(above, when)
	if dir == nil {
		return nil
	}
	n := &node{name: last, size: size, data: data, created: when, written: when, accessed: when}
	dir.entries[m.disk.key(last)] = n
	return n
}

// furnish puts there what every system of its kind has.
func (m *machine) furnish(now time.Time) {
	installed := m.endpoint.Registered
	note := func(text string) (int64, func() []byte) {
		return int64(len(text)), func() []byte { return []byte(text) }
	}
	put := func(name, text string) *node {
		size, data := note(text)
		return m.file(name, size, data, installed)
	}
	if !m.windows() {
		m.folder("/tmp", now)
		m.folder("/var/log", now)
		put("/etc/hosts", "127.0.0.1 localhost\n"+m.endpoint.Address.String()+" "+m.endpoint.DNS+"\n")
		put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
		return
	}
	for _, dir := range []string{`C:\Windows\Temp`, `C:\Windows\System32`, `C:\Windows\CarbonBlack`, `C:\Program Files`, `C:\Users\Public`} {
		m.folder(dir, installed)
	}
	put(`C:\Windows\System32\drivers\etc\hosts`, "# hosts of "+m.endpoint.Name+"\r\n127.0.0.1 localhost\r\n")
	for _, name := range []string{"SAM", "SECURITY", "SYSTEM", "SOFTWARE"} {
		put(`C:\Windows\System32\config\`+name, "regf").locked = true
	}
	page := put(`C:\pagefile.sys`, "")
	page.size, page.locked, page.hidden = m.endpoint.Memory, true, true
	volume := m.folder(`C:\System Volume Information`, installed)
	volume.closed, volume.hidden = true, true
}

// settle fills the registry with what every Windows has.
func (m *machine) settle(*story.Story) {
	const current = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion`
	m.registry.set(current, "ProductName", "REG_SZ", strings.TrimSuffix(m.endpoint.System, ", 64-bit"))
	m.registry.set(current, "InstallDate", "REG_DWORD", m.endpoint.Registered.Unix())
	m.registry.set(`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run`, "Adobe ARM", "REG_SZ", `"C:\Program Files (x86)\Common Files\Adobe\ARM\1.0\AdobeARM.exe"`)
	m.registry.set(`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce`, "", "REG_SZ", "")
	m.registry.set(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\CarbonBlack`, "ImagePath", "REG_EXPAND_SZ", `%SystemRoot%\CarbonBlack\cb.exe`)
	m.registry.set(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\CarbonBlack`, "Start", "REG_DWORD", 2)
	m.registry.set(`HKEY_USERS\.DEFAULT\Software\Microsoft\Windows\CurrentVersion\Run`, "", "REG_SZ", "")
	if sam, _, bad := m.registry.make(`HKEY_LOCAL_MACHINE\SAM\SAM`); bad == 0 {
		sam.closed = true
	}
}

// recall lets a process of the story leave its traces: its program, the files and registry values that it wrote, and,
// if it still runs, itself.
func (m *machine) recall(s *story.Story, p *story.Process) {
	if p.Binary != nil && strings.ContainsAny(p.Path, `\/`) {
		m.program(p.Path, p.Binary, p.Binary.FirstSeen)
	}
	for _, l := range p.Modloads {
		m.program(l.Path, l.Binary, l.Binary.FirstSeen)
	}
	for _, f := range p.Filemods {
		switch f.Op {
		case story.FileCreated, story.FileWritten:
			m.document(f.Path, f.Type, f.Time)
		case story.FileLastWrite:
			if b := s.Binary(f.MD5); b != nil {
				m.program(f.Path, b, f.Time)
			}
		case story.FileDeleted:
			if _, bad := m.disk.lookup(f.Path); bad == 0 {
				m.disk.remove(f.Path)
			}
		}
	}
	if m.registry != nil {
		for _, r := range p.Regmods {
			m.remember(r)
		}
	}
	if !p.Terminated() {
		m.processes = append(m.processes, &process{
			pid: p.PID, parent: int(p.ParentID.PID), guid: p.ID.String(), parentID: p.ParentID.String(), path: imagePath(p), cmdline: p.Cmdline,
			sid: strings.ToLower(p.UID), user: p.User, started: p.Start, system: p.PID <= 4 || protected(p.Name),
		})
	}
}

// imagePath is empty for the kernel, which has no image of its own.
func imagePath(p *story.Process) string {
	if p.PID <= 4 && p.Endpoint.Platform == story.Windows {
		return ""
	}
	return p.Path
}

// protected names the processes without which the system stops, and the sensor.
func protected(name string) bool {
	switch name {
	case "smss.exe", "csrss.exe", "wininit.exe", "services.exe", "lsass.exe", "winlogon.exe", "cb.exe", "cbdaemon", "systemd", "launchd":
		return true
	}
	return false
}

// program puts a binary's file there.
func (m *machine) program(name string, b *story.Binary, when time.Time) {
	if n, bad := m.disk.lookup(name); bad == 0 && n.dir {
		return
	}
	m.file(name, int64(b.Size()), b.File, when)
}

// document puts a file there whose contents the story does not tell.
func (m *machine) document(name string, kind story.FileType, when time.Time) {
	if old, bad := m.disk.lookup(name); bad == 0 {
		old.written = when
		return
	}
	head := map[story.FileType]string{
		story.TypePE: "MZ", story.TypeELF: "\x7fELF", story.TypePDF: "%PDF-1.4\n", story.TypeZip: "PK\x03\x04", story.TypeDocx: "PK\x03\x04",
		story.TypeRAR: "Rar!\x1a\x07", story.Type7z: "7z\xbc\xaf\x27\x1c", story.TypeDoc: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
	}[kind]
	text := fmt.Sprintf("%sThis file belongs to a simulation: %s, written %s\r\n", head, name, when.Format(time.RFC3339))
	m.file(name, int64(len(text)), func() []byte { return []byte(text) }, when)
}

// remember repeats a change of the registry.
func (m *machine) remember(r story.Regmod) {
	path := strings.NewReplacer(`\registry\machine\`, `HKEY_LOCAL_MACHINE\`, `\registry\user\`, `HKEY_USERS\`).Replace(r.Path)
	switch r.Op {
	case story.KeyCreated:
		_, _, _ = m.registry.make(path)
	case story.ValueWritten:
		cut := strings.LastIndexByte(path, '\\')
		m.registry.set(path[:cut], path[cut+1:], "REG_SZ", guess(path[cut+1:]))
	case story.KeyDeleted:
		m.registry.removeKey(path)
	case story.ValueDeleted:
		if k, name, bad := m.registry.value(path); bad == 0 {
			delete(k.values, strings.ToLower(name))
		}
	}
}

// guess gives data for a value of which the story tells the name alone.
func guess(name string) string {
	switch name {
	case "svch0st", "updater":
		return `c:\users\public\svch0st.exe`
	case "freebar":
		return `c:\users\nsingh\downloads\toolbar.exe /start`
	case "imagepath":
		return `c:\program files\bwbackup\bwagent.exe`
	}
	return name + ".exe"
}

// personal puts the user's own things there.
func (m *machine) personal(s *story.Story) {
	if m.endpoint.User == "" {
		return
	}
	switch m.endpoint.Platform {
	case story.Windows:
		home := `C:\Users\` + m.endpoint.User
		m.folder(home+`\Documents`, m.endpoint.Registered)
		m.folder(home+`\Downloads`, m.endpoint.Registered)
		m.history(s, home+`\AppData\Local\Google\Chrome\User Data\Default\History`)
	case story.MacOS:
		m.folder("/Users/"+m.endpoint.User+"/Downloads", m.endpoint.Registered)
	}
}

// find gives a running process.
func (m *machine) find(pid int) (int, *process) {
	for i, p := range m.processes {
		if p.pid == pid {
			return i, p
		}
	}
	return -1, nil
}

// doc is the entry of a process list.
func (p *process) doc() map[string]any {
	return map[string]any{
		"pid": p.pid, "parent": p.parent, "proc_guid": p.guid, "parent_guid": p.parentID, "path": p.path, "command_line": p.cmdline,
		"sid": p.sid, "username": p.user, "create_time": p.started.Unix(),
	}
}
