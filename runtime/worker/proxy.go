package worker

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/caller"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime/servers"
)

// maxHeld bounds the body of a request that is held whole: to be judged, and to be sent again. Longer ones are streamed,
// once.
const maxHeld = 4 << 20

// maxDocument bounds a document that the host asks for by itself.
const maxDocument = 16 << 20

// closing is how many requests more than the limit pass: the worker counts by itself what the script asks, and what it
// left open is closed beyond that.
const closing = 64

// forward sends a request of the worker to a server, if it may be sent, and the answer back.
func (h *host) forward(w http.ResponseWriter, r *http.Request, number string) {
	w.Header()["Date"] = nil // not the server's
	fail := func(err error) { w.Header().Set(faultHeader, newFault(err).header()) }
	at, ok := h.server(number)
	if !ok {
		fail(&FrameError{"a request to a server that was not opened"})
		return
	}
	if n := h.requests.Add(1); h.limits.Requests > 0 && n > h.limits.Requests+closing {
		fail(h.limits.Exceeded("requests"))
		return
	}
	out, body, err := outgoing(r, at.way.URL())
	if err != nil {
		fail(err)
		return
	}
	query, err := strange(out)
	if err == nil {
		check := guard.WireRequest{Method: out.Method, Path: out.URL.EscapedPath(), Query: query, Body: body, Read: at.read}
		err = at.wire.Check(r.Context(), check)
	}
	if err != nil {
		fail(&gate.Error{Op: "check", Method: out.Method, URI: out.URL.String(), Kind: gate.Denied, Err: err})
		return
	}
	resp, err := at.way.RoundTrip(out)
	if err != nil {
		fail(err)
		return
	}
	defer resp.Body.Close()
	h.answer(w, resp, at.way)
}

// outgoing is the request to the server, and its body if it is held.
func outgoing(r *http.Request, origin *url.URL) (*http.Request, []byte, error) {
	target, err := url.ParseRequestURI(r.RequestURI)
	if err != nil || !strings.HasPrefix(r.RequestURI, "/") {
		return nil, nil, &gate.Error{Op: "check", Method: r.Method, URI: origin.String(), Kind: gate.Malformed, Err: fmt.Errorf("the path %q cannot be sent", r.RequestURI)}
	}
	target.Scheme, target.Host, target.User = origin.Scheme, origin.Host, nil
	var (
		body io.Reader = http.NoBody
		held []byte
	)
	switch {
	case r.ContentLength > maxHeld || r.ContentLength < 0 && r.Method != http.MethodGet && r.Method != http.MethodHead:
		body = r.Body
		if r.ContentLength < 0 { // its length is not known: as much as can be held, or else a stream
			if held, err = io.ReadAll(io.LimitReader(r.Body, maxHeld+1)); err != nil {
				return nil, nil, fmt.Errorf("read the request: %w", err)
			}
			body = bytes.NewReader(held)
			if len(held) > maxHeld {
				body, held = io.MultiReader(bytes.NewReader(held), r.Body), nil
			}
		}
	case r.ContentLength > 0:
		held = make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, held); err != nil {
			return nil, nil, fmt.Errorf("read the request: %w", err)
		}
		body = bytes.NewReader(held)
	}
	out, err := http.NewRequestWithContext(caller.With(r.Context(), claimedCaller(r.Header)), r.Method, target.String(), body)
	if err != nil {
		return nil, nil, err
	}
	if r.ContentLength > maxHeld {
		out.ContentLength = r.ContentLength
	}
	for _, name := range []string{"Accept", "Accept-Encoding", "Content-Type"} { // others may tell a server to read it as another request
		if values := r.Header[name]; len(values) > 0 {
			out.Header[name] = values
		}
	}
	out.URL = target // as it was written: an escaped path is not to be read and written anew
	return out, held, nil
}

// maxCaller bounds the place that a journal shows, in bytes.
const maxCaller = 512

// claimedCaller is where the worker says that the script asks for a request: empty when it does not say so in a form that a
// line of a journal can have.
func claimedCaller(header http.Header) string {
	text := header.Get(callerHeader)
	at, err := url.QueryUnescape(text)
	if len(text) > maxCaller || err != nil || !utf8.ValidString(at) || strings.ContainsFunc(at, unicode.IsControl) {
		return ""
	}
	return at
}

