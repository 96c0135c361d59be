package response

import (
	"context"
	"slices"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/nearest"
	"github.com/cbscript/cbscript/client/response/events"
)

// Event is an event of a process, with the joins that lead from it to other objects. It implements
// [client.RecordMethods] and [client.DescribedRecord].
type Event struct {
	events.Event
	process *client.Object
	lists   *eventLists // that it is from; nil for a child of a summary
}

// Type is the event's type, for example "CbModLoadEvent".
func (e Event) Type() string { return e.Event.Type().Name }

// String is the printed form: a line for each of the main attributes.
func (e Event) String() string { return events.Text(e.Event) }

// eventJoin is an attribute of an event that leads to another object.
type eventJoin struct {
	name, returns, doc string
	get                func(ctx context.Context, e Event) (any, error)
}

// eventJoins are the joins of an event's type.
func eventJoins(t *events.Type) []eventJoin {
	joins := []eventJoin{{"parent", "Process", "The process that the event is of.",
		func(_ context.Context, e Event) (any, error) { return e.process, nil }}}
	switch t.Name {
	case (*events.Modload)(nil).Type().Name:
		joins = append(joins,
			eventJoin{"binary", "Binary", "The module.", func(_ context.Context, e Event) (any, error) { return orNone(e.binary()) }},
			eventJoin{"is_signed", "bool", "Whether the module has a valid signature that is trusted.",
				func(ctx context.Context, e Event) (any, error) { return e.isSigned(ctx) }})
	case (*events.Childproc)(nil).Type().Name:
		joins = append(joins, eventJoin{"process", "Process", "The child.",
			func(ctx context.Context, e Event) (any, error) { return orNone(e.Process(ctx)) }})
	case (*events.Crossproc)(nil).Type().Name:
		joins = append(joins,
			eventJoin{"target_proc", "Process", "The process that was acted upon.", crossed(func(c *events.Crossproc) events.ProcessRef { return c.Target })},
			eventJoin{"source_proc", "Process", "The process that acted.", crossed(func(c *events.Crossproc) events.ProcessRef { return c.Source })})
	}
	return joins
}

func crossed(side func(*events.Crossproc) events.ProcessRef) func(context.Context, Event) (any, error) {
	return func(ctx context.Context, e Event) (any, error) {
		id := withoutSegment(side(e.Event.(*events.Crossproc)).GUID)
		if isBlank(id) {
			return nil, nil
		}
		return orNone(processByGUID(ctx, e.process.Client(), id, nil))
	}
}

// Names lists the attributes, sorted.
func (e Event) Names() []string {
	var names []string
	for _, a := range e.Event.Type().Attributes {
		names = append(names, a.Name)
	}
	for _, j := range eventJoins(e.Event.Type()) {
		names = append(names, j.name)
	}
	slices.Sort(names)
	return names
}

// Get gives an attribute, or a [client.NoSuchAttributeError].
func (e Event) Get(ctx context.Context, name string) (any, error) {
	if a, ok := e.Event.Type().Attribute(name); ok {
		return a.Get(e.Event), nil
	}
	for _, j := range eventJoins(e.Event.Type()) {
		if j.name == name {
			return j.get(ctx, e)
		}
	}
	return nil, &client.NoSuchAttributeError{Model: e.Type(), Name: name, Nearest: nearest.Name(name, e.Names())}
}

// Methods are those of a cross-process event, which can be asked for the rights that were requested.
func (e Event) Methods() []client.RecordMethod {
	if cross, ok := e.Event.(*events.Crossproc); ok {
		return crossprocMethods(cross)
	}
	return nil
}

func crossprocMethods(cross *events.Crossproc) []client.RecordMethod {
	return []client.RecordMethod{
		{Name: "has_permission", Returns: "bool", Doc: "Whether a right was asked for, as PROCESS_VM_READ.",
			Params: []client.Param{{Name: "name", Type: client.Text, Required: true, Doc: "the right"}},
			Do: func(_ context.Context, args client.Args) (any, error) {
				return cross.Access.HasPermission(args.Text("name"))
			}},
		{Name: "has_permissions", Returns: "bool", Doc: "Whether all of several rights were asked for.",
			Params: []client.Param{{Name: "names", Type: client.List, Required: true, Doc: "the rights"}},
			Do: func(_ context.Context, args client.Args) (any, error) {
				var names []string
				for _, v := range args.List("names") {
					names = append(names, text(v))
				}
				return cross.Access.HasPermissions(names...)
			}},
	}
}

// Describe describes the events of its type.
func (e Event) Describe() client.RecordType { return describeEvents(e.Event.Type()) }

func describeEvents(t *events.Type) client.RecordType {
	described := client.RecordType{Name: t.Name, Doc: t.Doc}
	for _, a := range t.Attributes {
		described.Attributes = append(described.Attributes, client.RecordAttribute{Name: a.Name, Returns: a.Returns, Doc: a.Doc})
	}
	for _, j := range eventJoins(t) {
		described.Attributes = append(described.Attributes, client.RecordAttribute{Name: j.name, Returns: j.returns, Doc: j.doc})
	}
	if cross := (*events.Crossproc)(nil); t == cross.Type() {
		described.Methods = crossprocMethods(cross)
	}
	return described
}

// eventTypes describes all types of events.
func eventTypes() []client.RecordType {
	var types []client.RecordType
	for _, t := range events.Types() {
		types = append(types, describeEvents(t))
	}
	return types
}

// Terminated reports whether the event is the end of a child.
func (e Event) Terminated() bool {
	child, ok := e.Event.(*events.Childproc)
	return ok && child.Terminated
}

// Process gives the child of a child event, and nil for other events. A child that the server keeps no document of is
// never asked for: what its event tells is all that it has.
func (e Event) Process(ctx context.Context) (*client.Object, error) {
	child, ok := e.Event.(*events.Childproc)
	if !ok || isBlank(child.ProcessGUID()) {
		return nil, nil
	}
	initial := map[string]any{
		"process_md5":      child.MD5,
		"path":             child.Path,
		"parent_id":        processOf(e.process).id.Process(),
		"parent_unique_id": processOf(e.process).id.String(),
	}
	if child.PID != nil {
		initial["pid"] = child.PID
	}
	if child.CommandLine != "" {
		initial["cmdline"] = child.CommandLine
	}
	if child.UserName != "" {
		initial["username"] = child.UserName
	}
	o, err := processByGUID(ctx, e.process.Client(), child.ProcessGUID(), initial)
	if err == nil && child.Suppressed {
		processOf(o).suppress()
	}
	return o, err
}

// binary gives the module of a module load, with what the process document tells of it.
func (e Event) binary() (*client.Object, error) {
	load := e.Event.(*events.Modload)
	if !isMD5(load.MD5) {
		return nil, nil
	}
	k, err := e.process.Client().Kind("Binary")
	if err != nil {
		return nil, err
	}
	id := md5ID(load.MD5)
	return e.process.Client().Cached(k, id, e.lists.binaryFacts(id.Key)), nil
}

func (e Event) isSigned(ctx context.Context) (bool, error) {
	b, err := e.binary()
	if err != nil || b == nil {
		return false, err
	}
	return Signed(ctx, b)
}

// pathIs reports whether a file event is of that very path.
func pathIs(e Event, path string) bool {
	file, ok := e.Event.(*events.Filemod)
	return ok && file.Path == path
}
