package liveresponse

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// createProcess starts a program. Programs that print something are finished when they are started; others run until
// they are ended.
func createProcess(s *Service, x *session, m *machine, c *command, o *order) failure {
	line := strings.TrimSpace(o.text())
	program, args := splitCommand(line)
	image, bad := m.resolve(program)
	if bad != 0 {
		return bad
	}
	if o.WorkingDirectory != "" {
		if dir, bad := m.disk.lookup(o.WorkingDirectory); bad != 0 || !dir.dir {
			return pathNotFound
		}
	}
	m.nextPID += 4
	pid := m.nextPID
	c.fields["pid"] = pid
	output, ends := m.print(baseName(image), args, o.WorkingDirectory)
	if o.OutputFile != "" {
		if bad := m.disk.write(o.OutputFile, []byte(output), s.now(), true); bad != 0 {
			return bad
		}
	}
	if ends {
		c.fields["return_code"] = returnCode(args)
		return 0
	}
	id := story.NewGUID(x.endpoint.ID, pid, s.now())
	m.processes = append(m.processes, &process{pid: pid, guid: id.String(), parentID: "00000000-0000-0000-0000-000000000000", path: image, cmdline: line,
		sid: "s-1-5-18", user: m.systemUser(), started: s.now()})
	if o.Wait {
		c.forever, c.pid = true, pid
		c.fields["return_code"] = 1
	}
	return 0
}

// returnCode is what a program that ends returns: 0, unless a shell was told otherwise.
func returnCode(args string) int {
	for _, told := range []string{"/c exit ", "-c exit "} {
		if text, ok := strings.CutPrefix(args, told); ok {
			if code, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
				return code
			}
		}
	}
	return 0
}

func (m *machine) systemUser() string {
	if m.windows() {
		return `NT AUTHORITY\SYSTEM`
	}
	return "root"
}

// splitCommand takes the program off a command line.
func splitCommand(line string) (program, args string) {
	if rest, ok := strings.CutPrefix(line, `"`); ok {
		program, args, _ = strings.Cut(rest, `"`)
		return program, strings.TrimSpace(args)
	}
	program, args, _ = strings.Cut(line, " ")
	return program, strings.TrimSpace(args)
}

// stock are the programs that every system has, whether or not the story saw them run.
var stock = map[string]bool{
	"cmd.exe": true, "ipconfig.exe": true, "hostname.exe": true, "whoami.exe": true, "tasklist.exe": true, "net.exe": true, "ping.exe": true,
	"notepad.exe": true, "powershell.exe": true, "sh": true, "echo": true, "hostname": true, "whoami": true, "cat": true, "sleep": true,
}

// resolve finds the image of a program: by its path, or in the system's directory.
func (m *machine) resolve(program string) (string, failure) {
	if n, bad := m.disk.lookup(program); bad == 0 {
		if n.dir {
			return "", accessDenied
		}
		return program, 0
	} else if bad != invalidName {
		if stock[m.disk.key(baseName(program))] && bad == fileNotFound {
			return program, 0
		}
		return "", bad
	}
	name := program
	dir := "/bin/"
	if m.windows() {
		dir = `c:\windows\system32\`
		if !strings.Contains(name, ".") {
			name += ".exe"
		}
	}
	if _, bad := m.disk.lookup(dir + name); bad == 0 || stock[m.disk.key(name)] {
		return dir + strings.ToLower(name), 0
	}
	return "", fileNotFound
}

func baseName(path string) string { return path[strings.LastIndexAny(path, `\/`)+1:] }

// print gives what a program prints, and whether it ends by itself.
func (m *machine) print(name, args, cwd string) (output string, ends bool) {
	nl := "\n"
	if m.windows() {
		nl = "\r\n"
	}
	e := m.endpoint
	switch strings.TrimSuffix(strings.ToLower(name), ".exe") {
	case "cmd":
		rest, ok := strings.CutPrefix(args, "/c ")
		if !ok {
			return "", false
		}
		if text, ok := strings.CutPrefix(rest, "echo "); ok {
			return text + nl, true
		}
		if strings.HasPrefix(rest, "exit ") {
			return "", true
		}
		if rest == "cd" {
			return cwd + nl, true
		}
		program, args := splitCommand(rest)
		return m.print(program, args, cwd)
	case "sh":
		if strings.HasPrefix(args, "-c exit ") {
			return "", true
		}
		return strings.Trim(strings.TrimPrefix(strings.TrimPrefix(args, "-c "), "echo "), `'"`) + nl, true
	case "echo":
		return args + nl, true
	case "hostname":
		return e.Name + nl, true
	case "whoami":
		return strings.ToLower(m.systemUser()) + nl, true
	case "ipconfig":
		return fmt.Sprintf("%sWindows IP Configuration%s%s   IPv4 Address. . . . . . . . . . . : %s%s", nl, nl, nl, e.Address, nl), true
	case "tasklist":
		var b strings.Builder
		for _, p := range m.processes {
			fmt.Fprintf(&b, "%-30s %8d%s", baseName(p.path), p.pid, nl)
		}
		return b.String(), true
	case "cat":
		if n, bad := m.disk.lookup(args); bad == 0 && !n.dir {
			return string(n.data()), true
		}
		return "", true
	case "net", "ping":
		return "The command completed successfully." + nl, !strings.Contains(args, "-t")
	}
	return "", false
}

// dumpSize is the length of a memory dump: what real ones have would fill the memory of who runs this.
const dumpSize = 1 << 20

// memdump writes the memory of the endpoint into a file there.
func memdump(s *Service, _ *session, m *machine, c *command, o *order) failure {
	name := o.text()
	dump := make([]byte, dumpSize)
	copy(dump, "PAGEDU64")
	for i, p := range m.processes {
		if at := 4096 * (i + 1); at+512 < len(dump) {
			copy(dump[at:], fmt.Sprintf("%d\x00%s\x00%s\x00", p.pid, p.path, p.cmdline))
		}
	}
	if o.Compress {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateHeader(&zip.FileHeader{Name: baseName(name), Method: zip.Deflate, Modified: s.story.Now})
		if err == nil {
			_, err = w.Write(dump)
		}
		if err != nil || z.Close() != nil {
			return badExeFormat
		}
		name, dump = name+".zip", b.Bytes()
	}
	c.ready = c.ready.Add(s.delay(m.endpoint, 2*s.o.Command+5*time.Millisecond))
	c.fields["dumping"], c.fields["compressing"], c.fields["percentdone"], c.fields["complete"], c.fields["return_code"] = false, false, 100, true, 0
	return m.disk.write(name, dump, s.now(), true)
}
