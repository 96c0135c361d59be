package events

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client/cbtime"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// piped splits an entry of the text form into its parts. Where there are more than most, the surplus belongs to the part at position
// free: a path, the only one that can hold a bar itself.
func piped(entry jsondoc.Value, least, most, free int) ([]string, error) {
	if entry.Kind() != jsondoc.String {
		return nil, fmt.Errorf("want text with | between its parts, found a JSON %s", entry.Kind())
	}
	parts := strings.Split(entry.Text(), "|")
	if len(parts) < least {
		return nil, fmt.Errorf("want at least %d parts with | between them, found %d", least, len(parts))
	}
	if surplus := len(parts) - most; surplus > 0 {
		path := strings.Join(parts[free:free+surplus+1], "|")
		parts = append(append(parts[:free:free], path), parts[free+surplus+1:]...)
	}
	return parts, nil
}

// header makes the header of an event that happened at the time in text.
func header(text string, sequence int, tamper bool) (Header, error) {
	at, err := cbtime.ParseEvent(text)
	return Header{Timestamp: at, Sequence: sequence, Tamper: tamper}, err
}

// isTrue reads the part at position i as a truth value; false when there is none.
func isTrue(parts []string, i int) bool { return i < len(parts) && parts[i] == "true" }

// object reads the members of an entry of the object form.
type object struct{ doc jsondoc.Doc }

func newObject(entry jsondoc.Value, shapes *jsondoc.Shapes) (object, error) {
	doc, ok := entry.Doc(shapes)
	if !ok {
		return object{}, fmt.Errorf("want an object, found a JSON %s", entry.Kind())
	}
	return object{doc}, nil
}

// text is a member as text: empty when absent or null, the JSON text of what is not a string.
func (o object) text(name string) string {
	v, _ := o.doc.Get(name)
	if v.IsNull() {
		return ""
	}
	return v.Text()
}

// number is a member as an integer, also one written as text; 0 when absent or null.
func (o object) number(name string) (int, error) {
	v, _ := o.doc.Get(name)
	if v.IsNull() {
		return 0, nil
	}
	n, err := strconv.Atoi(v.Text())
	if err != nil {
		return 0, fmt.Errorf("want a number for %s, found %q", name, cut(v.Text()))
	}
	return n, nil
}

// is reads a member as a truth value, also one written as text; false when absent.
func (o object) is(name string) bool { return o.text(name) == "true" }

// header makes the header from the member that holds the time; an absent time is 1970.
func (o object) header(name string, sequence int, tamper bool) (Header, error) {
	text := o.text(name)
	if text == "" {
		return Header{Timestamp: cbtime.Epoch(), Sequence: sequence, Tamper: tamper}, nil
	}
	return header(text, sequence, tamper)
}
