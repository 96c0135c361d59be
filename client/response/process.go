package response

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/cbtime"
)

// Process is a process that an endpoint ran: in the index of servers from 6.0 on one of its segments.
//
// Source: contract/response.md, section 13.
var Process = client.Define(client.Kind{
	Name: "Process", Product: Name, Route: "/api/v1/process", PrimaryKey: "id",
	Doc:     "A process that an endpoint ran: who ran what and when, what led to it, and everything it did.",
	Allows:  client.CanQuery | client.CanGet,
	Style:   searchStyle(100, "last_update desc", search{console: "search", index: indexEvents, legacyMode: true, segments: true, fields: &processIndex}, processFilters()...),
	Lenient: true,
	Select: []client.Param{{Name: "segment", Type: client.Int,
		Doc: "the segment whose events are read; the default is the first one before 6.0, and all of them from 6.0 on"}},
	NewID:     processID,
	RowID:     processRowID,
	Init:      newProcess,
	Fetch:     fetchSummary,
	Held:      recoverFromGUID,
	Refreshed: forgetProcess,
	Printer: func(o *client.Object) string {
		return client.PrintAttributes(o, processLink(o, processOf(o).id.Segment()))
	},
	Fields:     processFields,
	Properties: slices.Concat(processProperties(), eventProperties(), tagProperties()),
	Methods:    slices.Concat(walkMethods(), eventMethods(), tagMethods()),
})

// processFilters are the further filters of process queries. Source: contract/query.md, section 4.
func processFilters() []client.QueryMethod {
	at := func(name, doc string) client.QueryMethod {
		return client.QueryMethod{Name: name, Returns: "Query", Doc: doc + " Servers before 6.0 ignore it.",
			Params: []client.Param{{Name: "when", Type: client.Any, Required: true, Doc: "a time, in UTC, or text as the server wants it"}},
			Do: func(_ context.Context, q *client.Query, args client.Args) (any, error) {
				value := text(args["when"])
				if t, ok := args["when"].(time.Time); ok {
					value = cbtime.FormatFilter(t)
				}
				if value == "" {
					return nil, client.Errorf("%s: got an empty time", name)
				}
				return q.With("cb."+name, value), nil
			}}
	}
	return []client.QueryMethod{
		{Name: "group_by", Returns: "Query", Doc: "Give one row for each value of a field; \"id\" gives one row for each process instead of one for each segment. Servers before 6.0 ignore it.",
			Params: []client.Param{{Name: "field", Type: client.Text, Required: true, Doc: "the field, normally id"}},
			Do: func(_ context.Context, q *client.Query, args client.Args) (any, error) {
				return q.With(groupParam, args.Text("field")), nil
			}},
		at("min_last_update", "Only processes with events at or after a time of the endpoint's clock."),
		at("max_last_update", "Only processes with events at or before a time of the endpoint's clock."),
		at("min_last_server_update", "Only processes with events at or after a time of the server's clock."),
		at("max_last_server_update", "Only processes with events at or before a time of the server's clock."),
		{Name: "use_comprehensive_search", Returns: "Query", Doc: "Have the server look into every event, which is slower.",
			Do: func(_ context.Context, q *client.Query, _ client.Args) (any, error) {
				return q.With("comprehensive_search", "true"), nil
			}},
	}
}

func processProperties() []client.Property {
	return []client.Property{
		indexTime("start", "When the process started, by the endpoint's clock."),
		indexTime("last_update", "Time of its last event, by the endpoint's clock."),
		indexTime("last_server_update", "When the server last learnt of it."),
		indexTime("min_last_update", "Earliest last_update of its segments."),
		indexTime("max_last_update", "Latest last_update of its segments."),
		indexTime("min_last_server_update", "Earliest last_server_update of its segments."),
		indexTime("max_last_server_update", "Latest last_server_update of its segments."),
		{Name: "end", Returns: "time", Doc: "When the process ended; None while it runs.", Get: processEnd},
		{Name: "cmdline", Returns: "string", Doc: "Its command line; its path when that is empty.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				if v, _, err := o.Value(ctx, "cmdline"); err != nil || text(v) != "" {
					return v, err
				}
				v, _, err := o.Value(ctx, "path")
				return v, err
			}},
		fromFirstModule("path", "path", "Path of its image."),
		fromFirstModule("process_md5", "md5", "MD5 of its image, in lower case."),
		address("comms_ip", "Address from which the sensor spoke to the server."),
		address("interface_ip", "Address of the endpoint's interface."),
		{Name: "binary", Returns: "Binary", Doc: "Its image.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				md5, err := o.Get(ctx, "process_md5")
				if err != nil || text(md5) == "" {
					return nil, err
				}
				return selectByName(ctx, o.Client(), "Binary", text(md5))
			}},
		{Name: "sensor", Returns: "Sensor", Doc: "The sensor of the endpoint that ran it.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				id, _, err := o.Value(ctx, "sensor_id")
				if n, ok := client.Whole(id); err != nil || id == nil || ok && n == 0 {
					return nil, err
				}
				return o.Join(ctx, "sensor_id", "Sensor")
			}},
		knownOrFetched("parent_unique_id", "Process guid and segment of its parent."),
		knownOrFetched("parent_name", "Name of its parent's image."),
		{Name: "parent_md5", Returns: "string", Doc: "MD5 of its parent's image, which servers from 6.0 on tell with the parent.", Get: parentMD5},
		{Name: "parent", Returns: "Process", Doc: "The process that started it; None when there is none.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return orNone(Parent(ctx, o)) }},
		{Name: "parents", Returns: "list of Process", Doc: "Its parent, the parent of that, and so on, read one by one.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return Parents(ctx, o), nil }},
		{Name: "depth", Returns: "int", Doc: "How many parents lead to it.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return Depth(ctx, o) }},
		{Name: "segment", Returns: "int", Doc: "The segment whose events are read.",
			Get: func(ctx context.Context, o *client.Object) (any, error) { return currentSegment(ctx, o) }},
		{Name: "webui_link", Returns: "string", Doc: "Where the console shows the process; None for one that the server does not know.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				segment, err := currentSegment(ctx, o)
				if err != nil || !processOf(o).askable() {
					return nil, err
				}
				return processLink(o, segment), nil
			}},
	}
}

