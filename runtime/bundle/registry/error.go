package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/errcode"

	"github.com/cbscript/cbscript/runtime/bundle"
)

const kindRegistry = "RegistryError"

// An Error says what a registry could not do, and why.
type Error struct {
	Op     string // what was tried, such as "get acme/hunts@1.2.0"
	Place  string // the registry
	Err    error
	Advice string // what to do, or empty

	kind string
}

// Error names what was tried, the registry and the cause.
func (e *Error) Error() string { return fmt.Sprintf("%s: registry %s: %v", e.Op, e.Place, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Kind is "CredentialError" when the registry wants other credentials, "ServerError" when it could not be reached or failed,
// "UsageError" for an address that is none, and otherwise "RegistryError".
func (e *Error) Kind() string { return e.kind }

// Hint says what to do next, or is empty.
func (e *Error) Hint() string { return e.Advice }

// missing is the cause of an error about something that is not published.
type missing struct{ error }

func (e missing) Is(target error) bool { return target == fs.ErrNotExist }

// failed makes an Error of what oras or the file system says.
func (r *Registry) failed(op string, err error) error {
	e := &Error{Op: op, Place: r.place, Err: err, kind: kindRegistry}
	var response *errcode.ErrorResponse
	var path *fs.PathError
	var name *bundle.NameError
	switch {
	case errors.As(err, &name):
		e.Err, e.kind, e.Advice = name, name.Kind(), name.Hint()
	case isMissing(err):
		e.Err = missing{errors.New("it is not published there")}
		e.Advice = "is that its name and version, and the right registry? --registry says which one is asked"
	case errors.Is(err, errNoBundle):
		e.Advice = "something else has that name and tag: ask who runs the registry"
	case errors.Is(err, auth.ErrBasicCredentialNotFound):
		e.refused(errors.New("it wants a user and a password"))
	case errors.As(err, &response) && (response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden):
		e.refused(fmt.Errorf("it refused access (status %d)", response.StatusCode))
	case errors.As(err, &response):
		e.Err = fmt.Errorf("it answered with status %d: %w", response.StatusCode, response.Errors)
		if response.StatusCode >= http.StatusInternalServerError {
			e.kind, e.Advice = "ServerError", "try again later"
		}
	case errors.As(err, &path):
		e.Err = fmt.Errorf("%s %s: %w", path.Op, path.Path, path.Err)
	case r.client != nil:
		e.kind, e.Advice = "ServerError", "is the address right, and can it be reached from here?"
	}
	return e
}

// refused makes the error one of missing credentials.
func (e *Error) refused(err error) {
	host, _, _ := strings.Cut(e.Place, "/")
	e.kind, e.Err, e.Advice = "CredentialError", err, fmt.Sprintf("docker login %s, with an account that may do this", host)
}
