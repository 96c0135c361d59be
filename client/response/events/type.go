package events

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/cbtime"
)

// Type is the table of one type of event. It is read only and safe for concurrent use.
type Type struct {
	// Name is the type's name in scripts, for example CbModLoadEvent.
	Name string
	// Doc says what an event of the type tells, in one line.
	Doc string
	// Title is how the event is called when printed, for example Cb Module Load event.
	Title string
	// List is the member of the process document that holds these events, for example modload_complete.
	List string
	// Attributes are what an event of this type has, in the order of the reference.
	Attributes []Attribute
	// Printed are the names of the attributes that are printed, in that order.
	Printed []string
}

// Attribute is one attribute of a type.
type Attribute struct {
	// Name is the attribute's name in scripts.
	Name string
	// Returns is the type of its values: string, int, bool, time or dict.
	Returns string
	// Doc says what it is, in one line.
	Doc string
	// Get gives an event's value: a string, int64, bool, time.Time, map[string]any, or nil for none. It gives nil for an event of
	// another type.
	Get func(Event) any
}

// Types are all types, in the order in which their lists are documented.
func Types() []*Type {
	return []*Type{modloadType, filemodType, regmodType, netconnType, childprocType, crossprocType, processblockType}
}

// Attribute gives the attribute of that name.
func (t *Type) Attribute(name string) (Attribute, bool) {
	i := slices.IndexFunc(t.Attributes, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return Attribute{}, false
	}
	return t.Attributes[i], true
}

// Text is the printed form of an event: its title, and a line for each of the type's printed attributes. Texts of an endpoint
// stand in it as they came.
func Text(e Event) string {
	var b strings.Builder
	b.WriteString(e.Type().Title)
	b.WriteByte(':')
	for _, name := range e.Type().Printed {
		if a, ok := e.Type().Attribute(name); ok {
			fmt.Fprintf(&b, "\n%-20s : %s", name, shown(a.Get(e)))
		}
	}
	return b.String()
}

// shown writes a value as scripts do.
func shown(value any) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case time.Time:
		return cbtime.FormatEvent(v)
	}
	return fmt.Sprint(value)
}

// attribute makes an attribute of the events of type E.
func attribute[E Event](name, returns, doc string, get func(E) any) Attribute {
	return Attribute{Name: name, Returns: returns, Doc: doc, Get: func(e Event) any {
		if event, ok := e.(E); ok {
			return get(event)
		}
		return nil
	}}
}

// withCommon is the attributes of a type, behind those that all events have.
func withCommon(own ...Attribute) []Attribute {
	return append([]Attribute{
		attribute("timestamp", "time", "When it happened, by the endpoint's clock.", func(e Event) any { return e.Common().Timestamp }),
		attribute("sequence", "int", "Its position in the list of events of this type, from 0.", func(e Event) any { return int64(e.Common().Sequence) }),
		attribute("tamper_event", "bool", "Whether it was an attempt to tamper with the sensor.", tampered),
	}, own...)
}

// tamperFlag is the second name of tamper_event, which the events have whose entries carry the flag.
func tamperFlag() Attribute {
	return attribute("tamper_flag", "bool", "The same as tamper_event.", tampered)
}

func tampered(e Event) any { return e.Common().Tamper }

// wordOrNone is nil for the empty text, which an enumeration gives for a number that has no word.
func wordOrNone(word string) any {
	if word == "" {
		return nil
	}
	return word
}
