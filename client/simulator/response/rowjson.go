package response

import (
	"strconv"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// zeroMD5 stands in search results for a parent's hash that the index does not hold: two digits short, as recorded.
const zeroMD5 = "000000000000000000000000000000"

// appendRow appends the document of a search result. It is rendered once and kept.
func (x *index) appendRow(buf []byte, r *row) []byte {
	if doc := r.json.Load(); doc != nil {
		return append(buf, *doc...)
	}
	doc := x.render(nil, r, false)
	r.json.Store(&doc)
	return append(buf, doc...)
}

// render writes a row's document. full adds what only the summary of a process has.
func (x *index) render(buf []byte, r *row, full bool) []byte {
	o := open(buf)
	p, e := r.proc, r.proc.Endpoint
	x.identity(&o, r, full)
	o.text("process_name", p.Name)
	o.text("path", p.Path)
	o.text("cmdline", p.Cmdline)
	o.instant("start", p.Start)
	o.instant("last_update", r.last)
	o.truth("terminated", p.Terminated())
	o.text("username", p.User)
	o.text("uid", p.UID)
	o.text("hostname", e.Name)
	o.number("sensor_id", int64(e.ID))
	o.text("group", p.group)
	o.text("host_type", hostType(e))
	o.text("os_type", osType(e.Platform))
	o.number("process_pid", int64(p.PID))
	o.number("comms_ip", signedIP(e.Outside))
	o.number("interface_ip", signedIP(e.Address))
	counts(&o, r.events)
	o.truth("filtering_known_dlls", false)
	o.alliance(tags(p.Binary, r.hits))
	if x.version.segmented() {
		x.modern(&o, r, full)
	}
	return o.close()
}

// identity writes who the process is and who started it.
func (x *index) identity(o *object, r *row, full bool) {
	p := r.proc
	digits := 8
	if x.version.segmented() {
		digits = 12
	}
	o.text("id", p.id)
	o.number("segment_id", r.id)
	o.text("unique_id", string(appendUnique(nil, p.id, r.id, digits)))
	if b := p.Binary; b != nil {
		o.text("process_md5", b.MD5)
	} else {
		o.text("process_md5", "")
	}
	if p.ParentID == (story.GUID{}) {
		o.text("parent_id", "")
		o.text("parent_unique_id", "")
		o.text("parent_name", "")
		o.number("parent_pid", -1)
		return
	}
	parent := p.ParentID.String()
	o.text("parent_id", parent)
	o.text("parent_unique_id", string(appendUnique(nil, parent, 1, digits)))
	name, md5 := "", zeroMD5
	if q := p.Parent; q != nil {
		name = q.Name
		if q.Binary != nil && full && !x.version.segmented() {
			md5 = q.Binary.MD5
		}
	}
	o.text("parent_name", name)
	o.text("parent_md5", md5)
	o.number("parent_pid", int64(p.ParentID.PID))
}

func counts(o *object, e *story.Events) {
	o.number("modload_count", int64(len(e.Modloads)))
	o.number("filemod_count", int64(len(e.Filemods)))
	o.number("regmod_count", int64(len(e.Regmods)))
	o.number("netconn_count", int64(len(e.Netconns)))
	o.number("childproc_count", int64(len(e.Childprocs)))
	o.number("crossproc_count", int64(len(e.Crossprocs)))
	o.number("processblock_count", int64(len(e.Blocks)))
	o.number("emet_count", 0)
	o.text("emet_config", "")
}

// modern writes what came with segments.
func (x *index) modern(o *object, r *row, full bool) {
	o.instant("last_server_update", r.stored)
	o.instant("min_last_update", r.first)
	o.instant("max_last_update", r.last)
	o.instant("min_last_server_update", x.firstStored(r))
	o.instant("max_last_server_update", r.stored)
	o.key("event_partition_id")
	o.buf = append(o.buf, '[')
	o.buf = strconv.AppendInt(o.buf, x.partitionID(r.stored), 10)
	o.buf = append(o.buf, ']')
	if full && r.proc.Terminated() {
		o.instant("end", r.proc.End)
	}
}
