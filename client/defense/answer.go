package defense

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jsondoc"
)

// What an error says about the API being gone. Source: field-notes.md, A.4.
const (
	switchedOff       = "this API was switched off: the maker's cloud serves version 3 of the Cb Defense API no more"
	switchedOffAdvice = "check url in the profile; the API that came after it goes by an organisation's key (org_key) and " +
		"other routes, which are not spoken here"
	perhapsSwitchedOff = "it also answers so where version 3 of its API was switched off"
)

// explain tells an API that is gone from an object that is not there, and what kind of key a call needs.
//
// Source: contract/defense.md, "API object"; field-notes.md, A.4.
func explain(err client.Error) error {
	switch e := err.(type) {
	case *client.ObjectNotFoundError:
		if isCollection(e.URI) {
			return gone(http.StatusNotFound, e.Method, e.URI, e.Message)
		}
		e.Message = joined(e.Message, perhapsSwitchedOff)
	case *client.ServerError:
		if e.Status == http.StatusGone {
			return gone(e.Status, e.Method, e.URI, e.Message)
		}
	case *client.UnauthorizedError:
		if strings.HasSuffix(routeOf(e.URI), "notification") {
			e.Message = joined(e.Message, "notifications need a key of the type SIEM")
		}
	}
	return err
}

func gone(status int, method, uri, message string) error {
	return &client.ServerError{Status: status, Method: method, URI: uri, Message: joined(message, switchedOff), Advice: switchedOffAdvice}
}

func joined(said, known string) string {
	if said == "" {
		return known
	}
	return said + ": " + known
}

// routeOf is the path of a URL below the API's base.
func routeOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, base)
}

// isCollection reports whether a URL is that of a list: then it is missing only when the whole API is.
func isCollection(uri string) bool { return !strings.Contains(routeOf(uri), "/") }

// envelope is an answer: an object that says whether the request was carried out, and holds what was asked for.
//
// Source: contract/defense.md; known-bugs.md, rows 3 and 45.
type envelope struct {
	c      *client.Client
	answer *client.Response
	doc    jsondoc.Doc
}

// open reads an answer. One with an errorMessage is a [client.ServerError], whatever its status.
func open(c *client.Client, answer *client.Response) (envelope, error) {
	doc, err := jsondoc.ParseObject(answer.Body, nil)
	if err != nil {
		return envelope{}, c.BadAnswer(answer, err)
	}
	e := envelope{c, answer, doc}
	if text := e.text("errorMessage"); text != "" {
		return envelope{}, e.failure(text, "")
	}
	return e, nil
}

func (e envelope) text(name string) string {
	v, _ := e.doc.Get(name)
	if v.Kind() != jsondoc.String {
		return ""
	}
	return v.Text()
}

// success reports what the answer says about the request. An answer that says nothing is taken for absent.
func (e envelope) success(absent bool) bool {
	v, ok := e.doc.Get("success")
	if !ok {
		return absent
	}
	yes, _ := v.Bool()
	return yes
}

// failure is the error for an answer that says that the request was not carried out. result is what did not happen.
func (e envelope) failure(message, result string) error {
	return &client.ServerError{Status: e.answer.Status, Method: e.answer.Method, URI: e.answer.URI, Message: message, Result: result}
}

// missing is the error for an answer without the object that was asked for.
func (e envelope) missing() error {
	return &client.ObjectNotFoundError{Method: e.answer.Method, URI: e.answer.URI, Message: e.text("message")}
}

// get makes a GET request and reads its answer. One that says that the request was not carried out is a ServerError.
func get(ctx context.Context, c *client.Client, request client.Request) (envelope, error) {
	answer, err := c.Do(ctx, request)
	if err != nil {
		return envelope{}, err
	}
	e, err := open(c, answer)
	if err != nil {
		return envelope{}, err
	}
	if !e.success(true) {
		return envelope{}, e.failure(e.text("message"), "")
	}
	return e, nil
}

// list gives the list under a name; none when it is absent or null.
func (e envelope) list(name string) ([]any, error) {
	v, ok := e.doc.Get(name)
	if !ok || v.IsNull() {
		return []any{}, nil
	}
	list, ok := v.Any().([]any)
	if !ok {
		return nil, e.c.BadAnswer(e.answer, errors.New(name+" is "+v.Kind().String()+" where a list was expected"))
	}
	return list, nil
}

// done reads the answer to a change: nil when it says success.
func done(c *client.Client, answer *client.Response, result string) error {
	if len(answer.Body) == 0 {
		return nil
	}
	e, err := open(c, answer)
	if err != nil {
		return err
	}
	if !e.success(false) {
		return e.failure(e.text("message"), result)
	}
	return nil
}
