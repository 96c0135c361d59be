package response

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
)

// partition is a span of time for which events are stored together. Documents belong to it by the time at which they
// were stored; the process documents of a partition are found only while it is mounted.
type partition struct {
	name        string
	from, to    time.Time // to is zero while it is written to
	mounted     bool
	userMounted bool
	legacy      bool
}

const writerName = "writer"

// partitions is the state of the storage.
type partitions struct {
	list       []*partition // by time, the writer last
	generation int          // counts the changes
}

// newPartitions lays out partitions of three days each: the last is being written to, those before are mounted, and
// the oldest is on disk only.
func newPartitions(now time.Time, legacy bool) *partitions {
	const days = 3
	s := &partitions{}
	start := time.Date(2016, time.October, 19, 20, 31, 15, 557459000, time.UTC)
	for from := start; from.Before(now); from = from.AddDate(0, 0, days) {
		s.list = append(s.list, &partition{from: from, to: from.AddDate(0, 0, days), mounted: true})
	}
	for _, p := range s.list {
		p.name = "cbevents_" + p.from.Format("2006_01_02_1504")
	}
	s.list[0].mounted = false
	s.list[1].legacy = legacy
	writer := s.list[len(s.list)-1]
	writer.name, writer.to = writerName, time.Time{}
	return s
}

// at gives the partition of what was stored at t, nil for what is older than all of them.
func (s *partitions) at(t time.Time) *partition {
	for _, p := range slices.Backward(s.list) {
		if !t.Before(p.from) {
			if p.to.IsZero() || t.Before(p.to) {
				return p
			}
			return nil
		}
	}
	return nil
}

func (p *partition) id() int64 { return p.from.Unix() << 16 }

// partitionID gives the number of the partition that a document is stored in, by its beginning: partitions begin
// every three days, also those that exist no more.
func (x *index) partitionID(stored time.Time) int64 {
	if p := x.layout.at(stored); p != nil {
		return p.id()
	}
	return x.layout.list[0].from.AddDate(0, 0, -3).Unix() << 16
}

// visible says which rows a search can find: those in mounted partitions, and in legacy ones only when it says that it
// knows them. state names the answer.
func (p *Product) visible(form url.Values) (found func(*row) bool, state string) {
	if !p.version.partitioned() {
		return func(*row) bool { return true }, ""
	}
	legacy := strings.EqualFold(form.Get("cb.legacy_5x_mode"), "true")
	p.mu.Lock()
	defer p.mu.Unlock()
	snapshot := &partitions{}
	for _, part := range p.partitions.list {
		if part.mounted && (legacy || !part.legacy) {
			snapshot.list = append(snapshot.list, new(*part))
		}
	}
	found = func(r *row) bool { return snapshot.at(r.stored) != nil }
	return found, strconv.Itoa(p.partitions.generation) + strconv.FormatBool(legacy)
}

