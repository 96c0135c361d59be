package worker

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/plain"
	"github.com/cbscript/cbscript/runtime"
)

// fault is an error on its way to the other process: its text, and what scripts, reports and exit codes ask an error.
type fault struct {
	Text    text                `json:"text"`
	Kind    string              `json:"kind,omitempty"`
	Facts   any                 `json:"facts,omitempty"`
	Hint    string              `json:"hint,omitempty"`
	Timeout bool                `json:"timeout,omitempty"`
	Gate    *gateFault          `json:"gate,omitempty"`
	Limit   *runtime.LimitError `json:"limit,omitempty"`
	Cause   *fault              `json:"cause,omitempty"`
}

// gateFault is what a *gate.Error has besides.
type gateFault struct {
	Op, Method, URI string
	Kind            gate.Kind
}

// newFault describes an error, nil for none.
func newFault(err error) *fault {
	if err == nil {
		return nil
	}
	f := &fault{Text: text(err.Error())}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		f.Hint = hinted.Hint()
	}
	var own *gate.Error
	if errors.As(err, &own) && own == err {
		f.Gate = &gateFault{own.Op, own.Method, own.URI, own.Kind}
		f.Hint, f.Cause = own.Advice, newFault(own.Err)
		return f
	}
	if errors.As(err, &f.Limit) {
		return f
	}
	var kinded interface {
		Kind() string
		Facts() map[string]any
	}
	if errors.As(err, &kinded) {
		f.Kind, f.Facts = kinded.Kind(), plain.Pack(kinded.Facts())
	}
	var timeout interface{ Timeout() bool }
	f.Timeout = errors.As(err, &timeout) && timeout.Timeout()
	return f
}

// error gives the error that the fault describes, nil for none.
func (f *fault) error() error {
	switch {
	case f == nil:
		return nil
	case f.Gate != nil:
		kind := f.Gate.Kind
		if kind < gate.Connection || kind > gate.Closed {
			kind = gate.Connection
		}
		return &gate.Error{Op: f.Gate.Op, Method: f.Gate.Method, URI: f.Gate.URI, Kind: kind, Err: f.Cause.error(), Advice: f.Hint}
	case f.Limit != nil:
		return f.Limit
	case f.Kind == "":
		return &remoteError{f: *f}
	}
	facts := map[string]any{}
	if v, err := unpack(f.Facts); err == nil {
		if m, ok := v.(map[string]any); ok {
			facts = m
		}
	}
	return &kindedError{remoteError{f: *f}, facts}
}

// remoteError is an error of the other process that has no kind.
type remoteError struct{ f fault }

func (e *remoteError) Error() string { return string(e.f.Text) }
func (e *remoteError) Hint() string  { return e.f.Hint }
func (e *remoteError) Timeout() bool { return e.f.Timeout }

// kindedError is one that has a kind, and facts.
type kindedError struct {
	remoteError
	facts map[string]any
}

func (e *kindedError) Kind() string          { return e.f.Kind }
func (e *kindedError) Facts() map[string]any { return e.facts }

// header gives the fault as the value of a header.
func (f *fault) header() string {
	b, err := json.Marshal(f)
	if err != nil { // facts of a kind that JSON does not hold: pack leaves none
		b = []byte(`{"text":"the error cannot be described"}`)
	}
	return base64.StdEncoding.EncodeToString(b)
}

// faultOf reads what header gave.
func faultOf(header string) error {
	var f fault
	b, err := base64.StdEncoding.DecodeString(header)
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil {
		return &FrameError{"an error that cannot be read"}
	}
	return f.error()
}
