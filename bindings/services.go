package bindings

import (
	"context"

	"go.starlark.net/starlark"
)

// Services are what the program around a script offers to values of the client: it knows how threads and the values of
// errors are made.
type Services struct {
	// NewThread makes a thread that runs beside the script, under the limits of its run. The caller attaches it. release is
	// called once, when the thread is done.
	NewThread func(ctx context.Context, name string) (t *starlark.Thread, release func())
	// Error gives the value of an error, as a script reads it.
	Error func(err error) starlark.Value
}

// servicesKey is the key under which a thread keeps its services.
const servicesKey = "cbscript.services"

// SetServices gives a thread its services. Call it before the thread runs.
func SetServices(t *starlark.Thread, s Services) { t.SetLocal(servicesKey, s) }

// servicesOf gives the thread's services; what the host does not offer is nil.
func servicesOf(t *starlark.Thread) Services {
	if t == nil {
		return Services{}
	}
	s, _ := t.Local(servicesKey).(Services)
	return s
}

// fromGoOn is FromGo for what is given to a script that runs on t: errors among the values of the client have a form
// there.
func fromGoOn(t *starlark.Thread, v any) (starlark.Value, error) {
	if err, ok := v.(error); ok {
		if s := servicesOf(t); s.Error != nil {
			return s.Error(err), nil
		}
	}
	return FromGo(v)
}
