package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/pyjson"
)

// maxBody bounds an answer that is read as a whole, so that a hostile server cannot exhaust the memory. The largest
// recorded one, a feed list with icons, has 3.4 MB.
const maxBody = 1 << 30

// Request is a request to the server.
type Request struct {
	Method string // empty means GET
	Path   string // made by JoinPath, or a constant of a table; may carry a query of its own
	Query  []QueryParam
	Body   any // encoded as JSON unless nil; NullBody for null; []byte and io.Reader are sent as they are
	// ContentType is that of a []byte or io.Reader body; empty means application/json.
	ContentType string
	Header      http.Header
	// PageOf is the model whose rows the answer is a page of, so that room is made for it; nil for any other answer.
	PageOf *Kind
	// Change describes what a changing request does, for whoever must permit it. A request with a method other than
	// GET and HEAD needs one, or it is described by its method and path.
	Change *Change
	// Then are requests that complete the change when this one has succeeded. Their Change is this one's.
	Then []Request
}

// QueryParam is one name=value of a query string.
type QueryParam struct{ Name, Value string }

type nullBody struct{}

// NullBody is a body that is the JSON text null.
var NullBody any = nullBody{}

// Response is an answer that was read as a whole. Its status is below 300.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	URI    string // full URL of the request
	Method string
	// Skipped says that the request was not sent, because the host only wanted to see it.
	Skipped bool
}

// JoinPath makes a path of a route and further segments. Each segment is escaped, so that an id can never become
// another route; an empty one, and one that has "." or ".." between slashes, are refused with an [APIError].
func JoinPath(route string, segments ...string) (string, error) {
	var b strings.Builder
	b.WriteString(route)
	for _, s := range segments {
		parts := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '\\' })
		if s == "" || slices.Contains(parts, ".") || slices.Contains(parts, "..") {
			return "", Errorf("%q cannot be an id: it would change the route %s", s, route)
		}
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String(), nil
}

// EncodeQuery encodes parameters as an HTML form does, sorted by name and then by value.
// Source: contract/transport.md, section 7.
func EncodeQuery(params []QueryParam) string {
	sorted := slices.Clone(params)
	slices.SortStableFunc(sorted, func(a, b QueryParam) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value))
	})
	var b strings.Builder
	for i, p := range sorted {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
	}
	return b.String()
}

// Do makes a request, and those that follow from it, and reads the whole answer of the last. A status of 400 or more
// is an error of the class that contract/transport.md, section 5, gives it, and a redirect that the server's gate did not
// follow is a [ServerError].
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	answer, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, next := range r.Then {
		next.Change = r.Change.continued()
		done := answer
		if answer, err = c.do(ctx, next); err != nil {
			return nil, fmt.Errorf("%s %s was accepted, but the request that completes it failed: %w", done.Method, done.URI, err)
		}
	}
	return answer, nil
}

func (c *Client) do(ctx context.Context, r Request) (*Response, error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	uri, method := resp.Request.URL.String(), resp.Request.Method
	if resp.Header.Get(skippedHeader) != "" {
		return &Response{Status: resp.StatusCode, URI: uri, Method: method, Skipped: true}, nil
	}
	body, err := c.readBody(resp, r.PageOf)
	if err != nil {
		return nil, c.transportError(ctx, method, uri, fmt.Errorf("the answer broke off: %w", err))
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return nil, c.statusError(resp, body)
	}
	if !utf8.Valid(body) && mediaType(resp.Header) == jsonType {
		c.log.WarnContext(ctx, "the answer has text that is not valid UTF-8: each such place reads as U+FFFD", "uri", uri)
		body = bytes.ToValidUTF8(body, []byte(string(utf8.RuneError)))
	}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: body, URI: uri, Method: method}, nil
}

