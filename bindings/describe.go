package bindings

import "errors"

// GenericKind is the kind of an error that names none, such as one from the script function fail.
const GenericKind = "Error"

// A Fault is an error that a script can tell from others. Errors of the client implement it.
type Fault interface {
	error
	Kind() string          // the name that scripts compare, such as "ServerError"
	Facts() map[string]any // what more is known, by name, as values that FromGo takes
}

// Describe returns the kind of an error and its facts, from the first [Fault] that it wraps. An error
// without one has [GenericKind] and no facts.
func Describe(err error) (kind string, facts map[string]any) {
	var fault Fault
	if errors.As(err, &fault) {
		return fault.Kind(), fault.Facts()
	}
	return GenericKind, nil
}
