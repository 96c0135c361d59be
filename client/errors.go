package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Error is what every error of this package is: its kind is the name that a script sees, its facts are what a script
// may act on. Source: contract/transport.md, section 5.
type Error interface {
	error
	// Kind is the name of the error class, as "ServerError".
	Kind() string
	// Facts are the error's data by name; never nil, and never a token.
	Facts() map[string]any
}

// Hinted is an error that knows what to do next.
type Hinted interface {
	error
	// Hint is one or two sentences for the person at the keyboard.
	Hint() string
}

// APIError is a failure that has no class of its own: a call that the model does not offer, an answer that makes no
// sense, a URL that names no object.
type APIError struct {
	Message string // what was tried, on what, and why it failed
	Err     error  // the cause, or nil
	Advice  string // what to do next, or empty
}

// Error gives the message.
func (e *APIError) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *APIError) Unwrap() error { return e.Err }

// Kind is "ApiError".
func (e *APIError) Kind() string { return "ApiError" }

// Facts is empty.
func (e *APIError) Facts() map[string]any { return map[string]any{} }

// Hint says what to do next, or is empty.
func (e *APIError) Hint() string { return e.Advice }

// Errorf makes an [APIError] whose cause is the last operand wrapped with %w, if there is one.
func Errorf(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &APIError{Message: err.Error(), Err: errors.Unwrap(err)}
}

// ConnectionError says that the server could not be reached: no name, no route, refused, a failed TLS handshake, a
// connection that broke before the whole answer was read.
type ConnectionError struct {
	Server string // origin of the server
	Method string
	URI    string // full URL
	Err    error
}

// Error names the request and the cause, which mostly names the request as well: once is enough.
func (e *ConnectionError) Error() string {
	request := e.Method + " " + e.URI + ": "
	return "network error on " + request + strings.Replace(e.Err.Error(), request, "", 1)
}

// Unwrap gives the cause.
func (e *ConnectionError) Unwrap() error { return e.Err }

// Kind is "ConnectionError".
func (e *ConnectionError) Kind() string { return "ConnectionError" }

// Facts are server, method and uri.
func (e *ConnectionError) Facts() map[string]any {
	return map[string]any{"server": e.Server, "method": e.Method, "uri": e.URI}
}

// Hint is what the cause advises.
func (e *ConnectionError) Hint() string { return hintOf(e.Err) }

// ServerError is an answer with an error status that has no class of its own, or one that could not be understood.
type ServerError struct {
	Status  int    // HTTP status
	Method  string // HTTP method
	URI     string // full URL
	Message string // what the server said, or what is wrong with its answer
	Result  string // what did not happen because of it, or empty
	Advice  string // what to do next, or empty
}

// Error names the status, the request and what the server said.
func (e *ServerError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP %d from %s %s", e.Status, e.Method, e.URI)
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	} else {
		b.WriteString(": no further information")
	}
	if e.Result != "" {
		b.WriteString(". " + e.Result)
	}
	return b.String()
}

// Kind is "ServerError".
func (e *ServerError) Kind() string { return "ServerError" }

// Facts are status, error_code (the same number), method, uri and result.
func (e *ServerError) Facts() map[string]any {
	return map[string]any{"status": e.Status, "error_code": e.Status, "method": e.Method, "uri": e.URI, "result": e.Result}
}

// Hint says what to do next, or is empty.
func (e *ServerError) Hint() string { return e.Advice }

// QuerySyntaxError is a query that the server could not parse: status 400 with the reason query_malformed_syntax.
// Source: contract/known-bugs.md, row 44.
type QuerySyntaxError struct {
	ServerError
	Query string // the text of the query
}

// Error names the query and what the server said.
func (e *QuerySyntaxError) Error() string {
	return fmt.Sprintf("the server cannot parse the query %q: %s (HTTP %d)", e.Query, e.Message, e.Status)
}

// Unwrap gives the ServerError, so that code which asks for one finds it.
func (e *QuerySyntaxError) Unwrap() error { return &e.ServerError }

