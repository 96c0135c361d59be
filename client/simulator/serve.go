package simulator

import (
	"cmp"
	"crypto/subtle"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
)

const (
	tokenHeader = "X-Auth-Token"
	maxBody     = 1 << 30 // of a file that is put on an endpoint
)

// Handler is the server without its listener, for an http.Server of the caller's own. It is the same handler that
// Start serves, with token check, faults and recording.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.handle) }

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		panic(http.ErrAbortHandler)
	}
	defer s.serving.Done()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "cannot read the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	token := r.Header.Get(tokenHeader)
	r.Header = withoutSecrets(r.Header)
	ticket := s.recorder.add(Request{
		Method: r.Method, Path: r.URL.EscapedPath(), RawQuery: r.URL.RawQuery, Body: body,
		Header: r.Header, Proto: r.Proto,
	})
	fault := s.faults.next(r)
	if fault == nil {
		fault = &Fault{}
	}
	if !s.wait(r, s.opts.Latency) || !s.wait(r, fault.Delay) || fault.Drop {
		panic(http.ErrAbortHandler) // net/http's way to end a connection without an answer
	}
	reply := s.answer(r, token, body, fault)
	if reply.Release != nil {
		defer reply.Release()
	}
	status := reply.Status
	if status == 0 {
		status = http.StatusOK
	}
	s.recorder.done(ticket, status)
	s.log.DebugContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "query", r.URL.RawQuery, "status", status)
	s.write(w, r, reply, status, fault.CutAfter)
}

// begin counts a request in, so that Close can wait for it; it is false once the server is closed.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.serving.Add(1)
	return true
}

// answer gives what the fault says, or what the API answers.
func (s *Server) answer(r *http.Request, token string, body []byte, fault *Fault) route.Reply {
	switch {
	case fault.Status != 0:
		reply := route.Reply{Status: fault.Status, Type: route.TypeText, Header: fault.Header, Body: []byte(fault.Body)}
		if strings.HasPrefix(fault.Body, "{") || strings.HasPrefix(fault.Body, "[") {
			reply.Type = route.TypeJSON
		}
		return reply
	case fault.HTML:
		return route.Bytes(route.TypeHTML, []byte("<!DOCTYPE html>\n<html><head><title>Log in</title></head><body><form></form></body></html>\n"))
	}
	reply := s.dispatch(r, token, body)
	if fault.BadJSON {
		reply.Body = reply.Body[:len(reply.Body)/2]
	}
	return reply
}

// dispatch finds the route, checks the token and calls the handler.
func (s *Server) dispatch(r *http.Request, token string, body []byte) route.Reply {
	found, missing, ok := s.table.Find(r)
	if !ok {
		return missing
	}
	if want := cmp.Or(found.Token, s.opts.Token); !found.Public && subtle.ConstantTimeCompare([]byte(token), []byte(want)) != 1 {
		return route.Unauthorized()
	}
	return found.Handle(route.NewCall(r, body))
}

// wait pauses for d, for ever when d is negative. It is false when the client went away or the server was closed.
func (s *Server) wait(r *http.Request, d time.Duration) bool {
	if d == 0 {
		return true
	}
	var expired <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-expired:
		return true
	case <-r.Context().Done():
	case <-s.closing:
	}
	return false
}

// withoutSecrets replaces the credentials in a header, which is recorded and handed to handlers. The scheme and the
// fields of Digest stay: they hold no password, and the handler of /api/auth needs them.
func withoutSecrets(h http.Header) http.Header {
	h = h.Clone()
	if h.Get(tokenHeader) != "" {
		h.Set(tokenHeader, "(token)")
	}
	if scheme, _, ok := strings.Cut(h.Get("Authorization"), " "); ok && !strings.EqualFold(scheme, "Digest") {
		h.Set("Authorization", scheme)
	}
	return h
}

// write puts a reply on the wire. cut is the fault's CutAfter.
func (s *Server) write(w http.ResponseWriter, r *http.Request, reply route.Reply, status, cut int) {
	h := w.Header()
	h.Set("Server", "openresty")
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubdomains")
	h.Set("X-Frame-Options", "DENY")
	for name, values := range reply.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		w.WriteHeader(status)
		return
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", reply.Type)
	}
	if cut != 0 {
		writeCut(w, reply.Body, status, cut)
	}
	if strings.HasPrefix(reply.Type, "application/json") && acceptsGzip(r) {
		s.writeGzip(w, reply.Body, status)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(reply.Body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(reply.Body) // a client that went away is no error of the server
	}
}

// writeCut promises the whole body, sends part of it and ends the connection. It does not return.
func writeCut(w http.ResponseWriter, body []byte, status, cut int) {
	w.Header().Set("Content-Length", strconv.Itoa(max(len(body), cut+1)))
	w.WriteHeader(status)
	if cut > 0 {
		_, _ = w.Write(body[:min(cut, len(body))])
	}
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
