package jobs

import "fmt"

// A TooManyEndpointsError says that a job was submitted for one endpoint more than a run may reach.
type TooManyEndpointsError struct {
	Most     int
	Endpoint int64 // the one too many
}

// Error names the limit.
func (e *TooManyEndpointsError) Error() string {
	return fmt.Sprintf("a job for sensor %d: the run has jobs for %d endpoints already, and --max-hosts allows no more", e.Endpoint, e.Most)
}

// Kind is "TooManyEndpointsError".
func (*TooManyEndpointsError) Kind() string { return "TooManyEndpointsError" }

// Facts are sensor_id and max_hosts.
func (e *TooManyEndpointsError) Facts() map[string]any {
	return map[string]any{"sensor_id": e.Endpoint, "max_hosts": e.Most}
}

// Hint says what to do.
func (*TooManyEndpointsError) Hint() string {
	return "narrow down the sensors that the script asks for, or run it with a higher --max-hosts"
}

// A StoppedError says that so many jobs failed that no further one is begun.
type StoppedError struct{ Most int }

// Error names the limit.
func (e *StoppedError) Error() string {
	failed := "1 job"
	if e.Most > 1 {
		failed = fmt.Sprintf("%d jobs", e.Most)
	}
	return failed + " failed, as many as --stop-after-failures allows"
}

// Kind is "StoppedError".
func (*StoppedError) Kind() string { return "StoppedError" }

// Facts are stop_after_failures.
func (e *StoppedError) Facts() map[string]any {
	return map[string]any{"stop_after_failures": e.Most}
}

// A NotRunError says that a job was not begun because no job of its run is begun any more.
type NotRunError struct {
	Endpoint int64
	Err      error // why: a [*StoppedError] or a [*StoreError]
}

// Error gives the reason.
func (e *NotRunError) Error() string {
	return fmt.Sprintf("the job on sensor %d was not run: %v", e.Endpoint, e.Err)
}

// Unwrap gives the reason.
func (e *NotRunError) Unwrap() error { return e.Err }

// Kind is "NotRunError".
func (*NotRunError) Kind() string { return "NotRunError" }

// Facts are sensor_id.
func (e *NotRunError) Facts() map[string]any { return map[string]any{"sensor_id": e.Endpoint} }
