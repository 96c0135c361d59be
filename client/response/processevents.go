package response

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/response/events"
)

// eventLists are the events of a segment, or of all of them.
type eventLists struct {
	*events.Lists
	binaries jsondoc.Doc // what the answer tells of the modules, by MD5 in upper case
}

// binaryFacts gives what is told of a module, or nil.
func (l *eventLists) binaryFacts(md5 string) map[string]any {
	if l == nil {
		return nil
	}
	v, ok := l.binaries.Get(md5)
	if !ok {
		return nil
	}
	facts, _ := v.Any().(map[string]any)
	return facts
}

// allSegments is the segment that stands for all of them on servers from 6.0 on.
const allSegments = 0

// eventsOf gives the events of a segment, which are asked for once.
//
// Source: contract/response.md, section 13, "Loading rules".
func eventsOf(ctx context.Context, o *client.Object, segment int64) (*eventLists, error) {
	p := processOf(o)
	if !p.askable() {
		lists, err := events.Decode(jsondoc.Doc{}, events.V4)
		return &eventLists{Lists: lists}, err
	}
	if lists := p.readEvents(segment); lists != nil {
		return lists, nil
	}
	var lists *eventLists
	err := o.Client().Share(ctx, fmt.Sprintf("events %p %d", p, segment), func(ctx context.Context) error {
		if p.readEvents(segment) != nil {
			return nil
		}
		lists, err := fetchEvents(ctx, o, segment)
		if err == nil {
			p.mu.Lock()
			p.events[segment] = lists
			p.mu.Unlock()
		}
		return err
	})
	if lists = p.readEvents(segment); err == nil && lists == nil {
		// Someone refreshed the process in between.
		return fetchEvents(ctx, o, segment)
	}
	return lists, err
}

func (p *process) readEvents(segment int64) *eventLists {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.events[segment]
}

func fetchEvents(ctx context.Context, o *client.Object, segment int64) (*eventLists, error) {
	c := o.Client()
	version, err := eventVersion(ctx, c)
	if err != nil {
		return nil, err
	}
	path, err := client.JoinPath("/api/"+version.String()+"/process", processOf(o).id.Process(), strconv.FormatInt(segment, 10), "event")
	if err != nil {
		return nil, err
	}
	answer, err := c.GetDoc(ctx, summaryKind, path)
	if err != nil {
		return nil, err
	}
	v, _ := answer.Get("process")
	doc, ok := c.DocOf(o.Kind(), v)
	if !ok {
		return nil, client.Errorf("GET %s%s answered no process", c.URL(), path)
	}
	lists, err := events.Decode(doc, version)
	if err != nil {
		return nil, err
	}
	binaries, _ := doc.Get("binaries")
	told, _ := c.DocOf(summaryKind, binaries)
	if !o.IsFull() {
		o.Hold(doc, true)
	}
	return &eventLists{Lists: lists, binaries: told}, nil
}

func eventVersion(ctx context.Context, c *client.Client) (events.Version, error) {
	facts, err := c.Facts(ctx)
	if err != nil {
		return 0, err
	}
	for _, step := range []struct {
		from    string
		version events.Version
	}{{"6.0.0", events.V4}, {"5.2.0", events.V3}, {"5.1.0", events.V2}} {
		if client.CompareVersions(facts.Version, step.from) >= 0 {
			return step.version, nil
		}
	}
	return events.V1, nil
}

// pick takes one list of events, and wraps them for the process.
type pick func(o *client.Object, l *eventLists) ([]Event, error)

func picker[E events.Event](list func(*events.Lists) ([]E, error)) pick {
	return func(o *client.Object, l *eventLists) ([]Event, error) {
		found, err := list(l.Lists)
		out := make([]Event, len(found))
		for i, e := range found {
			out[i] = Event{Event: e, process: o, lists: l}
		}
		return out, err
	}
}