func (c *Client) send(ctx context.Context, r Request) (*http.Response, error) {
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	r.Method = cmp.Or(r.Method, http.MethodGet)
	body, contentType, err := encodeBody(r)
	if err != nil {
		return nil, err
	}
	target := c.origin + r.Path
	if len(r.Query) > 0 {
		target += "?" + EncodeQuery(r.Query)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, target, body)
	if err != nil {
		return nil, Errorf("cannot make a request of %s %s: %w", r.Method, r.Path, err)
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if changing(r.Method) {
		sending, err := c.permit(ctx, r, req)
		if err != nil {
			return nil, err
		}
		if !sending {
			return skipped(req), nil
		}
		if err := announce(ctx, r.Change); err != nil {
			return nil, err
		}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // it repeats method and URL
		}
		return nil, c.transportError(ctx, r.Method, target, err)
	}
	return resp, nil
}

func changing(method string) bool { return method != http.MethodGet && method != http.MethodHead }

const jsonType = "application/json"

// mediaType is what an answer says that it is, without parameters; empty when it does not say.
func mediaType(header http.Header) string {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return kind
}

func encodeBody(r Request) (io.Reader, string, error) {
	switch b := r.Body.(type) {
	case nil:
		if r.Method == http.MethodPost || r.Method == http.MethodPut || r.Method == http.MethodPatch {
			return http.NoBody, jsonType, nil
		}
		return nil, "", nil
	case nullBody:
		return strings.NewReader("null"), jsonType, nil
	case io.Reader:
		return b, cmp.Or(r.ContentType, jsonType), nil
	case []byte:
		return bytes.NewReader(b), cmp.Or(r.ContentType, jsonType), nil
	}
	text, err := pyjson.Append(nil, r.Body)
	if err != nil {
		return nil, "", Errorf("cannot encode the body of %s %s: %w", r.Method, r.Path, err)
	}
	return bytes.NewReader(text), jsonType, nil
}

// mostExpected bounds the room that is made for an answer before it is read.
const mostExpected = 4 << 20

// readBody reads a whole answer. An answer that is compressed does not tell its size: a page of rows is then expected
// to be about as long as the last one.
func (c *Client) readBody(resp *http.Response, pageOf *Kind) ([]byte, error) {
	expected := resp.ContentLength
	var last *atomic.Int64
	if expected < 0 && pageOf != nil {
		known, _ := c.pageSizes.LoadOrStore(pageOf, new(atomic.Int64))
		last = known.(*atomic.Int64)
		expected = last.Load()
	}
	var buf bytes.Buffer
	buf.Grow(int(max(0, min(expected, mostExpected))) + bytes.MinRead) // room to notice the end without growing
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && n > maxBody {
		err = fmt.Errorf("it has more than %d bytes", maxBody)
	}
	if last != nil {
		last.Store(n + n/16)
	}
	return buf.Bytes(), err
}

// statusError maps a status of 300 or more to its error, as the product explains it.
func (c *Client) statusError(resp *http.Response, body []byte) error {
	err := c.plainStatusError(resp, body)
	if c.product.Explain == nil {
		return err
	}
	return c.product.Explain(err)
}

func (c *Client) plainStatusError(resp *http.Response, body []byte) Error {
	method, uri := resp.Request.Method, resp.Request.URL.String()
	message := c.redact(bodyText(resp.Header, body))
	switch resp.StatusCode {
	case http.StatusNotFound:
		return &ObjectNotFoundError{Method: method, URI: uri, Message: message, Body: c.redact(string(body[:min(len(body), mostBody)]))}
	case http.StatusUnauthorized:
		return &UnauthorizedError{Method: method, URI: uri, Message: message, Server: c.origin}
	}
	server := ServerError{Status: resp.StatusCode, Method: method, URI: uri, Message: message}
	if resp.StatusCode == http.StatusBadRequest && queryIsMalformed(body) {
		return &QuerySyntaxError{ServerError: server, Query: resp.Request.URL.Query().Get("q")}
	}
	wait := resp.Header.Get("Retry-After")
	switch to := resp.Header.Get("Location"); {
	case resp.StatusCode < http.StatusBadRequest:
		server.Message = c.redact(fmt.Sprintf("it redirects to %q, which is not followed", to))
		server.Advice = "the token is for " + c.origin + " alone: if the server is elsewhere now, change the url of the profile. " +
			"Within a server, up to three redirects of a reading request are followed"
	case resp.StatusCode == http.StatusForbidden:
		server.Advice = "the user that the token belongs to lacks the rights for this"
	case wait != "" && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable):
		server.Advice = "the server asks to try again later: Retry-After is " + strconv.Quote(c.redact(wait))
	}
	return &server
}

