package builtins

import (
	"context"
	"fmt"
	"time"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/arg"
	"github.com/cbscript/cbscript/bindings/clock"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func timeModule() Builtin {
	zone := Param{Name: "location", Default: `"UTC"`, Doc: `the zone of a text without one, such as "Europe/Berlin"`}
	unit := func(name string, d time.Duration) Builtin {
		return constant("time."+name, clock.Duration(d), "One "+name+".")
	}
	return module("time", "Times and durations. Times of the servers are in UTC.",
		function("time.now", timeNow, "time", "The present, in UTC."),
		function("time.parse_time", timeParse, "time",
			"Reads a time: by a Go layout, or without one in the forms of RFC 3339, of print, or as a date alone.",
			Param{Name: "x"}, Param{Name: "format", Default: "None", Doc: `a layout, such as "2006-01-02"`}, zone),
		function("time.strptime", timeStrptime, "time", "Reads a time by percent letters, as Python does.",
			Param{Name: "x"}, Param{Name: "format", Doc: `such as "%Y-%m-%d %H:%M:%S"`}, zone),
		function("time.from_timestamp", timeFromTimestamp, "time", "The time of a number of seconds since 1970, in UTC.",
			Param{Name: "sec", Doc: "an int or a float"}, Param{Name: "nsec", Default: "0", Doc: "nanoseconds to add"}),
		function("time.time", timeOf, "time", "The time of a calendar date.",
			Param{Name: "year", Default: "1"}, Param{Name: "month", Default: "1"}, Param{Name: "day", Default: "1"},
			Param{Name: "hour", Default: "0"}, Param{Name: "minute", Default: "0"}, Param{Name: "second", Default: "0"},
			Param{Name: "nanosecond", Default: "0"}, Param{Name: "location", Default: `"UTC"`}),
		function("time.parse_duration", timeParseDuration, "duration",
			`Reads a duration, such as "90s", "1h30m", "7d", or seconds as a number.`, Param{Name: "d"}),
		function("time.is_valid_timezone", timeIsZone, "bool", "Says whether there is a time zone of that name.",
			Param{Name: "loc"}),
		function("time.sleep", timeSleep, "None", "Waits.", Param{Name: "duration", Doc: "seconds, or a duration"}),
		unit("nanosecond", time.Nanosecond), unit("microsecond", time.Microsecond), unit("millisecond", time.Millisecond),
		unit("second", time.Second), unit("minute", time.Minute), unit("hour", time.Hour), unit("day", 24*time.Hour),
	)
}

func timeNow(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	now, err := clock.Now(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return now, nil
}

func timeParse(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		x, format string
		loc       clock.Location
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x, "format??", &format, "location?", &loc); err != nil {
		return nil, err
	}
	parsed, err := clock.ParseTime(x, loc.Location())
	if format != "" {
		parsed, err = clock.ParseLayout(format, x, loc.Location())
	}
	return named(b, parsed, err)
}

func timeStrptime(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		x, format string
		loc       clock.Location
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x, "format", &format, "location?", &loc); err != nil {
		return nil, err
	}
	layout, err := clock.StrftimeLayout(format)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	parsed, err := clock.ParseLayout(layout, x, loc.Location())
	return named(b, parsed, err)
}

// named puts the name of the builtin before an error.
func named(b *starlark.Builtin, v starlark.Value, err error) (starlark.Value, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return v, nil
}

func timeFromTimestamp(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		sec  starlark.Value
		nsec int64
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "sec", &sec, "nsec?", &nsec); err != nil {
		return nil, err
	}
	switch sec := sec.(type) {
	case starlark.Int:
		n, ok := sec.Int64()
		if !ok || n < minUnix || n > maxUnix {
			return nil, fmt.Errorf("%s: for parameter sec: got %s, want a time of the years 1 to 9999", b.Name(), sec)
		}
		return clock.Time(time.Unix(n, nsec).UTC()), nil
	case starlark.Float:
		d, err := clock.FromSeconds(float64(sec))
		if err != nil {
			return nil, fmt.Errorf("%s: for parameter sec: %w", b.Name(), err)
		}
		return clock.Time(time.Unix(0, int64(d)).Add(time.Duration(nsec)).UTC()), nil
	}
	return nil, fmt.Errorf("%s: for parameter sec: got %s, want a number of seconds", b.Name(), sec.Type())
}

// The seconds of the first and the last moment that prints with four digits of a year.
const (
	minUnix = -62135596800
	maxUnix = 253402300799
)

func timeOf(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	year, month, day := 1, 1, 1
	var (
		hour, minute, second, nano int
		loc                        clock.Location
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "year?", &year, "month?", &month, "day?", &day, "hour?", &hour,
		"minute?", &minute, "second?", &second, "nanosecond?", &nano, "location?", &loc); err != nil {
		return nil, err
	}
	moment, err := clock.Date(year, month, day, hour, minute, second, nano, loc.Location())
	return named(b, moment, err)
}

func timeParseDuration(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var d arg.Duration
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "d", &d); err != nil {
		return nil, err
	}
	return clock.Duration(d), nil
}

func timeIsZone(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var name starlark.String
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "loc", &name); err != nil {
		return nil, err
	}
	var loc clock.Location
	return starlark.Bool(loc.Unpack(name) == nil), nil
}

func timeSleep(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var d arg.Duration
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "duration", &d); err != nil {
		return nil, err
	}
	ctx := bindings.Context(t)
	timer := time.NewTimer(time.Duration(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return starlark.None, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", b.Name(), context.Cause(ctx))
	}
}

func timedeltaBuiltin() Builtin {
	return function("timedelta", timedelta, "duration",
		"Makes a duration from its parts, ints or floats, which may be negative.",
		Param{Name: "days", Default: "0"}, Param{Name: "seconds", Default: "0"}, Param{Name: "microseconds", Default: "0"},
		Param{Name: "milliseconds", Default: "0"}, Param{Name: "minutes", Default: "0"}, Param{Name: "hours", Default: "0"},
		Param{Name: "weeks", Default: "0"})
}

// timedelta takes its parts in Python's order.
func timedelta(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	units := []struct {
		name string
		unit time.Duration
	}{
		{"days?", 24 * time.Hour}, {"seconds?", time.Second}, {"microseconds?", time.Microsecond},
		{"milliseconds?", time.Millisecond}, {"minutes?", time.Minute}, {"hours?", time.Hour}, {"weeks?", 7 * 24 * time.Hour},
	}
	counts := make([]number, len(units))
	pairs := make([]any, 0, 2*len(units))
	for i, u := range units {
		pairs = append(pairs, u.name, &counts[i])
	}
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, pairs...); err != nil {
		return nil, err
	}
	var sum starlark.Value = clock.Duration(0)
	for i, u := range units {
		if counts[i].v == nil {
			continue
		}
		part, err := starlark.Binary(syntax.STAR, clock.Duration(u.unit), counts[i].v)
		if err == nil {
			sum, err = starlark.Binary(syntax.PLUS, sum, part)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name(), err)
		}
	}
	return sum, nil
}

// number is an int or a float.
type number struct{ v starlark.Value }

// Unpack implements starlark.Unpacker.
func (n *number) Unpack(v starlark.Value) error {
	switch v.(type) {
	case starlark.Int, starlark.Float:
		n.v = v
		return nil
	}
	return fmt.Errorf("got %s, want a number", v.Type())
}
