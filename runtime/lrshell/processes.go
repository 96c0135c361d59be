package lrshell

import (
	"bytes"
	"context"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime/output"
)

// running is a process of the endpoint.
type running struct {
	pid, parent             int64
	user, path, commandLine string
	started                 any
	guid, parentGUID, sid   string
}

// row is the process for a listing: with its ids on the server and its user's when it is long.
func (r running) row(long bool) output.Row {
	row := output.Row{{Name: "pid", Value: r.pid}, {Name: "ppid", Value: r.parent}, {Name: "user", Value: r.user}, {Name: "started", Value: r.started}}
	if long {
		row = append(row, output.Cell{Name: "sid", Value: r.sid}, output.Cell{Name: "proc_guid", Value: r.guid},
			output.Cell{Name: "parent_guid", Value: r.parentGUID})
	}
	return append(row, output.Cell{Name: "path", Value: r.path}, output.Cell{Name: "command_line", Value: r.commandLine})
}

// processes lists what runs, by number, and keeps it for completion.
func (s *Shell) processes(ctx context.Context) ([]running, error) {
	docs, err := s.c.Session.ListProcesses(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]running, len(docs))
	for i, doc := range docs {
		fields, _ := doc.(map[string]any)
		p := running{started: when(fields["create_time"])}
		p.pid, _ = whole(fields["pid"])
		p.parent, _ = whole(fields["parent"])
		p.user, _ = fields["username"].(string)
		p.path, _ = fields["path"].(string)
		p.commandLine, _ = fields["command_line"].(string)
		p.guid, _ = fields["proc_guid"].(string)
		p.parentGUID, _ = fields["parent_guid"].(string)
		p.sid, _ = fields["sid"].(string)
		all[i] = p
	}
	slices.SortStableFunc(all, func(a, b running) int { return int(a.pid - b.pid) })
	s.known.put("processes", all)
	return all, nil
}

func listProcesses(ctx context.Context, s *Shell, in *input) error {
	all, err := s.processes(ctx)
	if err != nil {
		return err
	}
	wanted := strings.ToLower(in.arg(0, ""))
	var rows []output.Row
	for _, p := range all {
		text := strings.ToLower(p.path + "\n" + p.commandLine + "\n" + p.user)
		if wanted == "" || strings.Contains(text, wanted) || strconv.FormatInt(p.pid, 10) == wanted {
			rows = append(rows, p.row(in.has("-l")))
		}
	}
	if len(rows) == 0 && wanted != "" {
		return usage("ps lists all processes", "ps: no process has %q in it", in.args[0])
	}
	return s.list(rows)
}

// killProcesses ends processes. What names stand for is listed and asked about before any is ended.
func killProcesses(ctx context.Context, s *Shell, in *input) error {
	var pids []int64
	var found []running
	for _, text := range in.args {
		pid, err := strconv.ParseInt(text, 10, 64)
		if err == nil {
			pids = append(pids, pid)
			continue
		}
		all, err := s.processes(ctx)
		if err != nil {
			return err
		}
		named := s.named(all, text)
		if len(named) == 0 {
			return usage("ps lists the processes", "kill: no process has an image of the name %q", text)
		}
		found = append(found, named...)
	}
	if len(found) > 0 && !in.has("-y") {
		rows := make([]output.Row, len(found))
		for i, p := range found {
			rows[i] = p.row(false)
		}
		if err := s.list(rows); err != nil {
			return err
		}
		if err := s.confirm(ctx, in, "end "+counted(len(found)+len(pids), "process")); err != nil {
			return err
		}
	}
	for _, p := range found {
		pids = append(pids, p.pid)
	}
	slices.Sort(pids)
	for _, pid := range slices.Compact(pids) {
		if err := s.kill(ctx, pid); err != nil {
			return err
		}
	}
	return nil
}

// named gives the processes whose image has a name that matches a pattern, in any case of letters.
func (s *Shell) named(all []running, pattern string) []running {
	// Brackets and backslashes mean nothing in a pattern of the endpoint.
	pattern = strings.NewReplacer(`[`, `\[`, `]`, `\]`, `\`, `\\`).Replace(strings.ToLower(pattern))
	var found []running
	for _, p := range all {
		base := strings.ToLower(s.paths.base(p.path))
		if ok, err := path.Match(pattern, base); err == nil && ok && base != "" {
			found = append(found, p)
		}
	}
	return found
}

func (s *Shell) kill(ctx context.Context, pid int64) error {
	ended, err := s.c.Session.KillProcess(ctx, pid)
	if err != nil {
		return err
	}
	if !ended {
		return &client.TimeoutError{Message: "kill " + strconv.FormatInt(pid, 10) + ": the endpoint did not answer in time; ps tells whether it has ended"}
	}
	return s.done("ended process %d", pid)
}

// programTime bounds how long a program is waited for when nothing else is asked.
const programTime = 5 * time.Minute

// runProgram runs a program in the current directory and shows what it prints.
func runProgram(ctx context.Context, s *Shell, in *input) error {
	start, err := s.start(ctx, in)
	if err != nil {
		return err
	}
	start.Timeout = programTime
	if text, ok := in.flags["-t"]; ok {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return usage("usage: "+in.command.Usage(), "exec: got -t %q, want a time such as 90s or 10m", text)
		}
		start.Timeout = d
	}
	start.Wait, start.Output = true, start.OutputFile == ""
	ended, err := s.c.Session.RunProcess(ctx, start)
	var late *client.TimeoutError
	if ctx.Err() != nil || errors.As(err, &late) {
		return &explained{err: err, advice: "the program may go on: ps lists it, and kill ends it"}
	}
	if err != nil {
		return err
	}
	if start.Output {
		err = s.copyText(bytes.NewReader(ended.Output))
	} else {
		err = s.done("what it printed is in %s", start.OutputFile)
	}
	if err == nil && ended.Code != nil && *ended.Code != 0 {
		err = s.done("it ended with the return code %d", *ended.Code)
	}
	return err
}

// startProgram starts a program in the current directory.
func startProgram(ctx context.Context, s *Shell, in *input) error {
	start, err := s.start(ctx, in)
	if err != nil {
		return err
	}
	if _, err := s.c.Session.CreateProcess(ctx, start); err != nil {
		return err
	}
	return s.done("started %s", start.Command)
}

// start is what a command line and its flags ask for.
func (s *Shell) start(ctx context.Context, in *input) (liveresponse.Start, error) {
	command, err := s.commandLine(ctx, in.args[0])
	start := liveresponse.Start{Command: command, WorkingDirectory: s.dir}
	if text, ok := in.flags["-d"]; ok {
		start.WorkingDirectory = s.abs(text)
	}
	if text, ok := in.flags["-o"]; ok {
		start.OutputFile = s.abs(text)
	}
	return start, err
}

// commandLine gives a command line whose program, when it is a file in the current directory or below it, has its whole
// path: the endpoint looks for programs elsewhere.
func (s *Shell) commandLine(ctx context.Context, line string) (string, error) {
	program, end := scanWord(line, 0)
	path := s.abs(program.text)
	if program.text == "" || s.paths.isAbs(program.text) {
		return line, nil
	}
	names := []string{path}
	if s.paths.windows && !strings.Contains(s.paths.base(path), ".") {
		names = append(names, path+".exe")
	}
	for _, name := range names {
		e, err := s.find(ctx, name)
		var failed *liveresponse.Error
		if err != nil && !errors.As(err, &failed) {
			return "", err
		}
		if err == nil && !e.isDir() {
			return quote(name) + line[end:], nil
		}
	}
	return line, nil
}
