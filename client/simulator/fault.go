package simulator

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with the requests it matches. The conditions in its first part must all hold;
// a zero condition always does. What happens is said by the second part; several can be combined, for example a Delay
// and a Status.
type Fault struct {
	// Method is the HTTP method, "" for any.
	Method string
	// PathPrefix is the beginning of the path, as the client wrote it.
	PathPrefix string
	// Path is matched against the whole path.
	Path *regexp.Regexp
	// Query is a text that the query string contains, either as it is on the wire or decoded.
	Query string
	// Skip lets that many matching requests pass first.
	Skip int
	// Times is how often the fault happens, 0 for every time.
	Times int

	// Delay holds the answer back. Below zero it is held back until the client gives up or the server is closed.
	Delay time.Duration
	// Drop ends the connection (the stream, on HTTP/2) before anything is answered. The request has no effect.
	Drop bool
	// Status answers with that status, Header and Body instead of the real answer. The request has no effect.
	Status int
	Header http.Header
	Body   string
	// HTML answers 200 with the login page of a web console instead of JSON, as a proxy in front of a server does.
	HTML bool
	// BadJSON answers what looks like the real answer but is cut off in the middle, with a correct Content-Length.
	BadJSON bool
	// CutAfter ends the connection after so many bytes of the body, although the header promised more. Below zero it
	// ends right after the header.
	CutAfter int
}

func (f *Fault) matches(r *http.Request) bool {
	if f.Method != "" && f.Method != r.Method {
		return false
	}
	if !strings.HasPrefix(r.URL.Path, f.PathPrefix) || f.Path != nil && !f.Path.MatchString(r.URL.Path) {
		return false
	}
	if f.Query == "" || strings.Contains(r.URL.RawQuery, f.Query) {
		return true
	}
	decoded, err := url.QueryUnescape(r.URL.RawQuery)
	return err == nil && strings.Contains(decoded, f.Query)
}

// pending is an injected fault and what is left of its counts.
type pending struct {
	Fault
	skip, times int
}

// faults holds what was injected, in order. The zero value holds none.
type faults struct {
	mu   sync.Mutex
	list []*pending
}

func (f *faults) add(fault Fault) (remove func()) {
	p := &pending{Fault: fault, skip: fault.Skip, times: fault.Times}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, p)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if i := slices.Index(f.list, p); i >= 0 {
			f.list = slices.Delete(f.list, i, i+1)
		}
	}
}

// next gives the fault that r meets, nil for none. The first that matches and is not skipping wins.
func (f *faults) next(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.list {
		if !p.matches(r) {
			continue
		}
		if p.skip > 0 {
			p.skip--
			continue
		}
		if p.Times > 0 {
			if p.times--; p.times == 0 {
				f.list = slices.Delete(f.list, i, i+1)
			}
		}
		return &p.Fault
	}
	return nil
}

// Inject makes matching requests meet a fault, until it happened Times times or remove is called. Of several faults
// that match, the one injected first happens.
func (s *Server) Inject(f Fault) (remove func()) { return s.faults.add(f) }