// orNone gives an object, or the nil that is None, since a nil *client.Object in an interface is not nil.
func orNone(o *client.Object, err error) (any, error) {
	if o == nil || err != nil {
		return nil, err
	}
	return o, nil
}

// indexTime is a property that reads a time of the index; None when the server did not send it.
func indexTime(name, doc string) client.Property {
	return client.Property{Name: name, Returns: "time", Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			v, _, err := o.Value(ctx, name)
			if err != nil || v == nil || v == "" {
				return nil, err
			}
			at, err := cbtime.ParseIndex(v)
			if err != nil {
				return nil, client.Errorf("Process %s: %s: %w", o.ID().Key, name, err)
			}
			return at, nil
		}}
}

// processEnd is the end that the server tells, or the time of the last event of a process that has terminated.
func processEnd(ctx context.Context, o *client.Object) (any, error) {
	if v, _, err := o.Value(ctx, "end"); err != nil || text(v) != "" {
		if err != nil {
			return nil, err
		}
		at, err := cbtime.ParseIndex(v)
		if err != nil {
			return nil, client.Errorf("Process %s: end: %w", o.ID().Key, err)
		}
		return at, nil
	}
	terminated, _, err := o.Value(ctx, "terminated")
	if err != nil || (terminated != true && terminated != "true") {
		return nil, err
	}
	return o.Get(ctx, "last_update")
}

// fromFirstModule is a property that gives a field, and when it is empty the same fact of the first module that the
// process loaded, which is its image.
func fromFirstModule(name, fact, doc string) client.Property {
	return client.Property{Name: name, Returns: "string", Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			v, _, err := o.Value(ctx, name)
			if err != nil || text(v) != "" {
				return v, err
			}
			return firstModule(ctx, o, fact)
		}}
}

// address is a property that reads an IPv4 address sent as a signed number.
func address(name, doc string) client.Property {
	return client.Property{Name: name, Returns: "string", Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			v, _, err := o.Value(ctx, name)
			return dotted(v), err
		}}
}

// knownOrFetched is a property whose value in a row of results counts only if it is a real one.
func knownOrFetched(name, doc string) client.Property {
	return client.Property{Name: name, Returns: "string", Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) { return parentFact(ctx, o, name) }}
}

// parentFact reads a fact about the parent: a row that has nothing, or only zeros, is completed by the summary.
func parentFact(ctx context.Context, o *client.Object, name string) (any, error) {
	if v, ok := o.Held(name); ok && !isBlank(text(v)) {
		return v, nil
	}
	if err := o.Load(ctx); err != nil {
		return nil, err
	}
	v, _, err := o.Value(ctx, name)
	return v, err
}

// isBlank recognises what servers send for an id or an MD5 that they do not know: nothing, or 30 or 32 zeros.
func isBlank(s string) bool {
	digits := strings.ReplaceAll(s, "-", "")
	return s == "" || (len(digits) == 30 || len(digits) == 32) && strings.Trim(digits, "0") == ""
}

// parentMD5 is the parent's MD5, from the parent itself where the process does not tell it.
//
// Source: contract/known-bugs.md, row 28.
func parentMD5(ctx context.Context, o *client.Object) (any, error) {
	if v, ok := o.Held("parent_md5"); ok && !isBlank(text(v)) {
		return v, nil
	}
	parent, err := Parent(ctx, o)
	if err != nil || parent == nil {
		return nil, err
	}
	return parent.Get(ctx, "process_md5")
}
