package runtime_test

import (
	"time"

	"github.com/cbscript/cbscript/bindings/clock"
	"go.starlark.net/starlark"
)

// timeOf gives the seconds of the thread's clock.
func timeOf(t *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	now, err := clock.Now(t)
	if err != nil {
		return nil, err
	}
	return starlark.MakeInt64(time.Time(now).Unix()), nil
}
