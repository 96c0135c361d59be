package worker

import (
	"net/http"
	"net/url"

	"github.com/cbscript/cbscript/client/guard"
)

// Pid is the number of the process.
func (w *Worker) Pid() int { return w.cmd.Process.Pid }

// Outgoing is the request that a server gets for a worker's, or why there is none.
func Outgoing(r *http.Request, origin *url.URL, wire *guard.Wire) (*http.Request, error) {
	out, body, err := outgoing(r, origin)
	if err != nil {
		return nil, err
	}
	query, err := strange(out)
	if err == nil {
		err = wire.Check(r.Context(), guard.WireRequest{Method: out.Method, Path: out.URL.EscapedPath(), Query: query, Body: body})
	}
	return out, err
}
