package response

import (
	"context"
	"errors"
	"log/slog"
	"strconv"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response/events"
)

// Children gives a start event for each child of a process. Servers tell only a few of many children unless they are
// asked for more, which is done when the process has more.
//
// Source: contract/response.md, section 13; known-bugs.md, rows 11 and 42.
func Children(ctx context.Context, o *client.Object) ([]Event, error) {
	p := processOf(o)
	if !p.askable() {
		return nil, nil
	}
	s, err := relatives(ctx, o)
	if err != nil {
		return nil, err
	}
	if len(s.children) >= fewRelatives {
		if s, err = moreChildren(ctx, o, s); err != nil {
			return nil, err
		}
	}
	var children []Event
	for i, doc := range s.children {
		child, err := events.Child(doc, i)
		if err != nil {
			o.Client().Log().WarnContext(ctx, "a child of a process could not be read and is left out",
				slog.String("process", o.ID().Key), slog.Any("error", err))
			continue
		}
		children = append(children, Event{Event: child, process: o})
	}
	return children, nil
}

// mostChildren is how many children are asked for when there may be more than the server tells unasked.
const mostChildren = 10_000

// moreChildren asks for all children, once.
func moreChildren(ctx context.Context, o *client.Object, s *summary) (*summary, error) {
	p := processOf(o)
	p.mu.Lock()
	asked := p.asked
	p.asked = true
	p.mu.Unlock()
	if asked {
		return s, nil
	}
	count, _, err := o.Value(ctx, "childproc_count")
	if err != nil {
		return nil, err
	}
	n, _ := strconv.ParseInt(text(count), 10, 64)
	if n <= int64(len(s.children)) {
		return s, nil
	}
	if _, err := fetchRelatives(ctx, o, mostChildren); err != nil {
		return nil, err
	}
	all := p.told()
	if len(all.children) <= fewRelatives {
		o.Client().Log().WarnContext(ctx, "the server tells only some of the children of a process; childprocs has the others",
			slog.String("process", o.ID().Key), slog.Int("told", len(all.children)), slog.Int64("childproc_count", n))
	}
	return all, nil
}

// siblings gives the other processes that a process's parent started.
func siblings(ctx context.Context, o *client.Object) (any, error) {
	out := []any{}
	if !processOf(o).askable() {
		return out, nil
	}
	s, err := relatives(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, doc := range s.siblings {
		id := textOf(doc, "id")
		if id == "" {
			id = textOf(doc, "unique_id")
		}
		sibling, err := processByGUID(ctx, o.Client(), withoutSegment(id), initialOf(doc))
		if err != nil {
			return nil, err
		}
		out = append(out, sibling)
	}
	return out, nil
}

// threatIntelHits asks what the server's threat feeds say of the events of a segment.
func threatIntelHits(ctx context.Context, o *client.Object) (any, error) {
	segment, err := currentSegment(ctx, o)
	if err != nil {
		return nil, err
	}
	path, err := processPath(o, segment, "threat_intel_hits")
	if err != nil {
		return nil, err
	}
	v, err := o.Client().Get(ctx, path)
	var refused *client.ServerError
	if errors.As(err, &refused) {
		return nil, &client.APIError{Message: "sharing of threat indicators is not set up in the Cb server: " + refused.Error(), Err: refused,
			Advice: "see " + o.Client().URL() + "/#/share for more"}
	}
	if err != nil {
		return nil, err
	}
	return v.Any(), nil
}