// mostBody is how many bytes of an answer an error keeps.
const mostBody = 4 << 10

func queryIsMalformed(body []byte) bool {
	var answer struct{ Reason string }
	return json.Unmarshal(body, &answer) == nil && answer.Reason == "query_malformed_syntax"
}

// bodyText gives an answer's text for an error message: cut, on one line, and without markup.
func bodyText(header http.Header, body []byte) string {
	const limit = 400
	// Servers call plain text a page, too, where nobody said what it is.
	if mediaType(header) == "text/html" && bytes.ContainsRune(body, '<') || looksLikeHTML(body) {
		return "the server answered with a web page" + pageTitle(body)
	}
	text := strings.Join(strings.Fields(string(bytes.ToValidUTF8(statedIn(body), []byte("?")))), " ")
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "..."
	}
	return text
}

// statedIn gives what a JSON answer says in words, or the answer itself.
func statedIn(body []byte) []byte {
	var answer map[string]any
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	for _, name := range []string{"message", "errorMessage", "error", "reason", "text"} {
		if text, ok := answer[name].(string); ok && text != "" {
			return []byte(text)
		}
	}
	return body
}

func looksLikeHTML(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 256)]))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

func pageTitle(body []byte) string {
	lower := bytes.ToLower(body)
	_, after, found := bytes.Cut(lower, []byte("<title>"))
	if !found {
		return ""
	}
	start := len(body) - len(after)
	end := bytes.Index(after, []byte("</title>"))
	if end < 0 || end > 200 {
		return ""
	}
	return fmt.Sprintf(" titled %q", strings.TrimSpace(string(body[start:start+end])))
}

// BadAnswer is the error for an answer that is not what the API promises: a web page, cut JSON, another shape.
func (c *Client) BadAnswer(r *Response, cause error) error {
	err := &ServerError{Status: r.Status, Method: r.Method, URI: r.URI}
	if mediaType(r.Header) == "text/html" || looksLikeHTML(r.Body) {
		err.Message = bodyText(r.Header, r.Body) + " where JSON was expected"
		err.Advice = fmt.Sprintf("is %s the API of a %s server? A login page or a proxy may stand in between", c.origin, c.product.Title)
		return err
	}
	wrong := "the answer is not what was expected"
	if _, malformed := errors.AsType[*jsondoc.SyntaxError](cause); malformed {
		wrong = "the answer cannot be read as JSON"
	}
	err.Message = c.redact(wrong + ": " + cause.Error())
	return err
}

// Get makes a GET request and gives its JSON answer. Status 204 gives the null value.
func (c *Client) Get(ctx context.Context, path string, query ...QueryParam) (jsondoc.Value, error) {
	resp, err := c.Do(ctx, Request{Path: path, Query: query})
	if err != nil {
		return jsondoc.Value{}, err
	}
	return c.JSON(resp)
}

// JSON reads an answer as JSON. Status 204 and a change that was not sent give the null value; any other status than
// 200 is a [ServerError].
func (c *Client) JSON(resp *Response) (jsondoc.Value, error) {
	if resp.Skipped || resp.Status == http.StatusNoContent {
		return jsondoc.Value{}, nil
	}
	if err := c.unknown(resp); err != nil {
		return jsondoc.Value{}, err
	}
	v, err := jsondoc.ParseValue(resp.Body)
	if err != nil {
		return jsondoc.Value{}, c.BadAnswer(resp, err)
	}
	return v, nil
}

// unknown is the error of an answer that is neither an error of its own nor what a reading request asks for: 202, of a server
// or a proxy that will see to it, has no results, and must not pass for a page of them.
//
// Source: contract/transport.md, section 5.
func (c *Client) unknown(resp *Response) error {
	if resp.Status == http.StatusOK {
		return nil
	}
	return &ServerError{Status: resp.Status, Method: resp.Method, URI: resp.URI,
		Message: "unknown error: " + c.redact(bodyText(resp.Header, resp.Body))}
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
