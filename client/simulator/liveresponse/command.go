package liveresponse

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// command is a command of a session. The endpoint carries it out at once; the server tells of it when the endpoint's
// time for it is over.
type command struct {
	id      int
	name    string
	object  any
	posted  time.Time
	ready   time.Time
	forever bool // until the process that it waits for is ended
	pid     int
	cancel  bool
	file    *storedFile
	fields  map[string]any // of the finished document
	failed  failure
}

// order is the body of a command.
type order struct {
	Name             string          `json:"name"`
	Object           json.RawMessage `json:"object"`
	SessionID        json.RawMessage `json:"session_id"`
	FileID           int             `json:"file_id"`
	Offset           int64           `json:"offset"`
	Count            int64           `json:"get_count"`
	Wait             bool            `json:"wait"`
	WorkingDirectory string          `json:"working_directory"`
	OutputFile       string          `json:"output_file"`
	Overwrite        *bool           `json:"overwrite"`
	ValueType        string          `json:"value_type"`
	ValueData        any             `json:"value_data"`
	Compress         bool            `json:"compress"`
}

// text gives the object, which some clients send as a number.
func (o *order) text() string {
	var s string
	if json.Unmarshal(o.Object, &s) == nil {
		return s
	}
	return strings.TrimSpace(string(o.Object))
}

// carryOut is the function that does a command on an endpoint.
type carryOut func(s *Service, x *session, m *machine, c *command, o *order) failure

// orders are the commands by name.
var orders = map[string]carryOut{
	"get file":       getFile,
	"put file":       putFile,
	"delete file":    func(s *Service, _ *session, m *machine, _ *command, o *order) failure { return m.remove(o.text()) },
	"directory list": listDirectory,
	"create directory": func(s *Service, _ *session, m *machine, _ *command, o *order) failure {
		return m.disk.mkdir(o.text(), s.now())
	},
	"process list":     listProcesses,
	"kill":             kill,
	"create process":   createProcess,
	"reg enum key":     regEnum,
	"reg query value":  regQuery,
	"reg set value":    regSet,
	"reg delete value": regDeleteValue,
	"reg create key":   regCreate,
	"reg delete key": func(_ *Service, _ *session, m *machine, _ *command, o *order) failure {
		return m.registry.removeKey(o.text())
	},
	"memdump": memdump,
}

// post takes a command.
func (s *Service) post(session string, body []byte) (*session, *command, *refusal) {
	x, bad := s.active(session)
	if bad != nil {
		return nil, nil, bad
	}
	var o order
	if err := json.Unmarshal(body, &o); err != nil {
		return nil, nil, &refusal{400, "The body is not a command: " + err.Error()}
	}
	do := orders[o.Name]
	if do == nil || !slices.Contains(supported(x.endpoint), o.Name) {
		return nil, nil, &refusal{400, fmt.Sprintf("Command %q is not supported by the sensor", o.Name)}
	}
	now := time.Now()
	c := &command{id: len(x.commands) + 1, name: o.Name, posted: now, ready: now.Add(s.delay(x.endpoint, s.o.Command)), fields: map[string]any{}}
	if len(o.Object) > 0 {
		_ = json.Unmarshal(o.Object, &c.object) // it was parsed before
	}
	x.commands = append(x.commands, c)
	c.failed = do(s, x, s.machine(x.endpoint), c, &o)
	return x, c, nil
}

// command gives a command of a session.
func (x *session) command(id string) (*command, *refusal) {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(x.commands) {
		return nil, &refusal{404, "Command " + id + " not found"}
	}
	return x.commands[n-1], nil
}

// status is what has become of a command. Reading it lets time do its work.
func (s *Service) status(x *session, c *command) string {
	if c.forever {
		if _, p := s.machine(x.endpoint).find(c.pid); p == nil {
			c.forever = false
		}
	}
	switch {
	case c.cancel:
		return "cancel"
	case c.forever || time.Now().Before(c.ready):
		return "pending"
	case c.failed != 0:
		return "error"
	}
	if c.file != nil {
		c.file.arrived = true
	}
	return "complete"
}

