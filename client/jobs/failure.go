package jobs

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"

	"github.com/cbscript/cbscript/client/plain"
)

// Failure is the error of a job as its record keeps it. It is an error that has the kind, the text, the facts and the hint
// of the one it was made of.
type Failure struct {
	Class  string         // what Kind gives; "Error" for an error that had none
	Text   string         // what Error gives
	Advice string         // what Hint gives, or empty
	Data   map[string]any // what Facts gives: plain values; nil for none
}

// genericClass is the kind of an error that has none.
const genericClass = "Error"

// FailureOf describes an error, nil for none. Texts are cut at 64 KiB, and facts that are larger than 256 KiB left out.
func FailureOf(err error) *Failure {
	if err == nil {
		return nil
	}
	f := &Failure{Class: genericClass, Text: bounded(err.Error())}
	var kinded interface {
		Kind() string
		Facts() map[string]any
	}
	if errors.As(err, &kinded) {
		f.Class = bounded(kinded.Kind())
		facts := kinded.Facts()
		if b, err := plain.Encode(facts); err == nil && len(b) <= maxFacts && len(facts) > 0 {
			f.Data = maps.Clone(facts)
		}
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		f.Advice = bounded(hinted.Hint())
	}
	return f
}

// bounded gives a text as JSON can hold it, cut when it is too long.
func bounded(text string) string {
	if len(text) > maxText {
		text = text[:maxText] + "..."
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// Error is the text.
func (f *Failure) Error() string { return f.Text }

// Kind is the kind of the error that the failure was made of.
func (f *Failure) Kind() string { return f.Class }

// Facts are those of the error that the failure was made of; never nil.
func (f *Failure) Facts() map[string]any {
	if f.Data == nil {
		return map[string]any{}
	}
	return maps.Clone(f.Data)
}

// Hint is what to do next, or empty.
func (f *Failure) Hint() string { return f.Advice }

// failureForm is a failure in JSON.
type failureForm struct {
	Kind  string          `json:"kind"`
	Text  string          `json:"text"`
	Hint  string          `json:"hint,omitempty"`
	Facts json.RawMessage `json:"facts,omitempty"` // as plain.Encode gives them
}

// MarshalJSON gives an object with kind, text, hint and facts.
func (f *Failure) MarshalJSON() ([]byte, error) {
	form := failureForm{Kind: f.Class, Text: f.Text, Hint: f.Advice}
	if len(f.Data) > 0 {
		var err error
		if form.Facts, err = plain.Encode(f.Data); err != nil {
			return nil, err
		}
	}
	return json.Marshal(form)
}

// UnmarshalJSON reads it.
func (f *Failure) UnmarshalJSON(b []byte) error {
	var form failureForm
	if err := json.Unmarshal(b, &form); err != nil {
		return err
	}
	*f = Failure{Class: form.Kind, Text: form.Text, Advice: form.Hint}
	if form.Facts == nil {
		return nil
	}
	facts, err := plain.Decode(form.Facts)
	if err != nil {
		return err
	}
	m, ok := facts.(map[string]any)
	if !ok {
		return &plain.FormError{Reason: "facts that are no map"}
	}
	f.Data = m
	return nil
}
