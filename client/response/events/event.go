package events

import (
	"slices"
	"time"
)

// Event is one event of a process: a [*Modload], [*Filemod], [*Regmod], [*Netconn], [*Childproc], [*Crossproc] or
// [*Processblock]. It is not changed after it is made.
type Event interface {
	// Type describes the event's attributes.
	Type() *Type
	// Common is what all events have.
	Common() Header
}

// Header is what all events have.
type Header struct {
	// Timestamp is when it happened by the endpoint's clock. The servers say nothing reliable about its zone: the reading is given as
	// if it were UTC.
	Timestamp time.Time
	// Sequence is the position of the event in its list, from 0.
	Sequence int
	// Tamper is set when the event was an attempt to tamper with the sensor.
	Tamper bool
}

// Common gives the header itself.
func (h *Header) Common() Header { return *h }

// Append appends the events of a list to dst.
func Append[E Event](dst []Event, list []E) []Event {
	dst = slices.Grow(dst, len(list))
	for _, e := range list {
		dst = append(dst, e)
	}
	return dst
}

// Sort orders events by time. Events of the same time keep their order.
func Sort(all []Event) {
	slices.SortStableFunc(all, func(a, b Event) int { return a.Common().Timestamp.Compare(b.Common().Timestamp) })
}