// commandDoc is a command's document. Source: contract/samples/cblr_command_get_file_complete.json and its neighbours.
func (s *Service) commandDoc(x *session, c *command) map[string]any {
	status := s.status(x, c)
	doc := map[string]any{
		"id": c.id, "session_id": s.name(x), "sensor_id": x.sensor, "name": c.name, "object": c.object, "status": status,
		"username": "analyst", "create_time": seconds(s.story.Now.Add(c.posted.Sub(s.begun))),
	}
	if c.file != nil {
		doc["file_id"] = c.file.id
	}
	if status != "complete" && status != "error" {
		return doc
	}
	doc["completion"] = seconds(s.story.Now.Add(c.ready.Sub(s.begun)))
	doc["result_type"], doc["result_code"], doc["result_desc"] = "WinHresult", int64(0), ""
	if c.failed != 0 {
		doc["result_code"] = c.failed.hresult()
		return doc
	}
	for name, v := range c.fields {
		doc[name] = v
	}
	return doc
}

func getFile(_ *Service, x *session, m *machine, c *command, o *order) failure {
	c.file = x.store(o.text(), nil, false)
	n, bad := m.disk.lookup(o.text())
	switch {
	case bad != 0:
		return bad
	case n.dir:
		return accessDenied
	case n.locked:
		return sharingViolation
	}
	data := n.data()
	data = data[min(max(0, o.Offset), int64(len(data))):]
	if o.Count > 0 {
		data = data[:min(o.Count, int64(len(data)))]
	}
	c.file.data = data
	return 0
}

func putFile(s *Service, x *session, m *machine, c *command, o *order) failure {
	f, bad := x.file(strconv.Itoa(o.FileID))
	if bad != nil {
		return invalidParameter
	}
	c.file = f
	return m.disk.write(o.text(), f.data, s.now(), false)
}

// remove deletes a file, unless it is the image of a running process.
func (m *machine) remove(name string) failure {
	for _, p := range m.processes {
		if p.path != "" && m.disk.key(p.path) == m.disk.key(name) {
			return accessDenied
		}
	}
	return m.disk.remove(name)
}

func listDirectory(_ *Service, _ *session, m *machine, c *command, o *order) failure {
	found, bad := m.disk.list(o.text())
	if bad != 0 {
		return bad
	}
	docs := []map[string]any{}
	for _, n := range found {
		docs = append(docs, n.doc())
	}
	c.fields["files"] = docs
	return 0
}

func listProcesses(_ *Service, _ *session, m *machine, c *command, _ *order) failure {
	docs := []map[string]any{}
	for _, p := range m.processes {
		docs = append(docs, p.doc())
	}
	c.fields["processes"] = docs
	return 0
}

func kill(_ *Service, _ *session, m *machine, _ *command, o *order) failure {
	pid, err := strconv.Atoi(o.text())
	if err != nil {
		return invalidParameter
	}
	i, p := m.find(pid)
	switch {
	case p == nil:
		return invalidParameter
	case p.system:
		return accessDenied
	}
	m.processes = slices.Delete(m.processes, i, i+1)
	return 0
}

func regEnum(_ *Service, _ *session, m *machine, c *command, o *order) failure {
	values, keys, bad := m.registry.enum(o.text())
	c.fields["values"], c.fields["sub_keys"] = values, keys
	return bad
}

func regQuery(_ *Service, _ *session, m *machine, c *command, o *order) failure {
	k, name, bad := m.registry.value(o.text())
	if bad != 0 {
		return bad
	}
	v := k.values[strings.ToLower(name)]
	if v == nil {
		return fileNotFound
	}
	c.fields["value"] = v.doc()
	return 0
}

func regSet(_ *Service, _ *session, m *machine, _ *command, o *order) failure {
	k, name, bad := m.registry.value(o.text())
	switch {
	case bad != 0:
		return bad
	case !knownKind(o.ValueType):
		return invalidParameter
	case o.Overwrite != nil && !*o.Overwrite && k.values[strings.ToLower(name)] != nil:
		return alreadyExists
	}
	k.values[strings.ToLower(name)] = &regValue{name, o.ValueType, o.ValueData}
	return 0
}

func regDeleteValue(_ *Service, _ *session, m *machine, _ *command, o *order) failure {
	k, name, bad := m.registry.value(o.text())
	if bad != 0 {
		return bad
	}
	if k.values[strings.ToLower(name)] == nil {
		return fileNotFound
	}
	delete(k.values, strings.ToLower(name))
	return 0
}

func regCreate(_ *Service, _ *session, m *machine, _ *command, o *order) failure {
	_, made, bad := m.registry.make(o.text())
	if bad == 0 && !made {
		return alreadyExists
	}
	return bad
}
