package gate

import (
	"fmt"
	"strings"
)

// Kind says what went wrong with a request.
type Kind int

// The kinds. Only of Timeout, Connection and Canceled may the request have reached the server.
const (
	Connection Kind = iota // no connection could be made, or it broke before the whole answer was read
	Timeout                // connecting, sending, or waiting for the next part of the answer took too long
	TLS                    // the server could not be trusted, or no common version or cipher was found
	Proxy                  // the proxy could not be reached, or refused
	Origin                 // the request was for another server: not sent
	Malformed              // the request itself cannot be sent as it is: not sent
	Denied                 // a check refused it: not sent
	Throttled              // the server asked for no requests for longer than the gate waits: not sent
	Canceled               // the caller's context ended
	Closed                 // the gate was closed
)

// String says it in words.
func (k Kind) String() string {
	return [...]string{"network error", "timed out", "TLS failed", "proxy failed", "refused: not this profile's server",
		"refused: malformed request", "denied", "the server asked for a pause", "interrupted", "the gate is closed"}[k]
}

// Error is a request that has no answer. Its text, and that of every error it wraps, is free of the profile's secrets.
type Error struct {
	Op     string // what was being done: "check", "wait", "connect", "send" or "read"
	Method string // HTTP method
	URI    string // full URL
	Kind   Kind
	Err    error  // the cause, or nil
	Advice string // what to do next, or empty
}

// Error names the request, what was being done, what went wrong, and the cause.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s: %s", e.Method, e.URI, e.Op, e.Kind)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do next, or is empty.
func (e *Error) Hint() string { return e.Advice }

// Timeout reports whether waiting took too long, as the errors of package net do.
func (e *Error) Timeout() bool { return e.Kind == Timeout }

// cleaned is err if its text is free of secrets, else an error with the cleaned text in its place, that still is,
// for errors.Is, what err is. The original is kept where nothing prints it.
func cleaned(err error, redact func(string) string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	clean := redact(text)
	if clean == text {
		return err
	}
	return &redactedError{text: clean, is: func(target error) bool { return isError(err, target) }}
}

// redactedError stands for an error whose text held a secret.
type redactedError struct {
	text string
	is   func(target error) bool
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return e.is(target) }
