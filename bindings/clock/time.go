package clock

import (
	"errors"
	"fmt"
	"time"

	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Time is the Starlark value of a moment. It is immutable. Two times are equal when they are the same moment,
// whatever their zones. The zero value is the first of January of the year 1, and is the only false one.
type Time time.Time

var (
	_ starlark.HasAttrs       = Time{}
	_ starlark.HasBinary      = Time{}
	_ starlark.TotallyOrdered = Time{}
)

// String gives the text that print and % show: date and clock time, with microseconds unless they are zero
// (nanoseconds when there are any), and the offset from UTC unless the zone is UTC.
func (t Time) String() string {
	return t.iso(" ")
}

func (t Time) iso(separator string) string {
	g := time.Time(t)
	layout := "2006-01-02" + separator + "15:04:05"
	switch ns := g.Nanosecond(); {
	case ns == 0:
	case ns%1000 == 0:
		layout += ".000000"
	default:
		layout += ".000000000"
	}
	if g.Location() != time.UTC {
		layout += "-07:00"
	}
	return g.Format(layout)
}

// Type is "time.time".
func (t Time) Type() string { return "time.time" }

// Freeze does nothing: the value is immutable.
func (t Time) Freeze() {}

// Truth is false for the zero time alone.
func (t Time) Truth() starlark.Bool { return starlark.Bool(!time.Time(t).IsZero()) }

// Hash is the same for equal times.
func (t Time) Hash() (uint32, error) {
	ns := time.Time(t).UnixNano()
	return uint32(ns) ^ uint32(ns>>32), nil
}

// Cmp orders times by the moment.
func (t Time) Cmp(y starlark.Value, _ int) (int, error) {
	return time.Time(t).Compare(time.Time(y.(Time))), nil
}

// Binary implements time + duration, duration + time, time - duration and time - time.
func (t Time) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	switch y := y.(type) {
	case Duration:
		switch {
		case op == syntax.PLUS:
			return Time(time.Time(t).Add(time.Duration(y))), nil
		case op == syntax.MINUS && side == starlark.Left:
			return Time(time.Time(t).Add(-time.Duration(y))), nil
		}
	case Time:
		if op == syntax.MINUS {
			d := time.Time(t).Sub(time.Time(y))
			if !time.Time(y).Add(d).Equal(time.Time(t)) {
				return nil, fmt.Errorf("%s - %s: %w", t, y, errRange)
			}
			return Duration(d), nil
		}
	}
	return nil, nil
}

// MarshalJSON gives RFC 3339 text.
func (t Time) MarshalJSON() ([]byte, error) { return t.std().MarshalJSON() }

// Attr gives the parts of the time and its methods.
func (t Time) Attr(name string) (starlark.Value, error) { return timeAttrs.Get(t, name) }

// AttrNames gives their names, sorted.
func (t Time) AttrNames() []string { return timeAttrs.Names() }

var timeAttrs = attrs.Table[Time]{
	"year":        part("the year", time.Time.Year),
	"month":       part("the month, 1 to 12", func(t time.Time) int { return int(t.Month()) }),
	"day":         part("the day of the month, from 1", time.Time.Day),
	"hour":        part("the hour, 0 to 23", time.Time.Hour),
	"minute":      part("the minute, 0 to 59", time.Time.Minute),
	"second":      part("the second, 0 to 59", time.Time.Second),
	"microsecond": part("the microseconds below the second", func(t time.Time) int { return t.Nanosecond() / 1000 }),
	"nanosecond":  part("the nanoseconds below the second", time.Time.Nanosecond),
	"unix": attrs.Field("whole seconds since 1970", func(t Time) starlark.Value {
		return starlark.MakeInt64(t.std().Unix())
	}),
	"unix_nano": attrs.Field("nanoseconds since 1970", func(t Time) starlark.Value {
		return starlark.MakeInt64(t.std().UnixNano())
	}),

	"format":      attrs.Method[Time]("format(layout)", `the text by a Go layout, such as "2006-01-02"`, timeFormat),
	"in_location": attrs.Method[Time]("in_location(location)", `the same moment in a zone such as "Europe/Berlin"`, timeIn),

	"astimezone": attrs.Method[Time]("astimezone(location)", "the same as in_location", timeIn),
	"date":       attrs.Method[Time]("date()", `the date as text, such as "2016-11-11"`, timeDate),
	"time":       attrs.Method[Time]("time()", `the clock time as text, such as "20:59:31.631000"`, timeTime),
	"isoformat":  attrs.Method[Time](`isoformat(sep="T")`, "the text that str gives, with sep before the clock time", timeISO),
	"replace": attrs.Method[Time](
		"replace(year=, month=, day=, hour=, minute=, second=, microsecond=, nanosecond=)",
		"the time with these parts changed", timeReplace),
	"strftime":  attrs.Method[Time]("strftime(format)", `the text by percent letters, such as "%Y-%m-%d"`, timeStrftime),
	"timestamp": attrs.Method[Time]("timestamp()", "seconds since 1970, as a float", timeTimestamp),
	"weekday":   attrs.Method[Time]("weekday()", "0 for Monday to 6 for Sunday", timeWeekday),
}

