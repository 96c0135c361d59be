package response

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

func (p *Product) processRoutes() []route.Route {
	const base = "/api/v1/process/{id}/"
	list := []route.Route{
		{Method: http.MethodGet, Path: base + "{segment}", Handle: p.processSummary},
		{Method: http.MethodGet, Path: base + "{segment}/preview", Handle: p.processPreview},
		{Method: http.MethodGet, Path: base + "{segment}/report", Handle: p.processReport},
		{Method: http.MethodGet, Path: base + "{segment}/threat_intel_hits", Handle: p.threatIntel},
	}
	for v := 1; v <= p.version.eventRoutes(); v++ {
		list = append(list, route.Route{
			Method: http.MethodGet, Path: "/api/v" + strconv.Itoa(v) + "/process/{id}/{segment}/event", Handle: p.processEvents(v),
		})
	}
	if p.version.segmented() {
		list = append(list, route.Route{Method: http.MethodGet, Path: base + "segment", Handle: p.processSegments})
	}
	return list
}

// named finds the row that a call names by process and segment. Segment 0 is all segments together; where processes
// have one segment, its number is 1.
func (p *Product) named(c *route.Call) (*row, route.Reply) {
	proc, refusal := p.namedProcess(c)
	if proc == nil {
		return nil, refusal
	}
	segment, err := strconv.ParseInt(c.Var("segment"), 10, 64)
	if err != nil || segment < 0 {
		return nil, route.NotFound()
	}
	if segment == 0 {
		if !p.version.segmented() {
			return proc.rows[0], route.Reply{}
		}
		return proc.whole(), route.Reply{}
	}
	if r := proc.row(segment); r != nil {
		return r, route.Reply{}
	}
	return nil, route.MissingObject("Process " + proc.id + " has no segment " + strconv.FormatInt(segment, 10) + ".")
}

func (p *Product) namedProcess(c *route.Call) (*process, route.Reply) {
	missing := route.MissingObject("There is no process " + c.Var("id") + ".")
	id, err := story.ParseGUID(c.Var("id"))
	if err != nil {
		return nil, missing
	}
	proc := p.index.processes[id]
	if proc == nil {
		if proc = p.index.bulk.process(id); proc == nil {
			return nil, missing
		}
		return proc, route.Reply{}
	}
	if !p.stored(proc) {
		return nil, missing
	}
	return proc, route.Reply{}
}

// defaultRelatives is how many children and siblings a summary shows unless children=n asks for more.
const defaultRelatives = 15

// processSummary answers a process with its parent, children and siblings.
func (p *Product) processSummary(c *route.Call) route.Reply {
	r, refusal := p.named(c)
	if r == nil {
		return refusal
	}
	limit := defaultRelatives
	if text := c.Form.Get("children"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return route.BadRequest("Parameter children is not a number.")
		}
		limit = n
	}
	x := p.index
	o := open(nil)
	o.key("process")
	o.buf = x.render(o.buf, r, true)
	o.key("parent")
	if parent := r.proc.Parent; parent != nil && x.processes[parent.ID] != nil {
		o.buf = x.render(o.buf, x.processes[parent.ID].latest(), true)
	} else {
		o.buf = append(o.buf, "{}"...)
	}
	o.key("children")
	o.buf = x.appendRelatives(o.buf, r.proc.Children, nil, limit)
	o.key("siblings")
	var siblings []*story.Process
	if r.proc.Parent != nil {
		siblings = r.proc.Parent.Children
	}
	o.buf = x.appendRelatives(o.buf, siblings, r.proc.Process, limit)
	return route.Raw(o.close())
}

// latest is the row by which relatives show a process.
func (p *process) latest() *row { return p.rows[len(p.rows)-1] }

// appendRelatives appends a list of processes without one of them, cut at limit.
func (x *index) appendRelatives(buf []byte, list []*story.Process, without *story.Process, limit int) []byte {
	buf = append(buf, '[')
	n := 0
	for _, q := range list {
		if q == without {
			continue
		}
		if n == limit {
			break
		}
		if n++; n > 1 {
			buf = append(buf, ',', ' ')
		}
		proc := x.processes[q.ID]
		suppressed := proc == nil
		if suppressed {
			proc = newProcess(q, x.version.segmented())
		}
		doc := x.render(nil, proc.latest(), true)
		buf = append(buf, doc[:len(doc)-1]...)
		buf = append(buf, `, "is_suppressed": `...)
		buf = strconv.AppendBool(buf, suppressed)
		buf = append(buf, '}')
	}
	return append(buf, ']')
}

// processSegments lists the segments of a process.
func (p *Product) processSegments(c *route.Call) route.Reply {
	proc, refusal := p.namedProcess(c)
	if proc == nil {
		return refusal
	}
	type segment struct {
		UniqueID  string `json:"unique_id"`
		SegmentID int64  `json:"segment_id"`
	}
	list := make([]segment, len(proc.rows))
	for i, r := range proc.rows {
		list[i] = segment{string(appendUnique(nil, proc.id, r.id, 12)), r.id}
	}
	return route.JSON(map[string]any{"process": map[string]any{"segments": list}, "elapsed": p.elapsed(len(list))})
}

// processEvents answers the events of a segment in the form of one version of the route.
func (p *Product) processEvents(version int) route.Handler {
	return func(c *route.Call) route.Reply {
		r, refusal := p.named(c)
		if r == nil {
			if doc, ok := p.unseen(c); ok {
				return doc
			}
			return refusal
		}
		doc := p.index.render(nil, r, true)
		o := object{doc[:len(doc)-1]}
		p.index.events(&o, r, version)
		out := open(nil)
		out.key("process")
		out.buf = append(out.buf, o.close()...)
		out.key("elapsed")
		out.buf = strconv.AppendFloat(out.buf, p.elapsed(len(o.buf)/256), 'g', -1, 64)
		return route.Raw(out.close())
	}
}

// unseen answers the events of a process of which nothing is known but that it had a child: an empty document, as
// recorded, and not a 404.
func (p *Product) unseen(c *route.Call) (route.Reply, bool) {
	id, err := story.ParseGUID(c.Var("id"))
	if err != nil || !p.story.Unseen(id) {
		return route.Reply{}, false
	}
	doc, err := json.Marshal(map[string]any{"process": map[string]any{
		"id": id.String(), "process_pid": -1, "start": -1, "sensor_id": id.Sensor,
	}, "elapsed": p.elapsed(0)})
	if err != nil {
		return route.Failure(err.Error()), true
	}
	return route.Raw(doc), true
}
