// Package cbtime reads and writes the forms in which Carbon Black servers tell times.
//
// Source: contract/model.md, section 3, "Date and time conversions".
package cbtime

import (
	"fmt"
	"strings"
	"time"
)

// The forms of a time that servers were seen to send, and those of the older documentation.
var layouts = []string{
	"2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999Z0700",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04Z07:00",
	"2006-01-02 15:04",
	"2006-01-02",
	time.RFC1123,
	time.RFC1123Z,
	"Mon Jan _2 15:04:05 2006",
}

// ParseError is text that is not a time in any form that servers use.
type ParseError struct{ Text string }

// Error names the text.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%q is not a time, want for example 2016-11-11T20:59:31.631Z", e.Text)
}

// Parse reads a time in any form that servers use. A zone is kept; a time without one is taken as UTC. Text that is
// none is a [ParseError].
func Parse(text string) (time.Time, error) {
	trimmed := strings.TrimSpace(text)
	for _, layout := range layouts {
		if t, err := time.Parse(layout, trimmed); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &ParseError{text}
}

// ParseEvent reads the time of an event, which is the endpoint's local time: a zone is dropped, and the result is in
// UTC only so that two of them can be compared.
func ParseEvent(text string) (time.Time, error) {
	t, err := Parse(text)
	if err != nil {
		return t, err
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), nil
}

// ParseIndex reads a time of the search index, strictly "2016-11-11T20:59:31.631Z" with up to six fraction digits, in
// UTC. The number -1 is 1970-01-01. Anything else is a [ParseError].
func ParseIndex(raw any) (time.Time, error) {
	if raw == int64(-1) {
		return time.Unix(0, 0).UTC(), nil
	}
	text, ok := raw.(string)
	if !ok {
		return time.Time{}, &ParseError{fmt.Sprint(raw)}
	}
	t, err := time.Parse("2006-01-02T15:04:05.999999Z", text)
	if err != nil || len(text) > len("2006-01-02T15:04:05.999999Z") {
		return time.Time{}, &ParseError{text}
	}
	return t, nil
}

// FormatIndex writes a time as the search index has it, always with six fraction digits.
func FormatIndex(t time.Time) string { return t.Format("2006-01-02T15:04:05.000000Z") }

// FormatServer writes a time for a field of a document: without a zone and without converting it.
func FormatServer(t time.Time) string { return t.Format("2006-01-02 15:04:05.000000") }

// FormatFlush writes a time for a sensor's flush on servers newer than 6.0.0. The clock's value is not converted.
func FormatFlush(t time.Time) string { return t.Format("Mon, 02 Jan 2006 15:04:05 GMT") }

// FormatFilter writes a time for the time filters of a process query, in UTC.
func FormatFilter(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
