package response

import (
	"context"
	"errors"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// deepest is how many parents a chain may have. Source: contract/response.md, section 13.
const deepest = 500

// Parent gives the process that started o, or nil when there is none. It makes a request only when o does not name
// its parent.
func Parent(ctx context.Context, o *client.Object) (*client.Object, error) {
	id, err := parentID(ctx, o)
	if err != nil || id == "" {
		return nil, err
	}
	var initial map[string]any
	if s := processOf(o).told(); s != nil {
		initial = initialOf(s.parent)
	}
	return processByGUID(ctx, o.Client(), id, initial)
}

// parentID names the parent: parent_unique_id, or parent_id when that is missing or is of another sensor.
func parentID(ctx context.Context, o *client.Object) (string, error) {
	v, err := parentFact(ctx, o, "parent_unique_id")
	if err != nil {
		return "", err
	}
	id := withoutSegment(text(v))
	if isBlank(id) || !sameSensor(o, id) {
		other, _, err := o.Value(ctx, "parent_id")
		if err != nil {
			return "", err
		}
		if s := withoutSegment(text(other)); !isBlank(s) {
			return s, nil
		}
	}
	if isBlank(id) {
		return "", nil
	}
	return id, nil
}

func sameSensor(o *client.Object, parent string) bool {
	id, err := parseGUID(parent)
	if err != nil {
		return true
	}
	theirs, known := id.Origin()
	ours, ok := processOf(o).id.Origin()
	return !known || !ok || theirs.Sensor == ours.Sensor
}

// withoutSegment cuts a process guid after its fifth part.
func withoutSegment(s string) string {
	parts := strings.SplitN(s, "-", 6)
	if len(parts) > 5 {
		parts = parts[:5]
	}
	return strings.Join(parts, "-")
}

// processByGUID gives the process of a guid that the server named. A guid that cannot be read gives a process that
// is never asked for.
func processByGUID(ctx context.Context, c *client.Client, s string, initial map[string]any) (*client.Object, error) {
	k, err := c.Kind("Process")
	if err != nil {
		return nil, err
	}
	id, err := parseGUID(s)
	if err != nil {
		c.Log().DebugContext(ctx, "invalid process guid, it is not asked for", "guid", s)
		return c.Cached(k, client.ID{Value: s, Key: s}, initial), nil
	}
	if initial != nil && !(present(initial, "start") && present(initial, "process_pid")) {
		for name, v := range recovered(id) {
			initial[name] = v
		}
	}
	return c.Cached(k, identify(id), initial), nil
}

func present(fields map[string]any, name string) bool {
	v, ok := fields[name]
	n, isNumber := client.Whole(v)
	return ok && v != nil && !(isNumber && n == -1)
}

// initialOf gives the fields of a relative's document.
func initialOf(doc jsondoc.Doc) map[string]any {
	if doc.Len() == 0 {
		return nil
	}
	fields := make(map[string]any, doc.Len())
	for i := range doc.Len() {
		if v := doc.At(i); v.Kind() != jsondoc.Null {
			fields[doc.Name(i)] = v.Any()
		}
	}
	return fields
}

// Parents gives o's parent, the parent of that, and so on. It ends at a process without a parent, and at one that the
// server does not know.
func Parents(ctx context.Context, o *client.Object) client.Sequence {
	return func(yield func(any, error) bool) {
		for parent, err := range climb(ctx, o) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(parent, nil) {
				return
			}
		}
	}
}

// climb is the way up that every walk takes: each parent has been asked for, unless what is known of it says enough.
func climb(ctx context.Context, o *client.Object) func(func(*client.Object, error) bool) {
	return func(yield func(*client.Object, error) bool) {
		seen := map[string]bool{o.ID().Key: true}
		for range deepest {
			parent, err := Parent(ctx, o)
			if err == nil && parent != nil {
				err = checkParent(ctx, parent)
			}
			var missing *client.ObjectNotFoundError
			switch {
			case errors.As(err, &missing), err == nil && parent == nil, errors.Is(err, errNoProcess):
				return
			case err != nil:
				yield(nil, err)
				return
			case seen[parent.ID().Key]:
				yield(nil, client.Errorf("process %s is its own ancestor: the server's data has a cycle", parent.ID().Key))
				return
			}
			seen[parent.ID().Key] = true
			if !yield(parent, nil) {
				return
			}
			o = parent
		}
		yield(nil, client.Errorf("process %s has more than %d parents", o.ID().Key, deepest))
	}
}

