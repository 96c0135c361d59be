// Package arg holds the types that builtins declare for their arguments: each checks one idea when
// starlark.UnpackArgs fills it, and all builtins share it, so that a script meets one rule and one wording.
//
//	var (
//		timeout arg.Timeout
//		workers arg.Workers = 8
//	)
//	err := starlark.UnpackArgs(b.Name(), args, kwargs, "timeout??", &timeout, "workers?", &workers)
//
// A variable keeps what it held, its default, when the argument is absent.
package arg

import (
	"fmt"
	"time"

	"github.com/cbscript/cbscript/bindings/clock"
	"go.starlark.net/starlark"
)

// Duration is a length of time: a number of seconds, a time.duration, or text such as "30s" or "7d".
type Duration time.Duration

// Unpack implements starlark.Unpacker.
func (d *Duration) Unpack(v starlark.Value) error {
	switch x := v.(type) {
	case clock.Duration:
		*d = Duration(x)
		return nil
	case starlark.Int, starlark.Float:
		f, _ := starlark.AsFloat(v)
		got, err := clock.FromSeconds(f)
		if err != nil {
			return err
		}
		*d = Duration(got)
		return nil
	case starlark.String:
		got, err := clock.ParseDuration(string(x))
		if err != nil {
			return err
		}
		*d = Duration(got)
		return nil
	}
	return fmt.Errorf(`got %s, want seconds, a duration, or text such as "30s"`, v.Type())
}

// Timeout is a [Duration] above zero. Zero, its zero value, stands for no limit.
type Timeout time.Duration

// Unpack implements starlark.Unpacker.
func (d *Timeout) Unpack(v starlark.Value) error {
	var got Duration
	if err := got.Unpack(v); err != nil {
		return err
	}
	if got <= 0 {
		return fmt.Errorf("got %s, want a duration above zero, or None for no limit", clock.Duration(got))
	}
	*d = Timeout(got)
	return nil
}

// Time is a moment: a time.time, or text such as "2016-11-11T20:59:31Z". Text without a zone is in UTC.
type Time time.Time

// Unpack implements starlark.Unpacker.
func (t *Time) Unpack(v starlark.Value) error {
	switch x := v.(type) {
	case clock.Time:
		*t = Time(x)
		return nil
	case starlark.String:
		got, err := clock.ParseTime(string(x), time.UTC)
		if err != nil {
			return err
		}
		*t = Time(got)
		return nil
	}
	return fmt.Errorf(`got %s, want a time, or text such as "2016-11-11T20:59:31Z"`, v.Type())
}

// MaxWorkers is the largest number of calls that a script may run at once.
const MaxWorkers = 64

// Workers is a number of calls to run at once, 1 to [MaxWorkers].
type Workers int

// Unpack implements starlark.Unpacker.
func (w *Workers) Unpack(v starlark.Value) error {
	n, err := intIn(v, 1, MaxWorkers)
	if err != nil {
		return err
	}
	*w = Workers(n)
	return nil
}

// Count is a number of things, 0 or more.
type Count int

// Unpack implements starlark.Unpacker.
func (c *Count) Unpack(v starlark.Value) error {
	n, err := intIn(v, 0, 1<<31-1)
	if err != nil {
		return err
	}
	*c = Count(n)
	return nil
}

// intIn returns the int that v holds if it lies within the bounds.
func intIn(v starlark.Value, low, high int) (int, error) {
	i, ok := v.(starlark.Int)
	if !ok {
		return 0, fmt.Errorf("got %s, want %d to %d", v.Type(), low, high)
	}
	n, ok := i.Int64()
	if !ok || n < int64(low) || n > int64(high) {
		return 0, fmt.Errorf("got %s, want %d to %d", i, low, high)
	}
	return int(n), nil
}