// kindOfEvent is a type of event as a process offers it.
type kindOfEvent struct {
	name   string // "modloads"
	what   string // for the documentation
	record string // the type of the events, for the documentation
	pick   pick
}

// kindsOfEvents are the types of events, in the order in which equal times are sorted.
func kindsOfEvents() []kindOfEvent {
	return []kindOfEvent{
		{"modloads", "module loads", "CbModLoadEvent", picker((*events.Lists).Modloads)},
		{"netconns", "network connections", "CbNetConnEvent", picker((*events.Lists).Netconns)},
		{"filemods", "file modifications", "CbFileModEvent", picker((*events.Lists).Filemods)},
		{"childprocs", "starts and ends of child processes", "CbChildProcEvent", picker((*events.Lists).Childprocs)},
		{"regmods", "registry modifications", "CbRegModEvent", picker((*events.Lists).Regmods)},
		{"crossprocs", "cross-process events", "CbCrossProcEvent", picker((*events.Lists).Crossprocs)},
		{"processblocks", "blocked executions", "CbProcessBlockEvent", picker((*events.Lists).Processblocks)},
	}
}

// segmentEvents gives the events of a type of the process's current segment. Entries that cannot be read are logged
// and counted, not dropped silently.
func segmentEvents(ctx context.Context, o *client.Object, k kindOfEvent) ([]Event, error) {
	segment, err := currentSegment(ctx, o)
	if err != nil {
		return nil, err
	}
	return eventsIn(ctx, o, segment, k)
}

func eventsIn(ctx context.Context, o *client.Object, segment int64, k kindOfEvent) ([]Event, error) {
	lists, err := eventsOf(ctx, o, segment)
	if err != nil {
		return nil, err
	}
	found, err := k.pick(o, lists)
	var incomplete *events.IncompleteError
	if errors.As(err, &incomplete) {
		o.Client().Log().WarnContext(ctx, "events of a process could not be read and are left out", slog.String("process", o.ID().Key),
			slog.Int("failed", incomplete.Failed), slog.Int("of", incomplete.Entries), slog.Any("error", incomplete))
		err = nil
	}
	return found, err
}

// everyEvent gives the events of a type over all segments: in one request from 6.0 on, segment by segment before.
func everyEvent(ctx context.Context, o *client.Object, k kindOfEvent) ([]Event, error) {
	later, err := o.Client().AtLeast(ctx, "6.0.0")
	if err != nil {
		return nil, err
	}
	if later {
		return eventsIn(ctx, o, allSegments, k)
	}
	segments, err := Segments(ctx, o)
	if err != nil {
		return nil, err
	}
	var all []Event
	for _, segment := range segments {
		found, err := eventsIn(ctx, o, segment, k)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// merged gives the events that read gives for every type, children in the place of their starts and ends, by time.
//
// Source: contract/response.md, section 13; known-bugs.md, row 33.
func merged(ctx context.Context, o *client.Object, read func(context.Context, *client.Object, kindOfEvent) ([]Event, error)) ([]Event, error) {
	var all []Event
	for _, k := range kindsOfEvents() {
		var found []Event
		var err error
		if k.name == "childprocs" {
			found, err = Children(ctx, o)
		} else {
			found, err = read(ctx, o, k)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortStableFunc(all, func(a, b Event) int { return a.Common().Timestamp.Compare(b.Common().Timestamp) })
	return all, nil
}

// AllEvents gives the events of a process over all its segments, by time.
func AllEvents(ctx context.Context, o *client.Object) ([]Event, error) {
	return merged(ctx, o, everyEvent)
}

// firstModule gives a fact of the first module that a process loaded, which is its image; None when it loaded none.
func firstModule(ctx context.Context, o *client.Object, fact string) (any, error) {
	loads, err := segmentEvents(ctx, o, kindsOfEvents()[0])
	if err != nil || len(loads) == 0 {
		return nil, err
	}
	return loads[0].Get(ctx, fact)
}
