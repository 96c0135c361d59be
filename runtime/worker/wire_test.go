//go:build linux

package worker_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/caller"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/servers"
	"github.com/cbscript/cbscript/runtime/worker"
)

// recorded is a server that says yes to everything, and keeps what it was asked.
type recorded struct {
	mu    sync.Mutex
	asked []string
	at    []string // who asked, of each
}

func (s *recorded) URL() *url.URL             { return &url.URL{Scheme: "https", Host: "cb.example"} }
func (s *recorded) ProfileName() string       { return "" }
func (s *recorded) Redact(text string) string { return text }
func (s *recorded) Close() error              { return nil }
func (s *recorded) RoundTrip(r *http.Request) (*http.Response, error) {
	var names []string
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, caller.Of(r.Context()))
	s.asked = append(s.asked, fmt.Sprintf("%s %s %s", r.Method, r.URL, strings.Join(names, ",")))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf(`{"sensor_id": %q}`, r.URL.Path)))}, nil
}

// attackRecorded has an adversary send requests to such a server, and gives what it was asked.
func attackRecorded(t *testing.T, g guard.Config, requests ...string) (out string, asked, at []string) {
	t.Helper()
	server := &recorded{}
	pool := servers.New(servers.Config{Open: func(*client.Product, string) (servers.Way, error) { return server, nil }})
	defer pool.Close()
	w, err := worker.Start(worker.Options{Command: append([]string{self(t), adversary, "requests", "POST host /open?product=response&role= "}, requests...)})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var printed strings.Builder
	if err := w.Run(t.Context(), &runtime.Script{Name: "x.star"}, runtime.Config{Print: &printed}, worker.Access{Servers: pool, Guard: g}); err != nil {
		t.Fatal(err)
	}
	return printed.String(), server.asked, server.at
}

// answers asks the first server for each path, and prints all of what comes back.
func (a *attacker) answers(ctx context.Context, paths []string) {
	a.requests(ctx, []string{"POST host /open?product=response&role= "})
	for _, path := range paths {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://host"+path, nil)
		if err != nil {
			panic(err)
		}
		req.Host = "server-0"
		resp, err := a.link.RoundTrip(req)
		if err != nil {
			a.say("%s: no answer", path)
			continue
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		a.say("%s: %d %s %v", path, resp.StatusCode, text, err)
	}
}

// repeating is a server that repeats the token in its answers: the path is the status.
type repeating struct{ recorded }

const repeated = "0123456789abcdef0123456789abcdef01234567"

func (s *repeating) Redact(text string) string {
	return strings.ReplaceAll(text, repeated, "[redacted]")
}
func (s *repeating) RoundTrip(r *http.Request) (*http.Response, error) {
	status, err := strconv.Atoi(path.Base(r.URL.Path))
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader("you sent " + repeated))}, nil
}

