package clock

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"time"

	"github.com/cbscript/cbscript/bindings/attrs"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Duration is the Starlark value of a length of time, in nanoseconds. It is immutable.
type Duration time.Duration

var (
	_ starlark.HasAttrs       = Duration(0)
	_ starlark.HasBinary      = Duration(0)
	_ starlark.HasUnary       = Duration(0)
	_ starlark.TotallyOrdered = Duration(0)
)

// String gives the text that print and % show: 0:01:30, or 2 days, 0:01:30.500000. A negative duration has a
// sign before the text of the positive one. [ParseDuration] reads it back.
func (d Duration) String() string {
	sign, ns := "", uint64(d)
	if d < 0 {
		sign, ns = "-", -ns
	}
	const second = uint64(time.Second)
	s := ns / second
	text := fmt.Sprintf("%d:%02d:%02d", s/3600%24, s/60%60, s%60)
	switch frac := ns % second; {
	case frac == 0:
	case frac%1000 == 0:
		text += fmt.Sprintf(".%06d", frac/1000)
	default:
		text += fmt.Sprintf(".%09d", frac)
	}
	switch days := s / 86400; days {
	case 0:
	case 1:
		text = "1 day, " + text
	default:
		text = fmt.Sprintf("%d days, %s", days, text)
	}
	return sign + text
}

// Type is "time.duration".
func (d Duration) Type() string { return "time.duration" }

// Freeze does nothing: the value is immutable.
func (d Duration) Freeze() {}

// Truth is false for no time at all.
func (d Duration) Truth() starlark.Bool { return d != 0 }

// Hash is the same for equal durations.
func (d Duration) Hash() (uint32, error) { return uint32(d) ^ uint32(int64(d)>>32), nil }

// Cmp orders durations by length.
func (d Duration) Cmp(y starlark.Value, _ int) (int, error) {
	switch y := y.(Duration); {
	case d < y:
		return -1, nil
	case d > y:
		return 1, nil
	}
	return 0, nil
}

// Unary implements +d and -d.
func (d Duration) Unary(op syntax.Token) (starlark.Value, error) {
	switch op {
	case syntax.PLUS:
		return d, nil
	case syntax.MINUS:
		if d == math.MinInt64 {
			return nil, errRange
		}
		return -d, nil
	}
	return nil, nil
}

// Binary implements duration + and - duration, duration * and / number, and duration /, // and % duration.
func (d Duration) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if y, ok := y.(Duration); ok {
		return d.withDuration(op, y)
	}
	switch y.(type) {
	case starlark.Int, starlark.Float:
	default:
		return nil, nil
	}
	switch {
	case op == syntax.STAR:
		if n, ok := y.(starlark.Int); ok {
			return d.times(n)
		}
		f, _ := starlark.AsFloat(y)
		return fromFloat(float64(d) * f)
	case op == syntax.SLASH && side == starlark.Left:
		f, _ := starlark.AsFloat(y)
		if f == 0 {
			return nil, errors.New("duration division by zero")
		}
		return fromFloat(float64(d) / f)
	}
	return nil, nil
}

func (d Duration) withDuration(op syntax.Token, y Duration) (starlark.Value, error) {
	switch op {
	case syntax.PLUS:
		sum := d + y
		if (d > 0) == (y > 0) && (sum > 0) != (d > 0) && d != 0 && y != 0 {
			return nil, errRange
		}
		return sum, nil
	case syntax.MINUS:
		diff := d - y
		if (d < 0) != (y < 0) && (diff < 0) != (d < 0) {
			return nil, errRange
		}
		return diff, nil
	case syntax.SLASH, syntax.SLASHSLASH, syntax.PERCENT:
		if y == 0 {
			return nil, errors.New("duration division by zero")
		}
		if op == syntax.SLASH {
			return starlark.Float(float64(d) / float64(y)), nil
		}
		// Rounded down, as // and % of the language's numbers are.
		quotient, rest := d/y, d%y
		if rest != 0 && (rest < 0) != (y < 0) {
			quotient, rest = quotient-1, rest+y
		}
		if op == syntax.PERCENT {
			return rest, nil
		}
		return starlark.MakeInt64(int64(quotient)), nil
	}
	return nil, nil
}

func (d Duration) times(n starlark.Int) (starlark.Value, error) {
	i, ok := n.Int64()
	if !ok {
		return nil, errRange
	}
	magnitude := func(v int64) uint64 {
		if v < 0 {
			return -uint64(v)
		}
		return uint64(v)
	}
	if hi, lo := bits.Mul64(magnitude(int64(d)), magnitude(i)); hi != 0 || lo > math.MaxInt64 {
		return nil, errRange
	}
	return d * Duration(i), nil
}

// fromFloat rounds nanoseconds to a duration.
func fromFloat(ns float64) (Duration, error) {
	ns = math.Round(ns)
	if math.IsNaN(ns) || ns >= math.MaxInt64 || ns <= math.MinInt64 {
		return 0, errRange
	}
	return Duration(ns), nil
}

// FromSeconds returns the duration of a number of seconds, rounded to nanoseconds. A number that is not finite,
// or is beyond 292 years, gives an error.
func FromSeconds(s float64) (Duration, error) {
	d, err := fromFloat(s * 1e9)
	if err != nil {
		return 0, fmt.Errorf("%v seconds: %w", s, err)
	}
	return d, nil
}

// MarshalJSON gives the number of seconds.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).Seconds()) }

// Attr gives the duration in other units, and its methods.
func (d Duration) Attr(name string) (starlark.Value, error) { return durationAttrs.Get(d, name) }

// AttrNames gives their names, sorted.
func (d Duration) AttrNames() []string { return durationAttrs.Names() }

// AttrDocs describes the attributes.
func (d Duration) AttrDocs() []attrs.Doc { return durationAttrs.Docs() }

var durationAttrs = attrs.Table[Duration]{
	"days": attrs.Field("the whole duration in whole days, rounded down, as Python's timedelta has it",
		func(d Duration) starlark.Value {
			days := d / Duration(24*time.Hour)
			if d < 0 && d%Duration(24*time.Hour) != 0 {
				days--
			}
			return starlark.MakeInt64(int64(days))
		}),
	"hours":        total("hours", time.Duration.Hours),
	"minutes":      total("minutes", time.Duration.Minutes),
	"seconds":      total("seconds", time.Duration.Seconds),
	"milliseconds": whole("milliseconds", time.Duration.Milliseconds),
	"microseconds": whole("microseconds", time.Duration.Microseconds),
	"nanoseconds":  whole("nanoseconds", time.Duration.Nanoseconds),
	"total_seconds": attrs.Method[Duration]("total_seconds()", "the whole duration in seconds, as a float",
		func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
				return nil, err
			}
			return starlark.Float(time.Duration(attrs.Receiver[Duration](b)).Seconds()), nil
		}),
}

func total(unit string, get func(time.Duration) float64) attrs.Member[Duration] {
	return attrs.Field("the whole duration in "+unit+", as a float",
		func(d Duration) starlark.Value { return starlark.Float(get(time.Duration(d))) })
}

func whole(unit string, get func(time.Duration) int64) attrs.Member[Duration] {
	return attrs.Field("the whole duration in whole "+unit,
		func(d Duration) starlark.Value { return starlark.MakeInt64(get(time.Duration(d))) })
}
