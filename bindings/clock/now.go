package clock

import (
	"errors"
	"time"

	"go.starlark.net/starlark"
)

// ErrNoClock is returned by [Now] for a thread without a clock.
var ErrNoClock = errors.New("the host of this script gives it no clock")

// nowKey is the key under which a thread keeps its clock.
const nowKey = "cbscript.now"

// SetNow gives a thread the clock that time.now reads. Call it before the thread runs. The demo and the tests
// hand in one that stands still.
func SetNow(t *starlark.Thread, now func() time.Time) { t.SetLocal(nowKey, now) }

// Clock returns the clock of a thread, or nil. Whoever makes a thread for a part of a script passes it on.
func Clock(t *starlark.Thread) func() time.Time {
	now, _ := t.Local(nowKey).(func() time.Time)
	return now
}

// Now returns the present by the thread's clock, in UTC.
//
// Errors: ErrNoClock.
func Now(t *starlark.Thread) (Time, error) {
	now := Clock(t)
	if now == nil {
		return Time{}, ErrNoClock
	}
	return Time(now().UTC()), nil
}
