package response

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// row is a document of the process index: a segment of a process on servers that have segments, a whole process on the
// others.
type row struct {
	proc   *process
	events *story.Events
	id     int64 // segment id, 1 without segments
	first  time.Time
	last   time.Time
	stored time.Time
	hits   []story.Hit // of threat intelligence

	json atomic.Pointer[[]byte] // the rendered document, once it was asked for
}

// process is what the rows of one process share.
type process struct {
	*story.Process
	rows    []*row // by segment id
	cmdline string // in lower case, as are the others
	path    string
	user    string
	host    string
	group   string
	id      string
}

func newProcess(p *story.Process, segmented bool) *process {
	shared := &process{
		Process: p, cmdline: strings.ToLower(p.Cmdline), path: strings.ToLower(p.Path), user: strings.ToLower(p.User),
		host: strings.ToLower(p.Endpoint.Name), group: strings.ToLower(p.Endpoint.Group.Name), id: p.ID.String(),
	}
	if !segmented {
		last := p.Segments[len(p.Segments)-1]
		shared.rows = []*row{{proc: shared, events: &p.Events, id: 1, first: p.Start, last: p.LastUpdate(), stored: last.Stored}}
		return shared
	}
	for i := range p.Segments {
		s := &p.Segments[i]
		shared.rows = append(shared.rows, &row{proc: shared, events: &s.Events, id: s.ID, first: s.First, last: s.Last, stored: s.Stored})
	}
	return shared
}

// row gives the row with that segment id, nil for none.
func (p *process) row(id int64) *row {
	for _, r := range p.rows {
		if r.id == id {
			return r
		}
	}
	return nil
}

// whole is a row of all segments together: what servers show as segment 0.
func (p *process) whole() *row {
	last := p.rows[len(p.rows)-1]
	r := &row{proc: p, events: &p.Events, first: p.Start, last: p.LastUpdate(), stored: last.stored}
	for _, part := range p.rows {
		for _, h := range part.hits {
			if !slices.Contains(r.hits, h) {
				r.hits = append(r.hits, h)
			}
		}
	}
	return r
}

// Strings gives the values of a text field for a search.
func (r *row) Strings(field string, buf []string) []string {
	p := r.proc
	switch field {
	case "process_name":
		return append(buf, strings.ToLower(p.Name))
	case "cmdline":
		return append(buf, p.cmdline)
	case "path", "path_full":
		return append(buf, p.path)
	case "username", "username_full":
		return append(buf, p.user)
	case "hostname":
		return append(buf, p.host)
	case "group":
		return append(buf, p.group)
	case "id", "process_id":
		return append(buf, p.id)
	case "unique_id":
		return append(buf, string(r.appendUnique(nil)))
	case "uid":
		return append(buf, strings.ToLower(p.UID))
	case "host_type":
		return append(buf, hostType(p.Endpoint))
	case "os_type":
		return append(buf, osType(p.Endpoint.Platform))
	case "terminated":
		return append(buf, strconv.FormatBool(p.Terminated()))
	case "comms_ip":
		return append(buf, p.Endpoint.Outside.String())
	case "interface_ip":
		return append(buf, p.Endpoint.Address.String())
	case "has_emet_config", "has_emet_event":
		return append(buf, "false")
	}
	if strings.HasPrefix(field, "parent_") {
		return r.parentStrings(field, buf)
	}
	if strings.HasPrefix(field, "alliance_") {
		return tagStrings(r.proc.Binary, r.hits, field, buf)
	}
	return r.eventStrings(field, buf)
}

func (r *row) parentStrings(field string, buf []string) []string {
	p := r.proc
	switch {
	case field == "parent_id":
		return append(buf, p.ParentID.String())
	case p.Parent == nil:
	case field == "parent_name":
		return append(buf, strings.ToLower(p.Parent.Name))
	case field == "parent_md5" && p.Parent.Binary != nil:
		return append(buf, p.Parent.Binary.MD5)
	}
	return buf
}

// Numbers gives the values of a field of numbers or times for a search.
func (r *row) Numbers(field string, buf []int64) []int64 {
	p := r.proc
	switch field {
	case "start":
		return append(buf, p.Start.UnixMicro())
	case "last_update":
		return append(buf, r.last.UnixMicro())
	case "last_server_update", "server_added_timestamp":
		return append(buf, r.stored.UnixMicro())
	case "process_pid":
		return append(buf, int64(p.PID))
	case "parent_pid":
		return append(buf, int64(p.ParentID.PID))
	case "sensor_id":
		return append(buf, int64(p.Endpoint.ID))
	case "segment_id":
		return append(buf, r.id)
	case "modload_count":
		return append(buf, int64(len(r.events.Modloads)))
	case "filemod_count":
		return append(buf, int64(len(r.events.Filemods)))
	case "regmod_count":
		return append(buf, int64(len(r.events.Regmods)))
	case "netconn_count":
		return append(buf, int64(len(r.events.Netconns)))
	case "childproc_count":
		return append(buf, int64(len(r.events.Childprocs)))
	case "crossproc_count":
		return append(buf, int64(len(r.events.Crossprocs)))
	case "processblock_count", "block_count":
		return append(buf, int64(len(r.events.Blocks)))
	case "emet_count":
		return append(buf, 0)
	case "ipport":
		for _, n := range r.events.Netconns {
			buf = append(buf, int64(n.Remote.Port()), int64(n.Local.Port()))
		}
		return buf
	}
	return tagNumbers(r.proc.Binary, r.hits, field, buf)
}

// appendUnique appends the id with the segment, in eight digits where processes are one document and twelve otherwise.
func (r *row) appendUnique(b []byte) []byte {
	digits := 12
	if r.id == 1 {
		digits = 8
	}
	return appendUnique(b, r.proc.id, r.id, digits)
}

func appendUnique(b []byte, id string, segment int64, digits int) []byte {
	return appendSegment(append(b, id...), segment, digits)
}

func appendSegment(b []byte, segment int64, digits int) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '-')
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b = append(b, hex[segment>>shift&15])
	}
	return b
}

func hostType(e *story.Endpoint) string {
	switch e.Role {
	case story.Server:
		return "server"
	case story.DomainController:
		return "domain_controller"
	}
	return "workstation"
}

func osType(p story.Platform) string {
	switch p {
	case story.Linux:
		return "linux"
	case story.MacOS:
		return "osx"
	}
	return "windows"
}

// signedIP is an IPv4 address as the signed number that the index holds.
func signedIP(a netip.Addr) int64 {
	if !a.Is4() {
		return 0
	}
	b := a.As4()
	return int64(int32(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])))
}
