package guard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/gate"
)

// Describe shows a change to a person: what would be done, with which request, what it needs, and how the object would
// differ. Lines with "-" are as it is, those with "+" as it would be, those with "!" speak against it. Secrets are
// placeholders.
//
//	save Sensor 7: PUT /api/v1/sensor/7 (needs isolate)
//	  - network_isolation_enabled: false
//	  + network_isolation_enabled: true
//
// Text that came from a server or an endpoint is in it as it is: a terminal needs it made visible.
func Describe(change client.Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s %s", strings.TrimSpace(change.Action), change.Method, change.Path)
	var facts []string
	if change.Count > 1 {
		facts = append(facts, fmt.Sprintf("%d objects", change.Count))
	}
	if len(change.Needs) > 0 {
		names := make([]string, len(change.Needs))
		for i, need := range change.Needs {
			names[i] = string(need)
		}
		facts = append(facts, "needs "+strings.Join(names, ", "))
	}
	if len(facts) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(facts, "; "))
	}
	b.WriteByte('\n')
	for _, caution := range change.Against {
		fmt.Fprintf(&b, "  ! %s (endpoints: %d)\n", caution.Reason, max(1, caution.Hosts))
	}
	if change.After != nil {
		d := &diff{b: &b}
		names := slices.Collect(maps.Keys(change.After))
		names = slices.AppendSeq(names, maps.Keys(change.Before))
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			before, had := change.Before[name]
			after, has := change.After[name]
			d.value(name, before, after, had && (before != nil || change.ID != ""), has)
		}
		return b.String()
	}
	for line := range strings.Lines(bodyText(change.Body)) {
		b.WriteString("  " + strings.TrimRight(line, "\n") + "\n")
	}
	return b.String()
}

// bodyText shows the body of a change that is no save of an object.
func bodyText(body any) string {
	var text []byte
	switch body := body.(type) {
	case nil:
		return ""
	case io.Reader:
		return "(a stream of bytes)"
	case []byte:
		text = body
	default:
		if body == client.NullBody {
			return "null"
		}
		var err error
		if text, err = readable(body); err != nil {
			return "(cannot be shown: " + err.Error() + ")"
		}
	}
	clean, err := gate.RedactJSON(text)
	if err != nil {
		return fmt.Sprintf("(%d bytes that are not JSON)", len(text))
	}
	var indented bytes.Buffer
	if json.Indent(&indented, []byte(clean), "", "  ") != nil {
		return clean
	}
	return indented.String()
}