var errNoProcess = errors.New("no such process")

// checkParent makes sure that a parent is one that can be looked at: known to the server, or at least described.
func checkParent(ctx context.Context, parent *client.Object) error {
	if !processOf(parent).askable() {
		return errNoProcess
	}
	pid, ok, err := parent.Value(ctx, "process_pid")
	if err != nil {
		return err
	}
	if n, isNumber := client.Whole(pid); !ok || pid == nil || isNumber && n == -1 {
		return errNoProcess
	}
	return nil
}

// Depth counts the parents that lead to o. A chain that leads back to itself is an [client.APIError].
func Depth(ctx context.Context, o *client.Object) (int, error) {
	depth := 0
	for _, err := range climb(ctx, o) {
		if err != nil {
			return 0, err
		}
		depth++
	}
	return depth, nil
}

// WalkParents calls visit for o's parent with the depth given, for the parent of that with one more, and so on; it
// stops after maxDepth, unless that is 0.
func WalkParents(ctx context.Context, o *client.Object, visit func(parent *client.Object, depth int) error, maxDepth, depth int) error {
	for parent, err := range climb(ctx, o) {
		if err != nil {
			return err
		}
		if maxDepth != 0 && depth > maxDepth {
			return nil
		}
		if err := visit(parent, depth); err != nil {
			if missingIs(err, parent) {
				return nil
			}
			return err
		}
		depth++
	}
	return nil
}

// WalkChildren calls visit for each child of o with the depth given, and below it for its children with one more; it
// stops below maxDepth, unless that is 0. A child that the server does not know is left out.
func WalkChildren(ctx context.Context, o *client.Object, visit func(child *client.Object, depth int) error, maxDepth, depth int) error {
	return walkChildren(ctx, o, visit, maxDepth, depth, map[string]bool{o.ID().Key: true})
}

func walkChildren(ctx context.Context, o *client.Object, visit func(*client.Object, int) error, maxDepth, depth int, seen map[string]bool) error {
	if maxDepth != 0 && depth > maxDepth {
		return nil
	}
	children, err := Children(ctx, o)
	if err != nil {
		if missingIs(err, o) {
			return nil
		}
		return err
	}
	for _, event := range children {
		if event.Terminated() {
			continue
		}
		child, err := event.Process(ctx)
		if err != nil {
			return err
		}
		if child == nil || seen[child.ID().Key] {
			continue
		}
		seen[child.ID().Key] = true
		if err := visit(child, depth); err != nil {
			if missingIs(err, child) {
				continue
			}
			return err
		}
		if !processOf(child).askable() {
			continue
		}
		if err := walkChildren(ctx, child, visit, maxDepth, depth+1, seen); err != nil {
			return err
		}
	}
	return nil
}

// missingIs reports whether an error says that the server does not know this very process, as opposed to something
// else that a visitor asked for.
func missingIs(err error, o *client.Object) bool {
	var missing *client.ObjectNotFoundError
	return errors.As(err, &missing) && strings.Contains(missing.URI, "/process/"+processOf(o).id.Process()+"/")
}

func walkMethods() []client.Method {
	params := []client.Param{
		{Name: "callback", Type: client.Func, Required: true, Doc: "called as callback(process, depth=depth)"},
		{Name: "max_depth", Type: client.Int, Default: int64(0), Doc: "depth after which to stop; 0 is no limit"},
		{Name: "depth", Type: client.Int, Default: int64(0), Doc: "depth of the first one"},
	}
	type walk func(ctx context.Context, o *client.Object, visit func(*client.Object, int) error, maxDepth, depth int) error
	method := func(name, doc string, w walk) client.Method {
		return client.Method{Name: name, Params: params, Returns: "None", Doc: doc,
			Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
				callback := args.Callback("callback")
				visit := func(p *client.Object, depth int) error {
					_, err := callback(ctx, []any{p}, map[string]any{"depth": int64(depth)})
					return err
				}
				return nil, w(ctx, o, visit, args.Int("max_depth"), args.Int("depth"))
			}}
	}
	return []client.Method{
		method("walk_parents", "Call a function for the parent, the parent of that, and so on.", WalkParents),
		method("walk_children", "Call a function for each child and everything below it.", WalkChildren),
		{Name: "get_segments", Returns: "list of int", Doc: "The numbers of the segments that the server has of the process.",
			Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) {
				segments, err := Segments(ctx, o)
				out := make([]any, len(segments))
				for i, n := range segments {
					out[i] = n
				}
				return out, err
			}},
	}
}
