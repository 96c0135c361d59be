package clock

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // zones must not depend on the files of the machine: Windows has none

	"go.starlark.net/starlark"
)

// errRange is the cause of an error about a length of time that 64 bits of nanoseconds do not hold.
var errRange = errors.New("the result is out of range, want at most 292 years")

// Date returns the moment of a calendar date and clock time in a zone. Unlike time.Date it refuses parts out of
// their range (month 13, the 30th of February): in a script they are mistakes.
func Date(year, month, day, hour, minute, second, nano int, loc *time.Location) (Time, error) {
	for _, p := range []struct {
		name           string
		value, lo, top int
	}{
		{"year", year, 1, 9999}, {"month", month, 1, 12}, {"day", day, 1, 31}, {"hour", hour, 0, 23},
		{"minute", minute, 0, 59}, {"second", second, 0, 59}, {"nanosecond", nano, 0, 999_999_999},
	} {
		if p.value < p.lo || p.value > p.top {
			return Time{}, fmt.Errorf("for parameter %s: got %d, want %d to %d", p.name, p.value, p.lo, p.top)
		}
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nano, loc)
	if t.Day() != day {
		return Time{}, fmt.Errorf("for parameter day: month %d of %d has no day %d", month, year, day)
	}
	return Time(t), nil
}

// Location is a zone as a script names it. Its zero value is UTC. It implements starlark.Unpacker: the empty
// name and None are UTC, "Local" is refused, since the zone of the host is not the script's business.
type Location struct{ loc *time.Location }

// Location returns the zone.
func (l Location) Location() *time.Location {
	if l.loc == nil {
		return time.UTC
	}
	return l.loc
}

// Unpack implements starlark.Unpacker.
func (l *Location) Unpack(v starlark.Value) error {
	name, ok := starlark.AsString(v)
	switch {
	case v == starlark.None:
		name = ""
	case !ok:
		return fmt.Errorf("got %s, want the name of a time zone", v.Type())
	}
	if name == "Local" {
		return errors.New(`got "Local", want the name of a time zone, such as "Europe/Berlin"`)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return fmt.Errorf(`got %q, want the name of a time zone, such as "Europe/Berlin"`, name)
	}
	l.loc = loc
	return nil
}
