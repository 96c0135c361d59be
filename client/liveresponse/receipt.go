package liveresponse

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/along"
)

// Receipts is the [client.Noter] of Live Response. What it notes is by the server's word: the endpoint of a session, the
// path of a command and the times in a listing are read from answers; of the command's own text only what the answer
// does not repeat, such as the part of the file that was asked for.
//
// The times of a file are known when the endpoint listed its directory before, in the same run: asking for them would be
// one command more for each file, and would come too late for the time of the last access.
func (d Dialect) Receipts(next http.RoundTripper, note func(client.Receipt)) http.RoundTripper {
	return &noter{d: d, next: next, note: note,
		hosts: along.NewRecent[string, host](mostHosts), asked: along.NewRecent[fileID, asked](mostAsked),
		times: along.NewRecent[place, fileTimes](mostTimes), dumps: along.NewRecent[place, struct{}](mostAsked)}
}

// How much a noter remembers; what is older than that is not told.
const (
	mostHosts = 1 << 14 // sessions
	mostAsked = 1 << 12 // commands whose file was not fetched yet
	mostTimes = 1 << 17 // entries of directories, about 150 bytes each
)

// noter is a way to a server.
type noter struct {
	d    Dialect
	next http.RoundTripper
	note func(client.Receipt)

	mu    sync.Mutex
	hosts *along.Recent[string, host] // by session
	asked *along.Recent[fileID, asked]
	times *along.Recent[place, fileTimes]
	dumps *along.Recent[place, struct{}] // files that memory was dumped into
}

// host is the endpoint of a session.
type host struct {
	sensor int64
	name   string
}

// fileID is the server's name for a file that an endpoint is to send.
type fileID struct{ session, file string }

// asked is the command that asked for a file.
type asked struct {
	sensor        int64
	path          string
	offset, count int64
	completed     time.Time
}

// RoundTrip passes a request on, and reads the answer along.
func (n *noter) RoundTrip(req *http.Request) (*http.Response, error) {
	parts, ours := n.route(req.URL)
	if !ours {
		return n.next.RoundTrip(req)
	}
	var order order
	if req.Method == http.MethodPost && len(parts) == 2 && parts[1] == "command" {
		order = readOrder(req)
	}
	resp, err := n.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated {
		return resp, err
	}
	get := req.Method == http.MethodGet
	switch {
	case get && len(parts) == 4 && parts[1] == "file" && parts[3] == "content":
		resp.Body = n.content(resp, fileID{parts[0], parts[2]})
	case get && len(parts) == 2 && parts[1] == "archive":
		resp.Body = n.archive(resp, parts[0])
	case req.Method == http.MethodPost && len(parts) == 2 && parts[1] == "command":
		resp.Body = along.Text(resp, func(text []byte) { n.posted(parts[0], order, text) })
	case get && len(parts) == 3 && parts[1] == "command":
		resp.Body = along.Text(resp, func(text []byte) { n.told(parts[0], text) })
	case len(parts) == 0 && (get || req.Method == http.MethodPost), len(parts) == 1 && (get || req.Method == http.MethodPost):
		resp.Body = along.Text(resp, n.sessions)
	}
	return resp, nil
}

// route gives the parts of a path below the sessions. A path that a server may read in another way is not ours.
func (n *noter) route(u *url.URL) ([]string, bool) {
	rest, ours := strings.CutPrefix(u.EscapedPath(), n.d.base+"/session")
	if rest == "" || !ours {
		return nil, ours
	}
	rest, ours = strings.CutPrefix(rest, "/")
	if !ours {
		return nil, false
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil || text == "" || text == "." || text == ".." || strings.ContainsAny(text, `/\`) {
			return nil, false
		}
		parts[i] = text
	}
	return parts, true
}

// content reads a file along.
func (n *noter) content(resp *http.Response, id fileID) io.ReadCloser {
	n.mu.Lock()
	a, known := n.asked.Get(id)
	h, _ := n.hosts.Get(id.session)
	at := placeOf(a.sensor, a.path)
	t, _ := n.times.Get(at)
	_, dumped := n.dumps.Get(at)
	n.mu.Unlock()
	if !known {
		return resp.Body
	}
	r := client.Receipt{Kind: client.ReceiptFile, Sensor: a.sensor, Session: id.session, Path: a.path, Offset: a.offset, Count: a.count,
		Completed: a.completed, Answered: client.AnswerTime(resp), Created: t.created, Modified: t.modified, Accessed: t.accessed, Listed: t.listed}
	if dumped {
		r.Kind = client.ReceiptMemory
	}
	if h.sensor == a.sensor {
		r.Host = h.name
	}
	return n.hashed(resp, r)
}

// archive reads the archive of a session along.
func (n *noter) archive(resp *http.Response, session string) io.ReadCloser {
	n.mu.Lock()
	h, known := n.hosts.Get(session)
	n.mu.Unlock()
	if !known {
		return resp.Body
	}
	return n.hashed(resp, client.Receipt{Kind: client.ReceiptArchive, Sensor: h.sensor, Host: h.name, Session: session, Answered: client.AnswerTime(resp)})
}

// hashed notes a receipt once the whole body was read.
func (n *noter) hashed(resp *http.Response, r client.Receipt) io.ReadCloser {
	return along.Hash(resp, func(sum [32]byte, size int64) {
		r.SHA256, r.Size = sum, size
		n.note(r)
	})
}

// order is what a command asks for.
type order struct {
	known         bool
	object        text
	offset, count int64
	compress      bool
}

// readOrder reads a command. One that has a member twice is not known: servers do not agree which of them counts.
func readOrder(req *http.Request) order {
	if req.GetBody == nil {
		return order{}
	}
	body, err := req.GetBody()
	if err != nil {
		return order{}
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxDocument+1))
	if err != nil || len(text) > maxDocument {
		return order{}
	}
	return parseOrder(text)
}
