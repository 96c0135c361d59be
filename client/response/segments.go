package response

import (
	"context"
	"slices"

	"github.com/cbscript/cbscript/client"
)

// Segments gives the numbers of the segments that the server has of a process, in ascending order.
//
// Source: contract/response.md, section 13, "Routes".
func Segments(ctx context.Context, o *client.Object) ([]int64, error) {
	p := processOf(o)
	p.mu.Lock()
	known := p.segments
	p.mu.Unlock()
	if known != nil {
		return slices.Clone(known), nil
	}
	if !p.askable() {
		return []int64{}, nil
	}
	later, err := o.Client().AtLeast(ctx, "6.0.0")
	if err != nil {
		return nil, err
	}
	list := listedSegments
	if !later {
		list = foundSegments
	}
	segments, err := list(ctx, o)
	if err != nil {
		return nil, err
	}
	slices.Sort(segments)
	segments = slices.Compact(segments)
	p.mu.Lock()
	p.segments = segments
	p.mu.Unlock()
	return slices.Clone(segments), nil
}

// listedSegments asks for the list that servers from 6.0.0 on keep.
func listedSegments(ctx context.Context, o *client.Object) ([]int64, error) {
	path, err := client.JoinPath("/api/v1/process", processOf(o).id.Process(), "segment")
	if err != nil {
		return nil, err
	}
	answer, err := getMap(ctx, o.Client(), path)
	if err != nil {
		return nil, err
	}
	process, _ := answer["process"].(map[string]any)
	entries, _ := process["segments"].([]any)
	segments := []int64{}
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		id, err := parseGUID(text(entry["unique_id"]))
		if err != nil {
			return nil, client.Errorf("process %s: a segment cannot be read: %w", processOf(o).id.Process(), err)
		}
		segments = append(segments, id.Segment())
	}
	return segments, nil
}

// foundSegments searches for them, as older servers have a document for each.
func foundSegments(ctx context.Context, o *client.Object) ([]int64, error) {
	segments := []int64{}
	for row, err := range o.Client().Select(o.Kind()).Where("process_id:" + processOf(o).id.Process()).Sort("").All(ctx) {
		if err != nil {
			return nil, err
		}
		n, held := row.Held("segment_id")
		segment, ok := client.Whole(n)
		if !held || !ok {
			return nil, client.Errorf("process %s: a segment cannot be read: its number is %v", processOf(o).id.Process(), n)
		}
		segments = append(segments, segment)
	}
	return segments, nil
}
