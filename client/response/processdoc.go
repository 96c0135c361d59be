package response

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/cbtime"
	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/response/guid"
)

// process is what a Process object keeps beside its document.
type process struct {
	id    guid.ID
	valid bool // false for an id that no server can know: it is never asked for

	mu         sync.Mutex
	suppressed bool // the server keeps no document of it: what its event told is all
	summary    *summary
	asked      bool                  // for more children than the server tells unasked
	events     map[int64]*eventLists // by segment
	segments   []int64               // nil when not known
}

// summary are the relatives of a process that the server tells with it.
type summary struct {
	parent             jsondoc.Doc
	children, siblings []jsondoc.Doc
}

// parseGUID reads a process guid. The form of servers from 6.0 on takes in the older one, so that reading an id needs
// no request to learn the version; a segment of 0 means that none was given.
func parseGUID(text string) (guid.ID, error) { return guid.Parse(text, guid.From6) }

// processID reads a process guid that a user passed, with or without a segment.
func processID(_ context.Context, _ *client.Client, id any, args client.Args) (client.ID, error) {
	s, ok := id.(string)
	if n, isNumber := id.(int64); isNumber {
		s, ok = strconv.FormatInt(n, 10), true
	}
	if !ok {
		return client.ID{}, client.Errorf("Process: got %v (%s) for an id, want a process guid as text", id, client.TypeName(id))
	}
	parsed, err := parseGUID(s)
	if err != nil {
		return client.ID{}, client.Errorf("Process: %w", err)
	}
	if n, ok := args["segment"].(int64); ok && parsed.Segment() == 0 {
		if n < 0 {
			return client.ID{}, client.Errorf("Process: got %d for a segment, want 0 or more", n)
		}
		parsed = parsed.WithSegment(n)
	}
	return identify(parsed), nil
}

// identify makes the id of a process. Segment 0 means all segments, which is what no segment means too.
func identify(id guid.ID) client.ID {
	return client.ID{Value: id.Process(), Key: id.String(), Extra: id}
}

// processRowID reads the id of a row; documents of servers upgraded from 5.2 have it in unique_id alone.
func processRowID(_ *client.Client, row jsondoc.Doc) client.ID {
	s := textOf(row, "id")
	if s == "" {
		s = textOf(row, "unique_id")
	}
	id, err := parseGUID(s)
	if err != nil {
		return client.ID{Value: s, Key: s}
	}
	if v, ok := row.Get("segment_id"); ok && id.Segment() == 0 {
		if n, ok := client.Whole(v.Any()); ok && n > 0 {
			id = id.WithSegment(n)
		}
	}
	return identify(id)
}

func newProcess(o *client.Object) any {
	p := &process{events: map[int64]*eventLists{}}
	p.id, p.valid = o.ID().Extra.(guid.ID)
	return p
}

func processOf(o *client.Object) *process { return o.Extra().(*process) }

// askable reports whether the server can be asked for the process.
func (p *process) askable() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.valid && !p.suppressed
}

func (p *process) suppress() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.suppressed = true
}

// defaultSegment is the segment that stands for the process: the first before 6.0, all of them from 6.0 on.
func defaultSegment(ctx context.Context, c *client.Client) (int64, error) {
	later, err := c.AtLeast(ctx, "6.0.0")
	if err != nil || later {
		return 0, err
	}
	return 1, nil
}

// currentSegment is the segment whose events are read: the one that was asked for, or the default.
func currentSegment(ctx context.Context, o *client.Object) (int64, error) {
	if n := processOf(o).id.Segment(); n != 0 {
		return n, nil
	}
	return defaultSegment(ctx, o.Client())
}

// processPath is the path of a process or of one of its segments.
func processPath(o *client.Object, segment int64, more ...string) (string, error) {
	return client.JoinPath("/api/v1/process", append([]string{processOf(o).id.Process(), strconv.FormatInt(segment, 10)}, more...)...)
}

// fewRelatives is how many children and siblings servers tell unless they are asked for more.
// Source: contract/known-bugs.md, row 42.
const fewRelatives = 15

// fetchSummary fetches the process and its relatives.
func fetchSummary(ctx context.Context, o *client.Object) (jsondoc.Doc, error) {
	return fetchRelatives(ctx, o, 0)
}

