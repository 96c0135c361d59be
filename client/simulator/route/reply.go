package route

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"strconv"
	"strings"
)

// Content types that the recorded server sends.
const (
	TypeJSON  = "application/json; charset=utf-8"
	TypeHTML  = "text/html; charset=utf-8"
	TypeText  = "text/plain; charset=utf-8"
	TypeBytes = "application/octet-stream"
	TypeZip   = "application/zip"
)

// Reply is an answer before it is put on the wire.
type Reply struct {
	Status int // 0 means 200
	Type   string
	Header http.Header // further headers, may be nil
	Body   []byte
	// Release, when set, is called once after the body was written, so that a pooled buffer can be given back.
	Release func()
}

// JSON answers 200 with v. Text is written as it is: <, > and & are not escaped, as on the real server.
func JSON(v any) Reply { return JSONStatus(http.StatusOK, v) }

// JSONStatus is JSON with another status.
func JSONStatus(status int, v any) Reply {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		// Only a value that cannot be JSON gets here, which is a mistake in a handler.
		return Failure("cannot encode the answer: " + err.Error())
	}
	return Reply{Status: status, Type: TypeJSON, Body: bytes.TrimRight(b.Bytes(), "\n")}
}

// Raw answers 200 with a body that is JSON already.
func Raw(body []byte) Reply { return Reply{Type: TypeJSON, Body: body} }

// Bytes answers 200 with data of the given content type.
func Bytes(contentType string, data []byte) Reply { return Reply{Type: contentType, Body: data} }

// NoContent is the 204 that acknowledges a write without a body.
func NoContent() Reply { return Reply{Status: http.StatusNoContent} }

// Success is the 200 {"result": "success"} that acknowledges most writes.
func Success() Reply { return Raw([]byte(`{"result": "success"}`)) }

// Text answers with a status and a line of text, the form of most refusals.
func Text(status int, text string) Reply {
	return Reply{Status: status, Type: TypeText, Body: []byte(text)}
}

// BadRequest is a 400 with a reason a person can read.
func BadRequest(reason string) Reply { return Text(http.StatusBadRequest, reason) }

// MissingObject is the 404 of an existing route whose object does not exist.
func MissingObject(text string) Reply { return Text(http.StatusNotFound, text) }

// Failure is a 500.
func Failure(text string) Reply { return page(http.StatusInternalServerError, text) }

// NotFound is the 404 of a path that is no route.
func NotFound() Reply {
	return page(http.StatusNotFound, "The requested URL was not found on the server.")
}

// MethodNotAllowed is the 405 of a route that has other methods.
func MethodNotAllowed(allowed []string) Reply {
	r := page(http.StatusMethodNotAllowed, "The method is not allowed for the requested URL.")
	r.Header = http.Header{"Allow": {strings.Join(allowed, ", ")}}
	return r
}

// Unauthorized is the 401 of a request without a valid token.
func Unauthorized() Reply {
	return page(http.StatusUnauthorized, "The server could not verify that you are authorized to access the URL requested.")
}

// page is the short HTML form in which the web framework under the real server words its own errors.
func page(status int, text string) Reply {
	title := http.StatusText(status)
	var b strings.Builder
	b.WriteString("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<title>")
	b.WriteString(strconv.Itoa(status) + " " + title + "</title>\n<h1>" + title + "</h1>\n<p>" + html.EscapeString(text) + "</p>\n")
	return Reply{Status: status, Type: TypeHTML, Body: []byte(b.String())}
}
