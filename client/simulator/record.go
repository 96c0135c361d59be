package simulator

import (
	"net/http"
	"slices"
	"sync"
)

// Request is one request as it arrived, also when it met a fault or was refused.
type Request struct {
	Method   string
	Path     string // as on the wire, escaped
	RawQuery string // as on the wire, without the question mark
	Body     []byte
	Header   http.Header // the token is replaced by "(token)", the Authorization header by its scheme
	Proto    string      // "HTTP/1.1" or "HTTP/2.0"
	Status   int         // what was answered; 0 when the connection was dropped before
}

// recorder keeps the requests in the order in which they arrived. The zero value is ready.
type recorder struct {
	mu   sync.Mutex
	list []Request
	from int // number of requests forgotten by a reset
}

// maxRecorded bounds the memory of a server that runs for long; the oldest requests go first.
const maxRecorded = 100_000

// add records r and gives its ticket for done.
func (rec *recorder) add(r Request) (ticket int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.list) >= maxRecorded {
		half := len(rec.list) / 2
		rec.list = slices.Delete(rec.list, 0, half)
		rec.from += half
	}
	rec.list = append(rec.list, r)
	return rec.from + len(rec.list) - 1
}

func (rec *recorder) done(ticket, status int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if i := ticket - rec.from; i >= 0 && i < len(rec.list) {
		rec.list[i].Status = status
	}
}

// Requests gives the requests since the start or the last ResetRequests, in the order of their arrival.
func (s *Server) Requests() []Request {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	return slices.Clone(s.recorder.list)
}

// ResetRequests forgets the requests recorded so far.
func (s *Server) ResetRequests() {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	s.recorder.from += len(s.recorder.list)
	s.recorder.list = nil
}
