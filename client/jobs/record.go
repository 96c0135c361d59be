package jobs

import (
	"encoding/json"
	"fmt"
	"time"
)

// Outcome is how a job came out of a run.
type Outcome string

// The outcomes.
const (
	OutcomeDone     Outcome = "done"
	OutcomeFailed   Outcome = "failed"
	OutcomeTimedOut Outcome = "timed out" // its function ran longer than it may
	OutcomeOffline  Outcome = "offline"   // its endpoint did not come online in time
	OutcomeNotRun   Outcome = "not run"   // it was never begun: cancelled, or the run came to its end
)

// Record is what is known of a job, as a [Store] keeps it and as a table of outcomes shows it. Times are in UTC, and zero
// when that has not happened. Its form in JSON is stable; [ParseRecord] reads it.
type Record struct {
	Key     Key     `json:"key"`
	State   State   `json:"state"`
	Outcome Outcome `json:"outcome,omitempty"` // empty until the job has come to its end
	Host    string  `json:"host,omitempty"`    // the endpoint's name; empty when it is not known
	Run     int     `json:"run"`               // number of the run that last changed the record, from 1

	Submitted time.Time `json:"submitted,omitzero"`
	Started   time.Time `json:"started,omitzero"` // the function was called, the last time
	Ended     time.Time `json:"ended,omitzero"`

	Tries int `json:"tries,omitempty"` // how often the function was called, in all runs
	// Began says that the function was called, or was about to be.
	Began bool `json:"began,omitempty"`
	// Changing says that a request which changes something was about to be sent, so that what the function does may have
	// been done in part.
	Changing bool `json:"changing,omitempty"`

	Failure *Failure `json:"failure,omitempty"` // of a job that has ended and is not done
	// Value is what the function gave, as JSON; nil for a job that is not done and for a value that is not kept.
	Value json.RawMessage `json:"value,omitempty"`
	// Unkept says why the value of a job that is done is not kept; empty when it is.
	Unkept string `json:"unkept,omitempty"`
}

// The bounds of a record, in bytes of its JSON.
const (
	// MaxValue is how large a value is kept.
	MaxValue = 1 << 20
	// MaxRecord is how large a whole record may be.
	MaxRecord = 2 << 20

	maxText  = 64 << 10
	maxFacts = 256 << 10
)

// A RecordError says that something read is no record of a job.
type RecordError struct{ Reason string }

// Error gives the reason.
func (e *RecordError) Error() string { return "what was read is no record of a job: " + e.Reason }

// Encode gives the record as one line of JSON.
func (r Record) Encode() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, &RecordError{err.Error()}
	}
	if len(b) > MaxRecord {
		return nil, &RecordError{fmt.Sprintf("it has %d bytes, more than %d", len(b), MaxRecord)}
	}
	return b, nil
}

// ParseRecord reads a record from JSON. Its error is a [*RecordError]: for a form that is none, and for a record that no
// job can have.
func ParseRecord(b []byte) (Record, error) {
	var r Record
	if len(b) > MaxRecord {
		return r, &RecordError{fmt.Sprintf("it has %d bytes, more than %d", len(b), MaxRecord)}
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return Record{}, &RecordError{err.Error()}
	}
	if err := r.check(); err != nil {
		return Record{}, err
	}
	return r, nil
}

// check gives an error for a record that no job can have.
func (r *Record) check() error {
	wrong := func(format string, args ...any) error { return &RecordError{fmt.Sprintf(format, args...)} }
	if r.Key == (Key{}) {
		return wrong("it has no key")
	}
	switch r.State {
	case Waiting, Offline, Running, Done, Failed, Cancelled, NotRun:
	default:
		return wrong("its state is %q", r.State)
	}
	switch r.Outcome {
	case "", OutcomeDone, OutcomeFailed, OutcomeTimedOut, OutcomeOffline, OutcomeNotRun:
	default:
		return wrong("its outcome is %q", r.Outcome)
	}
	switch {
	case r.State.Ended() != (r.Outcome != ""):
		return wrong("its outcome is %q and its state %q", r.Outcome, r.State)
	case (r.State == Done) != (r.Outcome == OutcomeDone):
		return wrong("its outcome is %q and its state %q", r.Outcome, r.State)
	case r.Tries < 0 || r.Run < 0:
		return wrong("it has a negative number")
	case r.Changing && !r.Began:
		return wrong("it was changing before it began")
	case r.State == Done && (r.Value == nil) != (r.Unkept != ""):
		return wrong("it is done, and it is not known whether its value is kept")
	case r.State != Done && (r.Value != nil || r.Unkept != ""):
		return wrong("it has a value and is not done")
	}
	return nil
}
