package protection

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/along"
	"github.com/cbscript/cbscript/client/unzip"
)

// receipts is the [client.Noter] of Cb Protection: of the files that agents sent to the server. Which computer a file is
// from, and its path there, are known when the server told them before, in the same run.
func receipts(next http.RoundTripper, note func(client.Receipt)) http.RoundTripper {
	return &uploads{next: next, note: note, wishes: along.NewRecent[wishID, wish](mostWishes), computers: along.NewRecent[int64, string](mostComputers)}
}

// How much is remembered of what the server told.
const (
	mostWishes    = 1 << 14
	mostComputers = 1 << 16
)

// uploads is a way to a server.
type uploads struct {
	next http.RoundTripper
	note func(client.Receipt)

	mu        sync.Mutex
	wishes    *along.Recent[wishID, wish]
	computers *along.Recent[int64, string] // their names
}

// wishID is the wish for a file: its model and its number.
type wishID struct{ model, id string }

// wish is what the server said of one.
type wish struct {
	computer int64
	path     string
}

// placed gives the model and the number of what a path leads to; no number for a list.
func placed(path string) (at wishID, ok bool) {
	rest, ok := strings.CutPrefix(path, base)
	name, id, one := strings.Cut(rest, "/")
	for _, k := range []*client.Kind{FileUpload, PendingAnalysis, Computer} {
		if ok && k.Route == base+name {
			return wishID{k.Name, id}, !one || id != "" && strings.Trim(id, "0123456789") == ""
		}
	}
	return wishID{}, false
}

// RoundTrip passes a request on, and reads the answer along.
func (u *uploads) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := u.next.RoundTrip(req)
	at, ok := placed(req.URL.EscapedPath())
	if err != nil || !ok || resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated {
		return resp, err
	}
	if at.model != Computer.Name && at.id != "" && req.Method == http.MethodGet && req.URL.RawQuery == "downloadFile=true" {
		resp.Body = u.content(resp, at)
	} else {
		resp.Body = along.Text(resp, func(text []byte) { u.learn(at.model, text) })
	}
	return resp, nil
}

// content reads a file along, which is the first of an archive.
func (u *uploads) content(resp *http.Response, id wishID) io.ReadCloser {
	open := func(body io.Reader) (io.Reader, error) { return unzip.First(body) }
	answered := client.AnswerTime(resp)
	return along.HashOf(resp, open, func(sum [32]byte, size int64) {
		r := client.Receipt{SHA256: sum, Size: size, Kind: client.ReceiptUpload, Object: id.model + " " + id.id, Answered: answered}
		u.mu.Lock()
		if w, known := u.wishes.Get(id); known {
			r.Sensor, r.Path = w.computer, w.path
			r.Host, _ = u.computers.Get(w.computer)
		}
		u.mu.Unlock()
		u.note(r)
	})
}

// learn reads a document, or a list of them.
func (u *uploads) learn(model string, text []byte) {
	type document struct {
		ID       json.Number `json:"id"`
		Computer json.Number `json:"computerId"`
		File     string      `json:"fileName"`
		Path     string      `json:"pathName"`
		Name     string      `json:"name"`
	}
	var (
		one  document
		list []document
	)
	if json.Unmarshal(text, &one) == nil {
		list = append(list, one)
	} else if json.Unmarshal(text, &list) != nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, d := range list {
		id, err := d.ID.Int64()
		switch {
		case err != nil || id < 1:
		case model == Computer.Name:
			u.computers.Put(id, d.Name)
		default:
			computer, _ := d.Computer.Int64() // 0 when it is not told
			u.wishes.Put(wishID{model, d.ID.String()}, wish{max(computer, 0), pathOf(d.Path, d.File)})
		}
	}
}

// pathOf is the path of a file in a folder of any system.
func pathOf(folder, name string) string {
	switch {
	case folder == "" || name == "":
		return name
	case strings.HasPrefix(folder, "/"):
		return strings.TrimSuffix(folder, "/") + "/" + name
	}
	return strings.TrimSuffix(folder, `\`) + `\` + name
}
