package client

import (
	"errors"
	"fmt"
	"maps"
)

// PartialChangeError is a change of many objects that failed after some of them had been changed. It wraps the failure
// of the request at which it stopped; nothing was sent after that.
type PartialChangeError struct {
	Action    string // "set_ignored"
	Unit      string // "alerts"
	Changed   int    // how many the server has confirmed
	Uncertain int    // how many more were in the request that failed, when it may have been carried out all the same
	Total     int
	Err       error
}

// Error says how many were changed, how many were not, and why.
func (e *PartialChangeError) Error() string {
	text := fmt.Sprintf("%s stopped after %d of %d %s were changed", e.Action, e.Changed, e.Total, e.Unit)
	if e.Uncertain > 0 {
		text += fmt.Sprintf(" (the next %d may have been changed too)", e.Uncertain)
	}
	return fmt.Sprintf("%s: %v", text, e.Err)
}

// Unwrap gives the failure.
func (e *PartialChangeError) Unwrap() error { return e.Err }

// Kind is "PartialChangeError".
func (e *PartialChangeError) Kind() string { return "PartialChangeError" }

// Facts are changed, uncertain, unchanged, total, cause (the kind of the failure), and the facts of the failure.
func (e *PartialChangeError) Facts() map[string]any {
	facts := map[string]any{}
	var cause Error
	if errors.As(e.Err, &cause) {
		maps.Copy(facts, cause.Facts())
		facts["cause"] = cause.Kind()
	}
	facts["changed"], facts["uncertain"], facts["total"] = e.Changed, e.Uncertain, e.Total
	facts["unchanged"] = e.Total - e.Changed - e.Uncertain
	return facts
}

// Hint says how to go on.
func (e *PartialChangeError) Hint() string {
	return "run the same query again: it then has what is left, once the server shows the change"
}
