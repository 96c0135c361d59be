package response

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// hole is what stands in the template where documents differ; the next byte says what belongs there.
const hole = '\x01'

// template renders number 0 with holes and divides it there. A document has some sixty fields and 2.5 KB.
func (b *bulk) template() {
	o := open(nil)
	r := b.at(0)
	mark := func(c byte) string { return string([]byte{hole, c}) }
	for _, f := range []struct{ name, value string }{
		{"id", `"` + mark('g') + `"`}, {"segment_id", mark('s')}, {"unique_id", `"` + mark('u') + `"`},
		{"process_md5", `"` + bulkMD5 + `"`}, {"parent_id", `"` + mark('p') + `"`}, {"parent_unique_id", `"` + mark('q') + `"`},
		{"parent_name", `"services.exe"`}, {"parent_md5", `"` + zeroMD5 + `"`}, {"parent_pid", "4"},
		{"process_name", `"` + bulkName + `"`}, {"path", quote(bulkPath)}, {"cmdline", mark('c')},
		{"start", `"` + mark('t') + `"`}, {"last_update", `"` + mark('l') + `"`}, {"terminated", "true"},
		{"username", `"SYSTEM"`}, {"uid", `"s-1-5-18"`}, {"hostname", `"` + mark('h') + `"`}, {"sensor_id", mark('e')},
		{"group", `"` + mark('n') + `"`}, {"host_type", `"` + mark('y') + `"`}, {"os_type", `"` + mark('o') + `"`},
		{"process_pid", mark('i')}, {"comms_ip", mark('a')}, {"interface_ip", mark('b')},
		{"filtering_known_dlls", "false"}, {"emet_config", `""`},
	} {
		o.key(f.name)
		o.buf = append(o.buf, f.value...)
	}
	for _, name := range []string{"modload", "filemod", "regmod", "netconn", "childproc", "crossproc", "processblock", "emet"} {
		o.number(name+"_count", 0)
	}
	for _, feed := range []string{"virustotal", "srstrust", "srsthreat", "bit9endpointvisibility", "sans", "nvd"} {
		o.texts("alliance_data_"+feed, []string{bulkMD5})
		o.number("alliance_score_"+feed, 1)
		o.text("alliance_link_"+feed, "https://feeds.brightwater.example/"+feed+"/"+bulkMD5)
		o.text("alliance_updated_"+feed, "2016-09-30T12:00:00.000Z")
	}
	if r.index.version.segmented() {
		for _, name := range []string{"last_server_update", "min_last_server_update", "max_last_server_update"} {
			o.key(name)
			o.buf = append(o.buf, '"', hole, 'v', '"')
		}
		o.key("event_partition_id")
		o.buf = append(o.buf, '[', hole, 'w', ']')
	}
	for part := range bytes.SplitSeq(o.close(), []byte{hole}) {
		b.parts = append(b.parts, part)
	}
}

func quote(s string) string { return string(appendText(nil, s)) }

// append appends the document.
func (r bulkRow) append(buf []byte) []byte {
	guid := r.guid()
	buf = append(buf, r.parts[0]...)
	for _, part := range r.parts[1:] {
		buf = r.fill(buf, part[0], guid)
		buf = append(buf, part[1:]...)
	}
	return buf
}

// fill appends what belongs into a hole.
func (r bulkRow) fill(buf []byte, what byte, guid story.GUID) []byte {
	switch what {
	case 'g':
		return guid.Append(buf)
	case 's':
		return strconv.AppendInt(buf, r.segment(), 10)
	case 'u':
		return appendSegment(guid.Append(buf), r.segment(), r.digits)
	case 'p':
		return r.parent().Append(buf)
	case 'q':
		return appendSegment(r.parent().Append(buf), 1, r.digits)
	case 'c':
		buf = append(buf, `"\"C:\\Program Files\\Bulk\\bulk.exe\" --shard `...)
		buf = strconv.AppendInt(buf, int64(r.i%64), 10)
		buf = append(buf, ` --item `...)
		return append(strconv.AppendInt(buf, int64(r.i), 10), '"')
	case 't':
		return appendInstant(buf, r.start())
	case 'l':
		return appendInstant(buf, r.last())
	case 'v':
		return appendInstant(buf, r.stored())
	case 'w':
		return strconv.AppendInt(buf, r.index.partitionID(r.stored()), 10)
	case 'i':
		return strconv.AppendInt(buf, int64(r.pid()), 10)
	}
	return r.fillHost(buf, what)
}

func (r bulkRow) fillHost(buf []byte, what byte) []byte {
	e := r.endpoint()
	switch what {
	case 'h':
		return append(buf, e.Name...)
	case 'e':
		return strconv.AppendInt(buf, int64(e.ID), 10)
	case 'n':
		return append(buf, r.groups[r.i%r.from]...)
	case 'y':
		return append(buf, hostType(e)...)
	case 'o':
		return append(buf, osType(e.Platform)...)
	case 'a':
		return strconv.AppendInt(buf, signedIP(e.Outside), 10)
	case 'b':
		return strconv.AppendInt(buf, signedIP(e.Address), 10)
	}
	panic(fmt.Sprintf("response: a template with an unknown hole %q", what)) // a mistake in template
}

// unique is the id with the segment.
func (r bulkRow) unique() []byte { return appendSegment(r.guid().Append(nil), r.segment(), r.digits) }