// TestErrorAnswersForAnAdversary: what a server repeats of a request in an error does not reach the worker at all, not
// only the script.
func TestErrorAnswersForAnAdversary(t *testing.T) {
	pool := servers.New(servers.Config{Open: func(*client.Product, string) (servers.Way, error) { return &repeating{}, nil }})
	defer pool.Close()
	w, err := worker.Start(worker.Options{Command: []string{self(t), adversary, "answers", "/api/400", "/api/401", "/api/404", "/api/500"}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var out strings.Builder
	if err := w.Run(t.Context(), &runtime.Script{Name: "x.star"}, runtime.Config{Print: &out}, worker.Access{Servers: pool}); err != nil {
		t.Fatal(err)
	}
	want := lines("POST /open?product=response&role=: 200, true")
	for _, status := range []string{"400", "401", "404", "500"} {
		want += lines("/api/" + status + ": " + status + " you sent [redacted] <nil>")
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestServersOfAnAdversary: the objects of all servers of a run are counted together, also for whoever got round the
// builtins.
func TestServersOfAnAdversary(t *testing.T) {
	pool := servers.New(servers.Config{Open: func(*client.Product, string) (servers.Way, error) { return &recorded{}, nil }})
	defer pool.Close()
	w, err := worker.Start(worker.Options{Command: []string{self(t), adversary, "requests", "POST host /open?product=response&role= ", "POST host /open?product=protection&role= ",
		"DELETE server-0 /api/v1/watchlist/1 ", "DELETE server-1 /api/bit9platform/v1/fileRule/1 ", "DELETE server-1 /api/bit9platform/v1/fileRule/2 "}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var out strings.Builder
	access := worker.Access{Servers: pool, Guard: guard.Config{Allow: client.Capabilities(), MaxChanges: 2}}
	if err := w.Run(t.Context(), &runtime.Script{Name: "x.star"}, runtime.Config{Print: &out}, access); err != nil {
		t.Fatal(err)
	}
	want := lines("POST /open?product=response&role=: 200, true", "POST /open?product=protection&role=: 200, true",
		"DELETE /api/v1/watchlist/1: 200, true", "DELETE /api/bit9platform/v1/fileRule/1: 200, true",
		"DELETE /api/bit9platform/v1/fileRule/2: PermissionError: DELETE /api/bit9platform/v1/fileRule/2 would be the change of object number 3 in this run, and more than 2 are to be confirmed; changed before: Watchlist 1, FileRule 1")
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestUnknownRequestsOfAnAdversary: with everything granted, nothing reaches a server that the tables do not know, or that
// a server could take for another request than the one that was judged.
func TestUnknownRequestsOfAnAdversary(t *testing.T) {
	everything := guard.Config{Allow: client.Capabilities()}
	refused := []string{
		"PATCH server-0 /api/v1/watchlist/1 {}", "OPTIONS server-0 /api/v1/watchlist/1 ", "delete server-0 /api/v1/watchlist/1 ", "PROPFIND server-0 /api/v1/watchlist/1 ",
		"POST server-0 /api/v1/users {}", "POST server-0 /api/auth {}", "DELETE server-0 /api/v1/watchlist ", "DELETE server-0 /api/v1/watchlist/ ",
		"DELETE server-0 /api/v1/watchlist/1/ ", "DELETE server-0 //api/v1/watchlist/1 ", "DELETE server-0 /api//v1/watchlist/1 ", "DELETE server-0 /API/v1/watchlist/1 ",
		"DELETE server-0 /api/v1/watchlist%2F1 ", "DELETE server-0 /api/v1/watchlist/..%2fuser%2fanna ", "DELETE server-0 /api/v1/watchlist/%2e%2e ", "DELETE server-0 /api/v1/./watchlist/1 ",
		"DELETE server-0 /api/v1/x/../watchlist/1 ", "DELETE server-0 /api/v1/watchlist/1;a=b ", "DELETE server-0 /api/v1/watchlist/1%00 ", "DELETE server-0 /api/v1/watchlist/1%5c2 ",
		"DELETE server-0 //anna@cb.example/api/v1/watchlist/1 ", "DELETE server-0 //evil.example/api/v1/watchlist/1 ", "GET server-0 //evil.example/api/info ",
		"GET server-0 /logout ", "GET server-0 /api/..;/logout ", "GET server-0 /api/%2e%2e/logout ", "GET server-0 /api/..%5clogout ", "GET server-0 /api/../logout ",
		"GET server-0 /api/v1/watchlist/1?_method=DELETE ", "GET server-0 /api/v1/watchlist/1?X-HTTP-Method-Override=DELETE ", "GET server-0 /api/v1/watchlist/1?x_http_method=DELETE ",
		"DELETE server-0 /api/v1/watchlist/1?_method=PUT ", "GET server-0 /api/v1/watchlist/1?a=%zz ", "GET server-0 /api/v1/watchlist/1?a;_method=DELETE ",
		"GET server-0 /api/v1/watchlist/1 _method=DELETE",
		"DELETE server-0 http://cb.example/api/v1/watchlist/1 ", "GET server-0 http://evil.example/api/info ", "DELETE server-0 * ",
		"DELETE server-0 /api/v1/watchlist/1?all=true ", "PUT server-0 /api/v1/sensor/1?uninstall=true {}",
		"header Content-Type application/json;charset=utf-7", "POST server-0 /api/v1/watchlist {}",
		"header Content-Type application/x-www-form-urlencoded", "POST server-0 /api/v1/watchlist _method=DELETE",
	}
	out, asked, _ := attackRecorded(t, everything, refused...)
	if len(asked) > 0 {
		t.Errorf("the server was asked %q", asked)
	}
	for line := range strings.Lines(strings.TrimPrefix(out, "POST /open?product=response&role=: 200, true\n")) {
		if !strings.Contains(line, "PermissionError") && !strings.Contains(line, ": refused") && !strings.Contains(line, ": no answer") && !strings.Contains(line, "cannot be sent") {
			t.Errorf("not refused: %s", line)
		}
	}
	if n := strings.Count(out, "\n"); n != len(refused)-1 { // one more for the server, two less for the headers
		t.Errorf("%d outcomes of %d requests:\n%s", n, len(refused), out)
	}
}

// TestDeclarationOfAnAdversary: what a script's text does not declare is refused by the host as well.
func TestDeclarationOfAnAdversary(t *testing.T) {
	out, asked, _ := attackRecorded(t, guard.Config{Allow: client.Capabilities(), Declared: []client.Capability{client.Respond}},
		"DELETE server-0 /api/v1/watchlist/1 ", `POST server-0 /api/v1/cblr/session {"sensor_id": 1}`, `POST server-0 /api/v1/cblr/session/1/command {"name": "kill"}`)
	const why = `: the script's meta(needs = [...]) does not declare it`
	want := lines("POST /open?product=response&role=: 200, true",
		`DELETE /api/v1/watchlist/1: PermissionError: DELETE /api/v1/watchlist/1 needs the capability "write"`+why, "POST /api/v1/cblr/session: 200, true",
		`POST /api/v1/cblr/session/1/command: PermissionError: POST /api/v1/cblr/session/1/command needs the capability "respond-write"`+why)
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(asked) == 0 || !strings.HasPrefix(asked[0], "POST https://cb.example/api/v1/cblr/session ") {
		t.Errorf("the server was asked %q", asked)
	}
}

// TestHeadersOfAnAdversary: what a server may take another request, user or host from does not leave the host.
func TestHeadersOfAnAdversary(t *testing.T) {
	var requests []string
	for _, name := range []string{"X-HTTP-Method-Override", "X-Http-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-For", "X-Forwarded-Host", "Forwarded",
		"X-Auth-Token", "Authorization", "Cookie", "Range", "If-Match", "Expect"} {
		requests = append(requests, "header "+name+" DELETE")
	}
	requests = append(requests, "header Content-Type application/json", "header Accept application/json", "GET server-0 /api/v1/watchlist/1 ", "POST server-0 /api/v1/watchlist {}")
	_, asked, _ := attackRecorded(t, guard.Config{Allow: client.Capabilities()}, requests...)
	want := []string{"GET https://cb.example/api/v1/watchlist/1 Accept,Content-Type", "POST https://cb.example/api/v1/watchlist Accept,Content-Type"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCallerOfAnAdversary: what a worker says about the place that asks for a change is bounded, and cannot leave its line of a
// journal.
func TestCallerOfAnAdversary(t *testing.T) {
	const request = "POST server-0 /api/v1/watchlist {}"
	_, _, at := attackRecorded(t, guard.Config{Allow: client.Capabilities()}, request,
		"header Cbscript-Caller hunt.star%3A12", request,
		"header Cbscript-Caller a%0Ab", request,
		"header Cbscript-Caller %1b%5B2J", request,
		"header Cbscript-Caller %zz", request,
		"header Cbscript-Caller %ff", request,
		"header Cbscript-Caller "+strings.Repeat("a", 1000), request)
	if diff := cmp.Diff([]string{"", "hunt.star:12", "", "", "", "", ""}, at); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestEndpointsOfAnAdversary: whoever got round the builtins still changes no more endpoints than a person let them,
// whatever they say: which endpoint a session is with, the server tells.
func TestEndpointsOfAnAdversary(t *testing.T) {
	const kill = `/command {"name": "kill", "object": 4, "sensor_id": 1}`
	out, asked, _ := attackRecorded(t, guard.Config{Allow: client.Capabilities(), MaxChanges: 2},
		"POST server-0 /api/v1/cblr/session/1"+kill, "POST server-0 /api/v1/cblr/session/1"+kill, "POST server-0 /api/v1/cblr/session/2"+kill,
		"POST server-0 /api/v1/cblr/session/3"+kill, "POST server-0 /api/v1/cblr/session/3/file {}", `POST server-0 /api/v1/cblr/session/3/command {"name": "get file"}`)
	const session = "/api/v1/cblr/session/"
	tooMany := func(path string) string {
		return fmt.Sprintf("POST %s: PermissionError: POST %s would be the change of object number 3 in this run, and more than 2 are to be confirmed; changed before: Sensor %s1, Sensor %s2", path, path, session, session)
	}
	want := lines("POST /open?product=response&role=: 200, true", "POST "+session+"1/command: 200, true", "POST "+session+"1/command: 200, true",
		"POST "+session+"2/command: 200, true", tooMany(session+"3/command"), tooMany(session+"3/file"), "POST "+session+"3/command: 200, true")
	if diff := cmp.Diff(want, out); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	changes := 0
	for _, request := range asked {
		if strings.HasPrefix(request, "POST") {
			changes++
		}
	}
	if changes != 4 {
		t.Errorf("the server was asked %q", asked)
	}
}
