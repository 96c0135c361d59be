package response

import (
	"context"

	"github.com/cbscript/cbscript/client"
)

// anys gives events as what a method returns.
func anys(found []Event, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out := make([]any, len(found))
	for i, e := range found {
		out[i] = e
	}
	return out, nil
}

// filtered keeps the events that keep says.
func filtered(found []Event, err error, keep func(Event) (bool, error)) ([]Event, error) {
	if err != nil {
		return nil, err
	}
	var out []Event
	for _, e := range found {
		ok, err := keep(e)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, e)
		}
	}
	return out, nil
}

// eventProperties are the lists of events of a process's current segment, and what is made of them.
func eventProperties() []client.Property {
	list := func(name, record, doc string, get func(ctx context.Context, o *client.Object) ([]Event, error)) client.Property {
		return client.Property{Name: name, Returns: "list of " + record, Doc: doc,
			Get: func(ctx context.Context, o *client.Object) (any, error) { return anys(get(ctx, o)) }}
	}
	var properties []client.Property
	for _, k := range kindsOfEvents() {
		properties = append(properties, list(k.name, k.record, "The "+k.what+" of its segment.",
			func(ctx context.Context, o *client.Object) ([]Event, error) { return segmentEvents(ctx, o, k) }))
	}
	return append(properties,
		list("children", "CbChildProcEvent", "The processes that it started, one event each.", Children),
		list("unsigned_modloads", "CbModLoadEvent", "Module loads whose binary has no trusted signature; one request for each module that is not told about.",
			func(ctx context.Context, o *client.Object) ([]Event, error) {
				loads, err := segmentEvents(ctx, o, kindsOfEvents()[0])
				return filtered(loads, err, func(e Event) (bool, error) {
					signed, err := e.isSigned(ctx)
					return !signed, err
				})
			}),
		list("all_events_segment", "events", "Every event of its segment, by time.",
			func(ctx context.Context, o *client.Object) ([]Event, error) { return merged(ctx, o, segmentEvents) }),
		list("all_events", "events", "Every event of all its segments, by time.", AllEvents),
		list("tamper_events", "events", "Events by which it tampered with the sensor.",
			func(ctx context.Context, o *client.Object) ([]Event, error) {
				all, err := AllEvents(ctx, o)
				return filtered(all, err, func(e Event) (bool, error) { return e.Common().Tamper, nil })
			}),
		client.Property{Name: "siblings", Returns: "list of Process", Doc: "Other processes that its parent started.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return siblings(ctx, o) }},
		client.Property{Name: "threat_intel_hits", Returns: "any", Doc: "What the server's threat feeds say of its events.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return threatIntelHits(ctx, o) }},
	)
}

// eventMethods read events over all segments.
func eventMethods() []client.Method {
	var methods []client.Method
	for _, k := range kindsOfEvents() {
		methods = append(methods, client.Method{Name: "all_" + k.name, Returns: "list of " + k.record, Doc: "The " + k.what + " of all its segments.",
			Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) {
				return anys(everyEvent(ctx, o, k))
			}})
	}
	return append(methods, client.Method{Name: "find_file_writes", Returns: "list of CbFileModEvent",
		Doc:    "The file modifications of its segment that are of a path, exactly as it is written.",
		Params: []client.Param{{Name: "filename", Type: client.Text, Required: true, Doc: "the whole path"}},
		Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
			found, err := segmentEvents(ctx, o, kindsOfEvents()[2])
			return anys(filtered(found, err, func(e Event) (bool, error) { return pathIs(e, args.Text("filename")), nil }))
		}})
}
