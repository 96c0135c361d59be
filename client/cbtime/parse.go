// Package cbtime reads and writes the forms in which the servers express times.
//
// [Parse] takes the general forms and keeps the zone, [ParseEvent] those of process events, whose zone means nothing, and
// [ParseIndex] the one form of the search index. The Format functions write the forms that requests need, [FromMillis]
// and [FromFiletime] convert times that are numbers. Nothing here reads a clock or the local zone.
//
// Source: contract/model.md, section 3.
package cbtime

import (
	"fmt"
	"strings"
	"time"
)

// ParseError says that a text is not a time.
type ParseError struct {
	// Text is the text, cut to its first 64 characters.
	Text string
	// Want says what was expected, or what is wrong.
	Want string
}

// Error quotes the text, as it may come from an endpoint.
func (e *ParseError) Error() string {
	return fmt.Sprintf("cannot read %q as a time: %s", e.Text, e.Want)
}

// maxQuoted is how much of a refused text an error repeats, in characters.
const maxQuoted = 64

func refuse(text, want string) (time.Time, error) {
	n := 0
	for i := range text {
		if n++; n > maxQuoted {
			text = text[:i]
			break
		}
	}
	return time.Time{}, &ParseError{Text: text, Want: want}
}

// Epoch is 1970-01-01T00:00:00Z, which the client reads where a document has null for a time.
func Epoch() time.Time { return time.Unix(0, 0).UTC() }

// Parse reads a date with or without a time of day, in ISO 8601 (2017-05-01T01:02:05.456Z, 20170501T010205+0100,
// 2018-02-06 12:44:33.883886-06:00) and in the usual forms with names of months (Tue, 06 Feb 2018 18:44:33 GMT) and with
// slashes (2/6/2018 6:44:33 PM, month first). The result is in the zone of the text; in UTC when the text has none. A zone that is
// given by a name other than UTC, GMT and Z is refused, because names stand for different zones. The error is a [*ParseError].
func Parse(text string) (time.Time, error) {
	trimmed := strings.TrimSpace(text)
	t, bad := parseISO(trimmed)
	if bad == "" {
		return t, nil
	}
	if t, ok := parseNamed(trimmed); ok {
		return t, nil
	}
	return refuse(text, bad)
}

// ParseEvent reads the time of a process event, in any form of [Parse]. These times are the endpoint's clock readings, some
// carry a zone and some do not: the zone is dropped, and the reading given back as if it were UTC.
func ParseEvent(text string) (time.Time, error) {
	t, err := Parse(text)
	if err != nil {
		return time.Time{}, err
	}
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC(), nil
}

// ParseIndex reads a time of the search index as decoded from a document: a string of exactly the form YYYY-MM-DDThh:mm:ssZ, with or
// without a fraction of one to six digits, or the int64 -1, which the servers write where they know no time and which is
// 1970-01-01T00:00:00Z. The result is in UTC, the error is a [*ParseError].
func ParseIndex(raw any) (time.Time, error) {
	const form = "want YYYY-MM-DDThh:mm:ss.ffffffZ"
	if raw == int64(-1) {
		return Epoch(), nil
	}
	text, ok := raw.(string)
	if !ok {
		return refuse(fmt.Sprint(raw), form)
	}
	fraction := len(text) - len("2006-01-02T15:04:05.Z")
	if fraction != -1 && (fraction < 1 || fraction > 6) || text[10] != 'T' || text[len(text)-1] != 'Z' {
		return refuse(text, form)
	}
	s := scanner{text: text[:len(text)-1]}
	date, ok := s.date('-')
	if !ok || !s.skip('T') {
		return refuse(text, form)
	}
	clock, ok := s.clock()
	if !ok || s.rest() != "" || s.compact || s.noSeconds || strings.Contains(text, ",") {
		return refuse(text, form)
	}
	if bad := date.check(clock); bad != "" {
		return refuse(text, bad)
	}
	return date.at(clock, time.UTC), nil
}

// parseNamed reads the forms that are not ISO 8601.
func parseNamed(text string) (time.Time, bool) {
	for _, layout := range []string{
		"Mon, 2 Jan 2006 15:04:05 MST", time.RFC1123Z, "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700",
		"2 Jan 2006 15:04:05", "2 Jan 2006", time.RFC850, time.ANSIC, time.UnixDate, time.RubyDate,
		"Jan 2 2006 15:04:05", "Jan 2, 2006 15:04:05", "Jan 2, 2006 3:04:05 PM", "Jan 2, 2006", "January 2, 2006",
		"2 January 2006", "1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", "1/2/2006",
	} {
		// In UTC, names of zones have no meaning taken from this machine.
		t, err := time.ParseInLocation(layout, text, time.UTC)
		if err != nil {
			continue
		}
		name, offset := t.Zone()
		if offset == 0 && name != "" && name != "UTC" && name != "GMT" {
			return time.Time{}, false
		}
		if t.Year() < 1 {
			return time.Time{}, false
		}
		return t.In(zone(offset)), true
	}
	return time.Time{}, false
}

// zone is UTC for no offset, so that equal times compare equal with == as well.
func zone(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone("", offset)
}
