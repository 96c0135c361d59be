package gate

import (
	"net/http"
	"time"

	"github.com/cbscript/cbscript/client/caller"
	"github.com/cbscript/cbscript/client/credentials"
)

// Entry is one changing request in a journal: any but GET and HEAD. It never holds a secret of the profile.
type Entry struct {
	Time    time.Time // when it was begun, UTC
	Product credentials.Product
	Profile string // name of the profile
	Server  string // origin of the server
	Method  string
	Path    string // path and query
	Status  int    // of the answer, 0 when there was none
	Outcome Outcome
	Tries   int    // how often it was sent
	Error   string // why there was no answer, or empty
	At      string // where it was asked for, as package caller says, or empty
}

// Outcome says what is known of a change.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"    // answered with a status from 200 to 299
	Failed  Outcome = "failed"  // answered with any other status
	Unknown Outcome = "unknown" // sent, at least in part, but not answered: it may have been made
)

// record reports a changing request that was sent, or may have been.
func (g *Gate) record(x *exchange, req *http.Request, started time.Time, resp *http.Response, fault *Error) {
	if isReading(req.Method) || !x.sent.Load() {
		return
	}
	e := Entry{Time: started.UTC(), Product: g.product, Profile: g.name, Server: g.origin.String(), Method: req.Method,
		Path: g.pathOf(req), Outcome: Unknown, Tries: x.tries, At: g.Redact(caller.Of(req.Context()))}
	switch {
	case fault != nil:
		e.Error = fault.Error()
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		e.Status, e.Outcome = resp.StatusCode, Done
	default:
		e.Status, e.Outcome = resp.StatusCode, Failed
	}
	for _, record := range g.journal {
		record(e)
	}
}