// strange refuses a request that its method, path and text do not describe: some servers take another method from a
// parameter, or from a form. It gives the parameters.
func strange(out *http.Request) (url.Values, error) {
	refuse := func(reason string) (url.Values, error) {
		return nil, &client.PermissionError{Action: out.Method + " " + out.URL.EscapedPath(), Reason: reason}
	}
	query, err := url.ParseQuery(out.URL.RawQuery)
	if err != nil {
		return refuse("its query cannot be read")
	}
	for name := range query {
		plain := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
		if strings.EqualFold(name, "_method") || strings.HasSuffix(plain, "httpmethod") || strings.Contains(plain, "methodoverride") {
			return refuse(fmt.Sprintf("the parameter %q may stand for another method", name))
		}
	}
	if out.Method == http.MethodGet || out.Method == http.MethodHead {
		if out.Body != http.NoBody {
			return refuse("a reading request has no body")
		}
		return query, nil
	}
	if text := out.Header.Get("Content-Type"); text != "" {
		kind, params, err := mime.ParseMediaType(text)
		charset, named := params["charset"] // in another one a server reads other text than was judged
		if err != nil || kind != "application/json" && kind != "multipart/form-data" || named && !strings.EqualFold(charset, "utf-8") {
			return refuse(fmt.Sprintf("a body of the type %q is not sent", text))
		}
	}
	return query, nil
}

// read reads the document at a path, for a check that depends on it.
func (at *remote) read(ctx context.Context, path string) ([]byte, error) {
	target, err := at.way.URL().Parse(path)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := at.way.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s, to see what a request would change: HTTP %d", path, resp.StatusCode)
	}
	document, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	if err == nil && len(document) > maxDocument {
		err = fmt.Errorf("GET %s, to see what a request would change: more than %d bytes", path, maxDocument)
	}
	return document, err
}

// buffers are for bodies on their way.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *[]byte {
	if held, ok := b.pool.Get().(*[]byte); ok {
		return held
	}
	fresh := make([]byte, 64<<10)
	return &fresh
}

// answer gives the worker a server's answer.
func (h *host) answer(w http.ResponseWriter, resp *http.Response, way servers.Way) {
	header := w.Header()
	for name, values := range resp.Header {
		switch name {
		case "Content-Length", "Connection", "Keep-Alive", "Te", "Trailer", "Transfer-Encoding", "Upgrade", faultHeader, lengthHeader:
		default:
			if !strings.HasPrefix(name, http.TrailerPrefix) {
				header[name] = values
			}
		}
	}
	if header["Content-Type"] == nil {
		header["Content-Type"] = nil // none, instead of a guess
	}
	if resp.ContentLength >= 0 {
		header.Set(lengthHeader, strconv.FormatInt(resp.ContentLength, 10))
	}
	body := io.Reader(resp.Body)
	if resp.StatusCode >= http.StatusBadRequest {
		body = clean(resp.Body, way)
		header.Del(lengthHeader)
	}
	w.WriteHeader(resp.StatusCode)
	if err := h.copy(w, body); err != nil {
		header.Set(http.TrailerPrefix+faultHeader, newFault(err).header())
	}
}

// copy passes a body on as it comes. It gives the error of reading it; a worker that takes no more has given it up.
func (h *host) copy(w http.ResponseWriter, body io.Reader) error {
	buf := h.buffers.get()
	defer h.buffers.pool.Put(buf)
	flusher := http.NewResponseController(w)
	for {
		n, err := body.Read(*buf)
		if n > 0 {
			if _, writeErr := w.Write((*buf)[:n]); writeErr != nil {
				return nil
			}
			if n < len(*buf) && err == nil {
				_ = flusher.Flush() // it fails with the next write
			}
		}
		switch err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// maxCleaned bounds how much of an error's text is passed on: it goes into a message of some lines.
const maxCleaned = 1 << 20

// clean gives the text of an error without the profile's secrets: what a server repeats of a request ends up in messages.
func clean(body io.Reader, way servers.Way) io.Reader {
	said, err := io.ReadAll(io.LimitReader(body, maxCleaned))
	plain := io.Reader(strings.NewReader(way.Redact(string(said))))
	if err == nil {
		return plain
	}
	return io.MultiReader(plain, broken{err})
}

// broken is a reader that gives an error.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