// Kind is "QuerySyntaxError".
func (e *QuerySyntaxError) Kind() string { return "QuerySyntaxError" }

// Facts are those of a ServerError, and query.
func (e *QuerySyntaxError) Facts() map[string]any {
	facts := e.ServerError.Facts()
	facts["query"] = e.Query
	return facts
}

// Hint says how queries are written.
func (e *QuerySyntaxError) Hint() string {
	return "check parentheses, quotes and field names; where(field=value) quotes and escapes a value for you"
}

// ObjectNotFoundError is status 404.
type ObjectNotFoundError struct {
	Method, URI, Message string
	// Body is the beginning of the answer as the server gave it, without secrets: at most 4 KiB. Empty: there was none, or it
	// is the client that did not find the object.
	Body string
}

// Error names the request and what the server said.
func (e *ObjectNotFoundError) Error() string {
	text := fmt.Sprintf("not found (HTTP 404): %s %s", e.Method, e.URI)
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Kind is "ObjectNotFoundError".
func (e *ObjectNotFoundError) Kind() string { return "ObjectNotFoundError" }

// Facts are status (404), method and uri.
func (e *ObjectNotFoundError) Facts() map[string]any {
	return map[string]any{"status": 404, "method": e.Method, "uri": e.URI}
}

// UnauthorizedError is status 401: the token is unknown to the server, or its user may not do this.
type UnauthorizedError struct {
	Method, URI, Message string
	Server               string // origin of the server
}

// Error names the request and what the server said.
func (e *UnauthorizedError) Error() string {
	text := fmt.Sprintf("not authorized (HTTP 401): %s %s", e.Method, e.URI)
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Kind is "UnauthorizedError".
func (e *UnauthorizedError) Kind() string { return "UnauthorizedError" }

// Facts are status (401), action (the HTTP method), method and uri.
func (e *UnauthorizedError) Facts() map[string]any {
	return map[string]any{"status": 401, "action": e.Method, "method": e.Method, "uri": e.URI}
}

// Hint says where the token comes from.
func (e *UnauthorizedError) Hint() string {
	return "the profile's token is not valid on " + e.Server + ", or its user may not do this: renew it with cbscript configure"
}

// TimeoutError is a server that did not answer in time, or a wait that took longer than it was allowed to.
type TimeoutError struct {
	URI     string // full URL, or empty when it is not one request that timed out
	Message string
	Err     error
}

// Error says what timed out.
func (e *TimeoutError) Error() string {
	if e.URI == "" {
		return e.Message
	}
	return fmt.Sprintf("timed out on %s: %s", e.URI, e.Message)
}

// Unwrap gives the cause.
func (e *TimeoutError) Unwrap() error { return e.Err }

// Kind is "TimeoutError".
func (e *TimeoutError) Kind() string { return "TimeoutError" }

// Facts are uri.
func (e *TimeoutError) Facts() map[string]any { return map[string]any{"uri": e.URI} }

// Hint is what the cause advises.
func (e *TimeoutError) Hint() string { return hintOf(e.Err) }

// InvalidObjectError is an object that cannot be saved as it is.
type InvalidObjectError struct {
	Model   string   // name of the kind
	Fields  []string // the fields that are missing or wrong, in the order of the model's table
	Message string
}

// Error gives the message.
func (e *InvalidObjectError) Error() string { return e.Message }

// Kind is "InvalidObjectError".
func (e *InvalidObjectError) Kind() string { return "InvalidObjectError" }

// Facts are model and fields.
func (e *InvalidObjectError) Facts() map[string]any {
	fields := make([]any, len(e.Fields))
	for i, name := range e.Fields {
		fields[i] = name
	}
	return map[string]any{"model": e.Model, "fields": fields}
}

// InvalidHashError is text that should be an MD5 and is not.
type InvalidHashError struct{ Value string }

// Error names the value.
func (e *InvalidHashError) Error() string {
	return fmt.Sprintf("%q is not an MD5: want 32 hexadecimal digits", e.Value)
}

// Kind is "InvalidHashError".
func (e *InvalidHashError) Kind() string { return "InvalidHashError" }

// Facts are value.
func (e *InvalidHashError) Facts() map[string]any { return map[string]any{"value": e.Value} }

// MoreThanOneResultError is a query of which exactly one result was wanted, with none or several.
type MoreThanOneResultError struct {
	Query string
	Count int
}

// Error names the count and the query.
func (e *MoreThanOneResultError) Error() string {
	if e.Count == 0 {
		return fmt.Sprintf("0 results for query %s, exactly one was wanted", e.Query)
	}
	return fmt.Sprintf("%d results found for query %s, exactly one was wanted", e.Count, e.Query)
}

// Kind is "MoreThanOneResultError".
func (e *MoreThanOneResultError) Kind() string { return "MoreThanOneResultError" }

// Facts are query and count.
func (e *MoreThanOneResultError) Facts() map[string]any {
	return map[string]any{"query": e.Query, "count": e.Count}
}

// NoSuchAttributeError is a name that the model does not have.
type NoSuchAttributeError struct {
	Model, Name string
	Nearest     string // a name that was probably meant, or empty
	ReadOnly    bool   // the name exists, but cannot be set
}

// Error names the model, the attribute and the nearest name.
func (e *NoSuchAttributeError) Error() string {
	if e.ReadOnly {
		return fmt.Sprintf("%s.%s cannot be set: it is read-only", e.Model, e.Name)
	}
	text := fmt.Sprintf("%s has no attribute %q", e.Model, e.Name)
	if e.Nearest != "" {
		text += fmt.Sprintf(" (did you mean %q?)", e.Nearest)
	}
	return text
}

// Kind is "AttributeError".
func (e *NoSuchAttributeError) Kind() string { return "AttributeError" }

// Facts are model, name and nearest.
func (e *NoSuchAttributeError) Facts() map[string]any {
	return map[string]any{"model": e.Model, "name": e.Name, "nearest": e.Nearest}
}

// PermissionError is a change that the host did not allow. Nothing was sent.
type PermissionError struct {
	Capability Capability // what it needs; empty when no grant would allow it
	Action     string     // what was tried, as "save Sensor 7"
	Reason     string     // why it was refused, or empty for "not granted"
	Advice     string     // what to do next; empty for the flag that would allow it
}

// Error names the action and the capability that it needs.
func (e *PermissionError) Error() string {
	if e.Capability == Read {
		return e.Action + " is refused: " + e.Reason
	}
	text := fmt.Sprintf("%s needs the capability %q", e.Action, e.Capability)
	if e.Reason != "" {
		return text + ": " + e.Reason
	}
	return text + ", which was not granted"
}

// Kind is "PermissionError".
func (e *PermissionError) Kind() string { return "PermissionError" }

// Facts are capability and action.
func (e *PermissionError) Facts() map[string]any {
	return map[string]any{"capability": string(e.Capability), "action": e.Action}
}

// Hint names the flag that would allow it, if one would.
func (e *PermissionError) Hint() string {
	switch {
	case e.Advice != "":
		return e.Advice
	case e.Capability == Read:
		return ""
	case e.Capability == Respond, e.Capability == Secrets: // a dry run reads these for nobody either
		return fmt.Sprintf("run again with --allow %s", e.Capability)
	}
	return fmt.Sprintf("run again with --allow %s, or see what would change with --dry-run", e.Capability)
}

func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// transportError turns a failure of the wire into a typed error. A context that ended stays what it is, so that
// Ctrl-C and deadlines are not mistaken for a broken server.
func (c *Client) transportError(ctx context.Context, method, uri string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s %s: %w", method, uri, context.Cause(ctx))
	}
	var own Error // of whoever refused to send it
	if errors.As(err, &own) {
		return own
	}
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &TimeoutError{URI: uri, Message: c.redact(err.Error()), Err: err}
	}
	return &ConnectionError{Server: c.URL(), Method: method, URI: uri, Err: err}
}
