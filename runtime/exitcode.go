package runtime

import "errors"

// Exit codes of a program that runs scripts. They are part of its interface: schedulers and playbooks branch on them.
const (
	ExitDone        = 0   // the script ran to its end
	ExitScript      = 1   // the script failed: its own fault, or an answer that it did not expect
	ExitUsage       = 2   // wrong flags, parameters or files: nothing ran
	ExitCredentials = 3   // no usable credentials, or the server refused them
	ExitServer      = 4   // a server or an endpoint could not be reached, or answered with an error
	ExitDenied      = 5   // the host did not allow a change
	ExitLimit       = 6   // a limit ended the script: steps, time, memory, depth, output, requests or files
	ExitInternal    = 70  // a fault of the program itself, to be reported
	ExitInterrupted = 130 // Ctrl-C, as a shell reports it
)

// ExitCode returns the exit code for the error of a run: [ExitDone] for nil. The errors of this package have their
// codes. Of others it asks the first in the chain that has a method Kind() string, and knows the names of kinds, not the
// types: whoever makes an error decides by its kind, also a script with fail(kind = ...). An error without a kind is the
// script's.
func ExitCode(err error) int {
	if err == nil {
		return ExitDone
	}
	var (
		internal    *InternalError
		interrupted *InterruptedError
		limit       *LimitError
		usage       *UsageError
		remote      *RemoteFailure
		kinded      interface{ Kind() string }
	)
	switch {
	case errors.As(err, &remote):
		return remote.Code
	case errors.As(err, &internal):
		return ExitInternal
	case errors.As(err, &interrupted):
		return ExitInterrupted
	case errors.As(err, &limit):
		return ExitLimit
	case errors.As(err, &usage):
		return ExitUsage
	case !errors.As(err, &kinded):
		return ExitScript
	}
	switch kinded.Kind() {
	case kindUsage, kindParam:
		return ExitUsage
	case "CredentialError", "UnauthorizedError":
		return ExitCredentials
	case "ServerError", "ConnectionError", "TimeoutError", "LiveResponseError":
		return ExitServer
	case "PermissionError":
		return ExitDenied
	}
	return ExitScript
}
