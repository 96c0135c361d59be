package worker_test

import (
	"bufio"
	"bytes"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime/servers"
	"github.com/cbscript/cbscript/runtime/worker"
)

// FuzzOutgoing holds for any request of a worker that what a server gets, as it reads it from the wire, is for that server and
// below its API; that without grants it only reads; and that with all of them it is one that a table knows.
func FuzzOutgoing(f *testing.F) {
	for _, target := range []string{"/api/v1/watchlist/1", "/api/v1/watchlist/1?_method=PUT", "//evil.example/api/", "/api/../logout", "/api/%2e%2e/logout", "/api/..;/logout",
		"/api/v1/watchlist/%2f1", "/api/v1/watchlist/1#x", "/api/v1/watchlist/1%23", "http://evil.example/api/", "/api/\\..\\logout", "/api/v1/watchlist/1%0d%0aHost:%20x", "*", "", "/api/v1/watchlist/\u2025",
		"/api/v1/watchlist/1?a=%zz", "/api/info?q=a&q=b;c", "/api/v1/watchlist/%E0%A4%A", "/api/./info", "/api//info", "/API/info"} {
		for _, method := range []string{"GET", "DELETE", "POST", "get"} {
			f.Add(method, target, "{}")
		}
	}
	response := servers.Products()[0]
	origin := &url.URL{Scheme: "https", Host: "cb.example"}
	f.Fuzz(func(t *testing.T, method, target, body string) {
		for _, allow := range [][]client.Capability{nil, client.Capabilities()} {
			r := &http.Request{Method: method, RequestURI: target, ContentLength: int64(len(body)), Body: http.NoBody, Header: http.Header{}}
			if body != "" {
				r.Body = readCloser{strings.NewReader(body)}
			}
			out, err := worker.Outgoing(r, origin, guard.NewWire(response, guard.WireConfig{Allow: allow}))
			if err != nil {
				continue
			}
			var wire bytes.Buffer
			if err := out.Write(&wire); err != nil {
				continue // it cannot be sent
			}
			got, err := http.ReadRequest(bufio.NewReader(&wire))
			if err != nil {
				continue // no server would take it
			}
			reading := got.Method == http.MethodGet || got.Method == http.MethodHead
			if got.Host != "cb.example" || got.Method != out.Method {
				t.Errorf("%s %q is %s for %s", method, target, got.Method, got.Host)
			}
			if plain := strings.ReplaceAll(got.URL.Path, "\\", "/"); !strings.HasPrefix(path.Clean(plain)+"/", "/api/") {
				t.Errorf("%s %q reads %q", method, target, got.URL.Path)
			}
			if _, known := client.MatchRoute(response.Routes(), got.Method, got.URL.EscapedPath()); !reading && (!known || allow == nil) {
				t.Errorf("%s %q passes with %v", method, target, allow)
			}
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
