package guard

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cbscript/cbscript/client"
)

// DefaultMaxChanges is how many objects a script may change before someone confirms their number.
const DefaultMaxChanges = 10

// mostNamed bounds how many objects an error names.
const mostNamed = 10

// A ReachError is a change that was not made because it would touch more objects than may be changed without a person
// who confirms their number: those that were changed before in the same run count too.
type ReachError struct {
	Action    string   // what was tried
	Count     int      // how many objects would then have been changed
	Made      int      // how many were changed before
	Limit     int      // how many may be changed
	Confirmed int      // the number that a person confirmed, or 0
	Which     []string // the objects of this change, or those that were changed before; some of many
}

// Error says what would have been changed, how many objects that makes, and which they are.
func (e *ReachError) Error() string {
	var b strings.Builder
	b.WriteString(e.Action)
	switch n := e.Count - e.Made; {
	case n > 1:
		fmt.Fprintf(&b, " would change %d objects", n)
		if e.Made > 0 {
			fmt.Fprintf(&b, " after %d others", e.Made)
		}
	default:
		fmt.Fprintf(&b, " would be the change of object number %d in this run", e.Count)
	}
	if e.Confirmed > 0 {
		fmt.Fprintf(&b, ", but %d were confirmed", e.Confirmed)
	} else {
		fmt.Fprintf(&b, ", and more than %d are to be confirmed", e.Limit)
	}
	if len(e.Which) > 0 {
		what := ": "
		if e.Count-e.Made == 1 {
			what = "; changed before: "
		}
		b.WriteString(what + named(e.Which))
	}
	return b.String()
}

// Kind is "PermissionError".
func (e *ReachError) Kind() string { return "PermissionError" }

// Facts are action, count, made, limit and which.
func (e *ReachError) Facts() map[string]any {
	which := make([]any, len(e.Which))
	for i, name := range e.Which {
		which[i] = name
	}
	return map[string]any{"action": e.Action, "count": e.Count, "made": e.Made, "limit": e.Limit, "which": which}
}

// Hint says how it is confirmed.
func (e *ReachError) Hint() string {
	if e.Count-e.Made > 1 {
		return fmt.Sprintf("if all of them are meant, run again with --confirm %d", e.Count)
	}
	return "--dry-run shows all changes and counts them: then run again with --confirm and their number"
}

// A CautionError is a change that was not made because something speaks against it.
type CautionError struct {
	Action  string
	Reasons []string
	Hosts   int // the number to confirm
}

// Error says what speaks against the change.
func (e *CautionError) Error() string {
	return e.Action + " is to be confirmed: " + strings.Join(e.Reasons, "; ")
}

// Kind is "PermissionError".
func (e *CautionError) Kind() string { return "PermissionError" }

// Facts are action, reasons and hosts.
func (e *CautionError) Facts() map[string]any {
	reasons := make([]any, len(e.Reasons))
	for i, reason := range e.Reasons {
		reasons[i] = reason
	}
	return map[string]any{"action": e.Action, "reasons": reasons, "hosts": e.Hosts}
}

// Hint says how it is confirmed.
func (e *CautionError) Hint() string {
	return fmt.Sprintf("if it is meant nevertheless, run again with --confirm %d", e.Hosts)
}

// named lists names, and says how many more there are.
func named(names []string) string {
	if len(names) <= mostNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), len(names)-mostNamed)
}

// Tally counts the objects that changes touch, each once. The zero value is ready to use; it is not safe for concurrent
// use.
type Tally struct {
	made int
	seen map[string]bool // objects that were counted
	last []string        // some of them
}

// Count is how many objects were touched.
func (t *Tally) Count() int { return t.made }

// Add counts a change.
func (t *Tally) Add(change client.Change) {
	n := t.further(change)
	if n == 0 {
		return
	}
	t.made += n
	name := nameOf(change)
	if name == "" {
		name = strings.TrimSpace(change.Action)
	} else {
		if t.seen == nil {
			t.seen = map[string]bool{}
		}
		t.seen[keyOf(change)] = true
	}
	if len(t.last) <= mostNamed {
		t.last = append(t.last, name)
	}
}

// further is how many objects a change touches that were not counted: none for one that only reads an endpoint, or that
// completes another.
func (t *Tally) further(change client.Change) int {
	reading := func(c client.Capability) bool { return c == client.Read || c == client.Respond || c == client.Secrets }
	changes := slices.ContainsFunc(change.Needs, func(c client.Capability) bool { return !reading(c) })
	if change.Continues || !changes && len(change.Needs) > 0 || t.seen[keyOf(change)] {
		return 0
	}
	return max(1, change.Count)
}

// nameOf names the object of a change; it is empty for a new one and for several.
func nameOf(change client.Change) string {
	if change.Kind == nil || change.ID == "" || change.Count > 1 {
		return ""
	}
	return change.Kind.Name + " " + change.ID
}

// keyOf tells the object of a change from those of other servers; it is empty where nameOf is.
func keyOf(change client.Change) string {
	name := nameOf(change)
	if name == "" {
		return ""
	}
	return change.Server + " " + name
}

// reach bounds how many objects are changed. It is safe for concurrent use.
type reach struct {
	most      int
	confirmed int

	mu    sync.Mutex
	tally Tally
}

// count counts a change, or says why it is one too many.
func (r *reach) count(change client.Change) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, made := r.tally.further(change), r.tally.made
	total, bulk := made+n, n > 1
	if r.most <= 0 || n == 0 || total <= r.most || total == r.confirmed || total < r.confirmed && !(bulk && n > r.most) {
		r.tally.Add(change)
		return nil
	}
	e := &ReachError{Action: strings.TrimSpace(change.Action), Count: total, Made: made, Limit: r.most, Confirmed: r.confirmed,
		Which: slices.Clone(r.tally.last)}
	if bulk {
		e.Which = slices.Clone(change.Which)
	}
	return e
}

// judge refuses a change that something speaks against, unless its number was confirmed.
func (r *reach) judge(change client.Change) error {
	e := &CautionError{Action: strings.TrimSpace(change.Action)}
	for _, c := range change.Against {
		hosts := max(1, c.Hosts)
		if c.Always || r.most > 0 && hosts > r.most {
			e.Reasons = append(e.Reasons, c.Reason)
			e.Hosts = max(e.Hosts, hosts)
		}
	}
	if len(e.Reasons) == 0 || e.Hosts == r.confirmed {
		return nil
	}
	return e
}