// fetchRelatives fetches the summary with up to n children; 0 leaves the number to the server.
func fetchRelatives(ctx context.Context, o *client.Object, n int64) (jsondoc.Doc, error) {
	p := processOf(o)
	if !p.askable() {
		return jsondoc.Doc{}, nil
	}
	segment, err := defaultSegment(ctx, o.Client())
	if err != nil {
		return jsondoc.Doc{}, err
	}
	path, err := processPath(o, segment)
	if err != nil {
		return jsondoc.Doc{}, err
	}
	var query []client.QueryParam
	if n > 0 {
		query = append(query, client.QueryParam{Name: "children", Value: strconv.FormatInt(n, 10)})
	}
	c := o.Client()
	answer, err := c.GetDoc(ctx, summaryKind, path, query...)
	if err != nil {
		return jsondoc.Doc{}, err
	}
	member := func(name string) (jsondoc.Doc, bool) {
		v, _ := answer.Get(name)
		return c.DocOf(o.Kind(), v)
	}
	list := func(name string) (docs []jsondoc.Doc) {
		v, _ := answer.Get(name)
		for e := range v.Array().All() {
			if doc, ok := c.DocOf(o.Kind(), e); ok {
				docs = append(docs, doc)
			}
		}
		return docs
	}
	self, ok := member("process")
	if !ok {
		return jsondoc.Doc{}, client.Errorf("GET %s%s answered no process", c.URL(), path)
	}
	s := &summary{children: list("children"), siblings: list("siblings")}
	s.parent, _ = member("parent")
	p.mu.Lock()
	p.summary = s
	p.mu.Unlock()
	return self, nil
}

// relatives gives what the server tells with a process, fetching it if it was not told yet: a process that was read
// from its events is whole, but came without them.
//
// Source: contract/known-bugs.md, row 11.
func relatives(ctx context.Context, o *client.Object) (*summary, error) {
	p := processOf(o)
	if s := p.told(); s != nil {
		return s, nil
	}
	if err := o.Load(ctx); err != nil {
		return nil, err
	}
	if s := p.told(); s != nil {
		return s, nil
	}
	if _, err := fetchRelatives(ctx, o, 0); err != nil {
		return nil, err
	}
	return p.told(), nil
}

func (p *process) told() *summary {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.summary
}

// summaryKind has the shape of the answer about a process, which is not the process itself.
var summaryKind = &client.Kind{Name: "summary"}

func forgetProcess(o *client.Object) {
	p := processOf(o)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.summary, p.segments, p.asked, p.events = nil, nil, false, map[int64]*eventLists{}
}

// recoverFromGUID fills in what a document lacks and the guid tells: start, pid and sensor.
//
// Source: contract/response.md, section 13, "Loading rules".
func recoverFromGUID(o *client.Object, doc jsondoc.Doc) map[string]any {
	if doc.Len() == 0 && !processOf(o).askable() {
		return o.Data() // nothing was asked, so what is held stays
	}
	if usable(doc, "start") && usable(doc, "process_pid") {
		return nil
	}
	id, ok := o.ID().Extra.(guid.ID)
	if !ok {
		return nil
	}
	return recovered(id)
}

func usable(doc jsondoc.Doc, name string) bool {
	v, ok := doc.Get(name)
	if !ok || v.Kind() == jsondoc.Null {
		return false
	}
	n, isNumber := client.Whole(v.Any())
	return !isNumber || n != -1
}

// recovered gives the fields that a process guid tells; a guid with pid 0 tells nothing.
func recovered(id guid.ID) map[string]any {
	origin, ok := id.Origin()
	start, dated := origin.Start()
	if !ok || !dated || origin.PID == 0 {
		return nil
	}
	return map[string]any{
		"sensor_id":   int64(origin.Sensor),
		"process_pid": int64(origin.PID),
		"start":       cbtime.FormatIndex(start),
	}
}

// processLink is where the console shows a segment of a process; empty for one that the server does not keep.
func processLink(o *client.Object, segment int64) string {
	p := processOf(o)
	if !p.askable() {
		return ""
	}
	return fmt.Sprintf("%s/#analyze/%s/%d", o.Client().URL(), p.id.Process(), segment)
}

// dotted reads an IPv4 address that is sent as a signed number; anything else is given as it is.
func dotted(v any) any {
	n, ok := client.Whole(v)
	if !ok || n < -1<<31 || n >= 1<<31 {
		return v
	}
	u := uint32(n)
	return fmt.Sprintf("%d.%d.%d.%d", u>>24, u>>16&0xff, u>>8&0xff, u&0xff)
}