func part(doc string, get func(time.Time) int) attrs.Member[Time] {
	return attrs.Field(doc, func(t Time) starlark.Value { return starlark.MakeInt(get(t.std())) })
}

// AttrDocs describes the attributes.
func (t Time) AttrDocs() []attrs.Doc { return timeAttrs.Docs() }

func timeFormat(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var layout string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "layout", &layout); err != nil {
		return nil, err
	}
	return starlark.String(attrs.Receiver[Time](b).std().Format(layout)), nil
}

func timeIn(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var loc Location
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "location", &loc); err != nil {
		return nil, err
	}
	return Time(attrs.Receiver[Time](b).std().In(loc.Location())), nil
}

func timeDate(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.String(attrs.Receiver[Time](b).std().Format(time.DateOnly)), nil
}

func timeTime(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	g := attrs.Receiver[Time](b).std()
	local := Time(time.Date(g.Year(), g.Month(), g.Day(), g.Hour(), g.Minute(), g.Second(), g.Nanosecond(), time.UTC))
	return starlark.String(local.String()[len("2006-01-02 "):]), nil
}

func timeISO(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sep := "T"
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "sep?", &sep); err != nil {
		return nil, err
	}
	if len(sep) != 1 {
		return nil, fmt.Errorf("%s: for parameter sep: got %q, want one character", b.Name(), sep)
	}
	return starlark.String(attrs.Receiver[Time](b).iso(sep)), nil
}

func timeReplace(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	g := attrs.Receiver[Time](b).std()
	for _, kv := range kwargs {
		if kv[0] == starlark.String("tzinfo") {
			return nil, errors.New("replace: times carry their zone, and those of the servers are in UTC already: " +
				"leave tzinfo out, or use in_location(name)")
		}
	}
	year, month, day := g.Year(), int(g.Month()), g.Day()
	hour, minute, second, nano := g.Hour(), g.Minute(), g.Second(), g.Nanosecond()
	micro := -1
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "year?", &year, "month?", &month, "day?", &day, "hour?", &hour,
		"minute?", &minute, "second?", &second, "microsecond?", &micro, "nanosecond?", &nano); err != nil {
		return nil, err
	}
	if micro >= 0 {
		nano = micro * 1000
	}
	t, err := Date(year, month, day, hour, minute, second, nano, g.Location())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return t, nil
}

func timeStrftime(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var format string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "format", &format); err != nil {
		return nil, err
	}
	text, err := Strftime(attrs.Receiver[Time](b).std(), format)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	return starlark.String(text), nil
}

func timeTimestamp(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	g := attrs.Receiver[Time](b).std()
	return starlark.Float(float64(g.Unix()) + float64(g.Nanosecond())/1e9), nil
}

func timeWeekday(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	return starlark.MakeInt((int(attrs.Receiver[Time](b).std().Weekday()) + 6) % 7), nil
}

func (t Time) std() time.Time { return time.Time(t) }
