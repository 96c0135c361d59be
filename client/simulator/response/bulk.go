package response

import (
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/search"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// bulk generates processes for load tests: a build server's helper that ran once a second, each on another endpoint,
// before the story begins. Nothing is kept of them: number i says it all.
type bulk struct {
	n     int
	index *index
	first time.Time // the start of number 0, the latest
	from  int       // number of endpoints they are spread over

	digits int      // of a segment in a unique id
	groups []string // of the endpoints, in lower case
	binary *story.Binary

	// The document is divided where it differs between processes.
	parts [][]byte
}

const (
	bulkName = "bulk.exe"
	bulkPath = `c:\program files\bulk\bulk.exe`
	bulkMD5  = "b01c0ffee0000000000000000000b01c"
)

func newBulk(x *index, n int) *bulk {
	b := &bulk{n: n, index: x, first: time.Date(2016, time.October, 1, 0, 0, 0, 0, time.UTC), from: len(x.story.Endpoints), digits: 8}
	if x.version.segmented() {
		b.digits = 12
	}
	for _, e := range x.story.Endpoints {
		b.groups = append(b.groups, strings.ToLower(e.Group.Name))
	}
	if n > 0 {
		b.binary = story.NewBinary(bulkName, bulkMD5, b.at(n-1).start())
		b.binary.Paths, b.binary.Endpoints = []string{bulkPath}, x.story.Endpoints
		b.template()
	}
	return b
}

// bulkRow is one generated document.
type bulkRow struct {
	*bulk
	i int
}

func (b *bulk) at(i int) bulkRow { return bulkRow{b, i} }

func (r bulkRow) endpoint() *story.Endpoint { return r.index.story.Endpoints[r.i%r.from] }
func (r bulkRow) pid() int                  { return 4 * (300 + r.i%10000) }
func (r bulkRow) start() time.Time          { return r.first.Add(-time.Duration(r.i) * time.Second) }
func (r bulkRow) last() time.Time           { return r.start().Add(700 * time.Millisecond) }
func (r bulkRow) stored() time.Time         { return r.start().Add(5 * time.Second) }
func (r bulkRow) guid() story.GUID          { return story.NewGUID(r.endpoint().ID, r.pid(), r.start()) }
func (r bulkRow) segment() int64 {
	if r.index.version.segmented() {
		return r.stored().UnixMilli()
	}
	return 1
}
func (r bulkRow) parent() story.GUID {
	return story.GUID{Sensor: uint32(r.endpoint().ID), PID: 4, Created: story.Filetime(r.first.AddDate(-1, 0, 0))}
}
func (r bulkRow) cmdline() string {
	return `"C:\Program Files\Bulk\bulk.exe" --shard ` + strconv.Itoa(r.i%64) + ` --item ` + strconv.Itoa(r.i)
}

// lookup finds the number of a generated process by its identity.
func (b *bulk) lookup(id story.GUID) (bulkRow, bool) {
	i := int(b.first.Sub(id.Time()) / time.Second)
	if i < 0 || i >= b.n || b.at(i).guid() != id {
		return bulkRow{}, false
	}
	return b.at(i), true
}

// process gives a generated process with what its own page shows, nil when there is none with that identity.
func (b *bulk) process(id story.GUID) *process {
	r, ok := b.lookup(id)
	if !ok {
		return nil
	}
	e := r.endpoint()
	p := &story.Process{
		ID: id, Endpoint: e, PID: r.pid(), Start: r.start(), End: r.last(), Name: bulkName, Path: bulkPath,
		Cmdline: r.cmdline(), User: "SYSTEM", UID: "s-1-5-18", ParentID: r.parent(), Binary: b.binary,
		Parent:   &story.Process{ID: r.parent(), Endpoint: e, Name: "services.exe"},
		Segments: []story.Segment{{ID: r.stored().UnixMilli(), First: r.start(), Last: r.last(), Stored: r.stored()}},
	}
	return newProcess(p, b.index.version.segmented())
}

// varying are the fields in which generated documents differ; the others are those of number 0.
func varying(field string) bool {
	switch field {
	case "id", "process_id", "unique_id", "segment_id", "start", "last_update", "last_server_update",
		"server_added_timestamp", "process_pid", "sensor_id", "hostname", "group", "host_type", "os_type", "comms_ip",
		"interface_ip", "cmdline", "parent_id":
		return true
	}
	return false
}

// search gives the numbers of the generated documents that meet the criteria, or says that all do.
func (b *bulk) search(c criteria, e *search.Evaluator) (docs []int32, all bool) {
	if b.n == 0 {
		return nil, false
	}
	constant := c.updated.open() && c.received.open()
	for _, f := range c.matcher.Fields() {
		constant = constant && !varying(f)
	}
	if constant {
		return nil, e.Match(b.at(0))
	}
	for i := range b.n {
		r := b.at(i)
		if c.updated.contains(r.last()) && c.received.contains(r.stored()) && e.Match(r) {
			docs = append(docs, ^int32(i))
		}
	}
	return docs, false
}

// Strings gives the values of a text field for a search.
func (r bulkRow) Strings(field string, buf []string) []string {
	switch field {
	case "process_name":
		return append(buf, bulkName)
	case "path", "path_full":
		return append(buf, bulkPath)
	case "cmdline":
		return append(buf, strings.ToLower(r.cmdline()))
	case "username", "username_full":
		return append(buf, "system")
	case "uid":
		return append(buf, "s-1-5-18")
	case "hostname":
		return append(buf, strings.ToLower(r.endpoint().Name))
	case "group":
		return append(buf, strings.ToLower(r.endpoint().Group.Name))
	case "id", "process_id":
		return append(buf, r.guid().String())
	case "unique_id":
		return append(buf, string(r.unique()))
	case "process_md5", "md5", "parent_md5":
		return append(buf, bulkMD5)
	case "parent_name":
		return append(buf, "services.exe")
	case "parent_id":
		return append(buf, r.parent().String())
	case "host_type":
		return append(buf, hostType(r.endpoint()))
	case "os_type":
		return append(buf, osType(r.endpoint().Platform))
	case "terminated":
		return append(buf, "true")
	case "tampered":
		return append(buf, "false")
	case "comms_ip":
		return append(buf, r.endpoint().Outside.String())
	case "interface_ip":
		return append(buf, r.endpoint().Address.String())
	}
	return buf
}

// Numbers gives the values of a field of numbers or times for a search.
func (r bulkRow) Numbers(field string, buf []int64) []int64 {
	switch field {
	case "start":
		return append(buf, r.start().UnixMicro())
	case "last_update":
		return append(buf, r.last().UnixMicro())
	case "last_server_update", "server_added_timestamp":
		return append(buf, r.stored().UnixMicro())
	case "process_pid":
		return append(buf, int64(r.pid()))
	case "parent_pid":
		return append(buf, 4)
	case "sensor_id":
		return append(buf, int64(r.endpoint().ID))
	case "segment_id":
		return append(buf, r.segment())
	}
	if strings.HasSuffix(field, "_count") {
		return append(buf, 0)
	}
	return buf
}

func (r bulkRow) facet(field string, buf []string) []string {
	switch field {
	case "hostname":
		return append(buf, r.endpoint().Name)
	case "username", "username_full":
		return append(buf, "SYSTEM")
	case "cmdline":
		return append(buf, r.cmdline())
	case "hour_of_day":
		return append(buf, strconv.Itoa(r.start().Hour()))
	case "day_of_week":
		return append(buf, strings.ToLower(r.start().Weekday().String()))
	}
	if strings.HasSuffix(field, "_count") || strings.HasSuffix(field, "_pid") || field == "sensor_id" || field == "segment_id" {
		for _, v := range r.Numbers(field, nil) {
			buf = append(buf, strconv.FormatInt(v, 10))
		}
		return buf
	}
	return r.Strings(field, buf)
}