// stored reports whether any of a process's rows is in a mounted partition.
func (p *Product) stored(proc *process) bool {
	if !p.version.partitioned() {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(proc.rows, func(r *row) bool {
		part := p.partitions.at(r.stored)
		return part != nil && part.mounted
	})
}

func (p *Product) partitionRoutes() []route.Route {
	if !p.version.partitioned() {
		return nil
	}
	const base = "/api/v1/storage/events/"
	list := []route.Route{{Method: http.MethodGet, Path: base + "partition", Handle: p.listPartitions}}
	if !p.version.managesPartitions() {
		return list
	}
	return append(list,
		route.Route{Method: http.MethodPost, Path: base + "new_partition", Handle: p.newPartition},
		route.Route{Method: http.MethodPost, Path: base + "{name}/mount", Handle: p.mountPartition(true)},
		route.Route{Method: http.MethodPost, Path: base + "{name}/unmount", Handle: p.mountPartition(false)},
		route.Route{Method: http.MethodDelete, Path: base + "{name}", Handle: p.deletePartition},
	)
}

type partitionInfo struct {
	SizeInBytes  int     `json:"sizeInBytes"`
	StartDate    string  `json:"startDate"`
	PartitionID  int64   `json:"partitionId"`
	EndDate      *string `json:"endDate"`
	DeletedDocs  int     `json:"deletedDocs"`
	MaxDoc       int     `json:"maxDoc"`
	UserMounted  bool    `json:"userMounted"`
	IsLegacy     bool    `json:"isLegacy"`
	SegmentCount int     `json:"segmentCount"`
	NumDocs      int     `json:"numDocs"`
	Dir          string  `json:"dir"`
	Schema       string  `json:"schema"`
}

type partitionDoc struct {
	Status string        `json:"status"`
	Info   partitionInfo `json:"info"`
	Name   string        `json:"name"`
}

func (p *Product) listPartitions(*route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	docs := make(map[string]partitionDoc, len(p.partitions.list))
	for _, part := range p.partitions.list {
		docs[part.name] = p.partitionDoc(part)
	}
	return route.JSON(docs)
}

// partitionDoc needs p.mu.
func (p *Product) partitionDoc(part *partition) partitionDoc {
	const stamp = "2006-01-02T15:04:05.000000Z"
	n := 0
	for _, r := range p.index.rows {
		if p.partitions.at(r.stored) == part {
			n++
		}
	}
	d := partitionDoc{Status: "cold", Name: part.name, Info: partitionInfo{
		SizeInBytes: 1361 * n, StartDate: part.from.Format(stamp), PartitionID: part.id(), MaxDoc: n, NumDocs: n,
		UserMounted: part.userMounted, IsLegacy: part.legacy, SegmentCount: 3 + n%6, Schema: "cbevents_v1",
		Dir: "/var/cb/data/solr5/cbevents/cbevents_" + part.from.Format("2006_01_02_1504"),
	}}
	if part.legacy {
		d.Info.Schema = "cbevents_legacy"
	}
	if part.mounted {
		d.Status = "warm"
	}
	if part.to.IsZero() {
		d.Status = "hot"
	} else {
		end := part.to.Format(stamp)
		d.Info.EndDate = &end
	}
	return d
}

// newPartition ends the partition that is being written to and begins another.
func (p *Product) newPartition(*route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.partitions
	writer := s.list[len(s.list)-1]
	// The clock stands still, so that each new partition begins a minute after the one before.
	now := p.story.Now.Add(time.Minute)
	if !writer.from.Before(now) {
		now = writer.from.Add(time.Minute)
	}
	writer.name, writer.to = "cbevents_"+writer.from.Format("2006_01_02_1504"), now
	s.list = append(s.list, &partition{name: writerName, from: now, mounted: true})
	s.generation++
	return route.Success()
}

func (p *Product) mountPartition(mount bool) route.Handler {
	return func(c *route.Call) route.Reply {
		p.mu.Lock()
		defer p.mu.Unlock()
		part, refusal := p.namedPartition(c)
		if part == nil {
			return refusal
		}
		part.mounted, part.userMounted = mount, mount
		p.partitions.generation++
		return route.Success()
	}
}

func (p *Product) deletePartition(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	part, refusal := p.namedPartition(c)
	if part == nil {
		return refusal
	}
	p.partitions.list = slices.DeleteFunc(p.partitions.list, func(q *partition) bool { return q == part })
	p.partitions.generation++
	return route.Success()
}

// namedPartition finds the partition of a call that changes one; the writer cannot be changed. It needs p.mu.
func (p *Product) namedPartition(c *route.Call) (*partition, route.Reply) {
	name := c.Var("name")
	for _, part := range p.partitions.list {
		if part.name != name {
			continue
		}
		if part.to.IsZero() {
			return nil, route.BadRequest("The partition " + name + " is being written to.")
		}
		return part, route.Reply{}
	}
	return nil, route.MissingObject("There is no partition " + name + ".")
}
