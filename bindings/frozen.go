package bindings

import (
	"errors"
	"fmt"
	"regexp"
)

// A FrozenError says that the function of a job tried to change a value that is not its own.
type FrozenError struct {
	Err error // what the interpreter says
}

// Error says what was tried, why it cannot be, and what to do instead.
func (e *FrozenError) Error() string {
	return fmt.Sprintf("%v: a job runs beside the script and other jobs, so what its function finds outside itself is frozen; return the value instead, and gather it from job.result()", e.Err)
}

// Unwrap gives what the interpreter says.
func (e *FrozenError) Unwrap() error { return e.Err }

// Hint shows how the values of jobs are gathered.
func (*FrozenError) Hint() string {
	return "values = [job.result() for job in as_completed(jobs)] has what each function returned; in a function, list(x) or dict(x) makes a copy that can be changed"
}

// refusesFrozen reports whether a text is what the interpreter and the builtins say when a value is frozen.
func refusesFrozen(text string) bool {
	return regexp.MustCompile(`\bcannot [a-z ]+ frozen (?:list|hash table|writer|hash)$`).MatchString(text)
}

// explainFrozen explains the error of a job's function that tried to change what it shares. Errors of the script's own making,
// which may have such a text too, and all others are given as they are.
func explainFrozen(err error) error {
	failed, ok := err.(*ScriptError)
	var kinded interface{ Kind() string }
	if !ok || errors.As(err, &kinded) || !refusesFrozen(err.Error()) {
		return err
	}
	explained := *failed
	explained.Err = &FrozenError{failed.Err}
	return &explained
}
